#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::runtime {

/// Whether a path relative to the pattern's folder matches: `*` and `?` and `[a-z]` within a name, `**` across folders.
bool matches_glob(std::string_view pattern, std::string_view path);

bool has_wildcard(std::string_view pattern);

/// The folder or file that a pattern begins with, up to its first wildcard: `dist` of `dist/**/*.js`.
std::string glob_root(std::string_view pattern);

enum class HiddenFiles { included, left_out };

/// The files below `folder` that match one of the patterns, relative to it, in the order of their names. A pattern that
/// names a folder stands for all that is in it; one that begins with `!` takes away what the ones before it found.
std::vector<std::filesystem::path> find_files(const std::filesystem::path& folder,
                                              const std::vector<std::string>& patterns, HiddenFiles hidden);

/// From the order of names into the one in which GitHub comes upon files: by the folder in which a pattern begins, the
/// first pattern first. A folder inside of another one is searched with that.
void put_in_search_order(std::vector<std::filesystem::path>& files, const std::vector<std::string>& patterns);

/// Lines of a text without blanks around them, without empty ones and comments (`#`).
std::vector<std::string> pattern_lines(std::string_view text);

}  // namespace sluice::runtime
