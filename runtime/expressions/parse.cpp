#include "runtime/expressions/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/expressions/evaluate.h"
#include "runtime/expressions/tokens.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

// The limits of GitHub's own parser; brackets make no level there, but a recursion here.
constexpr std::size_t most_characters = 21'000;
constexpr int most_levels = 50;
constexpr int most_brackets = 200;

using Kind = Expression::Kind;

struct Function {
  std::string_view name;
  std::size_t least, most;
};

constexpr Function functions[] = {{"case", 3, 255},   {"contains", 2, 2}, {"endsWith", 2, 2},   {"format", 1, 255},
                                  {"fromJSON", 1, 1}, {"join", 1, 2},     {"startsWith", 2, 2}, {"toJSON", 1, 1}};
constexpr std::string_view status_functions[] = {"always", "cancelled", "failure", "success"};

struct Operator {
  std::string_view mark;
  int strength;
  Kind kind;
};

constexpr Operator operators[] = {{"||", 1, Kind::either},  {"&&", 2, Kind::both},         {"==", 3, Kind::equal},
                                  {"!=", 3, Kind::unequal}, {"<", 4, Kind::less},          {"<=", 4, Kind::less_equal},
                                  {">", 4, Kind::greater},  {">=", 4, Kind::greater_equal}};

bool same_name(std::string_view left, std::string_view right) { return same_text(left, right); }

const Function* find_function(std::string_view name, const ExpressionPlace& place) {
  static constexpr Function status = {"", 0, 0}, hash = {"hashFiles", 1, 255};
  for (const Function& function : functions) {
    if (same_name(function.name, name)) return &function;
  }
  if (place.hash_files && same_name(hash.name, name)) return &hash;
  if (!place.status_functions) return nullptr;
  bool asks = std::ranges::any_of(status_functions, [&](std::string_view one) { return same_name(one, name); });
  return asks ? &status : nullptr;
}

/// A tree and how many levels it has, as GitHub counts them.
struct Node {
  Expression expression;
  int levels = 1;
};

using Parsed = std::expected<Node, std::string>;

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens, const ExpressionPlace& place)
      : text_(text), tokens_(std::move(tokens)), place_(place) {}

  std::expected<Expression, std::string> whole() {
    Parsed node = operation(0);
    if (!node) return std::unexpected(node.error());
    if (!at_end()) return std::unexpected(unexpected());
    return std::move(node->expression);
  }

 private:
  const Token& now() const { return tokens_[at_]; }
  bool at_end() const { return now().kind == Token::Kind::end; }
  bool is(std::string_view mark) const { return now().kind == Token::Kind::mark && now().text == mark; }
  bool take(std::string_view mark) {
    if (!is(mark)) return false;
    ++at_;
    return true;
  }
  std::string unexpected() const {
    return mistake_at(at_end() ? "Unexpected end of expression" : "Unexpected symbol", now(), text_);
  }

  Parsed checked(Node node) const {
    if (node.levels > most_levels) return std::unexpected(fmt::format("Exceeded max expression depth {}", most_levels));
    return node;
  }

  Parsed operation(int strength);
  Parsed operand();
  Parsed primary();
  Parsed literal_of(const Token& token);
  Parsed named(const Token& token);
  Parsed call(const Token& name);
  Parsed parts(Node base);
  Parsed member(Node base);
  Parsed item(Node base);

  std::string_view text_;
  std::vector<Token> tokens_;
  const ExpressionPlace& place_;
  std::size_t at_ = 0;
  int nested_ = 0;
};

