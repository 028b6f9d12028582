#include "runtime/gates/zone.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>

#include "runtime/gates/posix_rule.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

constexpr int last_year = 2500;  // till when the rule at the end of a file is written out
constexpr Seconds before_all_time = std::numeric_limits<Seconds>::min() / 2;

/// The numbers of a file from its front; zero, and `short_by` anything, where it ends too early.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t count) {
    failed_ |= count > rest_.size();
    std::string_view taken = failed_ ? std::string_view() : rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (char byte : take(size)) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
  }

  std::string_view rest() const { return rest_; }
  bool failed() const { return failed_; }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Header {
  bool is_zone = false;
  char version = 0;
  std::size_t universal, standard, leaps, times, types, letters;

  explicit Header(Bytes& bytes) {
    is_zone = bytes.take(4) == "TZif";
    version = static_cast<char>(bytes.number(1));
    bytes.take(15);
    for (std::size_t* count : {&universal, &standard, &leaps, &times, &types, &letters}) *count = bytes.number(4);
  }

  std::size_t size_of_data(std::size_t time) const {
    return times * (time + 1) + types * 6 + letters + leaps * (time + 4) + standard + universal;
  }
};

/// Times before all others are of the first type.
bool read_data(Bytes& bytes, const Header& header, std::vector<Zone::Offset>& offsets,
               std::vector<Zone::Change>& changes) {
  if (header.types == 0 || header.size_of_data(8) > bytes.rest().size()) return false;
  changes = {{before_all_time, 0}};
  for (std::size_t i = 0; i < header.times; ++i) changes.push_back({static_cast<Seconds>(bytes.number(8)), 0});
  for (std::size_t i = 1; i <= header.times; ++i) changes[i].offset = bytes.number(1);
  Bytes types(bytes.take(header.types * 6));
  std::string_view letters = bytes.take(header.letters);
  bytes.take(header.leaps * 12 + header.standard + header.universal);
  offsets.clear();
  for (std::size_t i = 0; i < header.types; ++i) {
    auto seconds = static_cast<std::int32_t>(types.number(4));
    types.take(1);
    std::string_view name = letters.substr(std::min<std::size_t>(types.number(1), letters.size()));
    offsets.push_back({seconds, std::string(name.substr(0, name.find('\0')))});
  }
  auto is_sound = [&](const Zone::Change& change) { return change.offset < offsets.size(); };
  auto is_earlier = [](const Zone::Change& left, const Zone::Change& right) { return left.at < right.at; };
  return std::ranges::all_of(changes, is_sound) && std::is_sorted(changes.begin() + 1, changes.end(), is_earlier);
}

void write_out(const PosixRule& rule, std::vector<Zone::Offset>& offsets, std::vector<Zone::Change>& changes) {
  std::size_t standard = offsets.size();
  offsets.push_back(rule.standard);
  if (!rule.summer) {
    if (changes.size() == 1) changes.front().offset = standard;
    return;
  }
  offsets.push_back(rule.summer->offset);
  Seconds known = changes.back().at;
  std::vector<Zone::Change> added;
  for (int year = 1970; year <= last_year; ++year) {
    auto [from, to] = rule.summer_of(year);
    added.push_back({from, standard + 1});
    added.push_back({to, standard});
  }
  std::erase_if(added, [&](const Zone::Change& change) { return change.at <= known; });
  // Where summer ends as the next one begins (summer all year round), it is summer.
  std::ranges::sort(added, {}, [](const Zone::Change& change) { return std::pair(change.at, change.offset); });
  changes.insert(changes.end(), added.begin(), added.end());
}

bool is_name(std::string_view name) {
  auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.front() != '/' && std::ranges::all_of(name, is_part);
}

}  // namespace

Zone::Zone(std::string name) : name_(std::move(name)), offsets_(1), changes_{{before_all_time, 0}} {}

std::expected<Zone, std::string> Zone::read_bytes(std::string name, std::string_view tzif) {
  Zone zone(std::move(name));
  Bytes bytes(tzif);
  Header old(bytes);
  bytes.take(old.size_of_data(4));  // the same in 32 bits, for readers of the last century
  Header header(bytes);
  bool is_sound = old.is_zone && old.version >= '2' && header.is_zone && !bytes.failed() &&
                  read_data(bytes, header, zone.offsets_, zone.changes_);
  std::string_view footer = bytes.rest();
  is_sound = is_sound && footer.size() >= 2 && footer.front() == '\n' && footer.back() == '\n';
  if (is_sound && footer.size() > 2) {
    auto rule = PosixRule::read(footer.substr(1, footer.size() - 2));
    is_sound = rule.has_value();
    if (rule) write_out(*rule, zone.offsets_, zone.changes_);
  }
  if (!is_sound) return std::unexpected(fmt::format("the file of the time zone `{}` is broken", zone.name_));
  return zone;
}

std::expected<Zone, std::string> Zone::read(const std::string& name) {
  if (name.empty() || name == "UTC") return utc();
  const char* given = std::getenv("TZDIR");
  for (const char* folder : {given, "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"}) {
    if (!is_name(name) || !folder) continue;
    if (auto text = read_file(std::filesystem::path(folder) / name)) return read_bytes(name, *text);
  }
  return std::unexpected(fmt::format("this machine knows no time zone `{}`; is its package `tzdata` installed?", name));
}

Zone Zone::of_this_machine() {
  const char* given = std::getenv("TZ");
  std::string name = given && *given == ':' ? given + 1 : given ? given : "";
  if (given) return read(name).value_or(utc());
  auto text = read_file("/etc/localtime");
  return text ? read_bytes("local", *text).value_or(utc()) : utc();
}

std::size_t Zone::change_before(Seconds instant) const {
  auto next = std::ranges::upper_bound(changes_, instant, {}, &Change::at);
  return next == changes_.begin() ? 0 : static_cast<std::size_t>(next - changes_.begin()) - 1;
}

Zone::Instants Zone::instants_of(Seconds local) const {
  constexpr Seconds reach = 2 * 86400;  // no zone is farther from UTC, and no gap is longer
  std::size_t begin = change_before(local - reach), end = change_before(local + reach);
  std::optional<Instants> found;
  Seconds after_gap = local;
  for (std::size_t i = begin; i <= end; ++i) {
    Seconds instant = local - seconds_of(i);
    bool has_begun = i == begin || instant >= changes_[i].at;
    if (has_begun && (i == end || instant < changes_[i + 1].at)) found = {found ? found->first : instant, instant};
    if (!has_begun && local - seconds_of(i - 1) >= changes_[i].at) after_gap = changes_[i].at;
  }
  return found.value_or(Instants{after_gap, after_gap});
}

std::optional<Seconds> Zone::next_change(Seconds after) const {
  std::size_t next = change_before(after) + 1;
  if (next >= changes_.size()) return std::nullopt;
  return changes_[next].at;
}

std::string Zone::text(Seconds instant) const {
  std::chrono::sys_seconds local{std::chrono::seconds(local_time(instant))};
  return fmt::format("{:%a %Y-%m-%d %H:%M} {}", fmt::gmtime(local.time_since_epoch().count()), abbreviation(instant));
}

}  // namespace sluice::runtime
