#include "syntax/recovery.h"

#include <algorithm>
#include <cstring>

namespace sluice::syntax {
namespace {

DIAGNOSTIC(UnexpectedText, "expected {}, found {}");
DIAGNOSTIC(MissingValue, "expected {}, found {}");
DIAGNOSTIC(UnclosedBracket, "`{}` is never closed");
DIAGNOSTIC(UnfinishedString, "this string has no end");
DIAGNOSTIC(NestedTooDeep, "this is nested more than 200 deep");
DIAGNOSTIC(UnmatchedBrace, "this `}}` closes nothing");
DIAGNOSTIC(HashComment, "a comment begins with `//`, not with `#`");

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}
bool is_blank(char c) { return c == ' ' || c == '\t'; }

llvm::StringRef word_at(const char* at, const char* end) {
  const char* to = at;
  while (to < end && is_word(*to)) ++to;
  return {at, static_cast<std::size_t>(to - at)};
}

struct Found {
  std::string text;
  std::size_t length;
};

// What stands at `at`, in words and in bytes.
Found found_at(const char* at, const char* end) {
  if (at >= end) return {"the end of the file", 0};
  if (*at == '\n' || *at == '\r') return {"the end of the line", 0};
  llvm::StringRef word = word_at(at, end);
  if (!word.empty()) return {fmt::format("`{}`", std::string_view(word)), word.size()};
  if (*at == '"' || *at == '\'') return {"a string", 1};
  if (at + 1 < end && at[0] == '/' && at[1] == '/') return {"a comment", 2};
  if (at + 1 < end && at[0] == '}' && at[1] == '}') return {"`}}`", 2};
  if (*at == '\0') return {"a NUL byte", 1};
  std::size_t length = 1;
  while (at + length < end && (static_cast<unsigned char>(at[length]) & 0xC0) == 0x80) ++length;
  return {fmt::format("`{}`", std::string_view(at, length)), length};
}

bool is_known_word(llvm::StringRef word) {
  for (const ast::WordInfo& info : ast::words())
    if (info.spelling == word) return true;
  return false;
}

// A line that begins with a word of the language, as a statement does.
bool begins_statement(const char* at, const char* end) {
  while (at < end && is_blank(*at)) ++at;
  llvm::StringRef word = word_at(at, end);
  const char* behind = word.end();
  return is_known_word(word) &&
         (behind == end || *behind == ' ' || *behind == '\n' || *behind == '\r' || *behind == '{');
}

const char* line_end(const char* at, const char* end) {
  const void* newline = at < end ? std::memchr(at, '\n', static_cast<std::size_t>(end - at)) : nullptr;
  return newline ? static_cast<const char*>(newline) : end;
}

// Behind the string at `at`, or the end of the line where the string has no end on it.
const char* end_of_text_on_line(const char* at, const char* end) {
  const char* close = std::find_if(at + 1, end, [](char c) { return c == '"' || c == '\n'; });
  return close < end && *close == '"' ? close + 1 : close;
}

// What a reader misses at the beginning of a line was missing at the end of the line before.
const char* pull_back(const char* at, const char* text) {
  const char* back = at;
  while (back > text && (is_blank(back[-1]) || back[-1] == '\n' || back[-1] == '\r')) --back;
  return std::find(back, at, '\n') != at ? back : at;
}

// Whether the line of `at` stands no deeper than that of `bracket` above it: what the bracket holds had ended before.
bool ended_before(const char* bracket, const char* at, const char* text) {
  if (std::find(bracket, at, '\n') == at) return false;
  return indentation_of_line(at, text) <= indentation_of_line(bracket, text);
}

void report_expected(const Mistake& mistake, Builder& builder, const char* end) {
  llvm::StringRef expected = mistake.expected;
  const char* bracket = builder.innermost_bracket();
  if (expected == "`\"`" || expected == "`'`") {
    builder.sink()
        .report<UnfinishedString>(builder.span(builder.innermost_begin(), mistake.at))
        .help("close it with {} on the same line, or write `\"\"\"` around text of several lines",
              std::string_view(expected));
    return;
  }
  const char* seen = mistake.at;
  while (seen < end && is_blank(*seen)) ++seen;
  const char* at = pull_back(seen, builder.text());
  Found found = found_at(at, end);
  ast::Span span = builder.span(at, at + found.length);
  bool closing = bracket && expected.find_first_of(")]}>") != llvm::StringRef::npos && expected != "`}}`";
  if (closing && (found.length == 0 || at != seen || ended_before(bracket, at, builder.text()))) {
    builder.sink()
        .report<UnclosedBracket>(builder.span(bracket, bracket + 1), std::string_view(bracket, 1))
        .note(span, "expected {} here, found {}", mistake.expected, found.text)
        .help("close it where it ends");
    return;
  }
  if (expected.startswith("a ")) {
    builder.sink().report<MissingValue>(span, mistake.expected, found.text);
    return;
  }
  auto told = builder.sink().report<UnexpectedText>(span, mistake.expected, found.text);
  told.help("write {} here, or mend what stands before it", mistake.expected);
  if (closing) told.note(builder.span(bracket, bracket + 1), "opened here");
}

void report_item_end(const char* at, llvm::StringRef expected, Builder& builder, const char* end) {
  if (*at == '#') {
    builder.sink().report<HashComment>(builder.span(at, at + 1)).fix(builder.span(at, at + 1), "//");
    return;
  }
  Found found = found_at(at, end);
  bool begin = expected == "a statement";
  builder.sink()
      .report<UnexpectedText>(builder.span(at, at + found.length), std::string_view(expected), found.text)
      .help("{}", begin ? "a statement begins with a word, such as `run`, or is a call, such as `checkout()`"
                        : "a statement ends with its line, with `;` or with its block");
}

void report_lost(const Mistake& mistake, Builder& builder) {
  bool block = mistake.kind == Mistake::Kind::lost_block;
  builder.sink()
      .report<UnexpectedText>(builder.span(mistake.at, mistake.at), block ? "`{`" : "`{` or `\"\"\"`",
                              "a line that stands deeper")
      .help("{}", block ? "a block opens on the line that ends its header"
                        : "text of several lines stands between `\"\"\"` and `\"\"\"`, a block between `{` and `}`");
}

}  // namespace

