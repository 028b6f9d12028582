#include "lint/lint.h"

#include <iterator>

#include "lint/rules.h"

namespace sluice::lint {
namespace {

using diagnostics::Diagnostic;

struct Rule {
  diagnostics::Kind kind;
  void (*run)(Context&);
};

constexpr Rule rules[] = {
#define LINT_RULE(name, function, title) {diagnostics::Kind::name, function},
#include "diagnostics/rules.def"
};

std::uint32_t line_of(const source::File& file, std::uint32_t offset) {
  auto next = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), offset - file.base);
  return static_cast<std::uint32_t>(next - file.line_starts.begin());
}

// The lines of what the finding stands in: the header of the innermost statement around it, with its script.
std::pair<std::uint32_t, std::uint32_t> lines_around(const Context& context, Span span) {
  const source::File& file = *context.file.source;
  std::uint32_t line = line_of(file, span.begin);
  auto behind = std::partition_point(context.nodes.begin(), context.nodes.end(),
                                     [&](const Node& one) { return one.statement->span.begin <= span.begin; });
  if (behind == context.nodes.begin()) return {line, line};
  std::size_t at = static_cast<std::size_t>(behind - context.nodes.begin()) - 1;
  while (at != SIZE_MAX && context.nodes[at].statement->span.end <= span.begin) at = context.nodes[at].parent;
  if (at == SIZE_MAX) return {line, line};
  const Statement& inner = *context.nodes[at].statement;
  return {std::min(line, line_of(file, inner.header.begin)), std::max(line, line_of(file, inner.header.end - 1))};
}

bool allowed(Context& context, const Diagnostic& found) {
  if (context.allows.empty()) return false;
  std::string rule = diagnostics::code(found.kind);
  auto [first, last] = lines_around(context, found.span);
  bool any = false;
  auto allow = std::partition_point(context.allows.begin(), context.allows.end(),
                                    [line = first](const Allow& one) { return one.line < line; });
  for (; allow != context.allows.end() && allow->line <= last; ++allow)
    if (allow->rule == rule) allow->used = any = true;
  return any;
}

}  // namespace

void lint(const check::Program& program, diagnostics::Sink& sink) {
  diagnostics::Sink found;
  Context context(program, found);
  context.allows = allows_of(context.file);
  for (const Rule& rule : rules) {
    // Those of the comments come last, and see which of them were of use.
    if (rule.kind == diagnostics::Kind::UnusedAllow)
      found.drop_if([&](const Diagnostic& one) { return allowed(context, one); });
    rule.run(context);
  }
  sink.append(std::move(found));
}

}  // namespace sluice::lint
