#include "syntax/builder.h"

#include "diagnostics/check.h"
#include "syntax/arena.h"
#include "syntax/operators.h"

namespace sluice::syntax {

using ast::Expression;
using ast::Piece;

namespace {

template <typename Stack>
auto above(const Stack& stack, std::uint32_t from) {
  return llvm::ArrayRef<typename Stack::value_type>(stack).drop_front(from);
}

}  // namespace

Builder::Frame Builder::frame(const char* begin) const {
  auto size = [](const auto& stack) { return static_cast<std::uint32_t>(stack.size()); };
  return {size(expressions_), size(names_),    size(parts_), size(operators_), size(pieces_), size(parameters_),
          size(types_),       size(brackets_), begin};
}

void Builder::unwind(const Frame& frame, std::size_t frames) {
  expressions_.truncate(frame.expressions);
  names_.truncate(frame.names);
  parts_.truncate(frame.parts);
  operators_.truncate(frame.operators);
  parameters_.truncate(frame.parameters);
  types_.truncate(frame.types);
  brackets_.truncate(frame.brackets);
  frames_.truncate(frames);
  comma_ = false;
}

Builder::Frame Builder::close() {
  CHECK(!frames_.empty(), "every construct that ends was begun");
  return frames_.pop_back_val();
}

ast::Name Builder::name(const char* begin, const char* end) const {
  return {llvm::StringRef(begin, static_cast<std::size_t>(end - begin)), span(begin, end)};
}

Expression* Builder::expression(Expression::Kind kind, ast::Span span) {
  auto* result = make<Expression>();
  result->kind = kind;
  result->span = result->bare = span;
  result->text = llvm::StringRef(place(span.begin), span.end - span.begin);
  return result;
}

const Expression* Builder::pop() {
  CHECK(!expressions_.empty(), "an operand stands before its operator");
  return expressions_.pop_back_val();
}

llvm::ArrayRef<const Expression*> Builder::take_expressions(std::uint32_t from) {
  auto taken = copy_into<const Expression*>(file_.arena, above(expressions_, from));
  expressions_.truncate(from);
  return taken;
}

llvm::ArrayRef<ast::Name> Builder::take_names(std::uint32_t from) {
  auto taken = copy_into<ast::Name>(file_.arena, above(names_, from));
  names_.truncate(from);
  return taken;
}

void Builder::add_name(const char* begin, const char* end) {
  llvm::StringRef text(begin, static_cast<std::size_t>(end - begin));
  Expression::Kind kind = text == "true" || text == "false" ? Expression::Kind::boolean
                          : text == "null"                  ? Expression::Kind::null
                                                            : Expression::Kind::name;
  push(expression(kind, span(begin, end)));
}

void Builder::add_invalid(const char* at) { push(expression(Expression::Kind::invalid, span(at, at))); }

void Builder::finish_list(const char* end) {
  Frame frame = close();
  Expression* list = expression(Expression::Kind::list, span(frame.begin, end));
  list->operands = take_expressions(frame.expressions);
  brackets_.pop_back();
  push(list);
}

void Builder::push_key(const char* begin, const char* end) {
  llvm::StringRef text(begin, static_cast<std::size_t>(end - begin));
  text = text.rtrim(": \t");
  ast::Name key = name(begin, begin + text.size());
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'')) key.text = text.drop_front().drop_back();
  names_.push_back(key);
}

void Builder::finish_map(const char* end) {
  Frame frame = close();
  Expression* map = expression(Expression::Kind::map, span(frame.begin, end));
  map->operands = take_expressions(frame.expressions);
  map->names = take_names(frame.names);
  brackets_.pop_back();
  push(map);
}

void Builder::finish_parenthesized(const char* end) {
  Frame frame = close();
  auto* inner = make<Expression>();
  *inner = *pop();
  inner->span = span(frame.begin, end);
  inner->parenthesized = true;
  brackets_.pop_back();
  push(inner);
}

void Builder::finish_arguments(const char* end) {
  Frame frame = close();
  // The callee was complete before its arguments were opened.
  const char* begin = place(expressions_[frame.expressions - 1]->span.begin);
  Expression* call = expression(Expression::Kind::call, span(begin, end));
  call->operands = take_expressions(frame.expressions - 1);
  call->names = take_names(frame.names);
  brackets_.pop_back();
  push(call);
}

