// Calls of functions: the language's own, worked out now where their arguments are known, and `let f(x) = …`.
#include "check/contexts.h"
#include "lower/evaluator.h"

namespace sluice::lower {

using Kind = Expression::Kind;

namespace {

Value number(double value) {
  Value result;
  result.kind = Value::Kind::number;
  result.number = value;
  return result;
}

bool is_increasing(const std::vector<Value>& items) {
  for (std::size_t i = 1; i < items.size(); ++i)
    if (items[i].number <= items[i - 1].number) return false;
  return true;
}

Value extreme(const std::vector<Value>& items, bool greatest) {
  Value best = items.empty() ? Value::null() : items.front();
  for (const Value& item : items)
    if (greatest ? item.number > best.number : item.number < best.number) best = item;
  return best;
}

// Letters of a text, not bytes.
std::size_t length_of(const Value& value) {
  if (value.kind == Value::Kind::list || value.kind == Value::Kind::map) return value.items.size();
  std::string text = text_of(value);
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

// The functions that exist only while the program unfolds.
Value unfold(llvm::StringRef name, const std::vector<Value>& arguments) {
  const Value& first = arguments.front();
  const std::vector<Value>& items =
      first.kind == Value::Kind::list || first.kind == Value::Kind::map ? first.items : arguments;
  if (name == "length") return number(static_cast<double>(length_of(first)));
  if (name == "first") return items.empty() ? Value::null() : items.front();
  if (name == "last") return items.empty() ? Value::null() : items.back();
  if (name == "increasing") return Value::boolean(is_increasing(items));
  if (name == "max" || name == "min") return extreme(items, name == "max");
  if (name == "sum") {
    Value total = items.empty() ? number(0) : items.front();
    for (std::size_t i = 1; i < items.size(); ++i) total.number += items[i].number;
    return total;
  }
  Value list;
  list.kind = Value::Kind::list;
  if (name == "values")
    list.items = first.items;
  else
    for (const std::string& key : first.names) list.items.push_back(Value::string(key));
  return list;
}

// GitHub's own functions on constants, where the answer needs no more than their texts.
std::optional<Value> fold_call(llvm::StringRef name, const std::vector<Value>& arguments) {
  if (arguments.empty() ||
      !std::all_of(arguments.begin(), arguments.end(), [](const Value& v) { return v.constant(); }))
    return std::nullopt;
  const Value& first = arguments.front();
  if (name == "join" && first.kind == Value::Kind::list) {
    std::string separator = arguments.size() > 1 ? text_of(arguments[1]) : ",";
    std::string text;
    for (const Value& item : first.items) text += (&item == first.items.data() ? "" : separator) + text_of(item);
    return Value::string(text);
  }
  if (name == "contains" && first.kind == Value::Kind::list)
    return Value::boolean(
        std::any_of(first.items.begin(), first.items.end(), [&](const Value& v) { return equal(v, arguments[1]); }));
  if (arguments.size() != 2 || first.kind != Value::Kind::string) return std::nullopt;
  std::string text = llvm::StringRef(first.text).lower();
  std::string part = llvm::StringRef(text_of(arguments[1])).lower();
  if (name == "contains") return Value::boolean(text.find(part) != std::string::npos);
  if (name == "startsWith") return Value::boolean(text.starts_with(part));
  if (name == "endsWith") return Value::boolean(text.ends_with(part));
  return std::nullopt;
}

}  // namespace

Value Evaluator::evaluate_builtin(const Expression& call, llvm::StringRef name) {
  if (check::takes_label(name)) {
    bool secret = name == "declassify";
    return marked(evaluate(*call.operands[1]), {}, {secret, !secret});
  }
  std::vector<Value> arguments;
  for (const Expression* argument : call.operands.drop_front()) arguments.push_back(evaluate(*argument));
  if (stopped()) return {};
  if (check::builtin_function(name)->unfolding) {
    bool known = std::all_of(arguments.begin(), arguments.end(), [](const Value& value) { return value.constant(); });
    if (known && !arguments.empty()) return unfold(name, arguments);
    for (std::size_t i = 0; i < arguments.size(); ++i)
      needs_constant(Place::argument, arguments[i], call.operands[i + 1]->span);
    return {};
  }
  if (auto folded = fold_call(name, arguments)) return *folded;
  std::vector<ExpressionId> operands;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    operands.push_back(expression_of(arguments[i], call.operands[i + 1]->span));
  return Value::of(make(graph::Expression::Kind::call, name.str(), std::move(operands), call.span));
}

std::vector<Value> Evaluator::evaluate_arguments(const check::Call& call, llvm::ArrayRef<ast::Parameter> parameters) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i < call.arguments.size() && call.arguments[i]) {
      values.push_back(declared(evaluate(*call.arguments[i]), parameters[i].type));
    } else if (parameters[i].default_value) {
      // A default may use the parameters before it, not what the caller sees.
      Frame& frame = frames_.emplace_back();
      frame.arguments = values;
      frame.use = call.use;
      Value value = evaluate(*parameters[i].default_value);
      frames_.pop_back();
      values.push_back(std::move(value));
    } else {
      values.push_back(Value::null());
    }
  }
  return values;
}

Value Evaluator::evaluate_call(const Expression& expression) {
  auto found = program_.calls.find(&expression);
  if (found == program_.calls.end()) {
    const check::BuiltinInfo* info = check::builtin_function(expression.operands[0]->text);
    return info ? evaluate_builtin(expression, info->name) : Value{};
  }
  const check::Call& call = found->second;
  if (call.callee->kind == Symbol::Kind::target) return target_of(*call.callee, call.use, call);
  if (call.callee->kind != Symbol::Kind::function) return {};
  Frame frame;
  frame.arguments = evaluate_arguments(call, call.callee->statement->parameters);
  frame.use = call.use;
  frames_.push_back(std::move(frame));
  Value value = evaluate(*call.callee->statement->value);
  frames_.pop_back();
  return value;
}

}  // namespace sluice::lower
