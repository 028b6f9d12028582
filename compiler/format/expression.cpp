// Expressions, and whatever stands in brackets.
#include "format/writer.h"
#include "syntax/operators.h"

namespace sluice::format {

using ast::Expression;

const Writer::Bracket Writer::round{"(", ")", "", true};
const Writer::Bracket Writer::square{"[", "]", "", true};
const Writer::Bracket Writer::curly{"{", "}", " ", false};

namespace {

bool is_postfix(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::member:
    case Expression::Kind::filter:
    case Expression::Kind::index:
    case Expression::Kind::call: return true;
    default: return false;
  }
}

}  // namespace

const Doc* Writer::bracketed(const Bracket& bracket, ast::Span inside, llvm::ArrayRef<ast::Span> spans,
                             llvm::function_ref<const Doc*(std::size_t)> build) {
  Parts parts;
  bool forced = false;
  std::uint32_t end = inside.begin;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i > 0 && bracket.commas_when_broken) parts.push_back(docs_.text(","));
    bool newline = comments_.has_newline(end, spans[i].begin);
    Gap gap = comments_before(spans[i].begin, i == 0, parts);
    forced |= newline || gap.own_lines;
    llvm::StringRef flat = i == 0 ? bracket.padding : bracket.commas_when_broken ? " " : ", ";
    parts.push_back(newline && gap.blank ? docs_.hard_line(true) : docs_.line(flat));
    parts.push_back(build(i));
    forced |= i + 1 < spans.size() && parts.back()->breaks;
    end = spans[i].end;
  }
  if (!spans.empty() && bracket.commas_when_broken) parts.push_back(docs_.if_broken(","));
  bool newline = comments_.has_newline(end, inside.end);
  forced |= comments_before(inside.end, spans.empty(), parts).own_lines || (newline && !parts.empty());
  if (parts.empty()) return docs_.concat({docs_.text(bracket.open), docs_.text(bracket.close)});
  return docs_.group(
      {docs_.text(bracket.open), docs_.indent(2, parts), docs_.line(bracket.padding), docs_.text(bracket.close)},
      forced);
}

const Doc* Writer::expression(const Expression& expression) {
  if (!expression.parenthesized) return bare(expression);
  return docs_.concat({docs_.text("("), bare(expression), docs_.text(")")});
}

const Doc* Writer::bare(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::string: return string(expression);
    case Expression::Kind::list: return list(expression);
    case Expression::Kind::map: return map(expression);
    case Expression::Kind::binary: return chain(expression);
    case Expression::Kind::negation: return docs_.concat({docs_.text("!"), this->expression(*expression.operands[0])});
    case Expression::Kind::member:
    case Expression::Kind::filter:
    case Expression::Kind::index:
    case Expression::Kind::call: return postfix(expression);
    default: return docs_.text(source(expression.bare));
  }
}

// Operators of one precedence in a row break together: `a &&`, `b &&`, `c`.
const Doc* Writer::chain(const Expression& expression) {
  llvm::SmallVector<const Expression*, 8> operands;
  llvm::SmallVector<ast::Operator, 8> operators;
  const Expression* left = &expression;
  do {
    operators.push_back(left->op);
    operands.push_back(left->operands[1]);
    left = left->operands[0];
  } while (left->kind == Expression::Kind::binary && !left->parenthesized &&
           precedence(left->op) == precedence(expression.op));
  const Doc* first = this->expression(*left);
  Parts parts;
  bool forced = first->breaks;
  while (!operands.empty()) {
    forced |= !parts.empty() && parts.back()->breaks;
    parts.append({docs_.text(" "), docs_.text(sign_of(operators.pop_back_val()))});
    const Expression* operand = operands.pop_back_val();
    forced |= comments_before(operand->span.begin, true, parts).any;
    parts.append({docs_.line(" "), this->expression(*operand)});
  }
  return docs_.group({first, docs_.indent(4, parts)}, forced, true);
}

const Doc* Writer::postfix(const Expression& expression) {
  llvm::SmallVector<const Expression*, 8> levels;
  const Expression* base = &expression;
  do {
    levels.push_back(base);
    base = base->operands[0];
  } while (is_postfix(*base) && !base->parenthesized);
  Parts parts{this->expression(*base)};
  while (!levels.empty()) postfix_part(*levels.pop_back_val(), parts);
  return docs_.concat(parts);
}

void Writer::postfix_part(const Expression& expression, Parts& parts) {
  switch (expression.kind) {
    case Expression::Kind::member: parts.append({docs_.text("."), docs_.text(expression.text)}); return;
    case Expression::Kind::filter: parts.push_back(docs_.text(".*")); return;
    case Expression::Kind::index:
      parts.append({docs_.text("["), this->expression(*expression.operands[1]), docs_.text("]")});
      return;
    default: parts.push_back(arguments(expression)); return;
  }
}

const Doc* Writer::arguments(const Expression& call) {
  llvm::SmallVector<ast::Span, 8> spans;
  for (std::size_t i = 0; i < call.names.size(); ++i) {
    const Expression& value = *call.operands[i + 1];
    spans.push_back({call.names[i] ? call.names[i].span.begin : value.span.begin, value.span.end});
  }
  auto build = [&](std::size_t i) {
    const Doc* value = expression(*call.operands[i + 1]);
    if (!call.names[i]) return value;
    bool reason = call.names[i].text == "because" && call.operands[i + 1]->kind == Expression::Kind::string;
    return docs_.concat({docs_.text(call.names[i].text), docs_.text(reason ? " " : ": "), value});
  };
  return bracketed(round, {call.operands[0]->span.end + 1, call.bare.end - 1}, spans, build);
}

const Doc* Writer::list(const Expression& list) {
  llvm::SmallVector<ast::Span, 8> spans;
  for (const Expression* element : list.operands) spans.push_back(element->span);
  return bracketed(square, {list.bare.begin + 1, list.bare.end - 1}, spans,
                   [&](std::size_t i) { return expression(*list.operands[i]); });
}

const Doc* Writer::map(const Expression& map) {
  llvm::SmallVector<ast::Span, 8> spans;
  for (std::size_t i = 0; i < map.names.size(); ++i)
    spans.push_back({map.names[i].span.begin, map.operands[i]->span.end});
  auto build = [&](std::size_t i) {
    return docs_.concat({key(map.names[i]), docs_.text(": "), expression(*map.operands[i])});
  };
  return bracketed(curly, {map.bare.begin + 1, map.bare.end - 1}, spans, build);
}

}  // namespace sluice::format
