// Variables whose text an outsider words, in scripts that do more with them than hand them on.
#include <fmt/format.h>

#include <algorithm>

#include "graph/script.h"
#include "labels/walk.h"

namespace sluice::labels {

using shells::Use;
using Kind = shells::Place::Kind;

namespace {

DIAGNOSTIC(UntrustedReread, "an `untrusted string` {}");
DIAGNOSTIC(HarmlessCode, "an `untrusted string` {}");

// GitHub sets it in every step.
constexpr std::string_view branch_of_pull_request = "GITHUB_HEAD_REF";

// The first variable that the value becomes and that programs take code from.
llvm::StringRef code_variable(const shells::Place& place) {
  for (llvm::StringRef names = place.assigns; !names.empty(); names = names.split(' ').second)
    if (llvm::StringRef name = names.split(' ').first; is_code_variable(name)) return name;
  return {};
}

std::string what_is_done(const shells::Place& place) {
  switch (place.use) {
    case Use::code: return fmt::format("is read as code by `{}`", place.reader);
    case Use::program: return "chooses the program that is run";
    case Use::file: return "chooses the file that is run";
    case Use::option: return "may be read as an option";
    case Use::label: return "chooses a label, which other workflows ask for";
    case Use::commit: return "chooses the code to check out";
    case Use::none: break;
  }
  if (place.kind == Kind::arithmetic) return "is worked out as a number, which runs what stands in a subscript";
  if (place.kind == Kind::name) return "names a variable, and what stands in its subscript is run";
  if (llvm::StringRef name = code_variable(place); !name.empty())
    return fmt::format("becomes `{}`, which programs take code from", std::string_view(name));
  return {};
}

std::string_view advice(const shells::Place& place) {
  if (place.use == Use::code)
    return "let that code read the variable itself, or give it the text as an argument of its own";
  if (place.use == Use::option) return "write `--` before it";
  if (place.kind == Kind::arithmetic)
    return "first ask whether it is a number: `case \"$x\" in \"\" | *[!0-9]*) exit 1 ;; esac`";
  return "choose among texts of your own, with `case`";
}

}  // namespace

// A hole is shown whole, a variable as the author wrote it.
source::Span Walk::span_of(const graph::Step& step, const graph::Run& run, const shells::Reread& read) const {
  source::Span span = graph::source_of(run, read.begin, read.end);
  for (const auto& binding : step.env)
    if (graph_[binding.second].span.begin == graph::source_of(run, read.begin)) span = graph_[binding.second].span;
  return place(span, step.span);
}

void Walk::report_reread(const graph::Step& step, const graph::Run& run, const shells::Reread& read,
                         const Labels& labels, source::Span around) {
  const Cause* cause = labels.untrusted;
  if (!cause && read.place.use == Use::commit) cause = labels.code;
  std::string done = what_is_done(read.place);
  if (!cause || done.empty()) return;
  source::Span span = run.pieces.empty() ? place(around, step.span) : span_of(step, run, read);
  auto told = privilege_ ? sink_.report<UntrustedReread>(span, done) : sink_.report<HarmlessCode>(span, done);
  explain(told, *cause);
  if (privilege_)
    told.help("{}; what is known to do no harm is written `trust(…, because \"why\")`", advice(read.place));
  else
    told.help("this stage has nothing to lose: no secret, no token that writes, no machine of yours; let it stay so");
}

// The text of one variable is told once in a script.
void Walk::check_rereads(const graph::Step& step, const graph::Run& run, source::Span around) {
  std::map<std::string, Labels, std::less<>> watched;
  for (const auto& [name, labels] : flow_.variables())
    if (labels.untrusted || labels.code) watched.emplace(name, labels);
  std::optional<Cause> branch;
  for (const graph::Trigger& trigger : graph_.triggers)
    if (trigger.event.starts_with("pull_request"))
      branch = Cause{trigger.span, fmt::format("whoever opens the pull request writes `{}`", branch_of_pull_request)};
  if (branch) watched.emplace(branch_of_pull_request, Labels{nullptr, &*branch, nullptr});
  std::vector<std::string> names;
  for (const auto& entry : watched)
    if (run.text.find(entry.first) != std::string::npos) names.push_back(entry.first);
  if (names.empty()) return;
  for (const shells::Reread& read : shells::rereads(run.shell, run.text, names)) {
    auto found = watched.find(read.variable);
    if (found == watched.end() || what_is_done(read.place).empty()) continue;
    report_reread(step, run, read, found->second, around);
    watched.erase(found);
  }
}

}  // namespace sluice::labels
