#include "check/checker.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(TypeMismatch, "{} is {}, but {} is needed");
DIAGNOSTIC(NotComparable, "{} is compared with {}");
DIAGNOSTIC(MissingUnit, "`{}` has no unit");
DIAGNOSTIC(TrailingZero, "`{}` is the number {}");
DIAGNOSTIC(NotStatic, "{} must be written out here");
DIAGNOSTIC(SecretInPlace, "no secret may stand here");

// Whether the text is a value of that kind that has quotes for no reason.
bool is_bare(llvm::StringRef text, Type::Kind kind) {
  if (kind == Type::Kind::boolean) return text == "true" || text == "false";
  if (kind != Type::Kind::number && kind != Type::Kind::duration && kind != Type::Kind::percent) return false;
  auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)); };
  bool digits = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0]));
  bool unit = kind == Type::Kind::percent ? text.endswith("%") : std::any_of(text.begin(), text.end(), letter);
  return digits && unit == (kind != Type::Kind::number);
}

}  // namespace

void Checker::expect(const Expression& expression, const Type* wanted, llvm::StringRef what) {
  const Type* found = type_of(expression);
  if (types::assignable(found, wanted)) return;
  if (wanted->kind == Type::Kind::duration && expression.kind == Kind::number) {
    sink_.report<MissingUnit>(expression.span, std::string_view(expression.text))
        .help("write `{}m` for minutes or `{}s` for seconds", std::string_view(expression.text),
              std::string_view(expression.text));
    return;
  }
  bool zero = expression.kind == Kind::number && expression.text.contains('.') && expression.text.endswith("0");
  if (zero && wanted->kind == Type::Kind::string) {
    sink_.report<TrailingZero>(expression.span, std::string_view(expression.text), expression.number)
        .help("write \"{}\" for a version", std::string_view(expression.text))
        .fix(expression.span, fmt::format("\"{}\"", std::string_view(expression.text)));
    return;
  }
  // An enumeration takes the texts it lists.
  if (wanted->kind == Type::Kind::enumeration && expression.kind == Kind::string && expression.parts.size() <= 1) {
    llvm::StringRef text = expression.parts.empty() ? "" : expression.parts[0].text;
    if (std::find(wanted->names.begin(), wanted->names.end(), text) != wanted->names.end()) return;
  }
  auto told = sink_.report<TypeMismatch>(expression.span, std::string_view(what), types::describe_one(found),
                                         types::describe_one(wanted));
  if (found->optional && !wanted->optional)
    told.help("it may be absent: write `?? default` behind it");
  else if (expression.kind == Kind::string && wanted->kind == Type::Kind::enumeration)
    told.help("the choices are {}", diagnostics::list_of(wanted->names));
  else if (expression.kind == Kind::string && expression.parts.size() == 1 &&
           is_bare(expression.parts[0].text, wanted->kind))
    told.help("write it without quotes").fix(expression.span, expression.parts[0].text.str());
  else if (wanted->kind == Type::Kind::string && expression.kind == Kind::number)
    told.help("write \"{}\"", std::string_view(expression.text))
        .fix(expression.span, fmt::format("\"{}\"", std::string_view(expression.text)));
}

// In a place that everybody can read, and for which GitHub gives no secrets.
void Checker::expect_shown(const Expression& expression, const Type* wanted, llvm::StringRef what) {
  expect(expression, wanted, what);
  if (holds_secret(expression))
    sink_.report<SecretInPlace>(expression.span).help("give it to a step with `env`, and read the variable there");
}

void Checker::expect_in(const Symbol& symbol, const Expression& expression, const Type* wanted) {
  std::size_t mark = scope_.mark();
  enter(symbol);
  expect(expression, wanted, "the value");
  scope_.restore(mark);
}

bool Checker::holds_secret(const Expression& expression) const {
  auto type = program_.type_of.find(&expression);
  if (type != program_.type_of.end() && type->second && type->second->secret) return true;
  auto symbol = program_.resolved.find(&expression);
  if (symbol != program_.resolved.end() && symbol->second->type && symbol->second->type->secret) return true;
  for (const ast::StringPart& part : expression.parts)
    if (part.hole && holds_secret(*part.hole)) return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](const Expression* operand) { return operand && holds_secret(*operand); });
}

void Checker::expect_static_text(const Expression& expression, llvm::StringRef what) {
  bool holes = std::any_of(expression.parts.begin(), expression.parts.end(),
                           [](const ast::StringPart& part) { return part.hole; });
  if (expression.kind == Kind::string && holes)
    sink_.report<NotStatic>(expression.span, std::string_view(what));
  else
    expect(expression, Type::Kind::string, what);
}

