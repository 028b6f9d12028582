#include "check/pattern.h"

#include <fmt/format.h>

#include <cctype>

namespace sluice::check {
namespace {

using Kind = PatternProblem::Kind;

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

/// Walks over a pattern once and keeps the first problem.
class PatternReader {
 public:
  PatternReader(llvm::StringRef pattern, Matched matched) : pattern_(pattern), matched_(matched) {}

  std::optional<PatternProblem> read();

 private:
  void read_piece();
  void read_escape();
  void read_set();
  std::size_t read_range(std::size_t at, std::size_t end);
  void look_at_ref();
  void look_at_path();

  bool is_ref() const { return matched_ == Matched::branch || matched_ == Matched::tag; }
  std::string thing() const { return matched_ == Matched::branch ? "branch" : "tag"; }
  void wrong(Kind kind, std::size_t begin, std::size_t end, std::string seen, std::string help,
             std::optional<std::string> replacement = std::nullopt);

  llvm::StringRef pattern_;
  Matched matched_;
  std::size_t at_ = 0;
  bool repeatable_ = false;  ///< whether a `?` or `+` may follow
  std::optional<PatternProblem> problem_;
};

void PatternReader::wrong(Kind kind, std::size_t begin, std::size_t end, std::string seen, std::string help,
                          std::optional<std::string> replacement) {
  if (problem_) return;
  problem_ = PatternProblem{{begin, end, std::move(seen), std::move(help), std::move(replacement)}, kind};
}

std::optional<PatternProblem> PatternReader::read() {
  if (pattern_ == "!") wrong(Kind::refused, 0, 1, "`!` takes nothing away", "write behind it what it takes away");
  at_ = pattern_.startswith("!") ? 1 : 0;
  while (!problem_ && at_ < pattern_.size()) read_piece();
  if (is_ref()) look_at_ref();
  if (matched_ == Matched::path) look_at_path();
  return problem_;
}

void PatternReader::read_piece() {
  char c = pattern_[at_];
  switch (c) {
    case '\\': return read_escape();
    case '[': return read_set();
    case '?':
    case '+':
      if (!repeatable_)
        wrong(Kind::refused, at_, at_ + 1, fmt::format("nothing stands before `{}` that it could repeat", c),
              fmt::format("`*` is any text; write `\\{}` where the mark itself is meant", c));
      repeatable_ = false;
      break;
    case '*': repeatable_ = false; break;
    case '\r':
    case '\n':
      wrong(Kind::refused, at_, at_ + 1, "a pattern cannot hold the end of a line", "write each pattern by itself");
      break;
    default:
      if (is_ref() && (llvm::StringRef(" ~^:").contains(c) || static_cast<unsigned char>(c) < ' ' || c == '\x7f'))
        wrong(Kind::never, at_, at_ + 1, fmt::format("no {} has `{}` in its name", thing(), c),
              c == '^' ? "a pattern holds for the whole name and is no regular expression: leave it out"
                       : "leave it out, or write `*` for any text");
      repeatable_ = true;
  }
  ++at_;
}

// `\*` is a star. A path may hold a backslash, a branch may not.
void PatternReader::read_escape() {
  char next = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : ' ';
  bool mark = llvm::StringRef("[]?+*\\!").contains(next);
  if (is_ref() && !mark)
    wrong(Kind::refused, at_, at_ + 1, "`\\` stands before no mark",
          std::isalpha(static_cast<unsigned char>(next))
              ? "a pattern is no regular expression: write `[0-9]` for a digit, `*` for any text"
              : "it takes the meaning of `*`, `?`, `+`, `[`, `]`, `!` and `\\`");
  else if (is_ref() && llvm::StringRef("[?*\\").contains(next))
    wrong(Kind::never, at_, at_ + 2, fmt::format("no {} has `{}` in its name", thing(), next), "leave it out");
  at_ += mark ? 2 : 1;
  repeatable_ = true;
}

// `[a-z_]`: one letter of several.
void PatternReader::read_set() {
  std::size_t end = pattern_.find(']', at_ + 1);
  if (end == llvm::StringRef::npos) {
    wrong(Kind::refused, at_, pattern_.size(), "`[` is not closed",
          "write `]` behind the letters, or `\\[` for the mark");
    return;
  }
  llvm::StringRef set = pattern_.slice(at_ + 1, end);
  if (set.empty())
    wrong(Kind::refused, at_, end + 1, "`[]` is no letter at all", "write the letters between: `[a-z]`");
  else if (set.size() == 1)
    wrong(Kind::useless, at_, end + 1, fmt::format("`[{}]` is `{}`", set[0], set[0]),
          "write the letter without brackets",
          std::isalnum(static_cast<unsigned char>(set[0])) ? std::optional(set.str()) : std::nullopt);
  else if (set[0] == '^' || set[0] == '!')
    wrong(Kind::refused, at_, end + 1, "GitHub knows no brackets that take letters away",
          "write the letters that may stand here");
  for (std::size_t i = at_ + 1; i < end;) i = read_range(i, end);
  at_ = end + 1;
  repeatable_ = true;
}

// `a-z` or a letter at `at`; gives what stands behind it.
std::size_t PatternReader::read_range(std::size_t at, std::size_t end) {
  if (at + 1 >= end || pattern_[at + 1] != '-') return at + 1;
  if (at + 2 == end) {
    wrong(Kind::refused, at, end, fmt::format("the range from `{}` has no end", pattern_[at]),
          "write it, as in `[a-z]`");
    return end;
  }
  char first = pattern_[at];
  char last = pattern_[at + 2];
  std::string range = pattern_.substr(at, 3).str();
  bool same =
      (is_digit(first) && is_digit(last)) || (is_lower(first) && is_lower(last)) || (is_upper(first) && is_upper(last));
  if (!same)
    wrong(Kind::refused, at, at + 3, fmt::format("`{}` is no range", range), "ranges lie in `a-z`, `A-Z` or `0-9`");
  else if (first > last)
    wrong(Kind::refused, at, at + 3, fmt::format("the range `{}` is empty", range),
          fmt::format("write `{}-{}`", last, first), fmt::format("{}-{}", last, first));
  return at + 3;
}

// git-check-ref-format(1).
void PatternReader::look_at_ref() {
  std::size_t begin = pattern_.startswith("!") ? 1 : 0;
  llvm::StringRef name = pattern_.drop_front(begin);
  if (name.startswith("/"))
    wrong(Kind::never, begin, begin + 1, fmt::format("no {} begins with `/`", thing()), "leave it out", "");
  if (name.endswith("/"))
    wrong(Kind::never, pattern_.size() - 1, pattern_.size(), fmt::format("no {} ends with `/`", thing()),
          fmt::format("write `{}**` for all that begin so", std::string_view(name)));
  for (llvm::StringRef end : {".", ".lock"})
    if (name.endswith(end))
      wrong(Kind::never, pattern_.size() - end.size(), pattern_.size(),
            fmt::format("no {} ends with `{}`", thing(), std::string_view(end)), "leave it out");
  for (llvm::StringRef part : {"//", "..", "@{", "/."}) {
    std::size_t found = pattern_.find(part);
    if (found != llvm::StringRef::npos)
      wrong(Kind::never, found, found + part.size(),
            fmt::format("no {} has `{}` in its name", thing(), std::string_view(part)), "leave it out");
  }
}

// Paths are told from the top of the repository, and only files are.
void PatternReader::look_at_path() {
  std::size_t begin = pattern_.startswith("!") ? 1 : 0;
  if (pattern_.drop_front(begin).trim() != pattern_.drop_front(begin))
    wrong(Kind::never, begin, pattern_.size(), "no path begins or ends with a blank", "leave it out",
          pattern_.drop_front(begin).trim().str());
  if (pattern_.endswith("/"))
    wrong(Kind::never, pattern_.size() - 1, pattern_.size(), "a path is a file's and never ends with `/`",
          fmt::format("write `{}**` for all that lies in it", std::string_view(pattern_.drop_front(begin))), "/**");
  for (std::size_t at = begin; at < pattern_.size();) {
    std::size_t end = std::min(pattern_.find('/', at), pattern_.size());
    llvm::StringRef part = pattern_.slice(at, end);
    if (part == "." || part == "..") {
      bool first = part == "." && at == begin && end < pattern_.size();
      wrong(Kind::never, at, first ? end + 1 : end, fmt::format("no path has `{}` in it", std::string_view(part)),
            "write the path from the top of the repository, without `.` and `..`",
            first ? std::optional<std::string>("") : std::nullopt);
    }
    at = end + 1;
  }
}

}  // namespace

std::optional<PatternProblem> problem_of_pattern(llvm::StringRef pattern, Matched matched) {
  return PatternReader(pattern, matched).read();
}

}  // namespace sluice::check
