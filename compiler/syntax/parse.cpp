// The grammar's actions, and how reading goes on after a mistake. The only file that includes PEGTL.
#include "syntax/parse.h"

// clang-format off
#include <tao/pegtl.hpp>
#include "syntax/rules.h"
#include "grammar/messages.h"
// clang-format on
#include "syntax/documentation.h"
#include "syntax/shape.h"

namespace sluice::syntax {
namespace {

using Input = tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf_crlf, const char*>;

namespace g = sluice::grammar;

template <typename Rule>
struct action {};

#define ON_MATCH(rule, statement)                                \
  template <>                                                    \
  struct action<g::rule> {                                       \
    template <typename ActionInput>                              \
    static void apply(const ActionInput& in, Builder& builder) { \
      [[maybe_unused]] const char* begin = in.begin();           \
      [[maybe_unused]] const char* end = in.end();               \
      statement;                                                 \
    }                                                            \
  }

ON_MATCH(comment, builder.add_comment(begin, end));
ON_MATCH(quote, builder.open(begin));
ON_MATCH(string_text, builder.add_text(begin, end));
ON_MATCH(string_escape, builder.add_escape(begin, end));
ON_MATCH(double_string, builder.finish_string(end, ast::Expression::Quotes::doubled));
ON_MATCH(apostrophe, builder.open(begin));
ON_MATCH(single_text, builder.add_single_text(begin, end));
ON_MATCH(single_string, builder.finish_string(end, ast::Expression::Quotes::single));
ON_MATCH(list_open, (builder.open(begin), builder.open_bracket(begin)));
ON_MATCH(list, builder.finish_list(end));
ON_MATCH(map_open, (builder.open(begin), builder.open_bracket(begin)));
ON_MATCH(key, builder.push_key(begin, end));
ON_MATCH(map, builder.finish_map(end));
ON_MATCH(parenthesis_open, (builder.open(begin), builder.open_bracket(begin)));
ON_MATCH(parenthesized, builder.finish_parenthesized(end));
ON_MATCH(name_literal, builder.add_name(begin, end));
ON_MATCH(number_literal, builder.add_number(begin, end));
ON_MATCH(member_name, builder.add_member(begin, end));
ON_MATCH(member_all, builder.add_filter(end));
ON_MATCH(index_open, (builder.open(begin), builder.open_bracket(begin)));
ON_MATCH(index_all, builder.add_wildcard(begin, end));
ON_MATCH(index, builder.finish_index(end));
ON_MATCH(arguments_open, (builder.open(begin), builder.open_bracket(begin)));
ON_MATCH(argument_name, builder.push_name(begin, end));
ON_MATCH(argument_reason, builder.push_name(begin, end));
ON_MATCH(positional, builder.push_name(begin, begin));
ON_MATCH(arguments, builder.finish_arguments(end));
ON_MATCH(negation_sign, builder.open(begin));
ON_MATCH(negation, builder.finish_negation());
ON_MATCH(binary_operator, builder.add_operator(begin, end));
ON_MATCH(expression_begin, builder.open(begin));
ON_MATCH(expression_end, builder.finish_expression());
ON_MATCH(type_begin, builder.begin_type(begin));
ON_MATCH(type_qualifier, builder.add_qualifier(begin, end));
ON_MATCH(type_name, builder.name_type(begin, end));
ON_MATCH(type_optional, builder.make_type_optional());
ON_MATCH(type_choices, builder.type_has_choices());
ON_MATCH(field_name, builder.push_name(begin, end));
ON_MATCH(record, builder.type_is_record());
ON_MATCH(type_end, builder.finish_type(end));
ON_MATCH(parameter_name, builder.begin_parameter(begin, end));
ON_MATCH(parameter_type, builder.set_parameter_type());
ON_MATCH(parameter_default, builder.set_parameter_default());
ON_MATCH(typed_name, builder.push_name(begin, end));
ON_MATCH(signature_name, builder.push_name(begin, end));
ON_MATCH(piece_comma, builder.note_comma());
ON_MATCH(typed_piece, builder.add_piece(ast::Piece::Kind::typed, begin, end));
ON_MATCH(expression_piece, builder.add_piece(ast::Piece::Kind::expression, begin, end));
ON_MATCH(assigned_map, builder.add_piece(ast::Piece::Kind::expression, begin, end));
ON_MATCH(assign_piece, builder.add_piece(ast::Piece::Kind::assign, begin, end));
ON_MATCH(returns_piece, builder.add_piece(ast::Piece::Kind::returns, begin, end));
ON_MATCH(aliased_type, builder.add_piece(ast::Piece::Kind::type, begin, end));
ON_MATCH(arrow_piece, builder.add_piece(ast::Piece::Kind::arrow, begin, end));
ON_MATCH(signature_piece, builder.add_piece(ast::Piece::Kind::parameters, begin, end));
ON_MATCH(signature_type, builder.add_signature_type());

#undef ON_MATCH

template <typename Rule>
struct control : tao::pegtl::normal<Rule> {
  template <typename In>
  static void raise(const In& in, Builder&) {
    static_assert(g::expected<Rule> != nullptr, "grammar/messages.h says what every required piece is");
    throw Mistake{Mistake::Kind::expected, in.current(), g::expected<Rule>};
  }
};

/// The loops over items: where a mistake is caught, noted, and reading goes on.
class Reader {
 public:
  Reader(Input& in, Builder& builder, bool trust_indentation)
      : in_(in), builder_(builder), end_(in.end(0)), trust_indentation_(trust_indentation) {}

