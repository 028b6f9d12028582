// What `github.event`, and what else depends on how a pipeline started, is known to hold.
#include "check/event_types.h"

#include <optional>

#include "diagnostics/nearest.h"

namespace sluice::check {
namespace {

using ast::Expression;
using ast::Statement;
using ast::Word;
using types::Type;
using Kind = Expression::Kind;

DIAGNOSTIC(UnknownEventField, "{} has no `{}`");
DIAGNOSTIC(EventNeverHappens, "`github.event_name` is never `{}` here");

bool is_github(const Expression& expression, llvm::StringRef member) {
  return expression.kind == Kind::member && expression.text == member && expression.operands[0]->kind == Kind::name &&
         expression.operands[0]->text == "github";
}

// `github.event` and what is read from it.
bool is_in_event(const Expression& expression) {
  const Expression* part = &expression;
  while (part->kind == Kind::index || (part->kind == Kind::member && !is_github(*part, "event")))
    part = part->operands[0];
  return is_github(*part, "event");
}

// `github.event.pull_request.title` as it is written.
std::string path_of(const Expression& expression) {
  if (expression.kind == Kind::name) return expression.text.str();
  if (expression.kind == Kind::index) return path_of(*expression.operands[0]) + "[…]";
  return path_of(*expression.operands[0]) + "." + expression.text.str();
}

// What stands in the literal that is compared with `github.event_name` or with `github.event.action`.
struct Comparison {
  const Expression* name = nullptr;  ///< null where something else is compared
  llvm::StringRef text;
};

Comparison comparison_of(const Expression& expression) {
  for (std::size_t i : {0, 1}) {
    const Expression& name = *expression.operands[i];
    const Expression& text = *expression.operands[1 - i];
    bool plain = text.kind == Kind::string && text.parts.size() == 1 && !text.parts[0].hole;
    bool action = name.kind == Kind::member && name.text == "action" && is_github(*name.operands[0], "event");
    if (plain && (is_github(name, "event_name") || action)) return {&name, text.parts[0].text};
  }
  return {};
}

// Whether a run that starts so has the event or the activity of that name. Nothing where only the run can tell.
std::optional<bool> has_name(const Start& start, const Comparison& comparison) {
  bool action = comparison.name->text == "action";
  if (start.event.empty() || start.event == "workflow_call" || (action && start.event == "repository_dispatch"))
    return std::nullopt;
  return (action ? start.activity : start.event).equals_insensitive(comparison.text);
}

const Statement* input_of(const Statement& trigger, llvm::StringRef name) {
  if (!trigger.block) return nullptr;
  for (const ast::Item& item : trigger.block->items)
    if (item.statement && item.statement->word == Word::input && item.statement->name.text == name)
      return item.statement;
  return nullptr;
}

// A value of the type, to be written behind `??`.
llvm::StringRef usual_default(const Type* type) {
  switch (type->kind) {
    case Type::Kind::boolean: return "false";
    case Type::Kind::number: return "0";
    case Type::Kind::string: return "\"\"";
    default: return "…";
  }
}

}  // namespace

Starts EventTypes::live() const {
  Starts result(pipeline_ ? pipeline_->starts.size() : 0, true);
  for (std::size_t i = 0; trigger_ && i < result.size(); ++i) result[i] = pipeline_->starts[i].trigger == trigger_;
  for (const Expression* guard : guards_) {
    if (result.empty()) break;
    Starts one = starts_where(*guard, true);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = result[i] && one[i];
  }
  return result;
}

// Without `types` a pull request starts its pipeline when it is opened, changed or opened again; other events always
// do.
void EventTypes::collect(Pipeline& pipeline, const Statement& trigger, const EventInfo* event) {
  const Statement* types = nullptr;
  for (const ast::Item& item : trigger.block ? trigger.block->items : llvm::ArrayRef<ast::Item>())
    if (item.statement && item.statement->word == Word::types) types = item.statement;
  bool pull_request = event && (event->name == "pull_request" || event->name == "pull_request_target");
  llvm::SmallVector<llvm::StringRef, 32> activities;
  if (event && event->types != "*" && types)
    for (const Expression* type : types->values) activities.push_back(written_type(*type));
  else if (pull_request)
    activities = {"opened", "synchronize", "reopened"};
  else if (event && event->types != "*")
    event->types.split(activities, ' ', -1, false);
  if (activities.empty()) activities.push_back("");
  for (llvm::StringRef activity : activities) pipeline.starts.push_back({event ? event->name : "", activity, &trigger});
}

const Type* EventTypes::payload_of(const Start& start) {
  const Type* payload = payloads_.of(start.event, start.activity);
  if (start.event != "workflow_dispatch") return payload;
  // Of a started pipeline the payload holds the texts that its inputs were given.
  llvm::SmallVector<llvm::StringRef, 8> names;
  llvm::SmallVector<const Type*, 8> fields;
  for (const auto& input : pipeline_->inputs) {
    if (!input_of(*start.trigger, input.first)) continue;
    names.push_back(input.first);
    const Type* text = table_.simple(Type::Kind::string);
    fields.push_back(input.second->optional ? table_.optional(text) : text);
  }
  llvm::SmallVector<const Type*, 16> all(payload->fields.begin(), payload->fields.end());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (payload->names[i] == "inputs") all[i] = table_.record(names, fields);
  return table_.record(payload->names, all);
}

// What `github.event` holds in the runs that can come here.
const Type* EventTypes::type_of_event() {
  Starts live = this->live();
  if (live.empty()) return table_.simple(Type::Kind::json);
  auto [at, added] = pipeline_->payloads.try_emplace(live, nullptr);
  if (!added) return at->second;
  const Type* whole = nullptr;
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (!live[i]) continue;
    const Type* one = payload_of(pipeline_->starts[i]);
    whole = !whole ? one : payloads_.unite(whole, one);
  }
  return at->second = whole ? whole : table_.simple(Type::Kind::any);
}

