#include "runtime/store/search.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/expressions/values.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

struct Name {
  enum class Kind { literal, wild, across };
  Kind kind = Kind::literal;
  std::string text;

  bool matches(const std::string& name) const {
    return kind == Kind::literal ? text == name : fnmatch(text.c_str(), name.c_str(), 0) == 0;
  }
};

/// The character behind `[` if the set has just one: `[*]` is a star.
std::optional<char> only_member(std::string_view text, std::size_t& at) {
  std::size_t i = at + 1;
  bool escaped = i < text.size() && text[i] == '\\';
  if (escaped) ++i;
  if (i + 1 >= text.size() || (text[i] == ']' && !escaped) || text[i + 1] != ']') return std::nullopt;
  at = i + 1;
  return text[i];
}

/// The name that a pattern without wildcards means; nothing if it has some.
std::optional<std::string> literal_name(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '?') return std::nullopt;
    if (text[i] == '\\' && i + 1 < text.size()) {
      name += text[++i];
    } else if (text[i] == '[') {
      std::size_t end = i;
      std::optional<char> member = only_member(text, end);
      if (!member && text.find(']', i + 2) != std::string_view::npos) return std::nullopt;
      name += member.value_or('[');
      i = end;
    } else {
      name += text[i];
    }
  }
  return name;
}

Name name_of(std::string_view text) {
  if (text == "**") return {Name::Kind::across, {}};
  if (auto literal = literal_name(text)) return {Name::Kind::literal, *literal};
  return {Name::Kind::wild, std::string(text)};
}

/// How far a pattern has come along a path: every number of its names that the path's names can stand for.
struct Progress {
  std::vector<char> reached;
  bool inside = false;  ///< a folder above matches: all below it does

  bool matches() const { return inside || reached.back(); }
  bool alive() const { return inside || std::ranges::find(reached, 1) != reached.end(); }
};

struct Pattern {
  bool takes_away = false;
  std::vector<Name> names;  ///< from `/` on
  fs::path root = "/";      ///< the fixed names that it begins with

  void add(std::string_view path, bool literal) {
    while (!path.empty()) {
      std::size_t slash = std::min(path.find('/'), path.size());
      std::string_view text = path.substr(0, slash);
      if (!text.empty()) names.push_back(literal ? Name{Name::Kind::literal, std::string(text)} : name_of(text));
      path.remove_prefix(std::min(slash + 1, path.size()));
    }
  }

  Progress start() const {
    Progress progress{std::vector<char>(names.size() + 1, 0), false};
    progress.reached[0] = 1;
    skip(progress);
    return progress;
  }

  Progress step(const Progress& from, const std::string& name) const {
    Progress next{std::vector<char>(names.size() + 1, 0), from.matches()};
    for (std::size_t i = 0; i < names.size() && !next.inside; ++i) {
      if (!from.reached[i]) continue;
      if (names[i].kind == Name::Kind::across)
        next.reached[i] = 1;
      else if (names[i].matches(name))
        next.reached[i + 1] = 1;
    }
    skip(next);
    return next;
  }

 private:
  void skip(Progress& progress) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (progress.reached[i] && names[i].kind == Name::Kind::across) progress.reached[i + 1] = 1;
    }
  }
};

