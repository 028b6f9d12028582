#include "graph/reference.h"

#include <algorithm>

namespace sluice::graph {

using Kind = Expression::Kind;

bool Reference::is_text() const {
  if (root == "needs" || root == "steps") return path.size() == 3 && path[1] == "outputs";
  return (root == "env" || root == "vars" || root == "secrets") && path.size() == 1;
}

std::optional<Reference> reference(const Graph& graph, ExpressionId id, Backend backend) {
  Reference result;
  while (true) {
    const Expression& expression = graph[id];
    std::size_t base = 0;
    if (expression.kind == Kind::context) {
      result.root = expression.text;
      std::ranges::reverse(result.path);
      return result;
    }
    if (expression.kind == Kind::member) {
      result.path.push_back(expression.text);
    } else if (expression.kind == Kind::index && graph[expression.operands[1]].kind == Kind::string) {
      result.path.push_back(graph[expression.operands[1]].text);
    } else if (expression.kind == Kind::by_backend) {
      base = backend == Backend::local ? 1 : 0;
    } else {
      return std::nullopt;
    }
    id = expression.operands[base];
  }
}

bool is_name(std::string_view text) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || !letter(text[0])) return false;
  return std::ranges::all_of(text, [&](char c) { return letter(c) || c == '-' || (c >= '0' && c <= '9'); });
}

}  // namespace sluice::graph
