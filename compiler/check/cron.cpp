// The five fields of a cron, as GitHub reads them: numbers, names, `*`, `,`, `-` and `/`.
#include "check/cron.h"

#include <fmt/format.h>
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/SmallVector.h>

#include <array>
#include <bitset>

namespace sluice::check {
namespace {

constexpr llvm::StringLiteral months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr llvm::StringLiteral weekdays[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr unsigned longest_month[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Field {
  llvm::StringRef name;
  unsigned least;
  unsigned most;
  llvm::ArrayRef<llvm::StringLiteral> names;  ///< of `least` and those behind it
};

const Field fields[] = {{"minute", 0, 59, {}},
                        {"hour", 0, 23, {}},
                        {"day", 1, 31, {}},
                        {"month", 1, 12, months},
                        {"weekday", 0, 6, weekdays}};

struct Nickname {
  llvm::StringLiteral name;
  llvm::StringLiteral cron;
};
constexpr Nickname nicknames[] = {{"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
                                  {"@weekly", "0 0 * * 0"},  {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
                                  {"@annually", "0 0 1 1 *"}};

using Values = std::bitset<60>;

class Reader {
 public:
  explicit Reader(llvm::StringRef cron) : cron_(cron) {}

  void read();

  std::optional<TextProblem> problem;
  std::array<Values, 5> values;

 private:
  void refuse_nickname();
  void read_field(const Field& field, llvm::StringRef text, Values& into);
  void read_part(const Field& field, llvm::StringRef part, Values& into);
  std::optional<unsigned> read_step(const Field& field, llvm::StringRef text);
  std::optional<unsigned> read_bound(const Field& field, llvm::StringRef text);
  void look_for_days();

  // Of two the first is told.
  void wrong(llvm::StringRef part, std::string seen, std::string help,
             std::optional<std::string> replacement = std::nullopt) {
    if (problem) return;
    auto begin = static_cast<std::size_t>(part.data() - cron_.data());
    problem = TextProblem{begin, begin + part.size(), std::move(seen), std::move(help), std::move(replacement)};
  }

  llvm::StringRef cron_;
};

std::string_view view(llvm::StringRef text) { return text; }

void Reader::read() {
  if (cron_.startswith("@")) return refuse_nickname();
  if (cron_ != cron_.trim() || cron_.find_first_of("\t\r\n") != llvm::StringRef::npos)
    return wrong(cron_, "a cron has blanks between its fields and nowhere else", "write it without the others");
  llvm::SmallVector<llvm::StringRef, 6> texts;
  cron_.split(texts, ' ', -1, false);
  if (texts.size() != std::size(fields))
    return wrong(cron_, fmt::format("a cron has five fields, this has {}", texts.size()),
                 texts.size() > std::size(fields)
                     ? "minute hour day month weekday: GitHub knows no seconds and no years"
                     : "minute hour day month weekday, as in \"30 6 * * 1-5\"");
  for (std::size_t i = 0; i < std::size(fields); ++i) read_field(fields[i], texts[i], values[i]);
  if (!problem && texts[4] == "*") look_for_days();
}

void Reader::refuse_nickname() {
  std::string seen = fmt::format("GitHub has no `{}`", view(cron_));
  for (const Nickname& nickname : nicknames)
    if (nickname.name == cron_.lower())
      return wrong(cron_, seen, fmt::format("write `{}`", view(nickname.cron)), nickname.cron.str());
  wrong(cron_, seen, "write minute hour day month weekday, as in \"30 6 * * 1-5\"");
}

void Reader::read_field(const Field& field, llvm::StringRef text, Values& into) {
  llvm::SmallVector<llvm::StringRef, 4> parts;
  text.split(parts, ',');
  for (llvm::StringRef part : parts) {
    if (part.empty())
      wrong(text, fmt::format("`{}` has a comma too many", view(text)), "write a value on each side of a comma");
    else
      read_part(field, part, into);
  }
}

void Reader::read_part(const Field& field, llvm::StringRef part, Values& into) {
  auto [range, step_text] = part.split('/');
  unsigned step = 1;
  if (part.contains('/')) {
    auto read = read_step(field, step_text);
    if (!read) return;
    step = *read;
  }
  unsigned low = field.least;
  unsigned high = field.most;
  if (range != "*") {
    auto [first, last] = range.split('-');
    auto from = read_bound(field, first);
    auto to = range.contains('-') ? read_bound(field, last) : from;
    if (!from || !to) return;
    low = *from;
    // `5/15` goes on to the end.
    high = !range.contains('-') && part.contains('/') ? field.most : *to;
    if (low > high) {
      std::string turned = fmt::format("{}-{},{}-{}", low, field.most, field.least, high);
      return wrong(range, fmt::format("`{}` runs backwards", view(range)), fmt::format("write `{}`", turned),
                   part.contains('/') ? std::nullopt : std::optional(turned));
    }
  }
  for (unsigned value = low; value <= high; value += step) into.set(value);
}

std::optional<unsigned> Reader::read_step(const Field& field, llvm::StringRef text) {
  unsigned step = 0;
  if (!text.getAsInteger(10, step) && step > 0 && step <= field.most) return step;
  if (text.empty()) text = cron_;
  wrong(text, fmt::format("`{}` is no step of the {}", view(text), view(field.name)),
        fmt::format("behind `/` stands a number between 1 and {}", field.most));
  return std::nullopt;
}

std::optional<unsigned> Reader::read_bound(const Field& field, llvm::StringRef text) {
  unsigned number = 0;
  bool is_number = !text.getAsInteger(10, number);
  if (is_number && number >= field.least && number <= field.most) return number;
  for (std::size_t i = 0; i < field.names.size(); ++i)
    if (text.equals_insensitive(field.names[i])) return field.least + static_cast<unsigned>(i);
  std::string help = fmt::format("the {} is between {} and {}", view(field.name), field.least, field.most);
  if (!field.names.empty())
    help += fmt::format(", or `{}` to `{}`", view(field.names.front()), view(field.names.back()));
  if (field.name == "weekday" && number == 7) help = "Sunday is `0` or `SUN`";
  bool foreign = text.find_first_of("LW#?") != llvm::StringRef::npos &&
                 text.find_first_not_of("0123456789LW#?") == llvm::StringRef::npos;
  if (foreign) help = "GitHub takes `*`, `,`, `-` and `/`, and no `L`, `W`, `#` and `?`";
  if (text.empty()) text = cron_;
  wrong(text, fmt::format("`{}` is no {}", view(text), view(field.name)), help);
  return std::nullopt;
}

// Where any weekday will do, one of the months must have one of the days.
void Reader::look_for_days() {
  for (unsigned month = 1; month <= 12; ++month)
    for (unsigned day = 1; values[3][month] && day <= longest_month[month - 1]; ++day)
      if (values[2][day]) return;
  wrong(cron_, "no month of this cron has such a day: it never runs", "choose a day that the month has");
}

}  // namespace

std::optional<TextProblem> problem_of_cron(llvm::StringRef cron) {
  Reader reader(cron);
  reader.read();
  return reader.problem;
}

unsigned least_minutes_between(llvm::StringRef cron) {
  Reader reader(cron);
  reader.read();
  const auto& [minutes, hours, days, month, weekday] = reader.values;
  unsigned least = 60;
  std::optional<unsigned> first, last;
  for (unsigned minute = 0; minute < 60; ++minute) {
    if (!minutes[minute]) continue;
    if (last) least = std::min(least, minute - *last);
    if (!first) first = minute;
    last = minute;
  }
  // From the last one of an hour to the first one of the next.
  for (unsigned hour = 0; hour < 24 && first; ++hour)
    if (hours[hour] && hours[(hour + 1) % 24]) least = std::min(least, 60 - *last + *first);
  return least;
}

}  // namespace sluice::check
