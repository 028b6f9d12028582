#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/expressions/json.h"
#include "runtime/system/files.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// The files behind GITHUB_OUTPUT and its like.
inline constexpr std::array command_files = {"output", "env", "path", "step_summary", "state"};

/// The folder of one place, where one leg works after the other: command files, a folder for temporary files, and a
/// workspace for legs that need no lasting one. Each leg finds all of it there and empty; what the one before has left
/// untouched is not made anew.
class Desk {
 public:
  /// `inherited` is what every step of the run inherits; `tools` is RUNNER_TOOL_CACHE.
  Desk(std::filesystem::path folder, const Variables& inherited, const std::filesystem::path& tools);

  /// Makes what is missing. With `own_workspace` false the workspace is left alone.
  Outcome prepare(bool with_workspace);

  /// Makes what is missing of a desk of its own, and leaves what an earlier life of the run has put there.
  Outcome go_on();

  /// What a step wrote into a command file.
  std::expected<std::string, std::string> read(std::string_view command_file) const;
  /// What a step wrote into a command file, which is empty afterwards; mostly nothing.
  std::expected<std::string, std::string> take(std::string_view command_file);
  Outcome empty_command_files();

  /// Whether nothing has been put into a folder of ours since it was made.
  bool workspace_is_untouched() const { return is_untouched("workspace", workspace_made_); }
  bool temp_is_untouched() const { return is_untouched("temp", temp_made_); }
  void forget_workspace() { workspace_made_ = 0; }
  Outcome clear_temp();

  const std::filesystem::path& folder() const { return folder_; }
  const std::filesystem::path& workspace() const { return workspace_; }
  const std::filesystem::path& temp() const { return temp_; }
  const Json& runner() const { return runner_; }  ///< the context
  const InheritedVariables& variables() const { return variables_; }

 private:
  Outcome open();
  bool is_untouched(const char* name, std::int64_t made) const;
  Outcome make(const char* name, std::int64_t& made);

  std::filesystem::path folder_, workspace_, temp_;
  Json runner_;
  InheritedVariables variables_;
  Descriptor handle_;                                ///< of the folder
  std::int64_t workspace_made_ = 0, temp_made_ = 0;  ///< the time of the last change in there; 0: there is none
  bool has_command_files_ = false;
};

}  // namespace sluice::runtime