void Builder::add_member(const char* begin, const char* end) {
  const Expression* base = pop();
  Expression* member = expression(Expression::Kind::member, span(place(base->span.begin), end));
  member->text = llvm::StringRef(begin, static_cast<std::size_t>(end - begin));
  member->operands = copy_into<const Expression*>(file_.arena, {base});
  push(member);
}

void Builder::add_filter(const char* end) {
  const Expression* base = pop();
  Expression* filter = expression(Expression::Kind::filter, span(place(base->span.begin), end));
  filter->operands = copy_into<const Expression*>(file_.arena, {base});
  push(filter);
}

void Builder::add_wildcard(const char* begin, const char* end) {
  push(expression(Expression::Kind::wildcard, span(begin, end)));
}

void Builder::finish_index(const char* end) {
  close();
  const Expression* index = pop();
  const Expression* base = pop();
  Expression* whole = expression(Expression::Kind::index, span(place(base->span.begin), end));
  whole->operands = copy_into<const Expression*>(file_.arena, {base, index});
  brackets_.pop_back();
  push(whole);
}

void Builder::finish_negation() {
  Frame frame = close();
  const Expression* operand = pop();
  Expression* negation =
      expression(Expression::Kind::negation, {span(frame.begin, frame.begin).begin, operand->span.end});
  negation->operands = copy_into<const Expression*>(file_.arena, {operand});
  push(negation);
}

namespace {

ast::Operator operator_of(llvm::StringRef text) {
  using enum ast::Operator;
  switch (text.front()) {
    case '|': return either;
    case '&': return both;
    case '=': return equal;
    case '!': return unequal;
    case '?': return fallback;
    case '<': return text.size() == 2 ? less_equal : less;
    case '>': return text.size() == 2 ? greater_equal : greater;
    case '+': return add;
    case '-': return subtract;
    case '*': return multiply;
    default: return divide;
  }
}

}  // namespace

void Builder::add_operator(const char* begin, const char* end) {
  operators_.push_back(operator_of(llvm::StringRef(begin, static_cast<std::size_t>(end - begin)).trim(" \t")));
}

void Builder::make_binary(ast::Operator op) {
  const Expression* second = pop();
  const Expression* first = pop();
  Expression* binary = expression(Expression::Kind::binary, source::join(first->span, second->span));
  binary->op = op;
  binary->operands = copy_into<const Expression*>(file_.arena, {first, second});
  push(binary);
}

// All binary operators are left-associative: operands wait on the stack until an operator that binds no tighter comes.
void Builder::finish_expression() {
  Frame frame = close();
  std::size_t count = operators_.size() - frame.operators;
  if (count == 0) return;
  llvm::ArrayRef<const Expression*> waiting_operands = above(expressions_, frame.expressions);
  llvm::SmallVector<const Expression*, 8> operands(waiting_operands.begin(), waiting_operands.end());
  llvm::SmallVector<ast::Operator, 8> waiting;
  expressions_.truncate(frame.expressions);
  expressions_.push_back(operands[0]);
  for (std::size_t i = 0; i < count; ++i) {
    ast::Operator op = operators_[frame.operators + i];
    while (!waiting.empty() && precedence(waiting.back()) >= precedence(op)) {
      make_binary(waiting.pop_back_val());
    }
    waiting.push_back(op);
    expressions_.push_back(operands[i + 1]);
  }
  while (!waiting.empty()) {
    make_binary(waiting.pop_back_val());
  }
  operators_.truncate(frame.operators);
}

void Builder::begin_type(const char* begin) {
  open(begin);
  types_.push_back(make<ast::Type>());
}

void Builder::add_qualifier(const char* begin, const char*) {
  (*begin == 's' ? types_.back()->secret : types_.back()->untrusted) = true;
}

void Builder::name_type(const char* begin, const char* end) { types_.back()->name = name(begin, end); }
// Its arguments are still above it: `list<string>?` is the list that may be absent.
void Builder::make_type_optional() { types_[frames_.back().types]->optional = true; }

