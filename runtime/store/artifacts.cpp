#include "runtime/store/artifacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runtime/expressions/glob.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

/// The deepest folder above everything that the patterns can name; of one file, its folder.
fs::path common_root(const std::vector<std::string>& patterns, const fs::path& workspace) {
  std::vector<fs::path> roots;
  for (const std::string& pattern : patterns) {
    if (pattern.starts_with('!')) continue;
    fs::path root =
        fs::path(pattern).is_absolute() ? fs::path(pattern).lexically_relative(workspace) : fs::path(pattern);
    root = glob_root(root.lexically_normal().string());
    std::error_code error;
    if (!root.empty() && !fs::is_directory(workspace / root, error)) root = root.parent_path();
    roots.push_back(root);
  }
  fs::path common = roots.empty() ? fs::path() : roots.front();
  for (const fs::path& root : roots) {
    fs::path shared;
    for (auto a = common.begin(), b = root.begin(); a != common.end() && b != root.end() && *a == *b; ++a, ++b)
      shared /= *a;
    common = shared;
  }
  return common;
}

Outcome check_name(const std::string& name) {
  if (!name.empty() && name != "." && name != ".." && name.find_first_of("\":<>|*?\r\n\\/") == std::string::npos &&
      name.find('\0') == std::string::npos) {
    return {};
  }
  return std::unexpected(fmt::format("`{}` cannot be the name of an artifact", name));
}

Outcome copy_into(const fs::path& from, const fs::path& to) {
  if (Outcome made = make_folders(to.parent_path()); !made) return made;
  return copy_entry(from, to);
}

}  // namespace

std::expected<std::size_t, std::string> Artifacts::upload(const std::string& name, const std::string& path,
                                                          const fs::path& workspace, const std::string& owner) {
  if (Outcome named = check_name(name); !named) return std::unexpected(named.error());
  auto taken = owners_.find(name);
  if (taken != owners_.end() && taken->second != owner) {
    return std::unexpected(fmt::format("there is an artifact `{}` already, from `{}`", name, taken->second));
  }
  std::vector<std::string> patterns = pattern_lines(path);
  std::vector<fs::path> files = find_files(workspace, patterns, HiddenFiles::left_out);
  if (files.empty()) {
    return std::unexpected(fmt::format("no files were found with the path: {}", fmt::join(patterns, ", ")));
  }
  if (Outcome removed = remove_folder(folder_ / name); !removed) return std::unexpected(removed.error());
  fs::path root = common_root(patterns, workspace);
  for (const fs::path& file : files) {
    fs::path inside = root.empty() ? file : file.lexically_relative(root);
    if (Outcome copied = copy_into(workspace / file, folder_ / name / inside); !copied) {
      return std::unexpected(copied.error());
    }
  }
  owners_[name] = owner;
  return files.size();
}

std::expected<std::size_t, std::string> Artifacts::download(const std::string& name, const fs::path& to) const {
  if (!owners_.contains(name)) {
    std::vector<std::string> names;
    for (const auto& [known, owner] : owners_) names.push_back(known);
    std::string has = names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
    return std::unexpected(fmt::format("there is no artifact `{}`; this run has: {}", name, has));
  }
  if (Outcome made = make_folders(to); !made) return std::unexpected(made.error());
  std::vector<fs::path> files = find_files(folder_ / name, {"**"}, HiddenFiles::included);
  for (const fs::path& file : files) {
    if (Outcome copied = copy_into(folder_ / name / file, to / file); !copied) return std::unexpected(copied.error());
  }
  return files.size();
}

}  // namespace sluice::runtime
