// Actions: what `action` declares, calls of it, and `uses` of one that the library declares.
#include "check/action_input.h"
#include "check/action_reference.h"
#include "check/checker.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(DuplicateName, "`{}` is declared twice");
DIAGNOSTIC(MissingArgument, "`{}` needs `{}`");
DIAGNOSTIC(UnknownArgument, "`{}` has no input `{}`");
DIAGNOSTIC(BadActionReference, "{}");
DIAGNOSTIC(OutdatedAction, "GitHub no longer supports `{}`");

constexpr llvm::StringLiteral library = "std.actions";

// Of `"owner/repository@v3"` what stands between the quotes, where it may be replaced.
Span between_quotes(const Expression& string) { return {string.span.begin + 1, string.span.end - 1}; }

}  // namespace

void Checker::check_actions(const Module& module) {
  module_ = &module;
  for (const auto& entry : module.names) {
    if (entry.second->kind != Symbol::Kind::action) continue;
    const Symbol& action = *entry.second;
    if (action.statement->value) action_of(*action.statement->value);
    for (ast::Clause clause : {ast::Clause::since, ast::Clause::deprecated})
      if (const Expression* value = action.statement->clause(clause)) expect_static_text(*value, "this");
    llvm::StringMap<Span> seen;
    each_of(Word::input, action, [&](const Statement& input) {
      auto [first, added] = seen.try_emplace(input.name.text, input.name.span);
      if (!added)
        sink_.report<DuplicateName>(input.name.span, std::string_view(input.name.text))
            .note(first->second, "declared here first");
      if (const Expression* why = input.clause(ast::Clause::deprecated)) expect_static_text(*why, "this");
      const Type* type = read_type(input.type);
      if (input.value) expect(*input.value, type, "the default");
    });
    if (action.statement->block)
      for (const ast::Item& item : action.statement->block->items)
        if (item.statement && item.statement->word == Word::permissions) check_permissions(*item.statement);
  }
}

// What the library declares of an action, whatever its version. Null where it does not know it, or was not read.
const Symbol* Checker::library_action(llvm::StringRef name) {
  if (library_actions_.empty())
    for (const auto& module : program_.modules)
      if (module->library && module->name == library)
        for (const auto& entry : module->names)
          if (entry.second->kind == Symbol::Kind::action)
            library_actions_[read_reference(literal(entry.second->statement->value)).action.lower()] = entry.second;
  return library_actions_.lookup(name.lower());
}

// Says what is wrong with a reference; gives the library's declaration of exactly that major version, if there is one.
const Symbol* Checker::action_of(const Expression& reference) {
  expect_static_text(reference, "the action");
  llvm::StringRef text = literal(&reference);
  if (text.empty()) return nullptr;
  auto [name, ref] = read_reference(text);
  const Symbol* known = library_action(name);
  if (auto mistake = mistake_in(text)) {
    auto told = sink_.report<BadActionReference>(reference.span, mistake->seen);
    told.help("{}", mistake->help);
    if (mistake->lacks_owner) known = library_action("actions/" + name.str());
    if (known && (mistake->lacks_owner || mistake->lacks_version)) {
      llvm::StringRef whole = literal(known->statement->value);
      told.help("write `{}`", std::string_view(whole)).fix(between_quotes(reference), whole.str());
    }
    return nullptr;
  }
  if (!known || known->statement->value == &reference) return nullptr;
  report_deprecated_action(reference.span, name, *known, sink_);
  llvm::StringRef newest = literal(known->statement->value);
  auto major = major_of(ref);
  auto oldest = major_of(literal(known->statement->clause(ast::Clause::since)));
  if (major && oldest && *major < *oldest)
    sink_.report<OutdatedAction>(reference.span, std::string_view(text))
        .help("the oldest that it runs is `v{}`: use `{}`, and look at what changed", *oldest,
              std::string_view(newest));
  bool declared = known->statement->block && major && major == major_of(read_reference(newest).ref);
  return declared ? known : nullptr;
}

void Checker::check_inputs(const Statement& uses, const Symbol& action) {
  llvm::StringRef name = read_reference(literal(uses.value)).action;
  llvm::StringMap<bool> given;
  auto check = [&](const ast::Entry& entry) {
    const Statement* input = input_of(action, entry.key.text);
    given[entry.key.text.lower()] = true;
    if (!input) {
      type_of(*entry.value);
      auto known = inputs_of(action);
      auto told =
          sink_.report<UnknownArgument>(entry.key.span, std::string_view(name), std::string_view(entry.key.text));
      llvm::StringRef near = diagnostics::nearest(entry.key.text, known);
      // What was misspelt is not missing, too.
      given[near.lower()] = true;
      if (!near.empty())
        told.help("did you mean `{}`?", std::string_view(near)).fix(entry.key.span, near.str());
      else if (!known.empty())
        told.help("it has {}", diagnostics::list_of(known));
      return;
    }
    report_deprecated_input(entry.key, name, action, sink_);
    const Module* outer = std::exchange(module_, action.module);
    const Type* wanted = read_type(input->type);
    module_ = outer;
    expect_input(*entry.value, wanted, entry.key.text);
  };
  if (uses.block)
    for (const ast::Item& item : uses.block->items)
      if (item.statement && item.statement->word == Word::with) each_entry(*item.statement, check);
  each_of(Word::input, action, [&](const Statement& input) {
    bool needed = !input.value && !(input.type && input.type->optional);
    if (needed && !given.count(input.name.text.lower()))
      sink_.report<MissingArgument>(uses.value->span, std::string_view(name), std::string_view(input.name.text))
          .help("write it: `with {{ {}: … }}`", std::string_view(input.name.text));
  });
}

void Checker::check_uses(const Statement& statement, const Body& body) {
  const Symbol* action = statement.value ? action_of(*statement.value) : nullptr;
  if (action) {
    program_.actions[&statement] = action;
    check_inputs(statement, *action);
    if (body.owner && !body.stage) add_outputs(*body.owner, *action);
  }
  if (!statement.block) return;
  for (const ast::Item& item : statement.block->items) {
    if (!item.statement) continue;
    if (item.statement->word != Word::with)
      check_option(*item.statement);
    else if (!action)
      check_entries(*item.statement, true);
  }
}

void Checker::add_outputs(Symbol& step, const Symbol& action) {
  const Module* outer = std::exchange(module_, action.module);
  each_of(Word::output, action, [&](const Statement& output) {
    step.outputs.insert({output.name.text, read_type(output.type)});
  });
  module_ = outer;
}

}  // namespace sluice::check
