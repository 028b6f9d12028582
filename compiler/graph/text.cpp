#include "graph/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace sluice::graph {
namespace {

using Kind = Expression::Kind;

// How tightly an operator binds, as in the language: `??` tighter than comparison.
enum Binding { any = 0, either = 1, both = 2, equality = 3, relation = 4, fallback = 5, negation = 6, postfix = 7 };

struct Operator {
  std::string_view spelling;
  Binding binding;
};

Operator operator_of(Kind kind) {
  switch (kind) {
    case Kind::either: return {" || ", Binding::either};
    case Kind::both: return {" && ", Binding::both};
    case Kind::equal: return {" == ", Binding::equality};
    case Kind::unequal: return {" != ", Binding::equality};
    case Kind::less: return {" < ", Binding::relation};
    case Kind::less_equal: return {" <= ", Binding::relation};
    case Kind::greater: return {" > ", Binding::relation};
    case Kind::greater_equal: return {" >= ", Binding::relation};
    case Kind::fallback: return {" ?? ", Binding::fallback};
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::list:
    case Kind::map:
    case Kind::context:
    case Kind::member:
    case Kind::index:
    case Kind::filter:
    case Kind::call:
    case Kind::negation:
    case Kind::text:
    case Kind::by_backend: break;
  }
  return {};
}

bool is_name(std::string_view text) {
  if (text.empty()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool inner = i > 0 && ((c >= '0' && c <= '9') || (c == '-' && i + 1 < text.size()));
    if (!letter && !inner) return false;
  }
  return true;
}

class Describer {
 public:
  explicit Describer(const Graph& graph) : graph_(graph) {}

  void write(ExpressionId id, Binding outer) {
    const Expression& expression = graph_[id];
    switch (expression.kind) {
      case Kind::null: out_ += "null"; return;
      case Kind::boolean:
      case Kind::number:
      case Kind::context: out_ += expression.text; return;
      case Kind::string:
      case Kind::text: write_quoted(id); return;
      case Kind::list: write_list(expression, '[', ']'); return;
      case Kind::map: write_map(expression); return;
      case Kind::member: write_member(expression); return;
      case Kind::index: write_index(expression); return;
      case Kind::filter: write(expression.operands[0], postfix), out_ += ".*"; return;
      case Kind::call: out_ += expression.text, write_list(expression, '(', ')'); return;
      case Kind::negation: out_ += '!', write(expression.operands[0], negation); return;
      case Kind::by_backend: write(expression.operands[0], outer); return;
      case Kind::both:
      case Kind::either:
      case Kind::equal:
      case Kind::unequal:
      case Kind::less:
      case Kind::less_equal:
      case Kind::greater:
      case Kind::greater_equal:
      case Kind::fallback: write_operator(expression, outer); return;
    }
  }

  void write_text(ExpressionId id, bool quoted) {
    const Expression& expression = graph_[id];
    if (expression.kind == Kind::string)
      return quoted ? append_escaped(expression.text) : void(out_ += expression.text);
    if (expression.kind == Kind::text) {
      for (ExpressionId part : expression.operands) write_text(part, quoted);
      return;
    }
    out_ += "${{ ";
    write(id, any);
    out_ += " }}";
  }

  std::string take() { return std::move(out_); }

 private:
  void append_escaped(std::string_view text) {
    for (char c : text) {
      if (c == '"' || c == '\\') out_ += '\\';
      if (c == '\n')
        out_ += "\\n";
      else if (c == '\t')
        out_ += "\\t";
      else if (c == '\r')
        out_ += "\\r";
      else
        out_ += c;
    }
  }

  void write_quoted(ExpressionId id) {
    out_ += '"';
    write_text(id, true);
    out_ += '"';
  }

  void write_list(const Expression& expression, char open, char close) {
    out_ += open;
    for (std::size_t i = 0; i < expression.operands.size(); ++i) {
      if (i) out_ += ", ";
      write(expression.operands[i], any);
    }
    out_ += close;
  }

  void write_map(const Expression& expression) {
    out_ += expression.operands.empty() ? "{" : "{ ";
    for (std::size_t i = 0; i < expression.operands.size(); ++i) {
      if (i) out_ += ", ";
      const std::string& name = expression.names[i];
      if (is_name(name))
        out_ += name;
      else
        out_ += '"', append_escaped(name), out_ += '"';
      out_ += ": ";
      write(expression.operands[i], any);
    }
    out_ += expression.operands.empty() ? "}" : " }";
  }

  bool is_context(ExpressionId id, std::string_view first, std::string_view second) const {
    return graph_[id].kind == Kind::context && (graph_[id].text == first || graph_[id].text == second);
  }

  // `needs.lint` and `steps.read` are names of their own in the language: `lint.result`, `read.percent`.
  bool write_node_name(ExpressionId id) {
    const Expression& expression = graph_[id];
    if (expression.kind != Kind::member || !is_context(expression.operands[0], "needs", "steps")) return false;
    out_ += expression.text;
    return true;
  }

  void write_member(const Expression& expression) {
    const Expression& object = graph_[expression.operands[0]];
    bool of_outputs = object.kind == Kind::member && object.text == "outputs" && write_node_name(object.operands[0]);
    if (!of_outputs && !write_node_name(expression.operands[0])) write(expression.operands[0], postfix);
    if (is_name(expression.text)) {
      out_ += '.', out_ += expression.text;
      return;
    }
    out_ += "[\"", append_escaped(expression.text), out_ += "\"]";
  }

  void write_index(const Expression& expression) {
    write(expression.operands[0], postfix);
    out_ += '[';
    write(expression.operands[1], any);
    out_ += ']';
  }

  void write_operator(const Expression& expression, Binding outer) {
    auto [spelling, binding] = operator_of(expression.kind);
    bool parentheses = binding < outer;
    if (parentheses) out_ += '(';
    for (std::size_t i = 0; i < expression.operands.size(); ++i) {
      if (i) out_ += spelling;
      // All are left associative; `&&` and `||` mean the same either way.
      bool right = i > 0 && binding != both && binding != either;
      write(expression.operands[i], right ? static_cast<Binding>(binding + 1) : binding);
    }
    if (parentheses) out_ += ')';
  }

  const Graph& graph_;
  std::string out_;
};

}  // namespace

std::string describe(const Graph& graph, ExpressionId id) {
  if (!id) return {};
  Describer describer(graph);
  describer.write(id, any);
  return describer.take();
}

std::string describe_text(const Graph& graph, ExpressionId id) {
  if (!id) return {};
  Describer describer(graph);
  describer.write_text(id, false);
  return describer.take();
}

std::string describe_seconds(Seconds seconds) {
  if (seconds <= 0) return "0s";
  std::string out;
  constexpr std::pair<Seconds, char> units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
  for (auto [length, letter] : units) {
    if (seconds >= length) fmt::format_to(std::back_inserter(out), "{}{}", seconds / length, letter);
    seconds %= length;
  }
  return out;
}

bool is_shell(std::string_view shell) {
  constexpr std::string_view named[] = {"bash", "sh", "pwsh", "powershell", "cmd", "python"};
  return std::find(std::begin(named), std::end(named), shell) != std::end(named) ||
         shell.find("{0}") != std::string_view::npos;
}

}  // namespace sluice::graph
