#include <algorithm>

#include "diagnostics/render.h"

namespace sluice::diagnostics {
namespace {

struct Palette {
  const char* strong = "";
  const char* severity = "";
  const char* frame = "";
  const char* note = "";
  const char* off = "";
};

Palette palette(Severity severity, bool color) {
  if (!color) return {};
  const char* tone = severity == Severity::error     ? "\033[1;31m"
                     : severity == Severity::warning ? "\033[1;33m"
                                                     : "\033[1;36m";
  return {"\033[1m", tone, "\033[34m", "\033[36m", "\033[0m"};
}

// How many columns a stretch of text takes on a terminal: UTF-8 continuation bytes take none, a tab is shown as four.
std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (char c : text) columns += c == '\t' ? 4 : (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return columns;
}

std::string shown(std::string_view line) {
  std::string text;
  for (char c : line) {
    if (c == '\t')
      text += "    ";
    else
      text += static_cast<unsigned char>(c) < ' ' ? '?' : c;
  }
  return text;
}

// A long line is cut around the mistake, so that one wrong character in a minified file does not fill the screen.
struct Excerpt {
  std::string text;
  std::size_t indent;
  std::size_t marks;
};

Excerpt excerpt(std::string_view line, std::size_t begin, std::size_t end) {
  constexpr std::size_t most = 160;
  begin = std::min(begin, line.size());
  end = std::clamp(end, begin, line.size());
  std::size_t from = begin > most / 2 && line.size() > most ? begin - most / 2 : 0;
  std::string_view window = line.substr(from, most);
  std::size_t marked = std::min(end, from + window.size());
  std::size_t marks = marked > begin ? width(line.substr(begin, marked - begin)) : 0;
  std::string dots = from > 0 ? "..." : "";
  return {dots + shown(window) + (from + window.size() < line.size() ? "..." : ""),
          dots.size() + width(line.substr(from, begin - from)), std::max<std::size_t>(1, marks)};
}

void render_place(std::string& out, Span span, std::string_view label, char mark, const char* tone,
                  const Palette& colors, const source::SourceManager& sources) {
  source::Position begin = sources.begin(span);
  if (!begin.file) return;
  source::Position end = sources.end(span);
  std::string_view line = begin.file->line(begin.line);
  std::size_t last = end.line == begin.line ? end.column - 1 : line.size();
  Excerpt seen = excerpt(line, begin.column - 1, last);
  std::string number = std::to_string(begin.line);
  std::string gutter(number.size(), ' ');
  out +=
      fmt::format("{}{}--> {}{}:{}:{}\n", gutter, colors.frame, colors.off, begin.file->name, begin.line, begin.column);
  out += fmt::format("{}{} |{}\n", colors.frame, gutter, colors.off);
  out += fmt::format("{}{} |{} {}\n", colors.frame, number, colors.off, seen.text);
  out += fmt::format("{}{} |{} {}{}{}", colors.frame, gutter, colors.off, std::string(seen.indent, ' '), tone,
                     std::string(seen.marks, mark));
  if (!label.empty()) out += fmt::format(" {}", label);
  out += fmt::format("{}\n", colors.off);
}

}  // namespace

std::string render_human(const Diagnostic& diagnostic, const source::SourceManager& sources, bool color) {
  Palette colors = palette(diagnostic.severity, color);
  std::string out = fmt::format("{}{}[{}]{}{}: {}{}\n", colors.severity, name(diagnostic.severity),
                                code(diagnostic.kind), colors.off, colors.strong, diagnostic.message, colors.off);
  render_place(out, diagnostic.span, "", '^', colors.severity, colors, sources);
  for (const Note& note : diagnostic.notes) {
    if (note.span.known())
      render_place(out, note.span, note.text, '-', colors.note, colors, sources);
    else
      out += fmt::format("  = {}note{}: {}\n", colors.note, colors.off, note.text);
  }
  if (!diagnostic.help.empty()) out += fmt::format("  = {}help{}: {}\n", colors.note, colors.off, diagnostic.help);
  out += '\n';
  return out;
}

}  // namespace sluice::diagnostics
