#include "runtime/gates/times.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <optional>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr int minutes_a_day = 1440;
constexpr Seconds seconds_a_day = 86400;
constexpr std::string_view day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    std::size_t end = text.find(separator);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// Exactly that many digits.
std::optional<int> number(std::string_view text, std::size_t digits) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool is_whole = text.size() == digits && error == std::errc() && end == text.data() + text.size();
  return is_whole && value >= 0 ? std::optional(value) : std::nullopt;
}

/// `09:30`, up to `24:00`, as minutes.
std::optional<int> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  auto hour = number(text.substr(0, 2), 2), minute = number(text.substr(3), 2);
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > minutes_a_day) return std::nullopt;
  return *hour * 60 + *minute;
}

std::optional<unsigned> day_of_week(std::string_view name) {
  for (unsigned day = 0; day < 7; ++day)
    if (day_names[day] == name) return day;
  return std::nullopt;
}

/// `Mon-Fri`, `Mon,Wed`, `Sat-Mon`; nothing where it is no list of days.
std::optional<std::uint8_t> days(std::string_view text) {
  unsigned found = 0;
  for (std::string_view part : split(text, ',')) {
    std::size_t dash = part.find('-');
    auto first = day_of_week(trimmed(part.substr(0, dash)));
    auto last = dash == std::string_view::npos ? first : day_of_week(trimmed(part.substr(dash + 1)));
    if (!first || !last) return std::nullopt;
    for (unsigned day = *first;; day = (day + 1) % 7) {
      found |= 1u << day;
      if (day == *last) break;
    }
  }
  return static_cast<std::uint8_t>(found);
}

std::expected<Span, std::string> read_span(std::string_view part) {
  std::size_t blank = part.find_last_of(" \t");
  std::string_view hours = blank == std::string_view::npos ? part : part.substr(blank + 1);
  std::size_t dash = hours.find('-');
  auto begin = time_of_day(hours.substr(0, dash));
  auto end = time_of_day(dash == std::string_view::npos ? "" : hours.substr(dash + 1));
  if (!begin || !end || *begin == minutes_a_day) {
    return std::unexpected(
        fmt::format("`{}` is not from one time to another; write it as `09:00-16:00`, days before it", part));
  }
  if (*begin == *end) {
    return std::unexpected(fmt::format("`{}` ends as it begins; a whole day is `00:00-24:00`", hours));
  }
  Span span{0x7f, *begin, *end > *begin ? *end : *end + minutes_a_day};
  if (blank == std::string_view::npos) return span;
  std::string_view names = trimmed(part.substr(0, blank));
  auto named = days(names);
  if (!named) {
    return std::unexpected(
        fmt::format("`{}` are no days; write `Mon-Fri` or `Mon,Wed` of "
                    "Mon, Tue, Wed, Thu, Fri, Sat, Sun",
                    names));
  }
  span.days = *named;
  return span;
}

struct Moment {
  Seconds local;
  bool is_day;
};

std::optional<Moment> moment(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  auto in_year = number(text.substr(0, 4), 4), month_number = number(text.substr(5, 2), 2);
  auto day_number = number(text.substr(8, 2), 2);
  if (!in_year || !month_number || !day_number) return std::nullopt;
  year_month_day date = year(*in_year) / *month_number / *day_number;
  if (!date.ok()) return std::nullopt;
  Seconds midnight = sys_seconds(sys_days(date)).time_since_epoch().count();
  if (text.size() == 10) return Moment{midnight, true};
  auto minutes = text[10] == 'T' ? time_of_day(text.substr(11)) : std::nullopt;
  if (!minutes || *minutes == minutes_a_day) return std::nullopt;
  return Moment{midnight + *minutes * 60, false};
}

}  // namespace

bool Span::has(Seconds local_time) const {
  Seconds day = local_time / seconds_a_day - (local_time % seconds_a_day < 0);
  Seconds seconds = local_time - day * seconds_a_day;
  for (int nights = 0; nights < 2; ++nights) {
    Seconds weekday = ((day - nights + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
    Seconds since = seconds + nights * seconds_a_day;
    if (days >> weekday & 1 && since >= begin * 60 && since < end * 60) return true;
  }
  return false;
}

std::expected<std::vector<Span>, std::string> read_spans(std::string_view times) {
  std::vector<Span> spans;
  std::optional<std::string_view> with_days, without;
  for (std::string_view part : split(times, ';')) {
    auto span = read_span(part);
    if (!span) return std::unexpected(span.error());
    spans.push_back(*span);
    (part.find_first_of(" \t") == std::string_view::npos ? without : with_days) = part;
  }
  if (with_days && without) {
    return std::unexpected(fmt::format("`{}` has days and `{}` has none; write them there too, every day is `Mon-Sun`",
                                       *with_days, *without));
  }
  return spans;
}

std::expected<Frozen, std::string> read_freeze(std::string_view from, std::string_view to) {
  auto begin = moment(from), end = moment(to);
  if (!begin || !end) {
    return std::unexpected(
        fmt::format("`{}` is no date; write `2026-12-20`, or `2026-12-20T12:00`", begin ? to : from));
  }
  Frozen frozen{begin->local, end->local + (end->is_day ? seconds_a_day : 0)};
  if (frozen.end <= frozen.begin) {
    return std::unexpected(fmt::format("the freeze from `{}` to `{}` ends before it begins", from, to));
  }
  return frozen;
}

}  // namespace sluice::runtime
