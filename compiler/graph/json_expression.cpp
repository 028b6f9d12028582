#include <fmt/format.h>

#include <iterator>

#include "graph/json_writer.h"
#include "graph/unicode.h"

namespace sluice::graph {
namespace {

using Kind = Expression::Kind;
using Type = Expression::Type;

std::string_view key_of(Kind kind) {
  switch (kind) {
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::list: return "value";
    case Kind::map: return "map";
    case Kind::context: return "path";
    case Kind::member: return "member";
    case Kind::index: return "index";
    case Kind::filter: return "filter";
    case Kind::call: return "call";
    case Kind::negation: return "!";
    case Kind::both: return "&&";
    case Kind::either: return "||";
    case Kind::equal: return "==";
    case Kind::unequal: return "!=";
    case Kind::less: return "<";
    case Kind::less_equal: return "<=";
    case Kind::greater: return ">";
    case Kind::greater_equal: return ">=";
    case Kind::fallback: return "??";
    case Kind::text: return "text";
    case Kind::by_backend: return "github";
  }
  return "";
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::any: return "any";
    case Type::boolean: return "boolean";
    case Type::number: return "number";
    case Type::string: return "string";
    case Type::json: return "json";
  }
  return "";
}

// The type that the JSON form shows by itself.
Type shown_type(Kind kind) {
  if (kind == Kind::boolean) return Type::boolean;
  if (kind == Kind::number) return Type::number;
  if (kind == Kind::string) return Type::string;
  return Type::any;
}

bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  auto digits = [&] {
    std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  if (at < text.size() && text[at] == '-') ++at;
  std::size_t first = at, whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (at < text.size() && text[at] == '.' && (++at, digits() == 0)) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    if (++at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

class TreeWriter {
 public:
  TreeWriter(std::string& out, const Graph& graph) : out_(out), graph_(graph) {}

  void write(ExpressionId id) {
    const Expression& expression = graph_[id];
    bool constant = key_of(expression.kind) == "value";
    bool typed = expression.type != Type::any && expression.type != shown_type(expression.kind);
    if (constant && !typed && !is_odd_number(expression)) return write_constant(expression);
    out_ += '{';
    write_members(id, expression);
    if (typed) out_ += ", \"type\": ", append_json(out_, name_of(expression.type));
    out_ += '}';
  }

 private:
  static bool is_odd_number(const Expression& expression) {
    return expression.kind == Kind::number && !is_json_number(expression.text);
  }

  void key(std::string_view name) {
    append_json(out_, name);
    out_ += ": ";
  }

  void write_constant(const Expression& expression) {
    switch (expression.kind) {
      case Kind::null: out_ += "null"; return;
      case Kind::boolean: out_ += expression.text; return;
      case Kind::number: out_ += expression.text; return;
      case Kind::list: write_all(expression); return;
      default: append_json(out_, expression.text);
    }
  }

  void write_all(const Expression& expression) {
    out_ += '[';
    for (std::size_t i = 0; i < expression.operands.size(); ++i) {
      if (i) out_ += ", ";
      write(expression.operands[i]);
    }
    out_ += ']';
  }

  void write_members(ExpressionId id, const Expression& expression) {
    if (is_path(id)) {
      key("path"), out_ += '[';
      write_path(id);
      out_ += ']';
      return;
    }
    if (is_odd_number(expression)) return key("number"), append_json(out_, expression.text);
    key(key_of(expression.kind));
    switch (expression.kind) {
      case Kind::filter:
      case Kind::negation: write(expression.operands[0]); return;
      case Kind::map: write_map(expression); return;
      case Kind::call: append_json(out_, expression.text), out_ += ", \"arguments\": ", write_all(expression); return;
      case Kind::member:
        out_ += '[', write(expression.operands[0]), out_ += ", ", append_json(out_, expression.text), out_ += ']';
        return;
      case Kind::by_backend:
        write(expression.operands[0]), out_ += ", \"local\": ", write(expression.operands[1]);
        return;
      case Kind::null:
      case Kind::boolean:
      case Kind::number:
      case Kind::string:
      case Kind::list: write_constant(expression); return;
      case Kind::context:
      case Kind::index:
      case Kind::text:
      case Kind::both:
      case Kind::either:
      case Kind::equal:
      case Kind::unequal:
      case Kind::less:
      case Kind::less_equal:
      case Kind::greater:
      case Kind::greater_equal:
      case Kind::fallback: write_all(expression); return;
    }
  }

  // Members of members of a context, none of which says a type but the last.
  bool is_path(ExpressionId id) const {
    while (graph_[id].kind == Kind::member) {
      id = graph_[id].operands[0];
      if (graph_[id].type != Type::any) return false;
    }
    return graph_[id].kind == Kind::context;
  }

  void write_path(ExpressionId id) {
    const Expression& expression = graph_[id];
    if (expression.kind == Kind::member) write_path(expression.operands[0]), out_ += ", ";
    append_json(out_, expression.text);
  }

  void write_map(const Expression& expression) {
    out_ += '{';
    for (std::size_t i = 0; i < expression.operands.size(); ++i) {
      if (i) out_ += ", ";
      key(expression.names[i]);
      write(expression.operands[i]);
    }
    out_ += '}';
  }

  std::string& out_;
  const Graph& graph_;
};

}  // namespace

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    char32_t code = next_code_point(text, at);
    switch (code) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (code < 0x20 || code == 0x7F)
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(code));
        else
          append_utf8(out, code);
    }
  }
  out += '"';
}

void append_json(std::string& out, const Graph& graph, ExpressionId id) { TreeWriter(out, graph).write(id); }

}  // namespace sluice::graph