  bool unbalanced() const { return unbalanced_; }

  llvm::ArrayRef<ast::Item> file() {
    llvm::SmallVector<ast::Item, 16> items;
    for (match<g::separator>(); !in_.empty(); match<g::separator>()) {
      if (*in_.current() == '}')
        close_nothing();
      else
        read_item(items, ast::Place::file);
    }
    return builder_.copy(items);
  }

 private:
  template <typename Rule>
  bool match() {
    return tao::pegtl::parse<Rule, action, control>(in_, builder_);
  }

  void bump_to(const char* at) { in_.bump(static_cast<std::size_t>(at - in_.current())); }

  void close_nothing() {
    unbalanced_ = true;
    report({Mistake::Kind::closes_nothing, in_.current(), nullptr}, builder_, end_);
    in_.bump(1);
  }

  void read_item(llvm::SmallVectorImpl<ast::Item>& items, ast::Place place) {
    const char* begin = in_.current();
    if (builder_.sink().error_count() >= most_mistakes) {
      gave_up_ = true;
      return bump_to(end_);
    }
    if (tao::pegtl::parse<g::entry_start, tao::pegtl::nothing, control>(in_, builder_))
      read_entry(items, place);
    else
      read_statement(items, place);
    if (in_.current() == begin) in_.bump(1);
  }

  // After an item comes a new line, `;`, `,` or `}`; what else is there is told once and passed over.
  void finish_item(const char* begin) {
    if (match<g::item_end>()) return;
    match<g::blanks>();
    report({Mistake::Kind::item_end, in_.current(), nullptr}, builder_, end_);
    bump_to(resume(in_.current(), begin));
  }

  // Where reading goes on behind the statement at `begin`; by indentation no further than where the lines stand no
  // deeper.
  const char* resume(const char* at, const char* begin, Open open = {}) {
    const char* to = resume_after(at, begin, end_, open);
    if (!trust_indentation_ || !begins_line(begin)) return to;
    unsigned column = column_of_line(begin);
    for (const char* line = next_line_with_text(at, to); line; line = next_line_with_text(line, to)) {
      unsigned depth = indentation_of_line(line, in_.begin());
      if (depth <= column) return depth == column && line[depth] == '}' ? line + depth + 1 : line - 1;
    }
    return to;
  }

  // Whether the pieces up to the mistake are kept: what was named before it is known.
  bool recover(Mistake mistake, const Builder::Frame& frame, std::size_t frames) {
    report(mistake, builder_, end_);
    const char* at = std::max(mistake.at, in_.current());
    const char* to = mistake.resume ? mistake.resume : block_on_line(at, end_);
    std::size_t braces = builder_.open_braces(frame.brackets);
    if (!to) to = resume(at, frame.begin, {builder_.open_brackets(frame.brackets) - braces, braces});
    gave_up_ |= mistake.kind == Mistake::Kind::too_deep && to == end_;
    builder_.unwind(frame, frames);
    bump_to(std::max(to, in_.current()));
    return true;
  }

  void read_entry(llvm::SmallVectorImpl<ast::Item>& items, ast::Place place) {
    Builder::Frame frame = builder_.frame(in_.current());
    std::size_t frames = builder_.frame_count();
    bool broken = false;
    match<g::key>();
    Builder::Frame behind_key = builder_.frame(in_.current());
    behind_key.begin = frame.begin;
    try {
      match<g::entry_value>();
    } catch (Mistake& mistake) {
      broken = recover(mistake, behind_key, frames);
      builder_.add_invalid(in_.current());
    }
    const ast::Entry* entry = builder_.finish_entry(frame, in_.current());
    check_place(*entry, place, builder_.sink());
    items.push_back({nullptr, entry});
    if (!broken) finish_item(frame.begin);
  }

