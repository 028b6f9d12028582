#pragma once
#include <llvm/ADT/SmallVector.h>

#include "diagnostics/sink.h"
#include "syntax/ast.h"

namespace sluice::syntax {

/// Builds the tree while the grammar matches: pieces are put on stacks and taken off when what holds them is complete.
/// All places are pointers into the file's text.
class Builder {
 public:
  Builder(ast::File& file, diagnostics::Sink& sink) : file_(file), sink_(sink), text_(file.source->text.data()) {}

  /// How high every stack is: what is above belongs to the construct that was opened here.
  struct Frame {
    std::uint32_t expressions, names, parts, operators, pieces, parameters, types, brackets;
    const char* begin;
  };
  Frame frame(const char* begin) const;
  void open(const char* begin) { frames_.push_back(frame(begin)); }
  /// Forgets what was begun and not finished, after a mistake.
  void unwind(const Frame& frame, std::size_t frames);
  std::size_t frame_count() const { return frames_.size(); }

  // Strings.
  void add_text(const char* begin, const char* end);
  void add_single_text(const char* begin, const char* end);
  void add_escape(const char* begin, const char* end);
  void add_hole(const char* begin, const char* end, bool valid);
  void finish_string(const char* end, ast::Expression::Quotes quotes);
  void finish_raw_string(const char* end, unsigned quotes);

  // Expressions.
  void add_name(const char* begin, const char* end);
  void add_number(const char* begin, const char* end);
  void add_invalid(const char* at);
  void finish_list(const char* end);
  void finish_map(const char* end);
  void finish_parenthesized(const char* end);
  void finish_arguments(const char* end);
  void add_member(const char* begin, const char* end);
  void add_filter(const char* end);
  void add_wildcard(const char* begin, const char* end);
  void finish_index(const char* end);
  void finish_negation();
  void add_operator(const char* begin, const char* end);
  void finish_expression();
  void push_name(const char* begin, const char* end) { names_.push_back(name(begin, end)); }
  void push_key(const char* begin, const char* end);
  void open_bracket(const char* at) { brackets_.push_back(at); }

  // Types and parameters.
  void begin_type(const char* begin);
  void add_qualifier(const char* begin, const char* end);
  void name_type(const char* begin, const char* end);
  void make_type_optional();
  void finish_type(const char* end);
  void type_has_choices();
  void type_is_record();
  void begin_parameter(const char* begin, const char* end);
  void set_parameter_type();
  void set_parameter_default();

  // Headers.
  void add_piece(ast::Piece::Kind kind, const char* begin, const char* end);
  void add_signature_type();
  void note_comma() { comma_ = true; }

  // Statements and blocks: what parse.cpp's loops use.
  void add_comment(const char* begin, const char* end);
  ast::Statement* finish_statement(const Frame& frame, const char* end);
  ast::Entry* finish_entry(const Frame& frame, const char* end);
  ast::ArrayRef<ast::Item> copy(llvm::ArrayRef<ast::Item> items);
  template <typename T>
  T* make() {
    return new (file_.arena.Allocate<T>()) T();
  }

  ast::Span span(const char* begin, const char* end) const {
    return file_.source->span(static_cast<std::size_t>(begin - text_), static_cast<std::size_t>(end - text_));
  }
  const char* place(std::uint32_t offset) const { return text_ + (offset - file_.source->base); }
  diagnostics::Sink& sink() { return sink_; }
  ast::File& file() { return file_; }
  const char* text() const { return text_; }
  /// Where the construct begins that is being read: the opening quote inside a string.
  const char* innermost_begin() const { return frames_.empty() ? text_ : frames_.back().begin; }
  const char* innermost_bracket() const { return brackets_.empty() ? nullptr : brackets_.back(); }
  /// How many brackets are open above `from`, and how many of these are braces.
  std::size_t open_brackets(std::uint32_t from) const { return brackets_.size() - from; }
  std::size_t open_braces(std::uint32_t from) const {
    return static_cast<std::size_t>(
        std::count_if(brackets_.begin() + from, brackets_.end(), [](const char* at) { return *at == '{'; }));
  }

  unsigned depth = 0;

 private:
  ast::Name name(const char* begin, const char* end) const;
  const ast::Declarator* declarator(const ast::Declarator& declared);
  ast::Expression* expression(ast::Expression::Kind kind, ast::Span span);
  void push(ast::Expression* expression) { expressions_.push_back(expression); }
  Frame close();
  const ast::Expression* pop();
  void make_binary(ast::Operator op);
  llvm::StringRef without_indentation(llvm::StringRef text, llvm::StringRef indentation, bool first, const char* at);
  llvm::ArrayRef<const ast::Expression*> take_expressions(std::uint32_t from);
  llvm::ArrayRef<ast::Name> take_names(std::uint32_t from);

  ast::File& file_;
  diagnostics::Sink& sink_;
  const char* text_;
  llvm::SmallVector<Frame, 32> frames_;
  llvm::SmallVector<const ast::Expression*, 32> expressions_;
  llvm::SmallVector<ast::Name, 32> names_;
  llvm::SmallVector<ast::StringPart, 32> parts_;
  llvm::SmallVector<ast::Operator, 8> operators_;
  llvm::SmallVector<ast::Piece, 32> pieces_;
  llvm::SmallVector<ast::Parameter, 8> parameters_;
  llvm::SmallVector<ast::Type*, 8> types_;
  llvm::SmallVector<const char*, 16> brackets_;
  bool comma_ = false;
};

}  // namespace sluice::syntax
