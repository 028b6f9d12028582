// Parameters of type `steps`: `wrap() { body { run "x" } }` gives the steps that `body()` runs.
#include "check/checker.h"
#include "check/made.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(MisplacedSteps, "{}");
DIAGNOSTIC(StepsAsValue, "`{}` makes steps, and that is no value");
DIAGNOSTIC(MissingArgument, "`{}` needs the steps `{}`");
DIAGNOSTIC(DuplicateArgument, "`{}` is given twice");
DIAGNOSTIC(UnknownArgument, "`{}` has no parameter `{}`");
DIAGNOSTIC(ExtraArgument, "`{}` takes no arguments");
DIAGNOSTIC(UnknownWord, "unknown word `{}` in {}");

bool gives_steps(const ast::Item& item, llvm::StringRef name) {
  if (!item.statement || item.statement->keyword.text != name) return false;
  return item.statement->word == Word::given || item.statement->word == Word::verify;
}

std::string block_of(std::string_view name) { return fmt::format("{} {{ … }}", name); }

llvm::SmallVector<llvm::StringRef, 32> words_in(ast::Place place) {
  llvm::SmallVector<llvm::StringRef, 32> words;
  for (const ast::WordInfo& info : ast::words())
    if (info.places >> static_cast<unsigned>(place) & 1U) words.push_back(info.spelling);
  return words;
}

bool is_word(llvm::StringRef name) {
  return llvm::any_of(ast::words(), [&](const ast::WordInfo& info) { return info.spelling == name; });
}

}  // namespace

// The steps that the call's block gives to this parameter.
void ExpressionChecker::match_steps(const Expression& call, const ast::Parameter& parameter, std::size_t position,
                                    Call& result) {
  result.given.resize(std::max(result.given.size(), position + 1), nullptr);
  const Statement*& given = result.given[position];
  for (const ast::Item& item : &call == acting_ && acting_block_ ? acting_block_->items : llvm::ArrayRef<ast::Item>()) {
    if (!gives_steps(item, parameter.name.text)) continue;
    if (given)
      sink_.report<DuplicateArgument>(item.statement->keyword.span, std::string_view(parameter.name.text))
          .note(given->keyword.span, "given here first");
    given = item.statement;
  }
  bool told = result.arguments[position] != nullptr || misspells(call, parameter.name.text);
  if (given || told || (parameter.type && parameter.type->optional)) return;
  sink_.report<MissingArgument>(call.operands[0]->span, callee_text(call), std::string_view(parameter.name.text))
      .note(parameter.name.span, "declared here")
      .help("write them into its block: `{}(…) {{ {} }}`", callee_text(call), block_of(parameter.name.text));
}

// Whether the block holds what is nearly the name: that is told when the block is checked.
bool ExpressionChecker::misspells(const Expression& call, llvm::StringRef name) const {
  if (&call != acting_ || !acting_block_) return false;
  return llvm::any_of(acting_block_->items, [&](const ast::Item& item) {
    return item.statement && item.statement->word == Word::given &&
           !diagnostics::nearest(item.statement->keyword.text, {name}).empty();
  });
}

// `wrap(body)` where `body` is steps: the parameter that was meant. Null where it is a value, or there is no such one.
const ast::Parameter* ExpressionChecker::steps_meant(const Expression& argument,
                                                     llvm::ArrayRef<ast::Parameter> parameters,
                                                     llvm::ArrayRef<const Type*> wanted) {
  Symbol* value = argument.kind == Expression::Kind::name ? find_value(argument.text) : nullptr;
  if (!value || !value->type || value->type->kind != Type::Kind::steps) return nullptr;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if (wanted[i]->kind == Type::Kind::steps) return &parameters[i];
  return nullptr;
}

void ExpressionChecker::report_steps_argument(const Expression& call, const Expression& argument,
                                              const ast::Parameter& parameter) {
  std::string_view name = parameter.name.text;
  bool own = argument.kind == Expression::Kind::name && find_value(argument.text);
  sink_.report<MisplacedSteps>(argument.span, fmt::format("`{}` takes steps, which stand in a block", name))
      .note(parameter.name.span, "declared here")
      .help("write `{}(…) {{ {} }}`", callee_text(call),
            own ? fmt::format("{} {{ {}() }}", name, std::string_view(argument.text)) : block_of(name));
}

