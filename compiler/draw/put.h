#pragma once
#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

namespace sluice::draw {

/// Appends formatted text; the format is checked when this is compiled.
template <class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(arguments)...);
}

}  // namespace sluice::draw
