#include "check/expression_checker.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(TypeMismatch, "{} is {}, but {} is needed");

}  // namespace

const Type* ExpressionChecker::type_of(const Expression& expression) {
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
    case Kind::negation: return type_of_negation(expression);
    case Kind::binary: return type_of_binary(expression);
    case Kind::list: return type_of_list(expression);
    case Kind::map: return type_of_map(expression);
  }
  return table_.simple(T::any);
}

const Type* ExpressionChecker::type_of_string(const Expression& expression) {
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

const Type* ExpressionChecker::type_of_index(const Expression& expression) {
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

const Type* ExpressionChecker::type_of_list(const Expression& expression) {
  const Type* element = nullptr;
  for (const Expression* operand : expression.operands) {
    const Type* type = type_of(*operand);
    // A list of mixed values has elements of which nothing is known.
    element = !element || types::assignable(type, element) ? type : table_.simple(Type::Kind::json);
  }
  return table_.list_of(element ? element : table_.simple(Type::Kind::any));
}

const Type* ExpressionChecker::type_of_map(const Expression& expression) {
  llvm::SmallVector<llvm::StringRef, 8> names;
  llvm::SmallVector<const Type*, 8> fields;
  for (std::size_t i = 0; i < expression.operands.size(); ++i) {
    names.push_back(expression.names[i].text);
    fields.push_back(type_of(*expression.operands[i]));
  }
  return table_.record(names, fields);
}

}  // namespace sluice::check
