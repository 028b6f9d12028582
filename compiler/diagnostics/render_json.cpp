#include "diagnostics/render.h"
#include "source/json_text.h"

namespace sluice::diagnostics {
namespace {

using source::append_json_string;

void append_place(std::string& out, Span span, const source::SourceManager& sources) {
  source::Position begin = sources.begin(span);
  source::Position end = sources.end(span);
  out += "\"file\":";
  append_json_string(out, begin.file ? begin.file->name : "");
  out += fmt::format(",\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{}", begin.line, begin.column, end.line,
                     end.column);
}

void append_field(std::string& out, std::string_view key, std::string_view value) {
  out += fmt::format("\"{}\":", key);
  append_json_string(out, value);
}

}  // namespace

std::string render_json(const Diagnostic& diagnostic, const source::SourceManager& sources) {
  std::string out =
      fmt::format("{{\"code\":\"{}\",\"severity\":\"{}\",", code(diagnostic.kind), name(diagnostic.severity));
  append_field(out, "title", info(diagnostic.kind).title);
  out += ',';
  append_place(out, diagnostic.span, sources);
  out += ',';
  append_field(out, "message", diagnostic.message);
  out += ',';
  append_field(out, "help", diagnostic.help);
  out += ",\"notes\":[";
  for (const Note& note : diagnostic.notes) {
    out += &note == diagnostic.notes.data() ? "{" : ",{";
    append_place(out, note.span, sources);
    out += ',';
    append_field(out, "message", note.text);
    out += '}';
  }
  out += "],\"fixes\":[";
  for (const Fix& fix : diagnostic.fixes) {
    out += &fix == diagnostic.fixes.data() ? "{" : ",{";
    append_place(out, fix.span, sources);
    out += ',';
    append_field(out, "replacement", fix.replacement);
    out += '}';
  }
  out += "]}\n";
  return out;
}

}  // namespace sluice::diagnostics
