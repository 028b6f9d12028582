#include "diagnostics/render.h"
#include "source/utf16.h"

namespace sluice::diagnostics {
namespace {

// As @actions/core does: a line is one command, and in its properties `:` and `,` divide.
std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (char c : text) {
    if (special.find(c) != std::string_view::npos)
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

std::string as_property(std::string_view text) { return escaped(text, "%\r\n:,"); }
std::string as_message(std::string_view text) { return escaped(text, "%\r\n"); }

std::string place(Span span, const source::SourceManager& sources, const std::string& file) {
  source::Position begin = sources.begin(span), end = sources.end(span);
  if (!begin.file) return "";
  auto column = [](const source::Position& at) { return source::utf16_column(at.file->line(at.line), at.column); };
  std::string out =
      fmt::format("file={},line={},endLine={},col={}", as_property(file), begin.line, end.line, column(begin));
  // GitHub refuses an end column in another line than the first.
  if (begin.line == end.line) out += fmt::format(",endColumn={}", column(end));
  return out + ",";
}

}  // namespace

std::string render_github(const Diagnostic& diagnostic, const source::SourceManager& sources, const std::string& file) {
  std::string_view command = diagnostic.severity == Severity::note ? "notice" : name(diagnostic.severity);
  std::string text = diagnostic.message;
  for (const Note& note : diagnostic.notes) {
    source::Position at = sources.begin(note.span);
    text += "\nnote: " + note.text;
    if (at.file) text += fmt::format(" ({}:{}:{})", at.file->name, at.line, at.column);
  }
  if (!diagnostic.help.empty()) text += "\nhelp: " + diagnostic.help;
  std::string title = fmt::format("{} {}", code(diagnostic.kind), info(diagnostic.kind).title);
  return fmt::format("::{} {}title={}::{}\n", command, place(diagnostic.span, sources, file), as_property(title),
                     as_message(text));
}

}  // namespace sluice::diagnostics
