// Steps that are an action's: calls of a declared one, and `uses`.
#include "graph/uses.h"
#include "lower/unfolder.h"

namespace sluice::lower {

using GraphKind = graph::Expression::Kind;

namespace {
DIAGNOSTIC(UnpinnedAction, "no commit is known for `{}`");
DIAGNOSTIC(UnpinnedImage, "the image `{}` has no digest");

// `owner/repo@ref`: what stands before and behind the `@`.
std::pair<llvm::StringRef, llvm::StringRef> split_reference(llvm::StringRef reference) { return reference.split('@'); }

bool is_action(llvm::StringRef name) {
  auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || llvm::StringRef("._-/").contains(c);
  };
  return name.contains('/') && std::all_of(name.begin(), name.end(), plain);
}

bool is_commit(llvm::StringRef ref) {
  return ref.size() == 40 &&
         std::all_of(ref.begin(), ref.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

// What lies in the workspace is as it is checked out; an image is what its digest says.
void Unfolder::add_unversioned(llvm::StringRef reference, Span span, Bindings with, const StepContext& outer) {
  StepContext context = outer;
  if (!context.title) context.title = text_constant("Use " + reference.split('@').first.str(), span);
  graph::Uses uses{reference.str(), "", "", std::move(with)};
  if (graph::is_image(uses) && !graph::has_digest(uses.action))
    sink_.report<UnpinnedImage>(span, uses.action)
        .help("write its digest behind it: `{}@sha256:…`", std::string_view(reference.split('@').first));
  graph::Step& step = add_step(context, span);
  step.working_directory = {};
  step.action = std::move(uses);
}

void Unfolder::add_uses(llvm::StringRef reference, Span span, Bindings with, const StepContext& outer) {
  if (reference.startswith("./") || reference.startswith("docker://"))
    return add_unversioned(reference, span, std::move(with), outer);
  auto [action, ref] = split_reference(reference);
  StepContext context = outer;
  if (!context.title) context.title = text_constant("Use " + action.str(), span);
  graph::Uses uses{action.str(), ref.str(), ref.str(), std::move(with)};
  const Pin* pin = pins_.find(action, ref);
  if (pin) {
    uses.version = pin->version.str();
    uses.commit = pin->commit.str();
    llvm::SmallVector<llvm::StringRef, 4> permissions;
    pin->permissions.split(permissions, ',', -1, false);
    for (llvm::StringRef permission : permissions) {
      auto [scope, access] = permission.split(':');
      add_permission(scope.trim(), access.trim(), "used by " + action.str());
    }
  } else if (!is_commit(ref) || !is_action(action)) {
    auto told = sink_.report<UnpinnedAction>(span, std::string_view(reference));
    if (pins_.knows(action))
      told.help("that version is not known here; write its commit behind the `@`");
    else
      told.help("write the commit behind the `@`: `{}@<40 hex digits>`", std::string_view(action));
  }
  graph::Step& step = add_step(context, span);
  step.working_directory = {};
  step.action = std::move(uses);
}

// An action takes text: of a list each item is a line.
ExpressionId Unfolder::input_of(const Value& value, Span span) {
  if (value.kind != Value::Kind::list) return expression_of(value, span);
  std::vector<ExpressionId> pieces;
  std::string text;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) text += '\n';
    if (value.items[i].constant()) {
      text += text_of(value.items[i]);
      continue;
    }
    if (!text.empty()) pieces.push_back(text_constant(std::exchange(text, {}), span));
    pieces.push_back(expression_of(value.items[i], span));
  }
  if (pieces.empty()) return text_constant(std::move(text), span);
  if (!text.empty()) pieces.push_back(text_constant(std::move(text), span));
  return make(GraphKind::text, "", std::move(pieces), span);
}

// What a declaration says beside its inputs: outputs of the step, and what the token must be allowed.
void Unfolder::apply_declaration(const Statement& action, llvm::StringRef name, const StepContext& context) {
  if (!action.block) return;
  for (const ast::Item& item : action.block->items) {
    if (!item.statement) continue;
    if (item.statement->word == Word::permissions) add_permissions(*item.statement, name);
    if (item.statement->word == Word::output && context.result && !context.id.empty())
      context.result->outputs.emplace_back(item.statement->name.text.str(), step_output(context, *item.statement));
  }
}

void Unfolder::lower_action_call(const Expression& call, const StepContext& context) {
  const check::Call& target = program_.calls.find(&call)->second;
  const Statement& action = *target.callee->statement;
  Bindings with;
  std::size_t position = 0;
  if (action.block) {
    for (const ast::Item& item : action.block->items) {
      if (!item.statement || item.statement->word != Word::input) continue;
      const Expression* argument = target.arguments[position++];
      if (!argument) argument = item.statement->value;
      if (!argument) continue;
      Value value = evaluate(*argument);
      if (value.kind != Value::Kind::null)
        with.emplace_back(item.statement->name.text.str(),
                          put(Place::step_with, input_of(value, argument->span), argument->span));
    }
  }
  std::string reference = static_text(action.value);
  apply_declaration(action, split_reference(reference).first, context);
  add_uses(reference, call.span, std::move(with), context);
}

void Unfolder::lower_uses(const Statement& statement, StepContext context) {
  if (!statement.value) return;
  Bindings with;
  if (statement.block) {
    for (const ast::Item& item : statement.block->items) {
      if (!item.statement) continue;
      if (item.statement->word != Word::with) {
        apply_option(*item.statement, context);
      } else if (item.statement->block) {
        for (const ast::Item& inner : item.statement->block->items)
          if (inner.entry)
            set(with, {{inner.entry->key.text.str(),
                        put(Place::step_with, input_of(evaluate(*inner.entry->value), inner.entry->value->span),
                            inner.entry->value->span)}});
      }
    }
  }
  // What was not given is left to the action.
  std::erase_if(with, [&](const auto& binding) { return graph_[binding.second].kind == GraphKind::null; });
  std::string reference = static_text(statement.value);
  auto declared = program_.actions.find(&statement);
  if (declared != program_.actions.end())
    apply_declaration(*declared->second->statement, split_reference(reference).first, context);
  add_uses(reference, statement.value->span, std::move(with), context);
}

}  // namespace sluice::lower