std::expected<Pattern, std::string> read_pattern(std::string_view line, const SearchRules& rules) {
  Pattern pattern;
  while (line.starts_with('!')) {
    pattern.takes_away = !pattern.takes_away;
    line = trimmed(line.substr(1));
  }
  bool at_home = !rules.home.empty() && (line == "~" || line.starts_with("~/"));
  if (!line.starts_with('/')) pattern.add((at_home ? rules.home : rules.workspace).string(), true);
  if (at_home || line == "." || line.starts_with("./")) line.remove_prefix(1);
  std::size_t given = pattern.names.size();
  pattern.add(line, false);
  for (std::size_t i = given; i < pattern.names.size(); ++i) {
    const Name& name = pattern.names[i];
    if (name.kind == Name::Kind::literal && (name.text == "." || name.text == "..")) {
      return std::unexpected(
          fmt::format("`{}` is no path of an artifact or a cache: it has `{}` in it, which GitHub "
                      "does not allow",
                      line, name.text));
    }
  }
  for (const Name& name : pattern.names) {
    if (name.kind != Name::Kind::literal) break;
    pattern.root /= name.text;
  }
  return pattern;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// Where to search: each pattern's fixed part, without those that lie in another one.
std::vector<fs::path> search_roots(const std::vector<Pattern>& patterns) {
  std::vector<fs::path> roots, outer;
  for (const Pattern& pattern : patterns) {
    if (!pattern.takes_away) roots.push_back(pattern.root);
  }
  std::ranges::sort(roots);
  for (const fs::path& root : roots) {
    bool covered = std::ranges::any_of(outer, [&](const fs::path& other) { return lies_in(root, other); });
    if (!covered) outer.push_back(root);
  }
  return outer;
}

fs::path common_folder(const std::vector<fs::path>& roots) {
  fs::path common = roots.front();
  for (const fs::path& root : roots) {
    fs::path shared;
    auto [end, other] = std::mismatch(common.begin(), common.end(), root.begin(), root.end());
    for (auto part = common.begin(); part != end; ++part) shared /= *part;
    common = shared;
  }
  return common;
}

class Searcher {
 public:
  Searcher(const std::vector<Pattern>& patterns, const SearchRules& rules) : patterns_(patterns), rules_(rules) {}

  Outcome search(const fs::path& root) {
    std::error_code error;
    fs::file_status status = fs::status(root, error);
    if (!fs::exists(status)) status = fs::symlink_status(root, error);
    if (!fs::exists(status)) return {};
    std::vector<Progress> progress;
    for (const Pattern& pattern : patterns_) {
      Progress one = pattern.start();
      for (const fs::path& name : root.relative_path()) one = pattern.step(one, name.string());
      progress.push_back(std::move(one));
    }
    return visit(root, status.type(), progress);
  }

  std::map<std::string, fs::path> found;  ///< by path, so that two roots come out in order

 private:
  Outcome visit(const fs::path& path, fs::file_type type, const std::vector<Progress>& progress) {
    if (rules_.hidden == HiddenFiles::left_out && path.filename().string().starts_with('.')) return {};
    bool wanted = false, alive = false;
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      if (progress[i].matches()) wanted = !patterns_[i].takes_away;
      alive = alive || (!patterns_[i].takes_away && progress[i].alive());
    }
    bool folder = type == fs::file_type::directory;
    bool kept = folder ? rules_.folders : type == fs::file_type::regular || type == fs::file_type::symlink;
    if (wanted && kept) found.emplace(path.string(), path);
    return folder && alive ? visit_entries(path, progress) : Outcome();
  }

  Outcome visit_entries(const fs::path& folder, const std::vector<Progress>& progress) {
    std::error_code error;
    std::vector<Progress> next(progress.size());
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      std::string name = entry->path().filename().string();
      for (std::size_t i = 0; i < patterns_.size(); ++i) next[i] = patterns_[i].step(progress[i], name);
      std::error_code gone;
      if (Outcome seen = visit(entry->path(), entry->symlink_status(gone).type(), next); !seen) return seen;
    }
    if (error) return std::unexpected(fmt::format("cannot read `{}`: {}", folder.string(), error.message()));
    return {};
  }

  const std::vector<Pattern>& patterns_;
  const SearchRules& rules_;
};

}  // namespace

std::expected<Found, std::string> search_files(std::string_view lines, const SearchRules& rules) {
  std::vector<Pattern> patterns;
  for (const std::string& line : pattern_lines(lines)) {
    auto pattern = read_pattern(line, rules);
    if (!pattern) return std::unexpected(pattern.error());
    patterns.push_back(std::move(*pattern));
  }
  std::vector<fs::path> roots = search_roots(patterns);
  if (roots.empty()) return Found{rules.workspace, {}};
  Searcher searcher(patterns, rules);
  for (const fs::path& root : roots) {
    if (Outcome searched = searcher.search(root); !searched) return std::unexpected(searched.error());
  }
  Found result{common_folder(roots), {}};
  for (auto& [text, path] : searcher.found) {
    std::error_code error;
    bool named_link = std::ranges::binary_search(roots, path) && fs::is_symlink(path, error);
    fs::path file = named_link ? fs::canonical(path, error) : path;
    result.files.push_back({path, error ? path : file});
  }
  bool single_file = result.files.size() == 1 && roots.size() == 1 && roots.front() == result.files.front().path;
  if (single_file) result.root = result.root.parent_path();
  return result;
}

}  // namespace sluice::runtime