void report(const Mistake& mistake, Builder& builder, const char* end) {
  diagnostics::Sink& sink = builder.sink();
  const char* at = mistake.at;
  switch (mistake.kind) {
    case Mistake::Kind::expected: return report_expected(mistake, builder, end);
    case Mistake::Kind::too_deep:
      sink.report<NestedTooDeep>(builder.span(at, at + 1))
          .help("give inner parts a name with `let`, or a step of their own");
      return;
    case Mistake::Kind::unfinished_raw:
      sink.report<UnfinishedString>(builder.span(at, at + count_quotes(at, end)))
          .help("close it with as many quotes as open it");
      return;
    case Mistake::Kind::item_end: return report_item_end(at, "the end of the statement", builder, end);
    case Mistake::Kind::no_statement: return report_item_end(at, "a statement", builder, end);
    case Mistake::Kind::closes_nothing: sink.report<UnmatchedBrace>(builder.span(at, at + 1)); return;
    case Mistake::Kind::left_open:
      sink.report<UnclosedBracket>(builder.span(at, at + 1), "{").help("close it with `}}` where its block ends");
      return;
    case Mistake::Kind::lost_block:
    case Mistake::Kind::lost_text: return report_lost(mistake, builder);
    case Mistake::Kind::reported: return;
  }
}

diagnostics::Builder report_unexpected(ast::Span span, llvm::StringRef expected, llvm::StringRef found,
                                       diagnostics::Sink& sink) {
  return sink.report<UnexpectedText>(span, std::string_view(expected), std::string_view(found));
}

const char* end_of_hole(const char* begin, const char* end) {
  llvm::StringRef line(begin, static_cast<std::size_t>(line_end(begin, end) - begin));
  std::size_t close = line.find("}}");
  return close == llvm::StringRef::npos ? nullptr : begin + close + 2;
}

const char* on_line(const char* begin, const char* at) { return std::find(begin, at, '\n'); }

bool lacks_end_of_string(const char* begin, const char* at, const char* end) {
  const char* stop = line_end(at, end);
  return count_quotes(begin, end) < 3 && std::find(at, stop, '"') == stop;
}

unsigned count_quotes(const char* at, const char* end) {
  unsigned count = 0;
  while (at + count < end && at[count] == '"') ++count;
  return count;
}

const char* end_of_raw_text(const char* from, const char* end, unsigned quotes) {
  for (const char* at = from; at < end; ++at) {
    if (*at == '$' && end - at >= 3 && at[1] == '{' && at[2] == '{') return at;
    if (*at != '"') continue;
    unsigned run = count_quotes(at, end);
    // Of a longer run the last quotes close: what stands before them is text.
    if (run >= quotes) return at + (run - quotes);
    at += run - 1;
  }
  return nullptr;
}

