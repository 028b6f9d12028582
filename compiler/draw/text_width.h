#pragma once
#include <string>
#include <string_view>

namespace sluice::draw {

enum class Face { regular, bold, monospace };

/// About how wide a text is set in a sans-serif system font, in units of `size`'s. On the wide side.
double text_width(std::string_view text, double size, Face face);

/// The text, or as much of its beginning as fits with an ellipsis behind it.
std::string fit_text(std::string_view text, double size, Face face, double width);

}  // namespace sluice::draw
