#include "lint/context.h"

namespace sluice::lint {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '/';
}

}  // namespace

Context::Context(const check::Program& program_, diagnostics::Sink& sink_)
    : program(program_), file(*program_.main().file), sink(sink_) {
  collect(file.items, SIZE_MAX);
  for (const Node& node : nodes) mention(*node.statement);
}

void Context::mention(const Expression& one) {
  bool name = one.kind == Expression::Kind::name, member = one.kind == Expression::Kind::member;
  if (name || member) mentioned_[one.text] = true;
  if (name) ++whole_[one.text];
  if (member && one.operands[0]->kind == Expression::Kind::name) --whole_[one.operands[0]->text];
}

void Context::mention(const ast::Type* type) {
  if (!type) return;
  mentioned_[type->name.text] = mentioned_[type->name.text.split('.').first] = true;
  for (const ast::Type* argument : type->arguments) mention(argument);
}

void Context::mention(const Statement& statement) {
  mention(statement.type);
  mention(statement.returns);
  for (const ast::Parameter& parameter : statement.parameters) mention(parameter.type);
  auto visit = [this](const Expression& one) { mention(one); };
  if (statement.word != Word::use) return each_expression(statement, visit);
  if (!statement.value || statement.value->kind != Expression::Kind::call) return;
  for (const Expression* passed : statement.value->operands.drop_front())
    if (passed) each_expression(*passed, visit);
}

void Context::collect(llvm::ArrayRef<ast::Item> items, std::size_t parent) {
  for (const ast::Item& item : items) {
    if (!item.statement) continue;
    std::size_t index = nodes.size();
    nodes.push_back({item.statement, parent});
    if (item.statement->block) collect(item.statement->block->items, index);
  }
}

void Context::each(Word word, const std::function<void(const Statement&, std::size_t)>& visit) const {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].statement->word == word) visit(*nodes[i].statement, i);
}

const Statement* Context::around(std::size_t node, Word word) const {
  for (std::size_t at = nodes[node].parent; at != SIZE_MAX; at = nodes[at].parent)
    if (nodes[at].statement->word == word) return nodes[at].statement;
  return nullptr;
}

std::size_t Context::end_of(std::size_t node) const {
  std::uint32_t end = nodes[node].statement->span.end;
  auto next = std::partition_point(nodes.begin() + static_cast<std::ptrdiff_t>(node), nodes.end(),
                                   [&](const Node& one) { return one.statement->span.begin < end; });
  return static_cast<std::size_t>(next - nodes.begin());
}

bool Context::is_program() const { return !program.main().pipelines.empty(); }

StringRef Context::source(Span span) const {
  return StringRef(file.source->text).slice(span.begin - file.source->base, span.end - file.source->base);
}

Span Context::lines_of(const Statement& statement) const {
  StringRef text = file.source->text;
  std::size_t begin = text.rfind('\n', statement.span.begin - file.source->base) + 1;
  std::size_t end = std::min(text.find('\n', statement.span.end - file.source->base), text.size() - 1) + 1;
  StringRef before = text.slice(begin, statement.span.begin - file.source->base);
  StringRef behind = text.slice(statement.span.end - file.source->base, end).trim();
  if (!before.trim().empty() || !(behind.empty() || behind.startswith("//"))) return {};
  while (begin > 0) {
    std::size_t above = text.rfind('\n', begin - 1) + 1;
    if (above == begin || !text.slice(above, begin).ltrim().startswith("///")) break;
    begin = above;
  }
  return file.source->span(begin, end);
}

void each_expression(const Expression& expression, const std::function<void(const Expression&)>& visit) {
  visit(expression);
  for (const Expression* operand : expression.operands)
    if (operand) each_expression(*operand, visit);
  for (const ast::StringPart& part : expression.parts)
    if (part.hole) each_expression(*part.hole, visit);
}

void each_expression(const Statement& statement, const std::function<void(const Expression&)>& visit) {
  auto walk = [&](const Expression* expression) {
    if (expression) each_expression(*expression, visit);
  };
  walk(statement.index);
  walk(statement.title);
  if (statement.values.empty()) walk(statement.value);
  for (const Expression* value : statement.values) walk(value);
  for (const Expression* after : statement.after) walk(after);
  for (const ast::ClauseValue& clause : statement.clauses) walk(clause.value);
  for (const ast::Parameter& parameter : statement.parameters) walk(parameter.default_value);
  if (!statement.block) return;
  for (const ast::Item& item : statement.block->items)
    if (item.entry) walk(item.entry->value);
}

bool is_path(const Expression& expression, StringRef base, StringRef member) {
  return expression.kind == Expression::Kind::member && expression.text == member &&
         expression.operands[0]->kind == Expression::Kind::name && expression.operands[0]->text == base;
}

std::string constant_text(const Expression& expression) {
  std::string text;
  if (expression.kind != Expression::Kind::string) return text;
  for (const ast::StringPart& part : expression.parts) {
    if (part.hole) return "";
    text += part.text;
  }
  return text;
}

std::vector<Command> commands(const Context& context, const Statement& run) {
  std::vector<Command> found;
  if (!run.value || run.value->kind != Expression::Kind::string) return found;
  StringRef text = context.source(run.value->span);
  StringRef quotes = text.take_while([](char c) { return c == '"' || c == '\''; });
  // `""` is an empty script.
  if (quotes.size() >= text.size()) return found;
  StringRef body = text.drop_front(quotes.size()).drop_back(quotes.size());
  for (std::size_t at = 0; at < body.size();) {
    std::size_t end = std::min(body.find('\n', at), body.size());
    while (end < body.size() && body.slice(at, end).rtrim().endswith("\\"))
      end = std::min(body.find('\n', end + 1), body.size());
    StringRef line = body.slice(at, end).trim();
    std::uint32_t begin = run.value->span.begin + static_cast<std::uint32_t>(line.data() - text.data());
    if (!line.empty() && !line.startswith("#"))
      found.push_back({line, {begin, begin + static_cast<std::uint32_t>(line.size())}});
    at = end + 1;
  }
  return found;
}

std::size_t find_word(StringRef command, StringRef word) {
  for (std::size_t at = command.find(word); at != StringRef::npos; at = command.find(word, at + 1)) {
    std::size_t end = at + word.size();
    if ((at == 0 || !is_word(command[at - 1])) && (end == command.size() || !is_word(command[end]))) return at;
  }
  return StringRef::npos;
}

}  // namespace sluice::lint
