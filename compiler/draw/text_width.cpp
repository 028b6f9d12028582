#include "draw/text_width.h"

#include <cstdint>

#include "graph/unicode.h"

namespace sluice::draw {
namespace {

// Helvetica's advance widths from blank to tilde, in thousandths; the other system fonts lie close to them.
constexpr std::uint16_t helvetica[] = {278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
                                       556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
                                       1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
                                       667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
                                       333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
                                       556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};

double advance(char32_t code, Face face) {
  constexpr double margin = 1.05;  // Segoe UI, Inter and SF are wider by as much
  constexpr double bold = 1.11;
  bool combining = (code >= 0x300 && code < 0x370) || code == 0x200D || (code >= 0xFE00 && code < 0xFE10);
  if (combining) return 0;
  bool wide = code >= 0x1100 && (code < 0x1160 || (code >= 0x2E80 && code < 0xFE00) || code >= 0xFF00);
  if (wide) return 1.1;
  if (face == Face::monospace) return 0.61;
  double width = code >= 0x20 && code < 0x7F ? helvetica[code - 0x20] / 1000.0 : code == 0xB7 ? 0.3 : 0.62;
  return width * margin * (face == Face::bold ? bold : 1);
}

}  // namespace

double text_width(std::string_view text, double size, Face face) {
  double width = 0;
  for (std::size_t at = 0; at < text.size();) width += advance(graph::next_code_point(text, at), face);
  return width * size;
}

std::string fit_text(std::string_view text, double size, Face face, double width) {
  if (text_width(text, size, face) <= width) return std::string(text);
  double left = width / size - advance(U'…', face) - 0.3;
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size(); end = at) {
    left -= advance(graph::next_code_point(text, at), face);
    if (left < 0) break;
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace sluice::draw
