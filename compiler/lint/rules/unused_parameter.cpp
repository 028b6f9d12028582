// What: A step or a function has a parameter that its body does not read.
//
// Why: Who calls it chooses a value and believes that it matters.
//
// Example:
//     step greet(name: string) { run "echo hello" }
//
// Instead:
//     step greet(name: string) { run "echo hello ${{ name }}" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedParameter, "{} does not read its parameter `{}`");

bool reads(const Context& context, std::size_t function, StringRef name) {
  bool found = false;
  for (std::size_t i = function; i < context.end_of(function); ++i)
    each_expression(*context.nodes[i].statement, [&](const Expression& one) {
      found = found || (one.kind == Expression::Kind::name && one.text == name);
    });
  return found;
}

bool takes_parameters(Word word) {
  return word == Word::step || word == Word::let || word == Word::service || word == Word::stage ||
         word == Word::strategy || word == Word::target;
}

}  // namespace

void unused_parameter(Context& context) {
  for (std::size_t i = 0; i < context.nodes.size(); ++i) {
    const Statement& one = *context.nodes[i].statement;
    if (one.word == Word::parameter && !context.mentions(one.name.text))
      context.sink.report<UnusedParameter>(one.name.span, "this module", std::string_view(one.name.text))
          .help("use it, or take it out here and where it is given");
    if (context.nodes[i].parent != SIZE_MAX || !takes_parameters(one.word)) continue;
    for (const ast::Parameter& parameter : one.parameters) {
      if (reads(context, i, parameter.name.text)) continue;
      context.sink
          .report<UnusedParameter>(parameter.name.span, fmt::format("`{}`", std::string_view(one.name.text)),
                                   std::string_view(parameter.name.text))
          .help("use it, or take it out here and where it is given");
    }
  }
}

}  // namespace sluice::lint
