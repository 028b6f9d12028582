// Answers questions about GitHub's semantics, one JSON object a line, with one JSON object a line: what an expression
// gives, which legs a matrix has, what a command file or a line of output says, how a shell is started.
#include <iostream>

#include "runtime/engine/command_files.h"
#include "runtime/engine/shell.h"
#include "runtime/expressions/evaluate.h"
#include "runtime/expressions/matrix.h"
#include "runtime/expressions/values.h"

namespace {

using namespace sluice::runtime;
using Kind = Expression::Kind;

struct Contexts final : Scope {
  Json values = Json::object();
  const Json* context(std::string_view name) const override { return find_member(values, name); }
  StatusAnswers status(std::span<const std::string>) const override { return {}; }
};

constexpr std::pair<std::string_view, Kind> kinds[] = {
    {"literal", Kind::literal}, {"context", Kind::context}, {"index", Kind::index}, {"filter", Kind::filter},
    {"call", Kind::call},       {"!", Kind::negation},      {"&&", Kind::both},     {"||", Kind::either},
    {"==", Kind::equal},        {"!=", Kind::unequal},      {"<", Kind::less},      {"<=", Kind::less_equal},
    {">", Kind::greater},       {">=", Kind::greater_equal}};

/// `["call", "format", …]`, `["==", …]`: a kind, a text where the kind has one, the operands.
Expression read_tree(const Json& tree) {
  Expression expression;
  for (const auto& [name, kind] : kinds) {
    if (tree[0] == name) expression.kind = kind;
  }
  std::size_t first = 1;
  Kind kind = expression.kind;
  if (kind == Kind::literal || kind == Kind::context || kind == Kind::call) expression.text = tree[first++];
  for (std::size_t i = first; i < tree.size(); ++i) expression.operands.push_back(read_tree(tree[i]));
  return expression;
}

/// GitHub's name of a value's kind.
const char* kind_of(const Json& value) {
  if (value.is_null()) return "Null";
  if (value.is_boolean()) return "Boolean";
  if (value.is_number()) return "Number";
  if (value.is_string()) return "String";
  return value.is_array() ? "Array" : "Object";
}

Json told(const std::expected<Json, std::string>& value) {
  if (!value) return {{"error", value.error()}};
  return {{"kind", kind_of(*value)}, {"value", value->is_number() ? Json(to_text(*value)) : *value}};
}

/// The legs, and what the name of each shows.
Json find_legs(const Json& question) {
  const Json &axes = question["axes"], &include = question["include"], &exclude = question["exclude"];
  Json answer = told(matrix_legs(axes, include, exclude));
  auto named = named_legs(axes, include, exclude);
  if (!named) return answer;
  answer["named"] = Json::array();
  for (const Json& leg : *named) answer["named"].push_back(leg.is_array() ? leg[1] : leg);
  return answer;
}

std::string bytes_of(const Json& question) {
  std::string hexadecimal = question["hex"], bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hexadecimal.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

Json pairs(const Assignments& assignments) {
  Json list = Json::array();
  for (const auto& [name, value] : assignments) list.push_back({name, value});
  return list;
}

Json read_assignments(const Json& question) {
  Assignments assignments;
  Outcome taken = take_assignments(bytes_of(question), assignments);
  Json answer = {{"pairs", pairs(assignments)}};
  if (!taken) answer["error"] = taken.error();
  return answer;
}

Json read_command(const Json& question) {
  auto command = parse_workflow_command(question["line"].get<std::string>());
  if (!command) return {{"none", true}};
  return {{"name", command->name}, {"properties", pairs(command->properties)}, {"text", command->text}};
}

Json start_shell(const Json& question) {
  InheritedVariables inherited({{"PATH", question["path"]}});
  Variables own;
  std::string folder = question["folder"];
  auto command = script_command(question["shell"], question["text"], folder, {inherited, own}, folder);
  if (!command) return {{"error", command.error()}};
  return {{"program", command->program.string()}, {"arguments", command->arguments}};
}

Json answer(const Json& question) {
  const std::string ask = question["ask"];
  if (ask == "expression") {
    Contexts contexts;
    contexts.values = question["contexts"];
    return told(evaluate(read_tree(question["tree"]), contexts));
  }
  if (ask == "matrix") return find_legs(question);
  if (ask == "assignments") return read_assignments(question);
  if (ask == "paths") return {{"folders", parse_path_lines(bytes_of(question))}};
  if (ask == "command") return read_command(question);
  return start_shell(question);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer(parse_json(line)).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  }
}
