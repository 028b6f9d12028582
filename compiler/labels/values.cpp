// The labels of expressions.
#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>

#include "graph/text.h"
#include "labels/flow.h"

namespace sluice::labels {

using graph::ExpressionId;
using Kind = graph::Expression::Kind;

namespace {

bool is_constant_absence(const graph::Expression& expression) {
  return expression.kind == Kind::null || (expression.kind == Kind::string && expression.text.empty());
}

bool is_read(Kind kind) { return kind == Kind::context || kind == Kind::member || kind == Kind::index; }

bool any_or(std::string_view name, std::string_view wanted) { return name == "*" || name == wanted; }

}  // namespace

void Labels::join(const Labels& other) {
  if (!secret) secret = other.secret;
  if (!untrusted) untrusted = other.untrusted;
  if (!code) code = other.code;
}

Labels Flow::of(ExpressionId id) {
  if (!id) return {};
  if (found_[id.index].first == moment_) return found_[id.index].second;
  Labels labels = find(id);
  const graph::Expression& expression = graph_[id];
  if (expression.released.secret) labels.secret = nullptr;
  if (expression.released.untrusted) labels.untrusted = labels.code = nullptr;
  if (expression.declared.secret && !labels.secret) labels.secret = cause(id, "declared `secret`");
  if (expression.declared.untrusted && !labels.untrusted) labels.untrusted = cause(id, "declared `untrusted`");
  found_[id.index] = {moment_, labels};
  return labels;
}

Labels Flow::find(ExpressionId id) {
  const graph::Expression& expression = graph_[id];
  switch (expression.kind) {
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string: return {};
    case Kind::context:
    case Kind::member:
    case Kind::index:
    case Kind::filter: {
      Names names;
      return read_path(id, names) ? of_path(id, names) : of(expression.operands[0]);
    }
    case Kind::call: return of_call(expression);
    case Kind::text: return of_text(expression);
    case Kind::negation:
    case Kind::equal:
    case Kind::unequal:
    case Kind::less:
    case Kind::less_equal:
    case Kind::greater:
    case Kind::greater_equal: return of_comparison(expression);
    case Kind::both: return of_junction(expression);
    case Kind::list:
    case Kind::map:
    case Kind::either:
    case Kind::fallback:
    case Kind::by_backend: return of_all(expression);
  }
  return {};
}

Labels Flow::of_all(const graph::Expression& expression) {
  Labels labels;
  for (ExpressionId operand : expression.operands) labels.join(of(operand));
  return labels;
}

// A test is true or false: nobody words it. What it says of a secret is no secret where it asks whether one is set.
Labels Flow::of_comparison(const graph::Expression& expression) {
  Labels labels;
  bool equality = expression.kind == Kind::equal || expression.kind == Kind::unequal;
  bool absence = equality && std::any_of(expression.operands.begin(), expression.operands.end(),
                                         [&](ExpressionId side) { return is_constant_absence(graph_[side]); });
  bool truth = expression.kind == Kind::negation && is_read(graph_[expression.operands[0]].kind);
  if (!absence && !truth) labels.secret = of_all(expression).secret;
  return labels;
}

// `a && b` is `a` only where that is false or empty.
Labels Flow::of_junction(const graph::Expression& expression) {
  Labels labels = of(expression.operands[1]);
  if (!is_read(graph_[expression.operands[0]].kind)) labels.join({of(expression.operands[0]).secret, nullptr, nullptr});
  return labels;
}

Labels Flow::of_call(const graph::Expression& expression) {
  llvm::StringRef name = expression.text;
  for (llvm::StringRef test : {"contains", "startsWith", "endsWith"})
    if (name.equals_insensitive(test)) return {of_all(expression).secret, nullptr, nullptr};
  if (name.equals_insensitive("hashFiles")) return {};
  if (!name.equals_insensitive("case")) return of_all(expression);
  Labels labels;
  for (std::size_t i = 0; i < expression.operands.size(); ++i)
    if (i % 2 == 1 || i + 1 == expression.operands.size()) labels.join(of(expression.operands[i]));
  return labels;
}

// `refs/pull/7/merge` is what an outsider pushed, though its number is not theirs to choose.
Labels Flow::of_text(const graph::Expression& expression) {
  Labels labels = of_all(expression);
  bool pull = std::any_of(expression.operands.begin(), expression.operands.end(), [&](ExpressionId part) {
    return graph_[part].kind == Kind::string && graph_[part].text.find("refs/pull/") != std::string::npos;
  });
  if (pull && !labels.code) {
    Cause& made = causes_.emplace_back();
    made = {expression.span, "whoever opens the pull request pushed what stands at `refs/pull/`"};
    labels.code = &made;
  }
  return labels;
}

bool Flow::read_path(ExpressionId id, Names& names) const {
  while (true) {
    const graph::Expression& expression = graph_[id];
    switch (expression.kind) {
      case Kind::context:
        names.push_back(expression.text);
        std::reverse(names.begin(), names.end());
        return true;
      case Kind::member: names.push_back(expression.text); break;
      case Kind::filter: names.push_back("*"); break;
      case Kind::index: {
        const graph::Expression& which = graph_[expression.operands[1]];
        names.push_back(which.kind == Kind::string ? std::string_view(which.text) : "*");
        break;
      }
      default: return false;
    }
    // A label that was set or taken on the way holds for what is inside.
    id = expression.operands[0];
    const graph::Expression& base = graph_[id];
    if (base.released.secret || base.released.untrusted || base.declared.secret || base.declared.untrusted)
      return false;
  }
}

Labels Flow::of_path(ExpressionId id, const Names& names) {
  std::string_view root = names[0];
  Path path = Path(names).drop_front();
  if (root == "secrets") return {cause(id, fmt::format("`{}` is a secret", shown(id))), nullptr, nullptr};
  if (root == "github") return of_github(id, path);
  if (root == "steps") return of_steps(id, path);
  if (root == "needs") return of_needs(path);
  if (root == "inputs") {
    for (const graph::Trigger& trigger : graph_.triggers)
      for (const graph::Input& input : trigger.inputs)
        if (input.untrusted && (path.empty() || any_or(path[0], input.name)))
          return {nullptr, cause(id, fmt::format("the input `{}` is declared `untrusted`", input.name)), nullptr};
    return {};
  }
  if (root != "env" && root != "matrix") return {};
  const ByName<Labels>& known = root == "env" ? env_ : matrix_;
  Labels labels;
  if (root == "matrix") labels = further_axes_;
  if (!path.empty() && path[0] != "*") {
    auto found = known.find(path[0]);
    return found != known.end() ? found->second : labels;
  }
  for (const auto& entry : known) labels.join(entry.second);
  return labels;
}

Labels Flow::of_github(ExpressionId id, Path path) {
  Labels labels;
  if (path.empty() || any_or(path[0], "token"))
    labels.secret = cause(id, fmt::format("`{}` holds the token", shown(id)));
  if (std::string_view who = writer(path); !who.empty())
    labels.untrusted = cause(id, fmt::format("{} writes `{}`", who, shown(id)));
  else if (std::string_view owner = owner_of_code(path); !owner.empty())
    labels.code = cause(id, fmt::format("{} pushed what `{}` names", owner, shown(id)));
  return labels;
}

Labels Flow::of_steps(ExpressionId id, Path path) {
  if (path.size() > 1 && path[1] != "outputs" && path[1] != "*") return {};
  Labels labels;
  bool one = !path.empty() && path[0] != "*";
  auto secret = one ? secret_outputs_.find(path[0]) : secret_outputs_.begin();
  for (; secret != secret_outputs_.end(); ++secret) {
    for (const std::string& name : secret->second)
      if (path.size() < 3 || any_or(path[2], name))
        labels.secret = cause(id, fmt::format("the output `{}` is declared `secret`", name));
    if (one) break;
  }
  auto step = one ? steps_.find(path[0]) : steps_.begin();
  for (; step != steps_.end(); ++step) {
    if (!labels.untrusted) labels.untrusted = step->second;
    if (one) break;
  }
  return labels;
}

Labels Flow::of_needs(Path path) const {
  Labels labels;
  if (path.size() > 1 && path[1] != "outputs" && path[1] != "*") return labels;
  // One stage is found at once: a pipeline may have thousands, each of which reads one.
  bool one = !path.empty() && path[0] != "*";
  auto stage = one ? stages_.find(path[0]) : stages_.begin();
  for (; stage != stages_.end(); ++stage) {
    for (const auto& [name, output] : stage->second)
      if (path.size() < 3 || any_or(path[2], name)) labels.join(output);
    if (one) break;
  }
  return labels;
}

const Cause* Flow::cause(ExpressionId id, std::string text) {
  const Cause*& known = cause_of_[id.index];
  if (!known || known->text != text) known = &causes_.emplace_back(Cause{graph_[id].span, std::move(text)});
  return known;
}

std::string Flow::shown(ExpressionId id) const { return graph::describe(graph_, id); }

}  // namespace sluice::labels
