#include "backends/local/reference.h"

#include <algorithm>

namespace sluice::local {

using Kind = graph::Expression::Kind;

bool Reference::is_text() const {
  if (root == "needs" || root == "steps") return path.size() == 3 && path[1] == "outputs";
  return (root == "env" || root == "vars" || root == "secrets") && path.size() == 1;
}

std::optional<Reference> reference(const graph::Graph& graph, graph::ExpressionId id) {
  Reference result;
  while (true) {
    const graph::Expression& expression = graph[id];
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
      base = 1;
    } else {
      return std::nullopt;
    }
    id = expression.operands[base];
  }
}

}  // namespace sluice::local