// `body()`: runs what was given there.
const Type* ExpressionChecker::apply_steps(const Expression& call, Symbol& parameter) {
  for (const Expression* argument : call.operands.drop_front()) {
    sink_.report<ExtraArgument>(argument->span, std::string_view(parameter.name))
        .help("what its steps need they find where they are written");
  }
  if (&call != acting_ || &call == valued_) {
    sink_.report<StepsAsValue>(call.span, std::string_view(parameter.name))
        .help("write it as a statement: `{}()`", std::string_view(parameter.name));
    return table_.simple(Type::Kind::any);
  }
  Call result;
  result.callee = &parameter;
  program_.calls[&call] = std::move(result);
  return table_.simple(Type::Kind::steps);
}

// They see what is visible where they are written, and what they declare is theirs.
void Checker::check_given(const Statement& given, const Expression* call) {
  auto found = call ? program_.calls.find(call) : program_.calls.end();
  if (call && found == program_.calls.end()) return;
  llvm::StringRef name = given.keyword.text;
  if (call && llvm::is_contained(found->second.given, &given)) {
    ScopeIndex mark = scope_.mark();
    check_items(given.block->items, {nullptr, false, name});
    scope_.restore(mark);
    return;
  }
  llvm::SmallVector<llvm::StringRef, 8> known;
  llvm::ArrayRef<ast::Parameter> parameters =
      call ? found->second.callee->statement->parameters : llvm::ArrayRef<ast::Parameter>();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    // Told above as given twice.
    bool steps = i < found->second.given.size() && found->second.given[i];
    if (steps && parameters[i].name.text == name) return;
    if (parameters[i].name.text == name) {
      sink_.report<MisplacedSteps>(given.keyword.span, fmt::format("`{}` takes no steps", std::string_view(name)))
          .note(parameters[i].name.span, "declared here")
          .help("give its value in parentheses: `{}({}: …)`", callee_text(*call), std::string_view(name));
      return;
    }
    known.push_back(parameters[i].name.text);
  }
  report_unknown_given(given, call, known);
}

void Checker::report_unknown_given(const Statement& given, const Expression* call,
                                   llvm::SmallVector<llvm::StringRef, 8> known) {
  llvm::StringRef name = given.keyword.text;
  bool made = call && program_.calls.find(call)->second.callee->kind == Symbol::Kind::stage_template;
  ast::Place place = made ? ast::Place::made : ast::Place::options;
  auto told = call && !known.empty()
                  ? sink_.report<UnknownArgument>(given.keyword.span, callee_text(*call), std::string_view(name))
                  : sink_.report<UnknownWord>(given.keyword.span, std::string_view(name),
                                              std::string_view(ast::description(place)));
  llvm::ArrayRef<const Statement*> others;
  if (call) others = program_.calls.find(call)->second.given;
  llvm::StringRef near = diagnostics::nearest(name, known);
  bool free =
      !near.empty() && llvm::none_of(others, [&](const Statement* one) { return one && one->keyword.text == near; });
  auto words = words_in(place);
  llvm::erase_value(words, name);
  known.append(words.begin(), words.end());
  if (near.empty()) near = diagnostics::nearest(name, words);
  if (near.empty()) told.help("there is {}", diagnostics::list_of(known));
  if (!near.empty()) told.help("did you mean `{}`?", std::string_view(near));
  // An option takes no steps, and of two blocks for one parameter the author chooses.
  if (free) told.fix(given.keyword.span, near.str());
}

void Checker::check_steps_parameter(const Symbol& function, const ast::Parameter& parameter, const Type* type) {
  if (type->kind != Type::Kind::steps) return;
  std::string_view name = parameter.name.text;
  bool takes = function.kind == Symbol::Kind::step_function || function.kind == Symbol::Kind::stage_template;
  if (!takes)
    sink_
        .report<MisplacedSteps>(parameter.name.span,
                                fmt::format("`{}` takes values, not steps", std::string_view(function.name)))
        .help("steps and stages of your own take steps: `step {}({}: steps) {{ … }}`", std::string_view(function.name),
              name);
  else if (parameter.default_value)
    sink_.report<MisplacedSteps>(parameter.default_value->span, "steps have no default")
        .help("write `{}: steps?`: it may be left out then, and `{}()` does nothing", name, name);
  else if (name != "verify" && is_word(name))
    sink_.report<MisplacedSteps>(parameter.name.span, fmt::format("`{}` is a word of the language", name))
        .help("give the steps another name: the block of a call could not say which of both it means");
}

}  // namespace sluice::check
