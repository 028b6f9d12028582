#include "labels/facts.h"

#include <llvm/ADT/StringRef.h>

#include <algorithm>
#include <utility>

namespace sluice::labels {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr Pair written[] = {
#define WRITTEN(path, who) {path, who},
#include "labels/facts.def"
};
constexpr Pair names_code[] = {
#define NAMES_CODE(path, who) {path, who},
#include "labels/facts.def"
};
constexpr Pair open_events[] = {
#define OPEN_EVENT(event, why) {event, why},
#include "labels/facts.def"
};
constexpr std::string_view fork_events[] = {
#define FORK_EVENT(event) event,
#include "labels/facts.def"
};
constexpr Pair code_inputs[] = {
#define CODE_INPUT(action, input) {action, input},
#include "labels/facts.def"
};
constexpr Pair ref_inputs[] = {
#define REF_INPUT(action, input) {action, input},
#include "labels/facts.def"
};
constexpr Pair shown_inputs[] = {
#define SHOWN_INPUT(action, input) {action, input},
#include "labels/facts.def"
};
constexpr Pair label_inputs[] = {
#define LABEL_INPUT(action, input) {action, input},
#include "labels/facts.def"
};
constexpr std::string_view code_variables[] = {
#define CODE_VARIABLE(name) name,
#include "labels/facts.def"
};

bool same(std::string_view left, std::string_view right) { return llvm::StringRef(left).equals_insensitive(right); }

// Whether one leads to the other: `github.event` holds what an outsider writes, and so does what is inside of that.
bool meets(std::string_view fact, Path path) {
  for (std::string_view name : path) {
    if (fact.empty()) return true;
    std::size_t end = std::min(fact.find('.'), fact.size());
    std::string_view part = fact.substr(0, end);
    if (part != "*" && name != "*" && !same(part, name)) return false;
    fact.remove_prefix(std::min(end + 1, fact.size()));
  }
  return true;
}

std::string_view first_of(llvm::ArrayRef<Pair> facts, Path path) {
  for (const auto& [fact, who] : facts)
    if (meets(fact, path)) return who;
  return {};
}

bool holds(llvm::ArrayRef<Pair> facts, std::string_view action, std::string_view input) {
  return std::any_of(facts.begin(), facts.end(),
                     [&](const Pair& fact) { return same(fact.first, action) && same(fact.second, input); });
}

}  // namespace

std::string_view writer(Path path) { return first_of(written, path); }
std::string_view owner_of_code(Path path) { return first_of(names_code, path); }

std::string_view opened_by(std::string_view event) {
  for (const auto& [name, why] : open_events)
    if (name == event) return why;
  return {};
}

bool brings_fork_code(std::string_view event) {
  return std::find(std::begin(fork_events), std::end(fork_events), event) != std::end(fork_events);
}

bool is_code_input(std::string_view action, std::string_view input) { return holds(code_inputs, action, input); }
bool is_ref_input(std::string_view action, std::string_view input) { return holds(ref_inputs, action, input); }
bool is_label_input(std::string_view action, std::string_view input) { return holds(label_inputs, action, input); }
bool is_shown_input(std::string_view action, std::string_view input) { return holds(shown_inputs, action, input); }

bool is_code_variable(std::string_view name) {
  return std::any_of(std::begin(code_variables), std::end(code_variables), [&](llvm::StringRef known) {
    return known.consume_back("*") ? llvm::StringRef(name).startswith_insensitive(known) : same(known, name);
  });
}

}  // namespace sluice::labels
