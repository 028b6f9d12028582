// Where an outsider's code could do harm, and where outsiders cannot come at all.
#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>

#include "graph/reference.h"
#include "labels/walk.h"

namespace sluice::labels {

using graph::ExpressionId;
using Kind = graph::Expression::Kind;

namespace {

enum class Answer : std::uint8_t { no, yes, unknown };

Answer opposite(Answer answer) {
  return answer == Answer::no ? Answer::yes : answer == Answer::yes ? Answer::no : Answer::unknown;
}

/// What a condition comes to in a run that a fork's pull request has started, as far as that alone decides.
class ForkRun {
 public:
  explicit ForkRun(const graph::Graph& graph) : graph_(graph) {}

  Answer of(ExpressionId id) const {
    const graph::Expression& expression = graph_[id];
    switch (expression.kind) {
      case Kind::boolean: return expression.text == "true" ? Answer::yes : Answer::no;
      case Kind::negation: return opposite(of(expression.operands[0]));
      case Kind::by_backend: return of(expression.operands[0]);
      case Kind::both: return of_both(of(expression.operands[0]), of(expression.operands[1]));
      case Kind::either:
        return opposite(of_both(opposite(of(expression.operands[0])), opposite(of(expression.operands[1]))));
      case Kind::equal: return of_equality(expression.operands[0], expression.operands[1]);
      case Kind::unequal: return opposite(of_equality(expression.operands[0], expression.operands[1]));
      case Kind::call: return of_call(expression);
      default: return Answer::unknown;
    }
  }

 private:
  static Answer of_both(Answer left, Answer right) {
    if (left == Answer::no || right == Answer::no) return Answer::no;
    return left == Answer::yes && right == Answer::yes ? Answer::yes : Answer::unknown;
  }

  std::string path(ExpressionId id) const {
    auto reference = graph::reference(graph_, id, graph::Backend::github);
    std::string text(reference ? reference->root : "");
    if (reference)
      for (std::string_view name : reference->path) text += "." + std::string(name);
    return text;
  }

  Answer of_equality(ExpressionId left, ExpressionId right) const {
    std::string first = path(left), second = path(right);
    if (first.empty()) std::swap(left, right), std::swap(first, second);
    if (first == "github.event.pull_request.head.repo.full_name" && second == "github.repository") return Answer::no;
    if (second == "github.event.pull_request.head.repo.full_name" && first == "github.repository") return Answer::no;
    if (first == "github.event.pull_request.head.repo.fork" && graph_[right].kind == Kind::boolean)
      return graph_[right].text == "true" ? Answer::yes : Answer::no;
    if (graph_[right].kind != Kind::string) return Answer::unknown;
    llvm::StringRef text = graph_[right].text;
    if (first == "github.event_name") return of_event(text);
    if (first == "github.ref") return text.startswith("refs/pull/") ? Answer::unknown : Answer::no;
    if (first == "github.ref_name") return text.endswith("/merge") ? Answer::unknown : Answer::no;
    if (first == "github.ref_type") return text == "branch" ? Answer::unknown : Answer::no;
    return Answer::unknown;
  }

  // Whether it is that event, of those that bring a fork's code.
  Answer of_event(llvm::StringRef name) const {
    bool named = false, others = false;
    for (const graph::Trigger& trigger : graph_.triggers) {
      if (!brings_fork_code(trigger.event)) continue;
      (name.equals_insensitive(trigger.event) ? named : others) = true;
    }
    return !named ? Answer::no : others ? Answer::unknown : Answer::yes;
  }

  Answer of_call(const graph::Expression& call) const {
    llvm::StringRef name = call.text;
    if (!name.equals_insensitive("startsWith") || graph_[call.operands[1]].kind != Kind::string) return Answer::unknown;
    if (path(call.operands[0]) != "github.ref") return Answer::unknown;
    llvm::StringRef text = graph_[call.operands[1]].text;
    return text.startswith("refs/pull/") || llvm::StringRef("refs/pull/").startswith(text) ? Answer::unknown
                                                                                           : Answer::no;
  }

  const graph::Graph& graph_;
};

bool is_own_machine(const graph::Stage& stage) {
  return std::any_of(stage.runs_on.begin(), stage.runs_on.end(),
                     [](const std::string& label) { return llvm::StringRef(label).equals_insensitive("self-hosted"); });
}

}  // namespace

bool keeps_forks_out(const graph::Graph& graph, ExpressionId condition) {
  return condition && ForkRun(graph).of(condition) == Answer::no;
}

void Walk::find_open_trigger() {
  for (const graph::Trigger& trigger : graph_.triggers) {
    if (!forks_ && brings_fork_code(trigger.event))
      forks_ = Cause{trigger.span, "a pull request from a fork starts it without secrets"};
    std::string_view why = opened_by(trigger.event);
    if (open_ || why.empty()) continue;
    open_ = Cause{trigger.span, fmt::format("{} starts this run, with the repository's secrets and token", why)};
  }
  privilege_ = open_;
}

void Walk::find_privilege(const graph::Stage& stage) {
  privilege_ = open_;
  if (!privilege_ && is_own_machine(stage)) privilege_ = Cause{stage.span, "this stage runs on a machine of yours"};
  for (const graph::Permission& permission : stage.permissions)
    if (!privilege_ && permission.access == graph::Access::write)
      privilege_ = Cause{stage.span, fmt::format("this stage's token may write `{}`", permission.scope)};
}

}  // namespace sluice::labels
