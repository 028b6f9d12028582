#include "runtime/gates/posix_rule.h"

#include <charconv>
#include <chrono>

namespace sluice::runtime {
namespace {

/// Takes what it expects from the front of a text; once something else stood there it takes nothing any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool failed() const { return failed_; }

  bool skip(char wanted) {
    if (failed_ || !rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) { failed_ |= !skip(wanted); }

  std::string name() {
    bool quoted = skip('<');
    std::size_t length = 0;
    auto is_part = [&](char c) { return quoted ? c != '>' : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (length < rest_.size() && is_part(rest_[length])) ++length;
    std::string found(rest_.substr(0, length));
    rest_.remove_prefix(length);
    if (quoted) expect('>');
    failed_ |= found.empty();
    return found;
  }

  int number(int least, int most) {
    int value = 0;
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    failed_ |= error != std::errc() || rest_.starts_with('-') || value < least || value > most;
    if (failed_) return 0;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  /// `-3`, `2:30`, `26:00:00`
  Seconds time() {
    Seconds sign = skip('-') ? -1 : 1;
    if (sign > 0) skip('+');
    Seconds seconds = number(0, 167) * 3600;
    if (skip(':')) seconds += number(0, 59) * 60;
    if (skip(':')) seconds += number(0, 59);
    return sign * seconds;
  }

  PosixRule::Day day() {
    using Kind = PosixRule::Day::Kind;
    PosixRule::Day day;
    expect(',');
    if (skip('M')) {
      day.kind = Kind::weekday_of_month;
      day.month = number(1, 12);
      expect('.');
      day.week = number(1, 5);
      expect('.');
      day.day = number(0, 6);
    } else {
      bool without_leap_day = skip('J');
      day.kind = without_leap_day ? Kind::of_year_without_leap_day : Kind::of_year;
      day.day = without_leap_day ? number(1, 365) : number(0, 365);
    }
    if (skip('/')) day.time = time();
    return day;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

/// The local time at which it comes.
Seconds local_time(const PosixRule::Day& day, int number) {
  using namespace std::chrono;
  year in(number);
  sys_days date = sys_days(in / January / 1);
  if (day.kind == PosixRule::Day::Kind::of_year) {
    date += days(day.day);
  } else if (day.kind == PosixRule::Day::Kind::of_year_without_leap_day) {
    date += days(day.day - 1 + (in.is_leap() && day.day >= 60));
  } else {
    weekday wanted(static_cast<unsigned>(day.day));
    auto in_month = in / day.month;
    date = day.week == 5 ? sys_days(in_month / wanted[last])
                         : sys_days(in_month / wanted[static_cast<unsigned>(day.week)]);
  }
  return sys_seconds(date).time_since_epoch().count() + day.time;
}

}  // namespace

std::optional<PosixRule> PosixRule::read(std::string_view text) {
  Reader reader(text);
  PosixRule rule;
  rule.standard.abbreviation = reader.name();
  rule.standard.seconds = -reader.time();
  if (!reader.failed() && !reader.at_end()) {
    Summer summer;
    summer.offset.abbreviation = reader.name();
    bool is_an_hour_ahead = reader.skip(',');
    if (is_an_hour_ahead) reader = Reader(text.substr(text.find(',')));
    summer.offset.seconds = is_an_hour_ahead ? rule.standard.seconds + 3600 : -reader.time();
    summer.from = reader.day();
    summer.to = reader.day();
    rule.summer = summer;
  }
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return rule;
}

std::pair<Seconds, Seconds> PosixRule::summer_of(int year) const {
  return {local_time(summer->from, year) - standard.seconds, local_time(summer->to, year) - summer->offset.seconds};
}

}  // namespace sluice::runtime