Parsed Parser::operation(int strength) {
  if (++nested_ > most_brackets) return std::unexpected(fmt::format("Exceeded max expression depth {}", most_levels));
  Parsed left = operand();
  while (left) {
    const Operator* found =
        std::ranges::find_if(operators, [&](const Operator& one) { return one.strength > strength && is(one.mark); });
    if (found == std::end(operators)) break;
    ++at_;
    Parsed right = operation(found->strength);
    if (!right) return right;
    // `a && b && c` is one node there.
    bool flat = (found->kind == Kind::both || found->kind == Kind::either) && left->expression.kind == found->kind;
    Node node;
    node.levels = std::max(flat ? left->levels : left->levels + 1, right->levels + 1);
    node.expression = {found->kind, {}, {}};
    node.expression.operands.push_back(std::move(left->expression));
    node.expression.operands.push_back(std::move(right->expression));
    left = checked(std::move(node));
  }
  --nested_;
  return left;
}

Parsed Parser::operand() {
  int negations = 0;
  while (take("!")) ++negations;
  if (negations > most_levels) return std::unexpected(fmt::format("Exceeded max expression depth {}", most_levels));
  Parsed node = primary();
  for (; node && negations > 0; --negations) {
    Node outer{{Kind::negation, {}, {}}, node->levels + 1};
    outer.expression.operands.push_back(std::move(node->expression));
    node = checked(std::move(outer));
  }
  return node;
}

Parsed Parser::primary() {
  const Token& token = now();
  switch (token.kind) {
    case Token::Kind::number:
    case Token::Kind::string: ++at_; return literal_of(token);
    case Token::Kind::name: ++at_; return named(token);
    default: break;
  }
  if (!take("(")) return std::unexpected(unexpected());
  Parsed inner = operation(0);
  if (!inner) return inner;
  if (!take(")")) return std::unexpected(unexpected());
  return parts(std::move(*inner));
}

Parsed Parser::literal_of(const Token& token) {
  if (token.kind == Token::Kind::number) {
    double number = to_number(Json(token.text));
    // Shortest text that reads back as the same number, which JSON's own form is not for the infinite ones.
    return Node{{Kind::literal, std::isinf(number) ? to_text(Json(number)) : fmt::format("{}", number), {}}};
  }
  std::string value;
  std::string_view inner = token.text.substr(1, token.text.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    value += inner[i];
    if (inner[i] == '\'') ++i;
  }
  return Node{literal(Json(value))};
}

Parsed Parser::named(const Token& token) {
  for (std::string_view word : {"true", "false", "null", "NaN", "Infinity"}) {
    if (token.text == word) return Node{{Kind::literal, std::string(word), {}}};
  }
  if (is("(")) return call(token);
  std::string name(token.text);
  std::ranges::transform(name, name.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (std::ranges::find(place_.contexts, name) == place_.contexts.end())
    return std::unexpected(mistake_at("Unrecognized named-value", token, text_));
  return parts({{Kind::context, std::move(name), {}}});
}

Parsed Parser::call(const Token& name) {
  const Function* function = find_function(name.text, place_);
  if (function == nullptr) return std::unexpected(mistake_at("Unrecognized function", name, text_));
  ++at_;
  Node node{{Kind::call, std::string(name.text), {}}};
  while (!is(")")) {
    Parsed argument = operation(0);
    if (!argument) return argument;
    node.levels = std::max(node.levels, argument->levels + 1);
    node.expression.operands.push_back(std::move(argument->expression));
    if (!is(")") && !take(",")) return std::unexpected(unexpected());
    if (is(")") && tokens_[at_ - 1].text == ",") return std::unexpected(unexpected());
  }
  ++at_;
  std::size_t count = node.expression.operands.size();
  if (count < function->least) return std::unexpected(mistake_at("Too few parameters supplied", name, text_));
  if (count > function->most) return std::unexpected(mistake_at("Too many parameters supplied", name, text_));
  if (function->name == "case" && count % 2 == 0)
    return std::unexpected(
        mistake_at("Even number of parameters supplied, requires an odd number of parameters", name, text_));
  Parsed whole = checked(std::move(node));
  return whole ? parts(std::move(*whole)) : whole;
}

Parsed Parser::parts(Node base) {
  Parsed node = std::move(base);
  while (node && (is(".") || is("["))) node = take(".") ? member(std::move(*node)) : item(std::move(*node));
  return node;
}

Parsed Parser::member(Node base) {
  Node node{{Kind::member, std::string(now().text), {}}, base.levels + 1};
  if (is("*"))
    node.expression = {Kind::filter, {}, {}};
  else if (now().kind != Token::Kind::name)
    return std::unexpected(unexpected());
  ++at_;
  node.expression.operands.push_back(std::move(base.expression));
  return checked(std::move(node));
}

Parsed Parser::item(Node base) {
  ++at_;
  Node node{{Kind::filter, {}, {}}, base.levels + 1};
  node.expression.operands.push_back(std::move(base.expression));
  if (!take("*")) {
    Parsed index = operation(0);
    if (!index) return index;
    node.expression.kind = Kind::index;
    node.levels = std::max(node.levels, index->levels + 1);
    node.expression.operands.push_back(std::move(index->expression));
  }
  if (!take("]")) return std::unexpected(unexpected());
  return checked(std::move(node));
}

/// Where the `}}` of a hole is: a quoted one is none.
std::size_t end_of_hole(std::string_view text, std::size_t at) {
  bool quoted = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '\'') quoted = !quoted;
    if (!quoted && text.substr(at).starts_with("}}")) return at;
  }
  return std::string_view::npos;
}

