#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expressions/glob.h"

namespace sluice::runtime {

struct SearchRules {
  std::filesystem::path workspace;  ///< where relative patterns begin; absolute
  std::filesystem::path home;       ///< what `~/` stands for; empty: `~` is a name
  HiddenFiles hidden = HiddenFiles::left_out;
  bool folders = false;  ///< folders are found too
};

struct FoundFile {
  std::filesystem::path path;  ///< absolute, as the pattern spells it
  std::filesystem::path file;  ///< where it lies: another path if a pattern names a symbolic link
};

struct Found {
  std::filesystem::path root;  ///< above all that can be found; what is found is kept relative to it
  std::vector<FoundFile> files;
};

/// Finds what the lines of a text name, by the rules of @actions/glob as upload-artifact uses it, in the order of the
/// paths: `*`, `?` and `[a-z]` within a name, `**` across folders, `\` before what is meant as it is; a folder stands
/// for all that is in it; `!` takes away what the lines before it found; names that begin with a dot are left out
/// unless a line begins below them. The root is the deepest folder above the lines' fixed parts, and of a single file
/// its folder. One thing differs: a symbolic link below a fixed part is found as a link and not followed.
std::expected<Found, std::string> search_files(std::string_view lines, const SearchRules& rules);

}  // namespace sluice::runtime
