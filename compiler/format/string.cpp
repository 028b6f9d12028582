// Strings: quotes, holes, and the indentation of raw strings.
#include <algorithm>

#include "format/writer.h"

namespace sluice::format {

using ast::Expression;
using ast::StringPart;

namespace {

bool fits_double_quotes(llvm::StringRef text) {
  return text.find_first_of("\"\\\n\r") == llvm::StringRef::npos && !text.contains("${{");
}

}  // namespace

const Doc* Writer::string(const Expression& string) {
  llvm::StringRef written = source(string.bare);
  bool several_lines = written.contains('\n');
  switch (string.quotes) {
    case Expression::Quotes::single: return single_quoted(string);
    case Expression::Quotes::doubled:
      return several_lines && written.contains("\"\"\"") ? verbatim(string) : with_holes(string);
    case Expression::Quotes::raw: return several_lines ? raw(string) : with_holes(string);
  }
  return nullptr;
}

const Doc* Writer::single_quoted(const Expression& string) {
  llvm::StringRef value = string.parts.empty() ? llvm::StringRef() : string.parts.front().text;
  if (in_hole_ || !fits_double_quotes(value)) return docs_.text(source(string.bare));
  return docs_.owned(("\"" + value + "\"").str());
}

// A key has no escapes and no holes, whatever its quotes.
const Doc* Writer::key(const ast::Name& name) {
  llvm::StringRef written = source(name.span);
  if (!written.startswith("'") || name.text.find_first_of("\"\\") != llvm::StringRef::npos) return docs_.text(written);
  return docs_.owned(("\"" + name.text + "\"").str());
}

// The text as it was written; holes in the one form.
const Doc* Writer::with_holes(const Expression& string) {
  std::string text;
  Parts suffixes;
  std::uint32_t at = string.bare.begin;
  for (const StringPart& part : string.parts) {
    if (!part.hole) continue;
    text += source({at, part.span.begin});
    hole(part, text, suffixes);
    at = part.span.end;
  }
  if (at == string.bare.begin) return docs_.text(source(string.bare));
  text += source({at, string.bare.end});
  return with_suffixes(docs_.owned(text), suffixes);
}

void Writer::hole(const StringPart& part, std::string& out, Parts& suffixes) {
  bool outer = std::exchange(in_hole_, true);
  const Doc* value = expression(*part.hole);
  in_hole_ = outer;
  out += "${{ ";
  flatten(*value, out, suffixes);
  out += " }}";
  for (const ast::Comment& comment : comments_.take_before(part.span.end))
    suffixes.push_back(docs_.suffix(comments_.text(comment)));
}

const Doc* Writer::with_suffixes(const Doc* doc, Parts& suffixes) {
  if (suffixes.empty()) return doc;
  suffixes.insert(suffixes.begin(), doc);
  return docs_.concat(suffixes);
}

const Doc* Writer::raw(const Expression& string) {
  std::string text;
  Parts suffixes;
  for (const StringPart& part : string.parts) {
    if (part.hole && source(part.span).contains('\n')) return verbatim(string);
    if (!part.hole && part.text.contains('\r')) return verbatim(string);
  }
  for (const StringPart& part : string.parts) {
    if (part.hole)
      hole(part, text, suffixes);
    else
      text += part.text;
  }
  llvm::StringRef written = source(string.bare);
  unsigned quotes = static_cast<unsigned>(std::min(written.find_first_not_of('"'), written.size()));
  return with_suffixes(docs_.raw(text, quotes), suffixes);
}

// A string whose lines cannot be moved without changing it.
const Doc* Writer::verbatim(const Expression& string) {
  Parts suffixes;
  for (const ast::Comment& comment : comments_.take_before(string.bare.begin))
    suffixes.push_back(docs_.suffix(comments_.text(comment)));
  (void)comments_.take_before(string.bare.end);
  return with_suffixes(docs_.verbatim(source(string.bare)), suffixes);
}

}  // namespace sluice::format
