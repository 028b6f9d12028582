#include "runtime/expressions/matrix.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

using Outcome = std::expected<void, std::string>;

/// Whether every plain value inside of `filter` equals the one at the same place of `value`.
bool agrees(const Json& filter, const Json& value) {
  if (filter.is_object()) {
    return std::ranges::all_of(filter.items(), [&](const auto& entry) {
      const Json* inner = find_member(value, entry.key());
      return agrees(entry.value(), inner != nullptr ? *inner : Json());
    });
  }
  if (filter.is_array()) {
    for (std::size_t i = 0; i < filter.size(); ++i) {
      if (!agrees(filter[i], value.is_array() && i < value.size() ? value[i] : Json())) return false;
    }
    return true;
  }
  return loosely_equal(filter, value);
}

bool is_reserved(std::string_view key) { return same_text(key, "include") || same_text(key, "exclude"); }

std::expected<Json, std::string> combinations(const Json& axes) {
  Json legs = Json::array();
  for (const auto& [key, values] : axes.items()) {
    if (is_reserved(key)) continue;
    if (!values.is_array()) return std::unexpected(fmt::format("the axis `{}` is no list", key));
    if (values.empty()) return std::unexpected(fmt::format("the axis `{}` has no values", key));
    if (legs.empty()) legs.push_back(Json::object());
    Json longer = Json::array();
    for (const Json& leg : legs) {
      for (const Json& value : values) {
        longer.push_back(leg);
        longer.back()[key] = value;
      }
    }
    legs = std::move(longer);
  }
  return legs;
}

Outcome check_items(std::string_view what, const Json& items) {
  if (!items.is_array()) return std::unexpected(fmt::format("`{}` is no list", what));
  for (const Json& item : items) {
    if (!item.is_object()) return std::unexpected(fmt::format("`{}` holds something that is no record", what));
    if (item.empty()) return std::unexpected(fmt::format("`{}` holds an empty record", what));
  }
  return {};
}

Outcome leave_out(Json& legs, const Json& axes, const Json& exclude) {
  if (Outcome checked = check_items("exclude", exclude); !checked) return checked;
  for (const Json& filter : exclude) {
    for (const auto& entry : filter.items()) {
      if (find_member(axes, entry.key()) == nullptr)
        return std::unexpected(fmt::format("`exclude` names `{}`, which is no axis", entry.key()));
    }
    Json left = Json::array();
    for (Json& leg : legs) {
      if (!agrees(filter, leg)) left.push_back(std::move(leg));
    }
    legs = std::move(left);
  }
  return {};
}

using Part = std::pair<Json, Json>;  ///< of an item of `include`: what names axes, and the rest

Part divided(const Json& item, const Json& axes) {
  Part part{Json::object(), Json::object()};
  for (const auto& [key, value] : item.items()) {
    (find_member(axes, key) != nullptr ? part.first : part.second)[key] = value;
  }
  return part;
}

/// `extended`: combinations get what an item that fits them says beside their axes.
Outcome add(Json& legs, const Json& axes, const Json& include, bool extended) {
  if (Outcome checked = check_items("include", include); !checked) return checked;
  std::size_t combined = legs.size();
  for (const Json& item : include) {
    auto [filter, extra] = divided(item, axes);
    bool fits = false;
    for (std::size_t i = 0; i < combined; ++i) {
      if (!agrees(filter, legs[i])) continue;
      fits = true;
      if (extended) legs[i].update(extra);
    }
    if (fits) continue;
    filter.update(extra);
    legs.push_back(std::move(filter));
  }
  return {};
}

std::expected<Json, std::string> find_legs(const Json& axes, const Json& include, const Json& exclude, bool extended) {
  if (!axes.is_null() && !axes.is_object()) return std::unexpected("it is no record of lists");
  auto legs = combinations(axes);
  if (!legs) return legs;
  const Json *inner_include = find_member(axes, "include"), *inner_exclude = find_member(axes, "exclude");
  const Json& excluded = exclude.is_null() && inner_exclude != nullptr ? *inner_exclude : exclude;
  const Json& included = include.is_null() && inner_include != nullptr ? *inner_include : include;
  Outcome done;
  if (!excluded.is_null()) done = leave_out(*legs, axes, excluded);
  if (done && !included.is_null()) done = add(*legs, axes, included, extended);
  if (!done) return std::unexpected(done.error());
  return legs;
}

}  // namespace

std::expected<Json, std::string> matrix_legs(const Json& axes, const Json& include, const Json& exclude) {
  return find_legs(axes, include, exclude, true);
}

std::expected<Json, std::string> named_legs(const Json& axes, const Json& include, const Json& exclude) {
  auto legs = find_legs(axes, include, exclude, true), named = find_legs(axes, include, exclude, false);
  if (!legs || !named) return legs;
  for (std::size_t i = 0; i < legs->size(); ++i) {
    if ((*legs)[i] != (*named)[i]) (*legs)[i] = Json::array({(*legs)[i], (*named)[i]});
  }
  return legs;
}

}  // namespace sluice::runtime
