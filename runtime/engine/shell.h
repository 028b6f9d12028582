#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/plan.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// What a shell would find around it: variables of its own over those that it inherits.
struct Surroundings {
  const InheritedVariables& inherited;
  const Variables& own;

  std::string_view path() const;
  bool change_shells() const { return inherited.change_shells() || changes_shells(own); }
};

/// The command that runs a script as GitHub would: the text is written to `folder`, in the shell's way, and the shell's
/// flags are GitHub's. One plain command (no shell syntax in it) is started without a shell: nobody can tell, and it
/// costs half. `work` is the folder that it will work in, for programs that are named from there; that and the
/// variables are left to the caller.
std::expected<Command, std::string> script_command(const std::string& shell, const std::string& text,
                                                   const std::filesystem::path& folder, const Surroundings& around,
                                                   const std::filesystem::path& work);

/// Words of a command; quotes hold a word together and are taken off.
std::vector<std::string> split_words(std::string_view command);

}  // namespace sluice::runtime
