#include "runtime/expressions/glob.h"

#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_of(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    std::size_t slash = std::min(path.find('/'), path.size());
    if (std::string_view name = path.substr(0, slash); !name.empty() && name != ".") names.emplace_back(name);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return names;
}

using Names = std::vector<std::string>;

/// Every pattern name against every path name, in one table: `**` in any number stays quadratic.
bool matches_names(const Names& pattern, const Names& path) {
  std::vector<char> reached(path.size() + 1, 0);
  reached[0] = 1;
  for (const std::string& name : pattern) {
    std::vector<char> next(path.size() + 1, 0);
    if (name == "**") {
      bool any = false;
      for (std::size_t i = 0; i <= path.size(); ++i) next[i] = any = any || reached[i];
    } else {
      for (std::size_t i = 0; i < path.size(); ++i) {
        next[i + 1] = reached[i] && fnmatch(name.c_str(), path[i].c_str(), 0) == 0;
      }
    }
    reached = std::move(next);
  }
  return reached[path.size()];
}

/// A pattern relative to the folder: `./x`, and an absolute path inside of the folder, become `x`.
std::string relative_pattern(const fs::path& folder, std::string_view pattern) {
  std::string text(pattern);
  std::string prefix = folder.string() + "/";
  if (text.starts_with(prefix)) text = text.substr(prefix.size());
  std::string joined;
  for (const std::string& name : names_of(text)) joined += (joined.empty() ? "" : "/") + name;
  return joined;
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

/// All files below `start`, or itself; symbolic links are taken as files and not followed.
void collect(const fs::path& folder, const fs::path& start, HiddenFiles hidden, std::vector<fs::path>& files) {
  std::error_code error;
  fs::file_status status = fs::symlink_status(folder / start, error);
  if (error || !fs::exists(status)) return;
  if (hidden == HiddenFiles::left_out && !start.empty() && is_hidden(start)) return;
  if (!fs::is_directory(status)) {
    files.push_back(start);
    return;
  }
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(folder / start, error), end; !error && entry != end; entry.increment(error)) {
    entries.push_back(entry->path().filename());
  }
  std::ranges::sort(entries);
  for (const fs::path& entry : entries) collect(folder, start.empty() ? entry : start / entry, hidden, files);
}

}  // namespace

bool has_wildcard(std::string_view pattern) { return pattern.find_first_of("*?[") != std::string_view::npos; }

std::string glob_root(std::string_view pattern) {
  std::string root;
  for (const std::string& name : names_of(pattern)) {
    if (has_wildcard(name)) break;
    root += (root.empty() ? "" : "/") + name;
  }
  return root;
}

bool matches_glob(std::string_view pattern, std::string_view path) {
  return matches_names(names_of(pattern), names_of(path));
}

std::vector<fs::path> find_files(const fs::path& folder, const std::vector<std::string>& patterns, HiddenFiles hidden) {
  std::set<fs::path> found;
  for (const std::string& line : patterns) {
    bool takes_away = line.starts_with('!');
    std::string pattern = relative_pattern(folder, takes_away ? std::string_view(line).substr(1) : line);
    Names exact = names_of(pattern), inside = exact;
    inside.push_back("**");
    auto matches = [&](const fs::path& file) {
      Names names = names_of(file.string());
      return matches_names(exact, names) || matches_names(inside, names);
    };
    if (takes_away) {
      std::erase_if(found, matches);
      continue;
    }
    std::vector<fs::path> files;
    collect(folder, glob_root(pattern), hidden, files);
    std::erase_if(files, [&](const fs::path& file) { return !matches(file); });
    found.insert(files.begin(), files.end());
  }
  return {found.begin(), found.end()};
}

void put_in_search_order(std::vector<fs::path>& files, const std::vector<std::string>& patterns) {
  std::vector<Names> roots;
  for (const std::string& pattern : patterns) {
    if (!pattern.starts_with('!')) roots.push_back(names_of(glob_root(pattern)));
  }
  auto inside = [](const Names& names, const Names& folder) {
    return names.size() >= folder.size() && std::equal(folder.begin(), folder.end(), names.begin());
  };
  auto covered = [&](const Names& root) {
    return std::ranges::any_of(roots,
                               [&](const Names& other) { return other.size() < root.size() && inside(root, other); });
  };
  auto place = [&](const fs::path& file) {
    Names names = names_of(file.string());
    auto found = std::ranges::find_if(roots, [&](const Names& root) { return inside(names, root) && !covered(root); });
    return found - roots.begin();
  };
  std::ranges::stable_sort(files, {}, place);
}

std::vector<std::string> pattern_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    if (!line.empty() && !line.starts_with('#')) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace sluice::runtime
