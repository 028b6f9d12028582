#include "runtime/gates/zone.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <random>

#include "runtime/gates/posix_rule.h"
#include "runtime/system/files.h"

using namespace sluice::runtime;

namespace {

const char* const zone_names[] = {"Europe/Berlin",       "America/New_York",
                                  "Australia/Lord_Howe", "America/Sao_Paulo",
                                  "America/Havana",      "Africa/Casablanca",
                                  "Europe/Dublin",       "Pacific/Apia",
                                  "America/Santiago",    "Asia/Gaza",
                                  "Asia/Kathmandu",      "Antarctica/Troll",
                                  "America/Nuuk",        "UTC"};

/// What the C library says of a zone.
struct Library {
  explicit Library(const std::string& zone) {
    setenv("TZ", zone.c_str(), 1);
    tzset();
  }
  ~Library() {
    unsetenv("TZ");
    tzset();
  }
  static tm at(Seconds instant) {
    time_t time = instant;
    tm found{};
    localtime_r(&time, &found);
    return found;
  }
};

Zone zone(const std::string& name) {
  auto read = Zone::read(name);
  if (!read) FAIL(read.error());
  return *read;
}

/// A file as zic writes it, with a footer and no change.
std::string file(const std::string& footer) {
  std::string header("TZif2", 5);
  header.append(15, '\0');
  std::string none = header + std::string(24, '\0');
  std::string counts("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4", 24);
  return none + header + counts + std::string("\0\0\0\0\0\0UTC\0", 10) + "\n" + footer + "\n";
}

constexpr Seconds hour = 3600, day = 86400;
constexpr Seconds begin_of_2026 = 1767225600;

}  // namespace

TEST_CASE("a zone agrees with the C library, also behind the last change of its file") {
  std::mt19937_64 random(1);
  for (const char* name : zone_names) {
    Zone read = zone(name);
    Library library(name);
    std::vector<Seconds> instants;
    for (int i = 0; i < 5'000; ++i) instants.push_back(static_cast<Seconds>(random() % 4'102'444'800));  // to 2100
    for (auto next = read.next_change(0); next && *next < 3'000'000'000; next = read.next_change(*next)) {
      for (Seconds around : {-1, 0, 1}) instants.push_back(*next + around);
    }
    for (Seconds instant : instants) {
      tm expected = Library::at(instant);
      INFO(name << " at " << instant);
      REQUIRE(read.local_time(instant) - instant == expected.tm_gmtoff);
      REQUIRE(read.abbreviation(instant) == expected.tm_zone);
    }
  }
}