  void read_statement(llvm::SmallVectorImpl<ast::Item>& items, ast::Place place) {
    Builder::Frame frame = builder_.frame(in_.current());
    std::size_t frames = builder_.frame_count();
    bool broken = false;
    try {
      if (!match<g::header>()) return skip_garbage(frame.begin);
    } catch (Mistake& mistake) {
      broken = recover(mistake, frame, frames);
    }
    const char* header_end = in_.current();
    broken |= !broken && skip_rest_of_header(frame.begin);
    ast::Statement* statement = builder_.finish_statement(frame, header_end);
    if (statement->pieces.empty()) return pass_over_block();
    std::size_t errors = builder_.sink().error_count();
    match<g::blanks>();
    bool block = !in_.empty() && *in_.current() == '{';
    shape(*statement, place, broken, block, builder_.file().arena, builder_.sink());
    bool told = broken || builder_.sink().error_count() > errors;
    bool closed = !block || read_block(*statement, place_inside(*statement, place));
    bool lost = !block && trust_indentation_ && read_lost_block(*statement, place, told);
    if (!told && !lost) check_block(*statement, builder_.sink());
    items.push_back({statement, nullptr});
    if (closed && !lost && (!broken || block)) finish_item(frame.begin);
  }

  // Lines that stand deeper than a header without block: its `{` or its `"""` is missing. They are read as the block if
  // they look like one, and passed over if not.
  bool read_lost_block(ast::Statement& owner, ast::Place place, bool told) {
    const char* header = builder_.place(owner.span.begin);
    if (!begins_line(header)) return false;
    const char* next = next_line_with_text(in_.current(), end_);
    unsigned column = column_of_line(header);
    if (!next || indentation_of_line(next, in_.begin()) < column + 2) return false;
    bool opens = takes_block(owner) && looks_like_item(next, place_inside(owner, place));
    if (!told) report({opens ? Mistake::Kind::lost_block : Mistake::Kind::lost_text, in_.current()}, builder_, end_);
    if (opens) return read_items(owner, in_.current(), column, place_inside(owner, place)), true;
    while (next && indentation_of_line(next, in_.begin()) > column) {
      bump_to(std::find(next, end_, '\n'));
      next = next_line_with_text(in_.current(), end_);
    }
    return true;
  }

  // A header of which nothing could be read; its block has nothing to be read for.
  void pass_over_block() {
    if (in_.empty() || *in_.current() != '{') return;
    bump_to(resume_after(in_.current(), in_.current(), end_));
    gave_up_ |= in_.empty();
  }

  // Gives whether there was something that is no piece; the block behind it is read all the same.
  bool skip_rest_of_header(const char* begin) {
    match<g::blanks>();
    if ((!in_.empty() && *in_.current() == '{') || match<g::item_end>()) return false;
    report({Mistake::Kind::item_end, in_.current(), nullptr}, builder_, end_);
    const char* block = block_on_line(in_.current(), end_);
    bump_to(block ? block : resume(in_.current(), begin));
    return true;
  }

  void skip_garbage(const char* begin) {
    report({Mistake::Kind::no_statement, in_.current(), nullptr}, builder_, end_);
    bump_to(resume(in_.current(), begin));
  }

  // Gives whether the block was closed.
  bool read_block(ast::Statement& owner, ast::Place place) {
    const char* open = in_.current();
    if (builder_.depth >= deepest) return skip_block(owner);
    std::size_t errors = builder_.sink().all().size();
    in_.bump(1);
    bool closed = read_items(owner, open, column_of_line(open), place);
    if (!closed) leave_open(open, errors);
    return closed;
  }

  // Gives whether a `}` ended them.
  bool read_items(ast::Statement& owner, const char* open, unsigned header_column, ast::Place place) {
    ++builder_.depth;
    auto* block = builder_.make<ast::Block>();
    llvm::SmallVector<ast::Item, 16> items;
    match<g::separator>();
    while (!in_.empty() && !ends_by_indentation(header_column)) {
      if (*in_.current() != '}')
        read_item(items, place);
      else if (is_stray(open, header_column))
        close_nothing();
      else
        break;
      match<g::separator>();
    }
    bool closed = !in_.empty() && *in_.current() == '}' && !ends_by_indentation(header_column);
    if (closed) in_.bump(1);
    --builder_.depth;
    block->items = builder_.copy(items);
    block->span = builder_.span(open, in_.current());
    owner.block = block;
    owner.span.end = block->span.end;
    return closed;
  }

