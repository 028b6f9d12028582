#pragma once
#include <string>
#include <string_view>

#include "runtime/output/status.h"

namespace sluice::runtime {

/// How a result is shown: one column wide, and the number of a terminal's colour.
struct Glyph {
  std::string_view mark, colour;
};

Glyph glyph_of(Result result, bool allowed);

/// A text in a terminal's colour, or as it is.
std::string painted(const std::string& text, std::string_view colour, bool with_colour);

}  // namespace sluice::runtime