// The type, or what may be absent where one of the runs that come here has no such value.
template <typename Has>
const Type* EventTypes::unless_absent(const Expression& expression, const Type* type, Has has) {
  Absence absence;
  Starts live = this->live();
  for (std::size_t i = 0; i < live.size(); ++i) {
    const Start& start = pipeline_->starts[i];
    if (!live[i] || start.event.empty()) continue;
    const Start*& first = has(start) ? absence.has : absence.lacks;
    if (!first) first = &start;
  }
  if (!absence.lacks) return type;
  absence.path = path_of(expression);
  absences_[&expression] = std::move(absence);
  return table_.optional(type);
}

// A field of the payload, or of an object in it, that may be absent, with the trigger that lacks it.
void EventTypes::note_absence(const Expression& member) {
  const Expression& base = *member.operands[0];
  auto inherited = absences_.find(&base);
  if (inherited != absences_.end()) {
    Absence absence = inherited->second;
    absences_[&member] = absence;
    return;
  }
  if (pipeline_ && is_github(base, "event"))
    unless_absent(member, table_.simple(Type::Kind::any),
                  [&](const Start& start) { return payload_of(start)->field(member.text) != nullptr; });
}

const Type* EventTypes::field_of(const Type* record, const Expression& member) {
  const Type* field = record->field(member.text);
  if (!field) return nullptr;
  // What is read from something absent is absent.
  const Type* result = record->optional ? table_.optional(field) : field;
  if (result->optional) note_absence(member);
  return result;
}

bool EventTypes::report_unknown(const Type* record, const Expression& member) {
  const Expression& base = *member.operands[0];
  if (!is_in_event(base)) return false;
  source::Span span = {member.span.end - static_cast<std::uint32_t>(member.text.size()), member.span.end};
  bool whole = is_github(base, "event");
  std::string owner = whole ? "the payload of " + live_events() : fmt::format("`{}`", path_of(base));
  auto told = sink_.report<UnknownEventField>(span, owner, std::string_view(member.text));
  llvm::StringRef near = diagnostics::nearest(member.text, record->names);
  auto events = whole ? Payloads::events_with(member.text) : llvm::SmallVector<llvm::StringRef, 8>();
  if (!events.empty())
    told.help("events with `{}`: {}", std::string_view(member.text), diagnostics::list_of(events));
  else if (!near.empty())
    told.help("did you mean `{}`?", std::string_view(near)).fix(span, near.str());
  else
    told.help("it has {}", diagnostics::list_of(record->names));
  return true;
}

