// What: `contains` looks for a value in a text that is written as a list: with commas or blanks.
//
// Why: A text contains every part of itself: the branch `ma` or `in` passes as well as `main`, and an outsider
// names the branch.
//
// Example:
//     stage publish when contains("refs/heads/main,refs/heads/next", github.ref) { run "./publish" }
//
// Instead:
//     stage publish when contains(["refs/heads/main", "refs/heads/next"], github.ref) { run "./publish" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnsoundContains, "every part of this text passes, not only its words");

// `["a", "b"]` for `a,b` and `a b`; nothing where there is but one word.
std::string as_list(StringRef text) {
  std::string list;
  unsigned count = 0;
  while (!text.empty()) {
    StringRef word = text.take_until([](char c) { return c == ',' || c == ' '; });
    text = text.drop_front(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    if (word.find_first_of("\"\\$\n") != StringRef::npos) return "";
    list += (count++ ? ", \"" : "\"") + word.str() + "\"";
  }
  return count > 1 ? "[" + list + "]" : "";
}

}  // namespace

void unsound_contains(Context& context) {
  for (const Node& node : context.nodes)
    each_expression(*node.statement, [&](const Expression& one) {
      bool asks = one.kind == Expression::Kind::call && one.operands.size() == 3 &&
                  one.operands[0]->kind == Expression::Kind::name && one.operands[0]->text == "contains";
      if (!asks || !constant_text(*one.operands[2]).empty()) return;
      std::string list = as_list(constant_text(*one.operands[1]));
      if (list.empty()) return;
      context.sink.report<UnsoundContains>(one.operands[1]->span)
          .help("write a list: `{}`", list)
          .fix(one.operands[1]->span, list);
    });
}

}  // namespace sluice::lint
