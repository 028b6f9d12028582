#include "check/calendar.h"

#include <fmt/format.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringExtras.h>

#include <algorithm>

#include "diagnostics/nearest.h"

namespace sluice::check {
namespace {

constexpr llvm::StringLiteral days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::optional<unsigned> day_of(llvm::StringRef name) {
  auto found = std::find(std::begin(days), std::end(days), name);
  if (found == std::end(days)) return std::nullopt;
  return static_cast<unsigned>(found - std::begin(days));
}

/// A number of exactly so many digits.
std::optional<unsigned> digits(llvm::StringRef text, std::size_t count) {
  unsigned value = 0;
  bool plain = text.size() == count && llvm::all_of(text, llvm::isDigit);
  if (!plain || text.getAsInteger(10, value)) return std::nullopt;
  return value;
}

/// Minutes from midnight; `24:00` is the end of a day.
std::optional<unsigned> minutes_of(llvm::StringRef text) {
  auto [hour, minute] = text.split(':');
  auto hours = digits(hour, 2), minutes = digits(minute, 2);
  if (!hours || !minutes || *minutes > 59 || *hours * 60 + *minutes > 24 * 60) return std::nullopt;
  return *hours * 60 + *minutes;
}

/// One part of a window's text, with its place there.
class Reader {
 public:
  explicit Reader(llvm::StringRef text) : text_(text) {}

  std::optional<TextProblem> read() {
    llvm::StringRef rest = text_;
    do {
      auto [entry, behind] = rest.split(';');
      if (auto problem = read_entry(entry.trim(' '))) return problem;
      rest = behind;
    } while (!rest.empty());
    return std::nullopt;
  }

 private:
  TextProblem problem(llvm::StringRef part, std::string seen, std::string help) const {
    std::size_t begin = part.empty() ? 0 : static_cast<std::size_t>(part.data() - text_.data());
    return {begin, part.empty() ? text_.size() : begin + part.size(), std::move(seen), std::move(help), std::nullopt};
  }

  std::optional<TextProblem> read_entry(llvm::StringRef entry) const {
    auto [names, hours] = entry.split(' ');
    hours = hours.trim(' ');
    if (entry.empty())
      return problem(entry, "a time of this window is empty", "write days and hours, as in `Mon-Fri 09:00-16:00`");
    if (names.empty() || hours.empty())
      return problem(entry, fmt::format("`{}` is no time of a window", std::string_view(entry)),
                     "write days and hours, as in `Mon-Fri 09:00-16:00`");
    llvm::SmallVector<llvm::StringRef, 7> listed;
    names.split(listed, ',');
    for (llvm::StringRef one : listed)
      if (auto wrong = read_days(one)) return wrong;
    return read_hours(hours);
  }

  std::optional<TextProblem> read_days(llvm::StringRef range) const {
    auto [first, last] = range.split('-');
    bool ranged = range.contains('-');
    for (llvm::StringRef name : {first, ranged ? last : first})
      if (!day_of(name)) return unknown_day(name.empty() ? range : name);
    if (ranged && *day_of(first) >= *day_of(last))
      return problem(range, fmt::format("`{}` ends before it begins", std::string_view(range)),
                     "a week runs from `Mon` to `Sun`: write two ranges, as in `Sat,Sun,Mon`");
    return std::nullopt;
  }

  TextProblem unknown_day(llvm::StringRef name) const {
    TextProblem told = problem(name, fmt::format("`{}` is no day", std::string_view(name)),
                               "the days are `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` and `Sun`");
    llvm::SmallVector<llvm::StringRef, 7> known(std::begin(days), std::end(days));
    llvm::StringRef near = diagnostics::nearest(name.take_front(3), known);
    for (llvm::StringRef day : known)
      if (name.take_front(3).equals_insensitive(day)) near = day;
    if (near.empty()) return told;
    told.help = fmt::format("did you mean `{}`?", std::string_view(near));
    told.replacement = near.str();
    return told;
  }

  std::optional<TextProblem> read_hours(llvm::StringRef hours) const {
    auto [from, to] = hours.split('-');
    auto begin = minutes_of(from), end = minutes_of(to);
    if (!begin || !end || *begin == 24 * 60)
      return problem(hours, fmt::format("`{}` are no hours", std::string_view(hours)),
                     "write from when to when, with two digits each, as in `09:00-16:00`");
    if (*begin == *end)
      return problem(hours, fmt::format("`{}` is over when it begins", std::string_view(hours)),
                     "a whole day is `00:00-24:00`");
    return std::nullopt;
  }

  llvm::StringRef text_;
};

unsigned days_in(unsigned year, unsigned month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool is_day(llvm::StringRef date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return false;
  auto year = digits(date.take_front(4), 4), month = digits(date.slice(5, 7), 2), day = digits(date.drop_front(8), 2);
  return year && month && day && *month >= 1 && *month <= 12 && *day >= 1 && *day <= days_in(*year, *month);
}

}  // namespace

std::optional<TextProblem> problem_of_window(llvm::StringRef times) { return Reader(times).read(); }

std::optional<TextProblem> problem_of_instant(llvm::StringRef instant) {
  auto [date, time] = instant.split('T');
  bool timed = instant.contains('T');
  if (is_day(date) && (!timed || minutes_of(time))) return std::nullopt;
  return TextProblem{0, instant.size(), fmt::format("`{}` is no day of the calendar", std::string_view(instant)),
                     "write a day, as in `2026-12-20`, or a minute of it, as in `2026-12-20T12:00`", std::nullopt};
}

// Both forms are in the order of time as texts; a day alone begins at its first minute and ends behind its last.
bool is_empty_freeze(llvm::StringRef from, llvm::StringRef to) {
  std::string begin = from.contains('T') ? from.str() : from.str() + "T00:00";
  std::string end = to.contains('T') ? to.str() : to.str() + "T24:00";
  return begin >= end;
}

}  // namespace sluice::check