  bool skip_block(ast::Statement& owner) {
    const char* open = in_.current();
    report({Mistake::Kind::too_deep, open, nullptr}, builder_, end_);
    pass_over_block();
    auto* block = builder_.make<ast::Block>();
    block->span = builder_.span(open, in_.current());
    owner.block = block;
    owner.span.end = block->span.end;
    return true;
  }

  // Only in the second reading of a file with mistakes: there the author's indentation tells which brace is missing.
  bool ends_by_indentation(unsigned header_column) {
    if (!trust_indentation_ || !begins_line(in_.current())) return false;
    unsigned column = column_of_line(in_.current());
    return *in_.current() == '}' ? column < header_column : column <= header_column;
  }

  // A `}` too many: it stands deeper than the header, or ends a line behind which the block goes on.
  bool is_stray(const char* open, unsigned header_column) {
    if (!trust_indentation_) return false;
    const char* at = in_.current();
    if (begins_line(at)) return column_of_line(at) > header_column;
    if (std::find(open, at, '\n') == at) return false;
    const char* next = next_line_with_text(at, end_);
    if (!next) return false;
    unsigned column = indentation_of_line(next, in_.begin());
    return column > header_column || (column == header_column && next[column] == '}');
  }

  void leave_open(const char* open, std::size_t errors) {
    if (gave_up_) return;
    unbalanced_ = true;
    if (trust_indentation_ ? told_on_line(open, errors) : std::exchange(open_told_, true)) return;
    report({Mistake::Kind::left_open, open, nullptr}, builder_, end_);
  }

  // Whether what was told since then speaks of the line of `open`: the same mistake took the `}` away.
  bool told_on_line(const char* open, std::size_t since) {
    ast::Span line = builder_.span(open, std::find(open, end_, '\n'));
    const auto& all = builder_.sink().all();
    return std::any_of(all.begin() + static_cast<std::ptrdiff_t>(since), all.end(),
                       [&](const auto& told) { return told.span.begin >= line.begin && told.span.begin <= line.end; });
  }

  // Asked for places that only go forward, so no line is looked through twice, however long it is.
  unsigned column_of_line(const char* at) {
    if (!trust_indentation_) return 0;
    for (; line_scanned_ < at; ++line_scanned_)
      if (*line_scanned_ == '\n') line_begin_ = line_scanned_ + 1;
    return indentation_of_line(line_begin_, line_begin_);
  }
  bool begins_line(const char* at) const { return syntax::begins_line(at, in_.begin()); }

  Input& in_;
  Builder& builder_;
  const char* end_;
  bool trust_indentation_;
  const char* line_begin_ = in_.begin();
  const char* line_scanned_ = in_.begin();
  bool unbalanced_ = false;
  bool open_told_ = false;
  bool gave_up_ = false;  ///< the end came while what is too deep was passed over
};

// Gives whether braces matched.
bool read(ast::File& file, const source::File& source, diagnostics::Sink& sink, bool trust_indentation) {
  file.source = &source;
  const std::string& text = source.text;
  Input in(text.data(), text.data() + text.size(), source.name.c_str());
  if (text.starts_with("\xEF\xBB\xBF")) in.bump(3);
  Builder builder(file, sink);
  Reader reader(in, builder, trust_indentation);
  try {
    file.items = reader.file();
  } catch (Mistake& mistake) {
    report(mistake, builder, in.end(0));
  }
  return !reader.unbalanced();
}

}  // namespace

std::unique_ptr<ast::File> parse(const source::File& source, diagnostics::Sink& sink) {
  diagnostics::Sink found;
  auto file = std::make_unique<ast::File>();
  bool balanced = read(*file, source, found, false);
  if (found.has_errors()) {
    diagnostics::Sink again;
    auto by_indentation = std::make_unique<ast::File>();
    read(*by_indentation, source, again, true);
    // The reading that finds less to say; where braces do not match, indentation has the better word.
    if (again.error_count() < found.error_count() + (balanced ? 0 : 2)) {
      found = std::move(again);
      file = std::move(by_indentation);
    }
  }
  attach_documentation(*file);
  sink.append(std::move(found));
  return file;
}

}  // namespace sluice::syntax
