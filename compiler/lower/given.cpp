// Steps that a call gives to a parameter: they unfold where the parameter is called, and mean what they mean where they
// are written.
#include "lower/unfolder.h"

namespace sluice::lower {

std::vector<GivenSteps> Unfolder::given_to(const check::Call& call, const StepContext& context) const {
  std::vector<GivenSteps> given;
  for (const Statement* steps : call.given)
    given.push_back({steps ? steps->block : nullptr, frames_.size() - 1, context.call_span, context.call, context.id,
                     context.title, context.shell});
  return given;
}

// Conditions, variables and limits are those of the place where they run; names, ids and the shell are their own.
void Unfolder::lower_given(const Expression& call, const Symbol& parameter, const StepContext& outer) {
  const std::vector<GivenSteps>& all = frames_.back().given;
  if (parameter.position >= all.size() || !all[parameter.position].block || !descend(call.span)) return;
  GivenSteps given = all[parameter.position];
  StepContext context = outer;
  context.call_span = given.call_span;
  context.call = given.call;
  context.id = given.id;
  context.title = given.title;
  context.shell = given.shell;
  context.result = nullptr;
  context.valued = false;
  std::vector<Frame> above;
  while (frames_.size() > given.frame + 1) {
    above.push_back(std::move(frames_.back()));
    frames_.pop_back();
  }
  std::size_t mark = frames_.back().locals.size();
  expanding_.push_back({call.span, parameter.name.str(), 0});
  lower_options(given.block->items, context);
  lower_items(given.block->items, context);
  expanding_.pop_back();
  // What they declare is theirs.
  frames_.back().locals.resize(mark);
  for (; !above.empty(); above.pop_back()) frames_.push_back(std::move(above.back()));
  --depth_;
}

}  // namespace sluice::lower
