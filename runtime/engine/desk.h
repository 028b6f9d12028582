#pragma once
#include <time.h>

#include <array>
#include <cstddef>
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
  /// `inherited` is what every step of the run inherits; `tools` is RUNNER_TOOL_CACHE. One that is used again and again
  /// has its files at hand: descriptors, some eight of them.
  Desk(std::filesystem::path folder, const Variables& inherited, const std::filesystem::path& tools, bool is_reused);

  /// Makes what is missing. With `own_workspace` false the workspace is left alone.
  Outcome prepare(bool with_workspace);

  /// Makes what is missing of a desk of its own, and leaves what an earlier life of the run has put there.
  Outcome go_on();

  /// What a step wrote into the command file of that number; mostly nothing.
  std::string read(std::size_t command_file);
  /// The same; it is empty afterwards.
  std::expected<std::string, std::string> take(std::size_t command_file);
  Outcome empty_command_files();

  /// Whether nothing has been put into a folder of ours since it was made.
  bool workspace_is_untouched() const { return workspace_entry_.is_untouched(); }
  void forget_workspace() { workspace_entry_ = Entry(); }
  Outcome clear_temp();

  const std::filesystem::path& folder() const { return folder_; }
  const std::filesystem::path& workspace() const { return workspace_; }
  const std::filesystem::path& temp() const { return temp_; }
  const Json& runner() const { return runner_; }  ///< the context
  const InheritedVariables& variables() const { return variables_; }

 private:
  /// A file or a folder of ours as we have left it: empty.
  struct Entry {
    Descriptor handle;
    timespec modified{}, changed{};

    Outcome keep(int folder, const char* name, int flags);
    bool is_untouched() const;
  };

  Outcome open();
  Outcome make(const char* name, Entry& folder);
  bool is_empty(std::size_t file);
  Outcome make_empty(std::size_t file);

  std::filesystem::path folder_, workspace_, temp_;
  Json runner_;
  InheritedVariables variables_;
  bool is_reused_;
  Descriptor handle_;  ///< of the folder
  Entry workspace_entry_, temp_entry_;
  std::array<Entry, command_files.size()> file_entries_;
  bool has_command_files_ = false;
};

}  // namespace sluice::runtime