bool lacks_end_of_raw(const char* begin, const char* end, unsigned quotes, const char* text) {
  const char* close = begin + quotes;
  for (unsigned run = 0; run < quotes; close += run) {
    close = static_cast<const char*>(std::memchr(close, '"', static_cast<std::size_t>(end - close)));
    if (!close) return true;
    run = count_quotes(close, end);
    if (run >= quotes) break;
  }
  // `run """` further left than the text: that is the next raw string, and this one was not closed.
  bool looks_like_begin =
      is_blank(close[-1]) && !begins_line(close, text) && line_end(close, end) <= close + quotes + 1;
  return looks_like_begin && end_of_unfinished_raw(begin, close, text) < close;
}

const char* end_of_unfinished_raw(const char* begin, const char* end, const char* text) {
  unsigned indentation = indentation_of_line(begin, text);
  for (const char* line = line_end(begin, end); line < end; line = line_end(line + 1, end)) {
    const char* at = line + 1;
    unsigned depth = 0;
    while (at < end && is_blank(*at)) ++at, ++depth;
    if (at == end || *at == '\n' || *at == '\r') continue;
    if (depth < indentation || (depth == 0 && is_word(*at))) return line;
  }
  return end;
}

const char* block_on_line(const char* at, const char* end) {
  const char* stop = line_end(at, end);
  while (stop > at && (is_blank(stop[-1]) || stop[-1] == '\r')) --stop;
  const char* last = stop - 1;
  // The brace may stand before the mistake: a string without an end swallows the rest of its line.
  if (last < at - 1 || *last != '{') return nullptr;
  bool opens_hole = last[-1] == '{' && last[-2] == '$';
  return opens_hole ? nullptr : last;
}

const char* resume_after(const char* at, const char* begin, const char* end, Open open) {
  const char* line = at;
  while (line > begin && line[-1] != '\n') --line;
  if (line > begin && begins_statement(line, end) && std::all_of(line, at, is_blank)) return line - 1;
  std::size_t blocks = 0;
  for (; at < end; ++at) {
    bool inside = blocks > 0 || open.brackets > 0 || open.braces > 0;
    switch (*at) {
      case '"': at = end_of_text_on_line(at, end) - 1; break;
      case '/':
        if (at + 1 < end && at[1] == '/') at = line_end(at, end) - 1;
        break;
      case '(':
      case '[': ++open.brackets; break;
      case ')':
      case ']': open.brackets -= open.brackets > 0; break;
      case '{': ++blocks; break;
      case '}':
        if (blocks == 0 && open.braces == 0) return at;
        --(blocks > 0 ? blocks : open.braces);
        break;
      case ';':
        if (!inside) return at;
        break;
      case '\n':
        if (!inside || (blocks == 0 && begins_statement(at + 1, end))) return at;
        break;
      default: break;
    }
  }
  return end;
}

const char* next_line_with_text(const char* at, const char* end) {
  for (const char* line = line_end(at, end); line < end; line = line_end(line + 1, end)) {
    const char* text = line + 1;
    while (text < end && (is_blank(*text) || *text == '\r')) ++text;
    if (text < end && *text != '\n' && !llvm::StringRef(text, static_cast<std::size_t>(end - text)).startswith("//"))
      return line + 1;
  }
  return nullptr;
}

bool looks_like_item(const char* line, ast::Place place) {
  while (is_blank(*line)) ++line;
  const char* behind = line;
  while (is_word(*behind)) ++behind;
  llvm::StringRef word(line, static_cast<std::size_t>(behind - line));
  if (word.empty()) return false;
  if (place == ast::Place::entries) return *behind == ':';
  if (*behind == '(' || *behind == '.') return true;
  return std::any_of(ast::words().begin(), ast::words().end(), [&](const ast::WordInfo& info) {
    return info.spelling == word && (place == ast::Place::nowhere || info.places >> static_cast<unsigned>(place) & 1U);
  });
}

unsigned indentation_of_line(const char* at, const char* text) {
  while (at > text && at[-1] != '\n') --at;
  unsigned columns = 0;
  while (is_blank(at[columns])) ++columns;
  return columns;
}

bool begins_line(const char* at, const char* text) {
  while (at > text && is_blank(at[-1])) --at;
  return at == text || at[-1] == '\n';
}

}  // namespace sluice::syntax
