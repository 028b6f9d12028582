#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/system/files.h"

namespace sluice::runtime {

using Assignments = std::vector<std::pair<std::string, std::string>>;

/// A file behind $GITHUB_OUTPUT, $GITHUB_ENV or $GITHUB_STATE: `name=value` or `name<<END`, lines, `END`; whichever of
/// `=` and `<<` comes first decides. Lines end with a line feed alone, as GitHub's runner has it on Linux. A missing
/// delimiter, or a line with neither, is an error; `into` holds what stands before it.
Outcome take_assignments(std::string_view text, Assignments& into);

/// The same, all or nothing.
std::expected<Assignments, std::string> parse_assignments(std::string_view text);

/// A file behind $GITHUB_PATH: one folder a line.
std::vector<std::string> parse_path_lines(std::string_view text);

/// `::error file=a,line=3::text`: a command in a line of output; `##[error file=a;line=3]text` is the older form.
struct WorkflowCommand {
  std::string name;  ///< in lower case
  std::vector<std::pair<std::string, std::string>> properties;
  std::string text;

  std::string property(std::string_view property_name) const;  ///< in any case; empty where it is not given
};

std::optional<WorkflowCommand> parse_workflow_command(std::string_view line);

}  // namespace sluice::runtime