const Type* Checker::type_of(const Expression& expression) {
  using T = Type::Kind;
  switch (expression.kind) {
    case Kind::invalid: return table_.simple(T::any);
    case Kind::null: return table_.simple(T::null);
    case Kind::boolean: return table_.simple(T::boolean);
    case Kind::number: return table_.simple(T::number);
    case Kind::duration: return table_.simple(T::duration);
    case Kind::percent: return table_.simple(T::percent);
    case Kind::size: return table_.simple(T::size);
    case Kind::string: return type_of_string(expression);
    case Kind::name: return type_of_name(expression);
    case Kind::member: return type_of_member(expression);
    case Kind::filter: type_of(*expression.operands[0]); return table_.simple(T::json);
    case Kind::index: return type_of_index(expression);
    case Kind::wildcard: return table_.simple(T::any);
    case Kind::call: return type_of_call(expression);
    case Kind::negation: type_of(*expression.operands[0]); return table_.simple(T::boolean);
    case Kind::binary: return type_of_binary(expression);
    case Kind::list: return type_of_list(expression);
    case Kind::map: return type_of_map(expression);
  }
  return table_.simple(T::any);
}

const Type* Checker::type_of_string(const Expression& expression) {
  bool secret = false;
  for (const ast::StringPart& part : expression.parts) {
    if (!part.hole) continue;
    const Type* type = type_of(*part.hole);
    secret = secret || type->secret;
    bool fits = types::is_scalar(type) || (type->kind == Type::Kind::list && types::is_scalar(type->element));
    if (!fits) sink_.report<TypeMismatch>(part.hole->span, "this", types::describe_one(type), "text");
  }
  const Type* string = table_.simple(Type::Kind::string);
  return secret ? table_.secret(string) : string;
}

const Type* Checker::type_of_index(const Expression& expression) {
  const Expression& base = *expression.operands[0];
  // `test["3.11"]`: one of a family of stages.
  if (base.kind == Kind::name) {
    Symbol* symbol = find_value(base.text);
    if (symbol && symbol->kind == Symbol::Kind::stage) {
      program_.resolved[&base] = symbol;
      type_of(*expression.operands[1]);
      return table_.simple(Type::Kind::json);
    }
  }
  const Type* type = type_of(base);
  type_of(*expression.operands[1]);
  return type->element ? type->element : table_.simple(Type::Kind::json);
}

const Type* Checker::type_of_binary(const Expression& expression) {
  using enum ast::Operator;
  const Type* left = type_of(*expression.operands[0]);
  const Type* right = type_of(*expression.operands[1]);
  switch (expression.op) {
    case either:
    case both: return left->kind == Type::Kind::boolean && right->kind == Type::Kind::boolean ? left : right;
    case fallback:
      return right->kind == Type::Kind::any ? left
                                            : table_.without_optional(left->kind == Type::Kind::null ? right : left);
    case add:
    case subtract:
    case multiply:
    case divide:
      // `2 * 5m`: a number scales what has a unit; two of a unit are added, or divided into a number.
      if (left->kind == Type::Kind::number && right->kind != Type::Kind::number) return right;
      expect(*expression.operands[0],
             left->kind == Type::Kind::duration || left->kind == Type::Kind::size ? left
                                                                                  : table_.simple(Type::Kind::number),
             "the operand");
      return expression.op == divide && left->kind == right->kind ? table_.simple(Type::Kind::number) : left;
    case equal:
    case unequal:
    case less:
    case less_equal:
    case greater:
    case greater_equal:
      if (!types::comparable(left, right)) {
        auto told = sink_.report<NotComparable>(expression.span, types::describe_one(left), types::describe_one(right));
        if (left->kind == Type::Kind::boolean)
          told.help("a bool needs no comparison: write it as it is, or with `!` before it");
      }
      return table_.simple(Type::Kind::boolean);
  }
  return table_.simple(Type::Kind::any);
}

const Type* Checker::type_of_list(const Expression& expression) {
  const Type* element = nullptr;
  for (const Expression* operand : expression.operands) {
    const Type* type = type_of(*operand);
    // A list of mixed values has elements of which nothing is known.
    element = !element || types::assignable(type, element) ? type : table_.simple(Type::Kind::json);
  }
  return table_.list_of(element ? element : table_.simple(Type::Kind::any));
}

const Type* Checker::type_of_map(const Expression& expression) {
  llvm::SmallVector<llvm::StringRef, 8> names;
  llvm::SmallVector<const Type*, 8> fields;
  for (std::size_t i = 0; i < expression.operands.size(); ++i) {
    names.push_back(expression.names[i].text);
    fields.push_back(type_of(*expression.operands[i]));
  }
  return table_.record(names, fields);
}

}  // namespace sluice::check
