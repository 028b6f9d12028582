#include "check/calendar.h"

#include <fmt/format.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringExtras.h>

#include "diagnostics/nearest.h"

namespace sluice::check {
namespace {

constexpr llvm::StringLiteral days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

constexpr unsigned minutes_a_day = 24 * 60;

bool is_day_name(llvm::StringRef name) { return llvm::is_contained(days, name); }

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
  if (!hours || !minutes || *minutes > 59 || *hours * 60 + *minutes > minutes_a_day) return std::nullopt;
  return *hours * 60 + *minutes;
}

/// Reads a window's text and says what is wrong at its place there.
class Reader {
 public:
  explicit Reader(llvm::StringRef text) : text_(text) {}

  std::optional<TextProblem> read() {
    llvm::SmallVector<llvm::StringRef, 4> entries;
    text_.split(entries, ';');
    for (llvm::StringRef entry : entries)
      if (auto problem = read_entry(entry.trim(" \t"))) return problem;
    if (!everyday_.empty() && !named_.empty())
      return problem(everyday_, fmt::format("`{}` names no days, and `{}` does", view(everyday_), view(named_)),
                     "write them here, too: every day is `Mon-Sun`");
    return std::nullopt;
  }

 private:
  static std::string_view view(llvm::StringRef text) { return text; }

  TextProblem problem(llvm::StringRef part, std::string seen, std::string help) const {
    std::size_t begin = part.empty() ? 0 : static_cast<std::size_t>(part.data() - text_.data());
    return {begin, part.empty() ? text_.size() : begin + part.size(), std::move(seen), std::move(help), std::nullopt};
  }

  std::optional<TextProblem> read_entry(llvm::StringRef entry) {
    if (entry.empty())
      return problem(entry, "a time of this window is empty", "write days and hours, as in `Mon-Fri 09:00-16:00`");
    std::size_t blank = entry.find_last_of(" \t");
    llvm::StringRef names = blank == llvm::StringRef::npos ? "" : entry.take_front(blank).trim(" \t");
    (names.empty() ? everyday_ : named_) = entry;
    llvm::SmallVector<llvm::StringRef, 7> listed;
    if (!names.empty()) names.split(listed, ',');
    for (llvm::StringRef one : listed)
      if (auto wrong = read_days(one.trim(" \t"))) return wrong;
    return read_hours(blank == llvm::StringRef::npos ? entry : entry.drop_front(blank + 1));
  }

  std::optional<TextProblem> read_days(llvm::StringRef range) const {
    auto [first, last] = range.split('-');
    for (llvm::StringRef name : {first.trim(" \t"), range.contains('-') ? last.trim(" \t") : first.trim(" \t")})
      if (!is_day_name(name)) return unknown_day(name);
    return std::nullopt;
  }

  TextProblem unknown_day(llvm::StringRef name) const {
    std::string seen = name.empty() ? "a day of this window is empty" : fmt::format("`{}` is no day", view(name));
    TextProblem told =
        problem(name, std::move(seen), "the days are `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` and `Sun`");
    llvm::SmallVector<llvm::StringRef, 7> known(std::begin(days), std::end(days));
    llvm::StringRef near = diagnostics::nearest(name.take_front(3), known);
    for (llvm::StringRef day : known)
      if (name.take_front(3).equals_insensitive(day)) near = day;
    if (near.empty()) return told;
    told.help = fmt::format("did you mean `{}`?", view(near));
    told.replacement = near.str();
    return told;
  }

  std::optional<TextProblem> read_hours(llvm::StringRef hours) const {
    auto [from, to] = hours.split('-');
    auto begin = minutes_of(from), end = minutes_of(to);
    if (!begin || !end || *begin == minutes_a_day)
      return problem(hours, fmt::format("`{}` are no hours", view(hours)),
                     "write from when to when, with two digits each, as in `09:00-16:00`");
    if (*begin == *end)
      return problem(hours, fmt::format("`{}` is over when it begins", view(hours)), "a whole day is `00:00-24:00`");
    return std::nullopt;
  }

  llvm::StringRef text_;
  llvm::StringRef everyday_, named_;  ///< a time without days, and one with them
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
  auto minutes = minutes_of(time);
  bool timed = instant.contains('T');
  if (is_day(date) && (!timed || (minutes && *minutes < minutes_a_day))) return std::nullopt;
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
