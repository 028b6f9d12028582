#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/plan.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// The command that runs a script as GitHub would: the text is written to `folder`, in the shell's way, and the shell's
/// flags are GitHub's. One plain command (no shell syntax in it) is started without a shell: nobody can tell, and it
/// costs half. The environment and the folder to work in are left to the caller.
std::expected<Command, std::string> script_command(const std::string& shell, const std::string& text,
                                                   const std::filesystem::path& folder, const Variables& environment);

/// Words of a command; quotes hold a word together and are taken off.
std::vector<std::string> split_words(std::string_view command);

}  // namespace sluice::runtime
