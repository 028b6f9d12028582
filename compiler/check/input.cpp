// The inputs of triggers. Those of one name are one input for the stages, whichever trigger they came by.
#include "check/checker.h"
#include "check/events.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(UnknownClause, "only an action's input can be `deprecated`");
DIAGNOSTIC(UnknownFilter, "`{}` takes no inputs");
DIAGNOSTIC(DuplicateName, "the input `{}` is declared twice");
DIAGNOSTIC(DuplicateEntry, "GitHub does not tell `{}` from `{}`");
DIAGNOSTIC(TooManyInputs, "`on manual` has {} inputs, and GitHub takes {} at most");
DIAGNOSTIC(ConflictingInputs, "`{}` is {} here and {} in another trigger");
DIAGNOSTIC(UnknownType, "an input cannot be {}");

constexpr std::size_t most_inputs = 25;

std::string described(const types::Type* type) {
  std::string text = types::describe(type);
  bool vowel = llvm::StringRef("aeio").contains(text.front());
  return (vowel ? "an " : "a ") + text;
}

bool is_of_github(Type::Kind kind) {
  return kind == Type::Kind::string || kind == Type::Kind::boolean || kind == Type::Kind::number ||
         kind == Type::Kind::enumeration || kind == Type::Kind::any;
}

}  // namespace

void Checker::check_inputs(const Statement& trigger, const EventInfo& event) {
  bool takes_inputs = event.name == "workflow_dispatch" || event.name == "workflow_call";
  llvm::StringMap<Span> seen;
  llvm::SmallVector<const Statement*, 8> inputs;
  for (const ast::Item& item : trigger.block->items) {
    if (!item.statement || item.statement->word != Word::input) continue;
    const Statement& input = *item.statement;
    auto [first, added] = seen.try_emplace(input.name.text, input.name.span);
    if (!added)
      sink_.report<DuplicateName>(input.name.span, std::string_view(input.name.text))
          .note(first->second, "declared here first");
    else if (!takes_inputs)
      sink_.report<UnknownFilter>(input.keyword.span, std::string_view(event.name));
    else
      inputs.push_back(&input);
  }
  for (const Statement* input : inputs) check_input(*input, trigger);
  if (event.name == "workflow_dispatch" && inputs.size() > most_inputs)
    sink_.report<TooManyInputs>(inputs[most_inputs]->name.span, inputs.size(), most_inputs)
        .help("make one of several: a text with JSON in it is read by `fromJSON(inputs.NAME)`");
}

void Checker::check_input(const Statement& input, const Statement& trigger) {
  if (const Expression* deprecated = input.clause(ast::Clause::deprecated))
    sink_.report<UnknownClause>(deprecated->span)
        .help("GitHub shows no such text here: write it into the input's `///`");
  const Type* type = read_type(input.type);
  if (!is_of_github(type->kind))
    sink_.report<UnknownType>(input.type->span, described(type))
        .help("an input is a `string`, a `bool`, a `number` or an `enum(…)`");
  if (input.value) expect(*input.value, type, "the default");
  auto [known, fresh] = pipeline_->inputs.insert({input.name.text, type});
  auto [first, first_of_case] = inputs_.try_emplace(input.name.text.lower(), DeclaredInput{&input, &trigger});
  const Statement& other = *first->second.statement;
  if (first_of_case || first->second.trigger == &trigger) return;
  if (other.name.text != input.name.text) {
    sink_.report<DuplicateEntry>(input.name.span, std::string_view(input.name.text), std::string_view(other.name.text))
        .note(other.name.span, "first here")
        .help("give it another name, or the same one in both triggers");
    return;
  }
  if (fresh || types::describe(table_.optional(known->second)) == types::describe(table_.optional(type))) {
    // Absent with one of the triggers is absent for whoever reads it.
    if (type->optional) known->second = type;
    return;
  }
  sink_
      .report<ConflictingInputs>(input.name.span, std::string_view(input.name.text), described(type),
                                 described(known->second))
      .note(other.name.span, "declared here, too")
      .help("give both one type, or two names: `inputs.{}` has one type", std::string_view(input.name.text));
}

}  // namespace sluice::check
