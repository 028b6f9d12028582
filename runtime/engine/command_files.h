#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::runtime {

/// A file behind $GITHUB_OUTPUT, $GITHUB_ENV or $GITHUB_STATE: `name=value` or `name<<END`, lines, `END`; whichever of
/// `=` and `<<` comes first decides. A missing delimiter, or a line with neither, is an error.
std::expected<std::vector<std::pair<std::string, std::string>>, std::string> parse_assignments(std::string_view text);

/// A file behind $GITHUB_PATH: one folder a line.
std::vector<std::string> parse_path_lines(std::string_view text);

/// `::error file=a,line=3::text`: a command in a line of output.
struct WorkflowCommand {
  std::string name;
  std::vector<std::pair<std::string, std::string>> properties;
  std::string text;

  std::string property(std::string_view property_name) const;  ///< empty where it is not given
};

std::optional<WorkflowCommand> parse_workflow_command(std::string_view line);

}  // namespace sluice::runtime
