#include "tree.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace sluice::tests {
namespace {

std::string dump(const ast::Type& type) {
  std::string text =
      std::string(type.secret ? "secret " : "") + (type.untrusted ? "untrusted " : "") + type.name.text.str();
  for (std::size_t i = 0; i < type.arguments.size(); ++i) {
    text += i == 0 ? "<" : ",";
    if (i < type.fields.size()) text += type.fields[i].text.str() + ":";
    text += dump(*type.arguments[i]);
  }
  for (const ast::Expression* choice : type.choices) text += "|" + tests::dump(*choice);
  return text + (type.optional ? "?" : "");
}

std::string dump_string(const ast::Expression& string) {
  std::string text = "\"";
  for (const ast::StringPart& part : string.parts)
    text += part.hole ? "${" + tests::dump(*part.hole) + "}" : part.text.str();
  return text + "\"";
}

std::string dump(const ast::Piece& piece) {
  std::string text = piece.comma ? "," : "";
  switch (piece.kind) {
    case ast::Piece::Kind::expression: return text + tests::dump(*piece.expression);
    case ast::Piece::Kind::typed: return text + piece.declared->name.text.str() + ":" + dump(*piece.declared->type);
    case ast::Piece::Kind::returns: return text + "->" + dump(*piece.declared->type);
    case ast::Piece::Kind::assign: return text + "=";
    case ast::Piece::Kind::type: return text + "type " + dump(*piece.declared->type);
    case ast::Piece::Kind::arrow: return text + "=>";
    case ast::Piece::Kind::parameters: break;
  }
  text += piece.declared->name.text.str() + "(";
  for (const ast::Parameter& one : piece.declared->parameters) {
    text += one.name.text.str();
    if (one.type) text += ":" + dump(*one.type);
    if (one.default_value) text += "=" + tests::dump(*one.default_value);
    text += ";";
  }
  return text + ")";
}

// The clauses `after`, `in` and `when` are shown as slots: their order is the formatter's to choose.
std::string dump_clauses(const ast::Statement& statement) {
  std::string text;
  for (const ast::Expression* after : statement.after) text += " after=" + tests::dump(*after);
  for (std::size_t i = 0; i < static_cast<std::size_t>(ast::Clause::count); ++i) {
    const ast::Expression* value = statement.clause(static_cast<ast::Clause>(i));
    if (value) text += fmt::format(" {}={}", ast::spelling(static_cast<ast::Clause>(i)).str(), tests::dump(*value));
  }
  return text;
}

std::string dump_header(const ast::Statement& statement) {
  std::vector<std::string> pieces;
  for (const ast::Piece& piece : statement.pieces) pieces.push_back(dump(piece));
  if (!statement.after.empty() || !dump_clauses(statement).empty()) std::sort(pieces.begin() + 1, pieces.end());
  std::string text;
  for (const std::string& piece : pieces) text += piece + " ";
  text += "[" + statement.keyword.text.str() + " " + statement.name.text.str() + dump_clauses(statement);
  if (statement.index) text += " index=" + tests::dump(*statement.index);
  if (statement.title) text += " title=" + tests::dump(*statement.title);
  if (statement.value) text += " value=" + tests::dump(*statement.value);
  if (statement.type) text += " type=" + dump(*statement.type);
  if (statement.returns) text += " returns=" + dump(*statement.returns);
  for (const ast::Expression* value : statement.values) text += " +" + tests::dump(*value);
  return text + fmt::format(" {} {}]", static_cast<unsigned>(statement.word), statement.flags);
}

void dump(llvm::ArrayRef<ast::Item> items, unsigned depth, std::string& out) {
  for (const ast::Item& item : items) {
    out.append(2 * depth, ' ');
    out +=
        item.entry ? item.entry->key.text.str() + ": " + tests::dump(*item.entry->value) : dump_header(*item.statement);
    llvm::StringRef documentation = item.entry ? item.entry->documentation : item.statement->documentation;
    if (!documentation.empty()) out += " /// " + documentation.str();
    out += item.statement && item.statement->block ? " {\n" : "\n";
    if (item.statement && item.statement->block) dump(item.statement->block->items, depth + 1, out);
  }
}

}  // namespace

std::string dump(const ast::Expression& expression) {
  if (expression.kind == ast::Expression::Kind::string) return dump_string(expression);
  std::string text = fmt::format("{}{}", expression.parenthesized ? "p" : "", static_cast<unsigned>(expression.kind));
  if (expression.kind == ast::Expression::Kind::binary)
    text += fmt::format("o{}", static_cast<unsigned>(expression.op));
  bool has_text = expression.operands.empty() || expression.kind == ast::Expression::Kind::member;
  bool is_bracket = expression.kind == ast::Expression::Kind::list || expression.kind == ast::Expression::Kind::map;
  if (has_text && !is_bracket) text += ":" + expression.text.str();
  if (expression.operands.empty()) return text;
  text += "(";
  // Of a call, the first operand is what is called: its names begin with the second.
  std::size_t unnamed = expression.operands.size() - expression.names.size();
  for (std::size_t i = 0; i < expression.operands.size(); ++i) {
    if (!expression.names.empty() && i >= unnamed) text += expression.names[i - unnamed].text.str() + "=";
    text += dump(*expression.operands[i]) + " ";
  }
  return text + ")";
}

std::string dump(const ast::File& file) {
  std::string text;
  dump(file.items, 0, text);
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace sluice::tests