bool asks_status(const Expression& expression) {
  if (expression.kind == Kind::call &&
      std::ranges::any_of(status_functions, [&](std::string_view name) { return same_name(name, expression.text); }))
    return true;
  return std::ranges::any_of(expression.operands, asks_status);
}

}  // namespace

std::expected<Expression, std::string> parse_expression(std::string_view text, const ExpressionPlace& place) {
  if (text.size() > most_characters)
    return std::unexpected(fmt::format("Exceeded max expression length {}", most_characters));
  if (trimmed(text).empty()) return Expression();
  auto tokens = split_tokens(text);
  if (!tokens) return std::unexpected(tokens.error());
  return Parser(text, std::move(*tokens), place).whole();
}

std::expected<Expression, std::string> parse_template(std::string_view text, const ExpressionPlace& place) {
  std::vector<Expression> parts;
  std::size_t at = 0, hole = text.find("${{");
  while (hole != std::string_view::npos) {
    std::size_t end = end_of_hole(text, hole + 3);
    if (end == std::string_view::npos)
      return std::unexpected(fmt::format("`${{{{` is not closed by `}}}}` in: {}", text));
    std::string_view inner = trimmed(text.substr(hole + 3, end - hole - 3));
    if (inner.empty())
      return std::unexpected(fmt::format("there is no expression between `${{{{` and `}}}}` in: {}", text));
    auto expression = parse_expression(inner, place);
    if (!expression) return expression;
    if (hole == 0 && end + 2 == text.size()) return expression;
    if (hole > at) parts.push_back(literal(Json(text.substr(at, hole - at))));
    parts.push_back(std::move(*expression));
    at = end + 2;
    hole = text.find("${{", at);
  }
  if (parts.empty()) return literal(Json(text));
  if (at < text.size()) parts.push_back(literal(Json(text.substr(at))));
  return Expression{Kind::text, {}, std::move(parts)};
}

std::expected<Expression, std::string> parse_condition(std::string_view text, const ExpressionPlace& place) {
  std::string_view bare = trimmed(text);
  Expression success{Kind::call, "success", {}};
  if (bare.empty()) return success;
  bool has_holes = bare.find("${{") != std::string_view::npos;
  auto condition = has_holes ? parse_template(bare, place) : parse_expression(bare, place);
  if (!condition || asks_status(*condition)) return condition;
  return Expression{Kind::both, {}, {std::move(success), std::move(*condition)}};
}

}  // namespace sluice::runtime