void Builder::type_has_choices() {
  Frame frame = close();
  types_.back()->choices = take_expressions(frame.expressions);
  brackets_.pop_back();
}

void Builder::type_is_record() {
  Frame frame = close();
  llvm::SmallVector<const ast::Type*, 4> fields(types_.begin() + frame.types, types_.end());
  types_.truncate(frame.types);
  types_.back()->fields = take_names(frame.names);
  types_.back()->arguments = copy_into<const ast::Type*>(file_.arena, fields);
  brackets_.pop_back();
}

void Builder::finish_type(const char* end) {
  Frame frame = close();
  ast::Type* type = types_[frame.types];
  llvm::SmallVector<const ast::Type*, 4> arguments(types_.begin() + frame.types + 1, types_.end());
  if (!arguments.empty()) type->arguments = copy_into<const ast::Type*>(file_.arena, arguments);
  types_.truncate(frame.types + 1);
  type->span = span(frame.begin, end);
}

void Builder::begin_parameter(const char* begin, const char* end) { parameters_.push_back({name(begin, end)}); }
void Builder::set_parameter_type() { parameters_.back().type = types_.pop_back_val(); }
void Builder::set_parameter_default() { parameters_.back().default_value = pop(); }

const ast::Declarator* Builder::declarator(const ast::Declarator& declared) {
  auto* copy = make<ast::Declarator>();
  *copy = declared;
  return copy;
}

void Builder::add_piece(Piece::Kind kind, const char* begin, const char* end) {
  Piece piece;
  piece.kind = kind;
  piece.comma = std::exchange(comma_, false);
  piece.span = span(begin, end);
  switch (kind) {
    case Piece::Kind::expression:
      piece.expression = pop();
      piece.span = piece.expression->span;
      break;
    case Piece::Kind::typed: piece.declared = declarator({names_.pop_back_val(), types_.pop_back_val(), {}}); break;
    case Piece::Kind::type:
    case Piece::Kind::returns: piece.declared = declarator({{}, types_.pop_back_val(), {}}); break;
    case Piece::Kind::parameters: {
      Frame frame = close();
      auto parameters = copy_into<ast::Parameter>(file_.arena, above(parameters_, frame.parameters));
      piece.declared = declarator({names_.pop_back_val(), nullptr, parameters});
      parameters_.truncate(frame.parameters);
      brackets_.pop_back();
      break;
    }
    case Piece::Kind::assign:
    case Piece::Kind::arrow: break;
  }
  pieces_.push_back(piece);
}

void Builder::add_signature_type() {
  const ast::Declarator& declared = *pieces_.back().declared;
  pieces_.back().declared = declarator({declared.name, types_.pop_back_val(), declared.parameters});
}

void Builder::add_comment(const char* begin, const char* end) {
  // A newline may be looked behind twice: a comment that was seen is not a new one.
  ast::Span where = span(begin, end);
  if (!file_.comments.empty() && file_.comments.back().span.begin >= where.begin) return;
  const char* before = begin;
  while (before > text_ && llvm::StringRef(" \t,;").contains(before[-1])) --before;
  bool first = before == text_ || llvm::StringRef(text_, static_cast<std::size_t>(before - text_)) == "\xEF\xBB\xBF";
  file_.comments.push_back({where, !first && before[-1] != '\n'});
}

ast::Statement* Builder::finish_statement(const Frame& frame, const char* end) {
  auto* statement = make<ast::Statement>();
  statement->pieces = copy_into<Piece>(file_.arena, above(pieces_, frame.pieces));
  pieces_.truncate(frame.pieces);
  statement->header = statement->span = span(frame.begin, end);
  return statement;
}

ast::Entry* Builder::finish_entry(const Frame& frame, const char* end) {
  auto* entry = make<ast::Entry>();
  entry->value = pop();
  entry->key = names_.pop_back_val();
  entry->span = span(frame.begin, end);
  return entry;
}

ast::ArrayRef<ast::Item> Builder::copy(llvm::ArrayRef<ast::Item> items) { return copy_into(file_.arena, items); }

}  // namespace sluice::syntax
