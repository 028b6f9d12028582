#include <llvm/ADT/STLExtras.h>

#include "check/checker.h"
#include "check/events.h"
#include "check/plain.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(UnknownEvent, "there is no event `{}`");
DIAGNOSTIC(UnknownFilter, "{}");
DIAGNOSTIC(ConflictingFilters, "`{}` and `{}` exclude each other");
DIAGNOSTIC(DuplicateEntry, "`{}` is given twice");
DIAGNOSTIC(MissingPiece, "`on workflow_run` lacks its `workflows`");
DIAGNOSTIC(ExtraPiece, "`on {}` takes no {}");

const EventInfo table[] = {
#define EVENT(name, types, filters) {name, types, filters},
#include "check/events.def"
};

/// What GitHub had, or still reads and never sends.
struct RetiredEvent {
  llvm::StringLiteral name;
  llvm::StringLiteral help;
};
constexpr llvm::StringLiteral no_projects = "GitHub has closed the projects that sent it: leave it out";
constexpr RetiredEvent retired[] = {{"project", no_projects},
                                    {"project_card", no_projects},
                                    {"project_column", no_projects},
                                    {"pull_request_comment", "comments on pull requests start `issue_comment`"}};

}  // namespace

llvm::SmallVector<llvm::StringRef, 32> words_of(llvm::StringRef list) {
  llvm::SmallVector<llvm::StringRef, 32> words;
  list.split(words, ' ', -1, false);
  return words;
}

llvm::ArrayRef<EventInfo> events() { return table; }

const EventInfo* find_event(llvm::StringRef name) {
  if (name == "manual") name = "workflow_dispatch";
  if (name == "call") name = "workflow_call";
  for (const EventInfo& event : table)
    if (event.name == name) return &event;
  return nullptr;
}

llvm::StringRef written_type(const Expression& type) {
  return type.kind == Expression::Kind::string && !type.parts.empty() ? type.parts[0].text : type.text;
}

void Checker::check_trigger(const Statement& statement) {
  if (!statement.name) return;
  const EventInfo* event = find_event(statement.name.text);
  EventTypes::collect(*pipeline_, statement, event);
  if (!event) return report_unknown_event(statement.name);
  if (event->name == "schedule") {
    check_schedule(statement);
  } else {
    const Expression* zone = statement.clause(ast::Clause::zone);
    std::string_view name = statement.name.text;
    if (!statement.values.empty())
      sink_.report<ExtraPiece>(statement.values[0]->span, name, "times").help("times stand behind `on schedule`");
    else if (zone)
      sink_.report<ExtraPiece>(zone->span, name, "zone").help("a zone stands behind `on schedule`");
  }
  auto names_workflows = [](const ast::Item& item) {
    return item.statement && item.statement->word == Word::workflows;
  };
  if (event->name == "workflow_run" && (!statement.block || llvm::none_of(statement.block->items, names_workflows)))
    sink_.report<MissingPiece>(statement.header).help("name them by their titles: `workflows \"CI\"`");
  if (statement.block) check_event_filters(statement, *event);
}

void Checker::report_unknown_event(const ast::Name& name) {
  llvm::SmallVector<llvm::StringRef, 40> names = {"manual", "call"};
  for (const EventInfo& known : table) names.push_back(known.name);
  auto told = sink_.report<UnknownEvent>(name.span, std::string_view(name.text));
  for (const RetiredEvent& old : retired)
    if (old.name == name.text) {
      told.help("{}", std::string_view(old.help));
      return;
    }
  llvm::StringRef near = diagnostics::nearest(name.text, names);
  if (!near.empty())
    told.help("did you mean `{}`?", std::string_view(near)).fix(name.span, near.str());
  else
    told.help("the events are {}", diagnostics::list_of(names));
}

void Checker::check_event_filters(const Statement& statement, const EventInfo& event) {
  llvm::SmallVector<const Statement*, 8> seen;
  for (const ast::Item& item : statement.block->items) {
    if (!item.statement || item.statement->word == Word::invalid || item.statement->word == Word::input) continue;
    const Statement& filter = *item.statement;
    if (filter.word == Word::call) {
      sink_.report<UnknownFilter>(filter.header, "a call is no filter").help("a step stands in a stage");
      continue;
    }
    if (filter.word == Word::require) continue;
    for (const Statement* other : seen)
      if (other->word == filter.word)
        sink_.report<DuplicateEntry>(filter.keyword.span, std::string_view(filter.keyword.text))
            .note(other->keyword.span, "given here first");
    seen.push_back(&filter);
    if (filter.word == Word::types)
      check_types(filter, event);
    else
      check_filter(filter, event, seen);
  }
  check_inputs(statement, event);
}

void Checker::check_types(const Statement& statement, const EventInfo& event) {
  auto types = words_of(event.types);
  llvm::StringMap<Span> seen;
  for (const Expression* type : statement.values) {
    llvm::StringRef name = written_type(*type);
    auto [first, fresh] = seen.try_emplace(name, type->span);
    if (!fresh)
      sink_.report<DuplicateEntry>(type->span, std::string_view(name)).note(first->second, "given here first");
    if (!fresh || event.types == "*" || llvm::is_contained(types, name)) continue;
    auto told = sink_.report<UnknownFilter>(
        type->span, fmt::format("`{}` has no type `{}`", std::string_view(event.name), std::string_view(name)));
    llvm::StringRef near = diagnostics::nearest(name, types);
    if (!near.empty())
      told.help("did you mean `{}`?", std::string_view(near)).fix(type->span, near.str());
    else if (types.empty())
      told.help("it has no types: leave `types` out");
    else
      told.help("it has {}", diagnostics::list_of(types));
  }
}

void Checker::check_filter(const Statement& filter, const EventInfo& event, llvm::ArrayRef<const Statement*> seen) {
  auto filters = words_of(event.filters);
  llvm::StringRef word = ast::info(filter.word).spelling;
  if (!llvm::is_contained(filters, word)) {
    auto told = sink_.report<UnknownFilter>(
        filter.keyword.span,
        fmt::format("`{}` has no filter `{}`", std::string_view(event.name), std::string_view(word)));
    if (!filters.empty())
      told.help("it has {}", diagnostics::list_of(filters));
    else if (!event.types.empty())
      told.help("it has `types` alone");
    return;
  }
  for (const Expression* value : filter.values) expect_static_text(*value, "a filter");
  for (const Statement* other : seen)
    if (other->keyword.text == word.str() + "-ignore" || word == other->keyword.text.str() + "-ignore")
      sink_
          .report<ConflictingFilters>(filter.keyword.span, std::string_view(other->keyword.text),
                                      std::string_view(word))
          .note(other->keyword.span, "given here")
          .help("keep one, and write exceptions as \"!pattern\"");
  check_patterns(filter);
}

}  // namespace sluice::check
