#pragma once
#include "syntax/builder.h"

namespace sluice::syntax {

/// A mistake of the text, on its way from the rule that found it to the loop that goes on behind it.
struct Mistake {
  enum class Kind {
    expected,
    too_deep,
    unfinished_raw,
    item_end,
    no_statement,
    closes_nothing,
    left_open,
    lost_block,
    lost_text,
    reported
  };
  Kind kind;
  const char* at;                  ///< where it was noticed
  const char* expected = nullptr;  ///< what should stand there
  const char* resume = nullptr;    ///< where to go on, if the rule knows
};

/// Says what was seen and what was expected; the place is the end of the text before, if a line ends in between.
void report(const Mistake& mistake, Builder& builder, const char* end);

/// For what the grammar lets through and the table of words does not.
diagnostics::Builder report_unexpected(ast::Span span, llvm::StringRef expected, llvm::StringRef found,
                                       diagnostics::Sink& sink);

// Where reading goes on. All are linear in what they pass over, and none looks behind `end`.

/// Behind the first `}}` of the hole at `begin`, or null where its line has none.
const char* end_of_hole(const char* begin, const char* end);
/// `at`, or the end of the line of `begin` if that comes first.
const char* on_line(const char* begin, const char* at);
/// Whether the string in quotes of one line at `begin` has no quote left on the line of `at`.
bool lacks_end_of_string(const char* begin, const char* at, const char* end);
/// The next `"` run of `quotes` or the next `${{`; null where the text ends first.
const char* end_of_raw_text(const char* from, const char* end, unsigned quotes);
/// Where a raw string without an end most likely should have ended: before the first line that stands further left.
/// Whether the raw string at `begin` has no end, or its end is where another raw string begins.
bool lacks_end_of_raw(const char* begin, const char* end, unsigned quotes, const char* text);
const char* end_of_unfinished_raw(const char* begin, const char* end, const char* text);
unsigned count_quotes(const char* at, const char* end);
/// The `{` that ends the line of `at`, or null: the block behind a broken header is read all the same.
const char* block_on_line(const char* at, const char* end);
/// What is open of a statement where a mistake was noticed in it.
struct Open {
  std::size_t brackets = 0;  ///< `(` and `[`
  std::size_t braces = 0;    ///< of maps and records
};
/// The next end of the statement at `begin`, at or behind `at`.
const char* resume_after(const char* at, const char* begin, const char* end, Open open = {});

/// The begin of the next line that is neither empty nor a comment; null at the end.
const char* next_line_with_text(const char* at, const char* end);
/// Whether the line reads as a statement or an entry of such a block.
bool looks_like_item(const char* line, ast::Place place);
unsigned indentation_of_line(const char* at, const char* text);
bool begins_line(const char* at, const char* text);

}  // namespace sluice::syntax
