#include "check/checker.h"
#include "check/events.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(UnknownEvent, "there is no event `{}`");
DIAGNOSTIC(UnknownClause, "only an action's input can be `deprecated`");
DIAGNOSTIC(UnknownFilter, "{}");
DIAGNOSTIC(ConflictingFilters, "`{}` and `{}` exclude each other");
DIAGNOSTIC(DuplicateEntry, "`{}` is given twice");
DIAGNOSTIC(BadCron, "{}");
DIAGNOSTIC(MissingPiece, "`on schedule` lacks its times");
DIAGNOSTIC(DuplicateName, "the input `{}` is declared twice");
DIAGNOSTIC(UnexpectedBlock, "`on {}` takes no block");

const EventInfo table[] = {
#define EVENT(name, types, filters) {name, types, filters},
#include "check/events.def"
};

// What is wrong with one of a cron's five fields, or nothing.
std::string problem_of_field(llvm::StringRef field, unsigned least, unsigned most) {
  llvm::SmallVector<llvm::StringRef, 4> parts;
  field.split(parts, ',');
  for (llvm::StringRef part : parts) {
    auto [range, step] = part.split('/');
    unsigned number = 0;
    if (part.contains('/') && (step.getAsInteger(10, number) || number == 0))
      return fmt::format("`{}` is no step", std::string_view(step));
    if (range == "*") continue;
    auto [low, high] = range.split('-');
    for (llvm::StringRef bound : {low, range.contains('-') ? high : low}) {
      bool name = bound.size() == 3 && std::all_of(bound.begin(), bound.end(),
                                                   [](char c) { return std::isalpha(static_cast<unsigned char>(c)); });
      if (name && most <= 12) continue;
      if (bound.getAsInteger(10, number) || number < least || number > most)
        return fmt::format("`{}` is not between {} and {}", std::string_view(bound), least, most);
    }
  }
  return "";
}

std::string problem_of_cron(llvm::StringRef cron) {
  llvm::SmallVector<llvm::StringRef, 5> fields;
  cron.split(fields, ' ', -1, false);
  if (fields.size() != 5) return fmt::format("a cron has five fields, this has {}", fields.size());
  constexpr unsigned limits[5][2] = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};
  for (std::size_t i = 0; i < 5; ++i) {
    std::string problem = problem_of_field(fields[i], limits[i][0], limits[i][1]);
    if (!problem.empty()) return problem;
  }
  return "";
}

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
  if (!event) {
    llvm::SmallVector<llvm::StringRef, 40> names = {"manual", "call"};
    for (const EventInfo& known : table) names.push_back(known.name);
    auto told = sink_.report<UnknownEvent>(statement.name.span, std::string_view(statement.name.text));
    llvm::StringRef near = diagnostics::nearest(statement.name.text, names);
    if (!near.empty()) told.help("did you mean `{}`?", std::string_view(near)).fix(statement.name.span, near.str());
    return;
  }
  if (event->name == "schedule") {
    if (statement.values.empty())
      sink_.report<MissingPiece>(statement.header).help("for example `on schedule \"0 6 * * 1-5\"`");
    for (const Expression* cron : statement.values) {
      expect_static_text(*cron, "a cron");
      std::string problem = cron->parts.empty() ? "" : problem_of_cron(cron->parts[0].text);
      if (!problem.empty())
        sink_.report<BadCron>(cron->span, problem).help("minute hour day month weekday, as in \"30 6 * * 1-5\"");
    }
  }
  if (statement.block) check_event_filters(statement, *event);
}

void Checker::check_event_filters(const Statement& statement, const EventInfo& event) {
  auto filters = words_of(event.filters);
  auto types = words_of(event.types);
  bool takes_inputs = event.name == "workflow_dispatch" || event.name == "workflow_call";
  llvm::SmallVector<const Statement*, 8> seen;
  llvm::StringMap<Span> inputs;
  for (const ast::Item& item : statement.block->items) {
    if (!item.statement || item.statement->word == Word::invalid) continue;
    const Statement& filter = *item.statement;
    if (filter.word == Word::call) {
      sink_.report<UnknownFilter>(filter.header, "a call is no filter").help("a step stands in a stage");
      continue;
    }
    llvm::StringRef word = ast::info(filter.word).spelling;
    if (filter.word != Word::input && filter.word != Word::require) {
      for (const Statement* other : seen)
        if (other->word == filter.word)
          sink_.report<DuplicateEntry>(filter.keyword.span, std::string_view(word))
              .note(other->keyword.span, "given here first");
      seen.push_back(&filter);
    }
    if (filter.word == Word::require) continue;
    if (filter.word == Word::input) {
      auto [first, added] = inputs.try_emplace(filter.name.text, filter.name.span);
      if (!added)
        sink_.report<DuplicateName>(filter.name.span, std::string_view(filter.name.text))
            .note(first->second, "declared here first");
      else if (takes_inputs)
        check_input(filter);
      else
        sink_.report<UnknownFilter>(filter.keyword.span,
                                    fmt::format("`{}` takes no inputs", std::string_view(event.name)));
    } else if (filter.word == Word::types) {
      for (const Expression* type : filter.values) {
        llvm::StringRef name = written_type(*type);
        if (event.types == "*" || std::find(types.begin(), types.end(), name) != types.end()) continue;
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
    } else if (std::find(filters.begin(), filters.end(), word) == filters.end()) {
      auto told = sink_.report<UnknownFilter>(
          filter.keyword.span,
          fmt::format("`{}` has no filter `{}`", std::string_view(event.name), std::string_view(word)));
      if (!filters.empty())
        told.help("it has {}", diagnostics::list_of(filters));
      else if (!types.empty())
        told.help("it has `types` alone");
    } else {
      for (const Expression* value : filter.values) expect_static_text(*value, "a filter");
      for (const Statement* other : seen)
        if (other->keyword.text == word.str() + "-ignore" || word == other->keyword.text.str() + "-ignore")
          sink_
              .report<ConflictingFilters>(filter.keyword.span, std::string_view(other->keyword.text),
                                          std::string_view(word))
              .note(other->keyword.span, "given here")
              .help("keep one, and write exceptions as \"!pattern\"");
    }
  }
}

void Checker::check_input(const Statement& statement) {
  if (const Expression* deprecated = statement.clause(ast::Clause::deprecated))
    sink_.report<UnknownClause>(deprecated->span)
        .help("GitHub shows no such text here: write it into the input's `///`");
  const Type* type = read_type(statement.type);
  if (statement.value) expect(*statement.value, type, "the default");
  auto [at, added] = pipeline_->inputs.insert({statement.name.text, type});
  bool same = !added && types::describe(at->second) == types::describe(type);
  if (!added && !same) sink_.report<DuplicateName>(statement.name.span, std::string_view(statement.name.text));
}

}  // namespace sluice::check