TEST_CASE("the instants of a local time are those at which the clock shows it") {
  for (const char* name : zone_names) {
    Zone read = zone(name);
    for (auto change = read.next_change(1'200'000'000); change && *change < 1'900'000'000;
         change = read.next_change(*change)) {
      Seconds from = read.local_time(*change) - 2 * hour;
      for (Seconds local = from; local < from + 4 * hour; local += 15 * 60) {
        std::vector<Seconds> shown;
        Seconds after = 0;
        for (Seconds instant = *change - 30 * hour; instant < *change + 30 * hour; instant += 15 * 60) {
          if (read.local_time(instant) == local) shown.push_back(instant);
          if (after == 0 && read.local_time(instant) > local) after = instant;
        }
        if (shown.empty()) shown = {after};
        auto [first, last] = read.instants_of(local);
        INFO(name << " around " << *change << " local " << local);
        REQUIRE(first == shown.front());
        REQUIRE(last == shown.back());
      }
    }
  }
}

TEST_CASE("half an hour at Lord Howe") {
  Zone howe = zone("Australia/Lord_Howe");
  auto spring = howe.next_change(begin_of_2026 + 200 * day);
  CHECK(howe.text(*spring - 1) == "Sun 2026-10-04 01:59 +1030");
  CHECK(howe.text(*spring) == "Sun 2026-10-04 02:30 +11");
}

TEST_CASE("a day that Samoa never had counts as the next one") {
  Zone apia = zone("Pacific/Apia");
  constexpr Seconds noon_of_december_30th = 1325246400;
  auto [first, last] = apia.instants_of(noon_of_december_30th);
  CHECK(first == last);
  CHECK(apia.text(first) == "Sat 2011-12-31 00:00 +14");
}

TEST_CASE("the rule of a file's end in its three forms of a day") {
  auto rule = PosixRule::read("EST5EDT,J60,300/-1:30");
  REQUIRE(rule);
  CHECK(rule->summer->offset.seconds == -4 * hour);
  auto text = [&](int year) {
    auto [from, to] = rule->summer_of(year);
    return Zone::utc().text(from) + ", " + Zone::utc().text(to);
  };
  // J60 is the 1st of March in every year; 300 counts the leap day.
  CHECK(text(2026) == "Sun 2026-03-01 07:00 UTC, Wed 2026-10-28 02:30 UTC");
  CHECK(text(2028) == "Wed 2028-03-01 07:00 UTC, Fri 2028-10-27 02:30 UTC");
  CHECK(PosixRule::read("<-03>3")->standard.abbreviation == "-03");
  CHECK_FALSE(PosixRule::read("<-033"));
  CHECK_FALSE(PosixRule::read("EST5EDT,M13.1.0,M11.1.0"));
  CHECK_FALSE(PosixRule::read("EST5EDT"));
  CHECK_FALSE(PosixRule::read("EST5 "));
  CHECK_FALSE(PosixRule::read(""));
}

TEST_CASE("summer all year round") {
  auto always = Zone::read_bytes("always", file("XXX3EDT4,0/0,J365/23"));
  REQUIRE(always);
  for (Seconds instant = begin_of_2026; instant < begin_of_2026 + 800 * day; instant += 6 * hour) {
    REQUIRE(always->abbreviation(instant) == "EDT");
  }
}

TEST_CASE("a broken file of a zone is told, wherever it ends") {
  auto berlin = read_file("/usr/share/zoneinfo/Europe/Berlin");
  REQUIRE(berlin);
  CHECK(Zone::read_bytes("x", *berlin));
  for (std::size_t length = 0; length < berlin->size(); ++length) {
    auto read = Zone::read_bytes("x", berlin->substr(0, length));
    REQUIRE_FALSE(read);
    CHECK(read.error() == "the file of the time zone `x` is broken");
  }
  CHECK_FALSE(Zone::read_bytes("x", file("Neverland")));
}

TEST_CASE("a damaged file of a zone is refused, or read as something that has times") {
  auto berlin = read_file("/usr/share/zoneinfo/Europe/Berlin");
  REQUIRE(berlin);
  std::mt19937 random(3);
  int refused = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string damaged = *berlin;
    for (int times = 0; times < 3; ++times) damaged[random() % damaged.size()] = static_cast<char>(random());
    auto read = Zone::read_bytes("x", damaged);
    refused += !read;
    if (!read) continue;
    auto [first, last] = read->instants_of(begin_of_2026);
    REQUIRE(first <= last);
    REQUIRE(read->next_change(first).value_or(first + 1) > first);
  }
  CHECK(refused > 0);
}

TEST_CASE("the zone of this machine") {
  setenv("TZ", ":Australia/Lord_Howe", 1);
  CHECK(Zone::of_this_machine().text(begin_of_2026) == "Thu 2026-01-01 11:00 +11");
  setenv("TZ", "", 1);
  CHECK(Zone::of_this_machine().text(begin_of_2026) == "Thu 2026-01-01 00:00 UTC");
  unsetenv("TZ");
  tzset();
  CHECK(Zone::of_this_machine().local_time(begin_of_2026) - begin_of_2026 == Library::at(begin_of_2026).tm_gmtoff);
}

TEST_CASE("a zone that is none") {
  for (const char* name : {"Mars/Olympus", "../../../etc/passwd", "/etc/localtime", "Europe/../../passwd", "Europe"}) {
    auto read = Zone::read(name);
    REQUIRE_FALSE(read);
    CHECK(read.error() ==
          std::string("this machine knows no time zone `") + name + "`; is its package `tzdata` installed?");
  }
  CHECK(Zone::read("")->name() == "UTC");
}
