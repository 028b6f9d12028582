// The parts of strings: escapes resolved, the indentation of raw strings taken away.
#include <llvm/Support/ConvertUTF.h>
#include <llvm/Support/StringSaver.h>

#include "syntax/arena.h"
#include "syntax/builder.h"

namespace sluice::syntax {

using ast::Expression;

namespace {
DIAGNOSTIC(BadEscape, "`{}` is not an escape");
DIAGNOSTIC(BadIndentation, "this line stands further left than the closing quotes");

std::size_t find_newline(llvm::StringRef text, std::size_t from) { return text.find('\n', from); }
}  // namespace

void Builder::add_text(const char* begin, const char* end) {
  parts_.push_back({llvm::StringRef(begin, static_cast<std::size_t>(end - begin)), nullptr, span(begin, end)});
}

void Builder::add_single_text(const char* begin, const char* end) {
  llvm::StringRef text(begin, static_cast<std::size_t>(end - begin));
  if (text.contains('\'')) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); i += text[i] == '\'' ? 2 : 1) plain += text[i];
    text = llvm::StringSaver(file_.arena).save(plain);
  }
  parts_.push_back({text, nullptr, span(begin, end)});
}

void Builder::add_escape(const char* begin, const char* end) {
  static constexpr llvm::StringLiteral letters = "ntr0\"\\$'";
  static constexpr llvm::StringLiteral meanings = llvm::StringLiteral::withInnerNUL("\n\t\r\0\"\\$'");
  std::size_t which = letters.find(begin[1]);
  llvm::StringRef text = which == llvm::StringRef::npos ? llvm::StringRef() : meanings.substr(which, 1);
  if (which == llvm::StringRef::npos) {
    sink_.report<BadEscape>(span(begin, end), std::string_view(begin, 2))
        .help(
            "write `\\\\` for a backslash, or `\"\"\"…\"\"\"` for text as it is; the escapes are \\n \\t \\r \\0 \\\" "
            "\\\\ \\$");
  }
  parts_.push_back({text, nullptr, span(begin, end)});
}

void Builder::add_hole(const char* begin, const char* end, bool valid) {
  if (!valid) add_invalid(begin);
  parts_.push_back({{}, pop(), span(begin, end)});
}

void Builder::finish_string(const char* end, Expression::Quotes quotes) {
  Frame frame = close();
  Expression* string = expression(Expression::Kind::string, span(frame.begin, end));
  string->quotes = quotes;
  string->parts =
      copy_into<ast::StringPart>(file_.arena, llvm::ArrayRef<ast::StringPart>(parts_).drop_front(frame.parts));
  parts_.truncate(frame.parts);
  push(string);
}

// What stands at the beginning of every line of `text` goes, if it is `indentation`; `first`: `text` begins a line.
llvm::StringRef Builder::without_indentation(llvm::StringRef text, llvm::StringRef indentation, bool first,
                                             const char* at) {
  std::string plain;
  bool line_begins = first;
  for (std::size_t from = 0; from <= text.size();) {
    std::size_t newline = find_newline(text, from);
    bool last = newline == llvm::StringRef::npos;
    llvm::StringRef line = text.slice(from, last ? text.size() : newline);
    if (line.endswith("\r") && !last) line = line.drop_back();
    if (line_begins && !line.consume_front(indentation)) {
      // A blank line may be shorter; anything else would lose its place.
      if (!line.trim(" \t").empty()) {
        sink_.report<BadIndentation>(span(at + from, at + from + line.size()))
            .help("indent it like the closing quotes, or move those to the left");
      }
      line = line.ltrim(" \t");
    }
    plain += line;
    if (last) break;
    plain += '\n';
    from = newline + 1;
    line_begins = true;
  }
  return llvm::StringSaver(file_.arena).save(plain);
}

// Java's rules: text behind the opening quotes' newline; the indentation of the line that holds the closing quotes is
// taken from every line; quotes on a line of their own make the text end in a newline.
void Builder::finish_raw_string(const char* end, unsigned quotes) {
  Frame& frame = frames_.back();
  const char* inner_begin = frame.begin + quotes;
  const char* inner_end = end - quotes;
  llvm::StringRef inner(inner_begin, static_cast<std::size_t>(inner_end - inner_begin));
  std::size_t last_newline = inner.rfind('\n');
  llvm::MutableArrayRef<ast::StringPart> parts(parts_.data() + frame.parts, parts_.size() - frame.parts);
  if (last_newline != llvm::StringRef::npos && !parts.empty()) {
    llvm::StringRef last_line = inner.substr(last_newline + 1);
    llvm::StringRef indentation = last_line.take_while([](char c) { return c == ' ' || c == '\t'; });
    bool own_line = indentation.size() == last_line.size();
    bool begins_line = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].hole) {
        begins_line = false;
        continue;
      }
      llvm::StringRef text = parts[i].text;
      const char* at = text.data();
      bool first = i == 0 && (text.startswith("\n") || text.startswith("\r\n"));
      if (first) text = text.substr(text.find('\n') + 1);
      if (i + 1 == parts.size() && own_line) text = text.drop_back(indentation.size());
      // The emptied last line is a line too: it must not be asked for its indentation.
      bool drop_last = i + 1 == parts.size() && own_line && text.endswith("\n");
      if (drop_last) {
        text = text.drop_back();
        text.consume_back("\r");
      }
      llvm::StringRef plain = without_indentation(text, indentation, first || begins_line, first ? text.data() : at);
      parts[i].text = drop_last ? llvm::StringSaver(file_.arena).save(plain + "\n") : plain;
      begins_line = plain.endswith("\n");
    }
  }
  finish_string(end, Expression::Quotes::raw);
}

}  // namespace sluice::syntax
