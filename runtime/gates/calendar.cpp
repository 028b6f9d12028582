#include "runtime/gates/calendar.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::runtime {
namespace {

constexpr Seconds seconds_a_day = 86400;
constexpr Seconds two_years = 731 * seconds_a_day;

std::string name_of(const std::string& zone) { return zone.empty() ? "UTC" : zone; }

}  // namespace

std::expected<Calendar, std::string> Calendar::read(const std::vector<Window>& windows,
                                                    const std::vector<Freeze>& freezes) {
  Calendar calendar;
  for (const Window& window : windows) {
    auto zone = Zone::read(window.zone);
    if (!zone) return std::unexpected(zone.error());
    auto spans = read_spans(window.times);
    if (!spans) return std::unexpected(spans.error());
    calendar.windows_.push_back({window, std::move(*zone), std::move(*spans)});
  }
  for (const Freeze& freeze : freezes) {
    auto zone = Zone::read(freeze.zone);
    if (!zone) return std::unexpected(zone.error());
    auto frozen = read_freeze(freeze.from, freeze.to);
    if (!frozen) return std::unexpected(frozen.error());
    Seconds begin = zone->instants_of(frozen->begin).first, end = zone->instants_of(frozen->end).last;
    calendar.freezes_.push_back({freeze, std::move(*zone), begin, end});
  }
  return calendar;
}

bool Calendar::Opening::has(Seconds now) const {
  Seconds local = zone.local_time(now);
  return std::ranges::any_of(spans, [&](const Span& span) { return span.has(local); });
}

Seconds Calendar::Opening::next_begin(Seconds after) const {
  // A clock that is put back may come into a window from behind.
  Seconds next = std::min(zone.next_change(after).value_or(after + two_years), after + 10 * seconds_a_day);
  Seconds local = zone.local_time(after), midnight = local - (local % seconds_a_day + seconds_a_day) % seconds_a_day;
  for (const Span& span : spans) {
    for (int day = -1; day <= 9; ++day) {
      Seconds begin = midnight + day * seconds_a_day + span.begin * 60;
      if (!span.has(begin)) continue;
      auto [first, last] = zone.instants_of(begin);
      for (Seconds instant : {first, last})
        if (instant > after) next = std::min(next, instant);
    }
  }
  return next;
}

bool Calendar::is_in_window(Seconds now) const {
  return windows_.empty() || std::ranges::any_of(windows_, [&](const Opening& window) { return window.has(now); });
}

const Calendar::Closing* Calendar::freeze_at(Seconds now) const {
  auto found =
      std::ranges::find_if(freezes_, [&](const Closing& freeze) { return freeze.begin <= now && now < freeze.end; });
  return found == freezes_.end() ? nullptr : &*found;
}

bool Calendar::is_open(Seconds now) const { return is_in_window(now) && !freeze_at(now); }

std::optional<Seconds> Calendar::next_opening(Seconds now) const {
  for (Seconds instant = now; instant <= now + two_years;) {
    if (const Closing* freeze = freeze_at(instant)) {
      instant = freeze->end;
      continue;
    }
    if (is_in_window(instant)) return instant;
    Seconds next = instant + two_years;
    for (const Opening& window : windows_) next = std::min(next, window.next_begin(instant));
    instant = next;
  }
  return std::nullopt;
}

std::string Calendar::why_closed(Seconds now) const {
  std::vector<std::string> reasons;
  if (!is_in_window(now)) {
    std::vector<std::string> texts;
    for (const Opening& window : windows_) {
      texts.push_back(fmt::format("{} {}", window.text.times, name_of(window.text.zone)));
    }
    std::string_view word = texts.size() == 1 ? "window" : "windows";
    reasons.push_back(fmt::format("outside of its {} {}", word, fmt::join(texts, " and ")));
  }
  const Closing* freeze = freeze_at(now);
  if (freeze) {
    const Freeze& text = freeze->text;
    std::string because = text.because.empty() ? "" : fmt::format(" ({})", text.because);
    reasons.push_back(fmt::format("in the freeze {} to {} {}{}", text.from, text.to, name_of(text.zone), because));
  }
  if (reasons.empty()) return "";
  auto opens = next_opening(now);
  const Zone& zone = windows_.empty() ? freeze->zone : windows_.front().zone;
  reasons.push_back(opens ? "opens " + zone.text(*opens) : "does not open within two years");
  return fmt::format("{}", fmt::join(reasons, "; "));
}

}  // namespace sluice::runtime
