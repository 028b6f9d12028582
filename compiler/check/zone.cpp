#include "check/zone.h"

#include <fmt/format.h>
#include <llvm/ADT/SmallVector.h>

#include <algorithm>
#include <vector>

#include "check/events.h"
#include "diagnostics/nearest.h"

namespace sluice::check {
namespace {

struct Area {
  llvm::StringRef name;
  llvm::StringRef cities;
};

const Area areas[] = {
#define ZONES(name, cities) {name, cities},
#include "check/zones.def"
};

bool is_known(llvm::StringRef zone) {
  auto [name, city] = zone.split('/');
  for (const Area& area : areas) {
    if (area.name != name) continue;
    auto cities = words_of(area.cities);
    return std::find(cities.begin(), cities.end(), city) != cities.end();
  }
  return false;
}

bool is_universal(llvm::StringRef zone) {
  static constexpr llvm::StringLiteral names[] = {"UTC", "UCT", "GMT", "Z", "Zulu", "Universal", "Greenwich"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](llvm::StringRef name) { return zone.equals_insensitive(name); });
}

// The zone that was meant: its city without its area, or what is spelled nearly so.
std::string meant_by(llvm::StringRef zone) {
  std::vector<std::string> all;
  for (const Area& area : areas)
    for (llvm::StringRef city : words_of(area.cities)) all.push_back(area.name.str() + "/" + city.str());
  for (const std::string& one : all)
    if (llvm::StringRef(one).rsplit('/').second.equals_insensitive(zone)) return one;
  llvm::SmallVector<llvm::StringRef, 0> names(all.begin(), all.end());
  return diagnostics::nearest(zone, names).str();
}

}  // namespace

std::optional<TextProblem> problem_of_zone(llvm::StringRef zone) {
  if (is_known(zone)) return std::nullopt;
  TextProblem problem;
  problem.end = zone.size();
  problem.seen = fmt::format("there is no time zone `{}`", std::string_view(zone));
  std::string meant = meant_by(zone);
  if (is_universal(zone)) {
    problem.help = "leave `zone` out: without it the times are UTC";
  } else if (!meant.empty()) {
    problem.help = fmt::format("did you mean `{}`?", meant);
    problem.replacement = meant;
  } else {
    problem.help = "write an area and a city of the IANA database, as in `Europe/Berlin`";
  }
  return problem;
}

}  // namespace sluice::check
