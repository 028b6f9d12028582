#include "runtime/gates/calendar.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <random>

using namespace sluice::runtime;

namespace {

constexpr Seconds minute = 60, hour = 3600, day = 86400;
constexpr Seconds begin_of_2026 = 1767225600;
constexpr Seconds noon = 1795608000;  // Wed 2026-11-25 12:00 UTC

Calendar calendar(const std::vector<Window>& windows, const std::vector<Freeze>& freezes = {}) {
  auto read = Calendar::read(windows, freezes);
  if (!read) FAIL(read.error());
  return *read;
}

std::string problem(const std::vector<Window>& windows, const std::vector<Freeze>& freezes = {}) {
  auto read = Calendar::read(windows, freezes);
  return read ? "none" : read.error();
}

/// The instants between two at which it opens and closes, minute by minute, in the words of a zone's clock.
std::vector<std::string> changes(const Calendar& read, const std::string& zone, Seconds from, Seconds to) {
  std::vector<std::string> found;
  Zone clock = *Zone::read(zone);
  for (Seconds instant = from; instant < to; instant += minute) {
    if (read.is_open(instant) == read.is_open(instant - minute)) continue;
    found.push_back((read.is_open(instant) ? "opens " : "closes ") + clock.text(instant));
  }
  return found;
}

/// A part of a window as a test says it: which days, from when to when.
struct Part {
  bool days[7];  // from Sunday
  int begin, end;
};

std::string text_of(const std::vector<Part>& parts) {
  static const char* const names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  std::string text;
  for (const Part& part : parts) {
    std::string days;
    for (int i = 0; i < 7; ++i)
      if (part.days[i]) days += (days.empty() ? "" : ",") + std::string(names[i]);
    std::string times =
        fmt::format("{:02}:{:02}-{:02}:{:02}", part.begin / 60, part.begin % 60, part.end / 60, part.end % 60);
    text += (text.empty() ? "" : "; ") + days + " " + times;
  }
  return text;
}

/// Whether a wall clock of the C library shows a time of a window.
bool is_open(const std::vector<Part>& parts, Seconds instant) {
  time_t time = instant;
  tm wall{};
  localtime_r(&time, &wall);
  int now = wall.tm_hour * 60 + wall.tm_min, yesterday = (wall.tm_wday + 6) % 7;
  for (const Part& part : parts) {
    bool over_midnight = part.end <= part.begin;
    if (part.days[wall.tm_wday] && now >= part.begin && (over_midnight || now < part.end)) return true;
    if (over_midnight && part.days[yesterday] && now < part.end) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a window is open on its days, without its last minute") {
  Calendar office = calendar({{"Mon-Fri 09:00-16:00", "Europe/Berlin"}});
  CHECK(changes(office, "Europe/Berlin", noon, noon + 6 * day) ==
        std::vector<std::string>{"closes Wed 2026-11-25 16:00 CET", "opens Thu 2026-11-26 09:00 CET",
                                 "closes Thu 2026-11-26 16:00 CET", "opens Fri 2026-11-27 09:00 CET",
                                 "closes Fri 2026-11-27 16:00 CET", "opens Mon 2026-11-30 09:00 CET",
                                 "closes Mon 2026-11-30 16:00 CET", "opens Tue 2026-12-01 09:00 CET"});
}

TEST_CASE("a window past midnight belongs to the day on which it begins") {
  Calendar night = calendar({{"Fri 22:00-04:00; Sun 23:00-24:00", ""}});
  CHECK(changes(night, "UTC", noon, noon + 7 * day) ==
        std::vector<std::string>{"opens Fri 2026-11-27 22:00 UTC", "closes Sat 2026-11-28 04:00 UTC",
                                 "opens Sun 2026-11-29 23:00 UTC", "closes Mon 2026-11-30 00:00 UTC"});
}

TEST_CASE("days in lists and around the end of a week, and no days at all") {
  CHECK(changes(calendar({{"Sat-Sun,Tue 10:00-11:00", ""}}), "UTC", noon, noon + 7 * day).size() == 6);
  CHECK(changes(calendar({{"Sat - Mon, Wed 10:00-11:00", ""}}), "UTC", noon, noon + 7 * day).size() == 8);
  CHECK(changes(calendar({{"10:00-11:00", ""}}), "UTC", noon, noon + 7 * day).size() == 14);
  CHECK(changes(calendar({{"00:00-24:00", ""}}), "UTC", noon, noon + 7 * day).empty());
}

TEST_CASE("in spring a window begins behind the gap, in autumn it is open in both hours") {
  Calendar early = calendar({{"02:30-04:00", "Europe/Berlin"}});
  constexpr Seconds spring = 1774656000, autumn = 1792886400;  // midnight UTC of the days before
  CHECK(changes(early, "Europe/Berlin", spring + 12 * hour, spring + 36 * hour) ==
        std::vector<std::string>{"opens Sun 2026-03-29 03:00 CEST", "closes Sun 2026-03-29 04:00 CEST"});
  Calendar both = calendar({{"01:00-02:30", "Europe/Berlin"}});
  CHECK(changes(both, "Europe/Berlin", autumn - 12 * hour, autumn + 12 * hour) ==
        std::vector<std::string>{"opens Sun 2026-10-25 01:00 CEST", "closes Sun 2026-10-25 02:30 CEST",
                                 "opens Sun 2026-10-25 02:00 CET", "closes Sun 2026-10-25 02:30 CET"});
  Calendar gone = calendar({{"Sun 02:10-02:50", "Europe/Berlin"}});
  CHECK(changes(gone, "Europe/Berlin", spring, spring + 3 * day).empty());
}

TEST_CASE("a freeze covers its last day, or ends at its instant") {
  Calendar days = calendar({}, {{"2026-12-20", "2026-12-21", "America/New_York", ""}});
  CHECK(changes(days, "America/New_York", noon, noon + 60 * day) ==
        std::vector<std::string>{"closes Sun 2026-12-20 00:00 EST", "opens Tue 2026-12-22 00:00 EST"});
  Calendar instants = calendar({}, {{"2026-12-20T12:00", "2026-12-20T12:30", "", ""}});
  CHECK(changes(instants, "UTC", noon, noon + 60 * day) ==
        std::vector<std::string>{"closes Sun 2026-12-20 12:00 UTC", "opens Sun 2026-12-20 12:30 UTC"});
}

TEST_CASE("a freeze has no hole in the hour that comes twice, and none in the one that is left out") {
  Calendar autumn = calendar({}, {{"2026-10-25T02:30", "2026-10-25T02:45", "Europe/Berlin", ""}});
  CHECK(changes(autumn, "Europe/Berlin", 1792800000, 1792972800) ==
        std::vector<std::string>{"closes Sun 2026-10-25 02:30 CEST", "opens Sun 2026-10-25 02:45 CET"});
  Calendar spring = calendar({}, {{"2026-03-29T01:00", "2026-03-29T02:30", "Europe/Berlin", ""}});
  CHECK(changes(spring, "Europe/Berlin", 1774656000, 1774828800) ==
        std::vector<std::string>{"closes Sun 2026-03-29 01:00 CET", "opens Sun 2026-03-29 03:00 CEST"});
}

TEST_CASE("why it is closed, and when it opens") {
  Window office{"Mon-Fri 09:00-16:00", "Europe/Berlin"};
  Calendar week = calendar({office});
  CHECK(week.why_closed(noon).empty());
  CHECK(week.why_closed(noon + 3 * day) ==
        "outside of its window Mon-Fri 09:00-16:00 Europe/Berlin; opens Mon 2026-11-30 09:00 CET");
  Calendar holidays = calendar({office}, {{"2026-11-20", "2027-01-03", "UTC", "holidays"}});
  CHECK(holidays.why_closed(noon) ==
        "in the freeze 2026-11-20 to 2027-01-03 UTC (holidays); opens Mon 2027-01-04 09:00 CET");
  CHECK(
      holidays.why_closed(noon + 3 * day) ==
      "outside of its window Mon-Fri 09:00-16:00 Europe/Berlin; in the freeze 2026-11-20 to 2027-01-03 UTC (holidays); "
      "opens Mon 2027-01-04 09:00 CET");
  Calendar two = calendar({office, {"Sat 10:00-12:00", "America/New_York"}});
  CHECK(two.why_closed(noon + 6 * hour) ==
        "outside of its windows Mon-Fri 09:00-16:00 Europe/Berlin and Sat 10:00-12:00 America/New_York; "
        "opens Thu 2026-11-26 09:00 CET");
  CHECK(calendar({}, {{"2026-01-01", "2036-01-01", "", "for good"}}).why_closed(noon) ==
        "in the freeze 2026-01-01 to 2036-01-01 UTC (for good); does not open within two years");
}

TEST_CASE("times that are none say what to write") {
  for (const char* times : {"", "Mon-Fri", "09:00", "09:00-25:00", "9:00-16:00", "24:00-04:00", "09:00-16:60",
                            "09:00 - 16:00", "09:00-16:00;", "09:00-+6:00"}) {
    CHECK(problem({{times, ""}}).find("is not from one time to another") != std::string::npos);
  }
  CHECK(problem({{"Mo-Fr 09:00-16:00", ""}}) ==
        "`Mo-Fr` are no days; write `Mon-Fri` or `Mon,Wed` of Mon, Tue, Wed, Thu, Fri, Sat, Sun");
  CHECK(problem({{"Mon, 09:00-16:00", ""}}).starts_with("`Mon,` are no days"));
  CHECK(problem({{"09:00-09:00", ""}}) == "`09:00-09:00` ends as it begins; a whole day is `00:00-24:00`");
  CHECK(problem({{"Mon-Fri 09:00-12:00; 13:00-16:00", ""}}) ==
        "`Mon-Fri 09:00-12:00` has days and `13:00-16:00` has none; write them there too, every day is `Mon-Sun`");
  for (const char* date :
       {"", "2026-02-29", "2026-2-3", "26-12-20", "2026-12-20 12:00", "2026-12-20T24:00", "+026-12-20"}) {
    CHECK(problem({}, {{date, "2027-01-03", "", ""}}) ==
          std::string("`") + date + "` is no date; write `2026-12-20`, or `2026-12-20T12:00`");
  }
  CHECK(problem({}, {{"2026-12-20", "2026-12-19", "", ""}}) ==
        "the freeze from `2026-12-20` to `2026-12-19` ends before it begins");
  CHECK(problem({{"09:00-16:00", "Mars/Olympus"}}).starts_with("this machine knows no time zone `Mars/Olympus`"));
}

TEST_CASE("minute by minute over two years the next opening is the next minute that is open") {
  std::mt19937 random(7);
  auto under = [&](unsigned limit) { return static_cast<int>(random() % limit); };
  constexpr Seconds minutes = 2 * 365 * 1440, margin = 40 * 1440;
  for (const char* zone : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", ""}) {
    std::vector<Part> parts(static_cast<std::size_t>(1 + under(3)));
    for (Part& part : parts) {
      for (bool& on : part.days) on = under(2) == 0;
      part.days[under(7)] = true;
      part.begin = under(96) * 15;
      part.end = (part.begin + 15 + under(95) * 15) % 1440;
    }
    INFO(zone << ": " << text_of(parts));
    Calendar read = calendar({{text_of(parts), zone}},
                             {{"2026-03-29", "2026-03-29", zone, ""}, {"2027-06-01", "2027-06-09", zone, ""}});
    setenv("TZ", *zone ? zone : "UTC", 1);
    tzset();
    auto frozen = [&](Seconds instant) {
      time_t time = instant;
      tm wall{};
      localtime_r(&time, &wall);
      return (wall.tm_year == 126 && wall.tm_mon == 2 && wall.tm_mday == 29) ||
             (wall.tm_year == 127 && wall.tm_mon == 5 && wall.tm_mday < 10);
    };
    std::optional<Seconds> next;
    int wrong = 0, openings = 0;
    for (Seconds i = minutes + margin; i-- > 0;) {
      Seconds instant = begin_of_2026 + i * minute;
      bool open = is_open(parts, instant) && !frozen(instant);
      bool changes = open != (next == instant + minute);
      if (open) next = instant;
      openings += open && changes;
      if (i >= minutes) continue;
      wrong += read.is_open(instant) != open;
      if (changes || i % 997 == 0) wrong += read.next_opening(instant) != next;
    }
    CHECK(wrong == 0);
    CHECK(openings > 90);
  }
}

TEST_CASE("the next opening between minutes") {
  Calendar office = calendar({{"Mon-Fri 09:00-16:00", "America/Sao_Paulo"}});
  auto opens = office.next_opening(noon - 1);
  REQUIRE(opens);
  CHECK(*opens == noon);
  CHECK(office.next_opening(noon + 1) == noon + 1);
  CHECK_FALSE(office.is_open(noon - 1));
}