// `push` and `pull_request`: the events that can come here.
std::string EventTypes::live_events() const {
  llvm::SmallVector<llvm::StringRef, 8> events;
  Starts live = this->live();
  for (std::size_t i = 0; i < live.size(); ++i) {
    llvm::StringRef event = pipeline_->starts[i].event;
    if (live[i] && std::find(events.begin(), events.end(), event) == events.end()) events.push_back(event);
  }
  return diagnostics::list_of(events);
}

const Type* EventTypes::type_of_input(const Expression& expression, const Type* declared) {
  return unless_absent(expression, declared,
                       [&](const Start& start) { return input_of(*start.trigger, expression.text) != nullptr; });
}

const Type* EventTypes::type_of_pull_request_ref(const Expression& expression) {
  return unless_absent(expression, table_.simple(Type::Kind::string), [](const Start& start) {
    return start.event == "pull_request" || start.event == "pull_request_target";
  });
}

bool EventTypes::explain_absence(diagnostics::Builder& told, const Expression& expression, const Type* wanted) const {
  auto found = absences_.find(&expression);
  if (found == absences_.end()) return false;
  const auto& [lacks, has, path] = found->second;
  std::string event = fmt::format("`{}`", std::string_view(lacks->event));
  if (lacks->event == "workflow_call") event = "a caller's event";
  bool same = has && lacks->event == has->event;
  if (same) event += fmt::format(" of type `{}`", std::string_view(lacks->activity));
  // `!a ?? b` would be `(!a) ?? b`.
  bool boolean = wanted->kind == Type::Kind::boolean;
  std::string present = fmt::format("{} ?? {}", path, std::string_view(usual_default(wanted)));
  if (boolean) present = fmt::format("({})", present);
  std::string help = fmt::format("{} has no `{}`: write `{}`", event, path, present);
  if (has)
    help += fmt::format(", or use it behind `{} == \"{}\"`", same ? "github.event.action" : "github.event_name",
                        std::string_view(same ? has->activity : has->event));
  told.help("{}", help);
  if (boolean) told.fix(expression.span, present);
  return true;
}

Starts EventTypes::starts_where(const Expression& condition, bool holds) const {
  using enum ast::Operator;
  if (condition.kind == Kind::negation) return starts_where(*condition.operands[0], !holds);
  Starts result(pipeline_->starts.size(), true);
  if (condition.kind != Kind::binary) return result;
  if (condition.op == both || condition.op == either) {
    Starts left = starts_where(*condition.operands[0], holds);
    Starts right = starts_where(*condition.operands[1], holds);
    bool all = (condition.op == both) == holds;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = all ? left[i] && right[i] : left[i] || right[i];
  }
  if (condition.op != equal && condition.op != unequal) return result;
  Comparison comparison = comparison_of(condition);
  if (!comparison.name) return result;
  bool same = (condition.op == equal) == holds;
  for (std::size_t i = 0; i < result.size(); ++i)
    if (auto has = has_name(pipeline_->starts[i], comparison)) result[i] = result[i] && *has == same;
  return result;
}

void EventTypes::check_comparison(const Expression& comparison) {
  if (!pipeline_) return;
  Comparison compared = comparison_of(comparison);
  if (!compared.name || compared.name->text != "event_name") return;
  llvm::SmallVector<llvm::StringRef, 8> events;
  for (const Start& start : pipeline_->starts) {
    auto has = has_name(start, compared);
    if (!has || *has) return;
    if (std::find(events.begin(), events.end(), start.event) == events.end()) events.push_back(start.event);
  }
  if (events.empty()) return;
  const Expression& text = *comparison.operands[comparison.operands[0] == compared.name ? 1 : 0];
  auto told = sink_.report<EventNeverHappens>(text.span, std::string_view(compared.text));
  llvm::StringRef near = diagnostics::nearest(compared.text, events);
  if (!near.empty())
    told.help("did you mean `{}`?", std::string_view(near))
        .fix(text.span, fmt::format("\"{}\"", std::string_view(near)));
  else
    told.help("this pipeline starts on {}", diagnostics::list_of(events));
}

}  // namespace sluice::check
