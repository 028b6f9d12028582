// Gates and entries: jobs on environments that GitHub guards, and the steps that hold what it does not.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "backends/github/delivery_parts.h"
#include "backends/github/delivery_scripts.h"
#include "diagnostics/check.h"
#include "graph/text.h"
#include "runtime/gates/times.h"

namespace sluice::github {

using graph::ExpressionId;
using graph::StageIndex;

namespace {

constexpr std::size_t most_reviewers = 6;
constexpr graph::Seconds longest_wait = 43'200 * 60;
constexpr graph::Seconds longest_job = 6 * 60 * 60;

/// `UTC 0111110 540 960`, a line each part.
std::string lines_of(const std::vector<graph::Window>& windows) {
  std::string lines;
  for (const graph::Window& window : windows) {
    auto spans = runtime::read_spans(window.times);
    CHECK(spans.has_value(), "the checker has read the windows");
    for (const runtime::Span& span : *spans) {
      fmt::format_to(std::back_inserter(lines), "{}{} ", lines.empty() ? "" : "\n", window.zone);
      for (int day = 0; day < 7; ++day) lines += span.days >> day & 1 ? '1' : '0';
      fmt::format_to(std::back_inserter(lines), " {} {}", span.begin, span.end);
    }
  }
  return lines;
}

std::string local_time(runtime::Seconds seconds) { return fmt::format("{:%Y-%m-%dT%H:%M}", fmt::gmtime(seconds)); }

/// `UTC 2026-12-20T00:00 2027-01-04T00:00 holidays`, a line each.
std::string lines_of(const std::vector<graph::Freeze>& freezes) {
  std::string lines;
  for (const graph::Freeze& freeze : freezes) {
    auto frozen = runtime::read_freeze(freeze.from, freeze.to);
    CHECK(frozen.has_value(), "the checker has read the freezes");
    std::string because = freeze.because;
    std::ranges::replace(because, '\n', ' ');
    fmt::format_to(std::back_inserter(lines), "{}{} {} {} {}", lines.empty() ? "" : "\n", freeze.zone,
                   local_time(frozen->begin), local_time(frozen->end), because);
  }
  return lines;
}

std::string joined_windows(const std::vector<graph::Window>& windows) {
  std::string shown;
  for (const graph::Window& window : windows)
    shown += fmt::format("{}{} ({})", shown.empty() ? "" : ", ", window.times, window.zone);
  return shown;
}

std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

/// One question of the script's VOTES.
std::string vote_of(const Protection& protection, bool not_author) {
  bool teams = std::ranges::any_of(protection.reviewers, [](const auto& who) { return who.starts_with('@'); });
  std::string people;
  for (const std::string& who : protection.reviewers) people += (people.empty() ? "" : ",") + quoted(who);
  return fmt::format(R"({{"environment":{},"asks":{},"people":{},"not_author":{},"not_starter":{},"wait":{}}})",
                     quoted(protection.environment), !protection.reviewers.empty(), teams ? "null" : "[" + people + "]",
                     not_author, protection.prevent_self_review, protection.wait_minutes);
}

bool has_times(const graph::Conditions& conditions) {
  return !conditions.windows.empty() || !conditions.freezes.empty();
}

}  // namespace

// An environment is asked of by all pipelines that enter it; a gate is its pipeline's own.
std::string Delivery::gate_name(StageIndex index) const {
  for (const graph::DeclaredEnvironment& environment : source_.environments)
    if (environment.entry == index) return environment.name;
  return source_.pipeline + "-" + source_.stages[index].id;
}

// An entry that only takes a lock is no job, unless somebody asks how it went.
bool Delivery::asks_nothing(StageIndex index) const {
  const graph::Stage& stage = source_.stages[index];
  const graph::Conditions& gate = *stage.gate;
  bool entry = std::ranges::any_of(source_.environments, [&](const auto& one) { return one.entry == index; });
  if (!entry || !stage.steps.empty() || !gate.approvals.empty() || gate.wait || gate.expires || has_times(gate))
    return false;
  return std::ranges::none_of(source_.stages, [&](const graph::Stage& other) {
    return other.asks_status && !other.notification &&
           std::ranges::find(other.after, index, &graph::Edge::stage) != other.after.end();
  });
}

void Delivery::add_gate(StageIndex index) {
  graph::Stage gate = moved(index);
  graph::Conditions conditions = *gate.gate;
  gate.gate.reset();
  gate.timeout = std::min(whole_minutes(gate.timeout), longest_job);
  if (asks_nothing(index)) {
    gate.condition = make_.boolean(false);
    jobs_[index] = {push(std::move(gate))};
    return;
  }
  tell_losses(source_.stages[index], conditions);
  if (!conditions.confirm.empty() || conditions.expires) add_asked(gate, conditions);
  add_approvals(index, gate, conditions);
  if (has_times(conditions)) gate.steps.push_back(clock_step(gate, conditions));
  if (gate.steps.empty()) gate.steps.push_back(script_step(make_, "Enter", "echo entered", gate.span));
  gate.outputs.emplace_back("attempt", make_.path({"github", "run_attempt"}));
  guard(index, gate);
  jobs_[index].push_back(push(std::move(gate)));
}

// A job that runs where and when the gate would, in front of it; it has no title yet.
graph::Stage Delivery::job_before(const graph::Stage& gate, const std::string& wanted_id) const {
  graph::Stage job;
  job.id = fresh_id(wanted_id);
  job.after = gate.after;
  job.condition = gate.condition;
  job.asks_status = gate.asks_status;
  job.runs_on = gate.runs_on;
  job.runs_on_expression = gate.runs_on_expression;
  job.timeout = 5 * 60;
  job.span = gate.span;
  return job;
}

// Stands before those who answer, and says when they were asked.
void Delivery::add_asked(graph::Stage& gate, const graph::Conditions& conditions) {
  graph::Stage asked = job_before(gate, gate.id + "-asked");
  asked.title = make_.text("Ask for " + gate.id, gate.span);
  graph::Step step = script_step(make_, "Say what is asked", std::string(asked_script), gate.span);
  step.id = "asked";
  std::string lines;
  for (std::string line : conditions.confirm) {
    std::ranges::replace(line, '\n', ' ');
    lines += (lines.empty() ? "" : "\n") + line;
  }
  step.env = {{"GATE", make_.text(gate.id)}, {"CONFIRM", make_.text(lines)}};
  asked.steps.push_back(std::move(step));
  asked.outputs = {{"at", make_.path({"steps", "asked", "outputs", "at"})}};
  std::string id = asked.id;
  gate.after.push_back({push(std::move(asked)), true, gate.span});
  if (!conditions.expires) return;
  graph::Step late = script_step(make_, "Refuse a late answer", std::string(expired_script), gate.span);
  late.env = {{"ASKED_AT", make_.path({"needs", id, "outputs", "at"})},
              {"EXPIRES", make_.text(std::to_string(*conditions.expires))}};
  gate.steps.insert(gate.steps.begin(), std::move(late));
}

std::vector<Protection> Delivery::protections_of(StageIndex index, const graph::Conditions& conditions) {
  std::vector<Protection> found;
  std::string name = gate_name(index);
  for (const graph::Approval& approval : conditions.approvals)
    for (int count = 0; count < approval.count; ++count)
      found.push_back({"", source_.stages[index].id, approval.who, approval.not_starter, 0});
  if (found.empty() && conditions.wait) found.push_back({"", source_.stages[index].id, {}, false, 0});
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i].environment = found.size() == 1 ? name + "-approval" : fmt::format("{}-approval-{}", name, i + 1);
    if (found[i].reviewers.size() > most_reviewers)
      report(ProblemKind::too_many_reviewers, source_.stages[index].span,
             fmt::format("{} people and teams may approve `{}`: an environment on GitHub has six at most",
                         found[i].reviewers.size(), source_.stages[index].id));
  }
  if (conditions.wait)
    found.front().wait_minutes = static_cast<int>(std::min(*conditions.wait, longest_wait) + 59) / 60;
  return found;
}

// A job for each answer, one behind the other. The last one is the gate's own, unless that works in an environment.
void Delivery::add_approvals(StageIndex index, graph::Stage& gate, const graph::Conditions& conditions) {
  std::vector<Protection> protections = protections_of(index, conditions);
  if (protections.empty()) return;
  std::size_t first = protections_.size();
  protections_.insert(protections_.end(), protections.begin(), protections.end());
  ask_votes(gate, conditions, first);
  if (!gate.environment) {
    graph::Environment environment;
    environment.name = make_.text(protections.back().environment, gate.span);
    environment.deployment = false;
    gate.environment = environment;
    protections.pop_back();
  }
  for (const Protection& protection : protections) add_approval_job(index, gate, protection);
}

void Delivery::add_approval_job(StageIndex index, graph::Stage& gate, const Protection& protection) {
  graph::Stage job = job_before(gate, protection.environment);
  job.title = make_.text(job.id, gate.span);
  graph::Environment environment;
  environment.name = make_.text(protection.environment, gate.span);
  environment.deployment = false;
  job.environment = environment;
  job.steps.push_back(script_step(make_, "Go on", "echo approved", gate.span));
  if (gate.asks_status)
    gate.condition = make_.both(make_.same(make_.path({"needs", job.id, "result"}), "success"), gate.condition);
  StageIndex at = push(std::move(job));
  jobs_[index].push_back(at);
  gate.after.push_back({at, true, gate.span});
}

void Delivery::ask_votes(graph::Stage& gate, const graph::Conditions& conditions, std::size_t first) {
  std::string votes;
  bool authors = false;
  std::size_t at = first;
  auto add = [&](const Protection& protection, bool not_author) {
    votes += (votes.empty() ? "" : ",\n ") + vote_of(protection, not_author);
    authors = authors || not_author;
  };
  for (const graph::Approval& approval : conditions.approvals)
    for (int count = 0; count < approval.count; ++count) add(protections_[at++], approval.not_author);
  for (; at < protections_.size(); ++at) add(protections_[at], false);
  graph::Step step = script_step(make_, "Count the votes", std::string(votes_script), gate.span);
  step.env = {{"VOTES", make_.text("[" + votes + "]")}, {"GH_TOKEN", make_.path({"github", "token"})}};
  permit(gate, "actions", "the approvals of this run are read");
  if (authors) permit(gate, "contents", "who wrote the change is read");
  gate.steps.insert(gate.steps.begin(), std::move(step));
}

graph::Step Delivery::clock_step(const graph::Stage& gate, const graph::Conditions& conditions) {
  graph::Step step = script_step(make_, "Look at the clock", std::string(clock_script), gate.span);
  step.env = {{"WINDOWS", make_.text(lines_of(conditions.windows))},
              {"FREEZES", make_.text(lines_of(conditions.freezes))},
              {"SHOWN", make_.text(joined_windows(conditions.windows))}};
  return step;
}

// Nothing that it follows is behind the gate too.
bool Delivery::is_first_behind(StageIndex gate, StageIndex index) const {
  std::vector<bool> behind(source_.stages.size());
  behind[gate] = true;
  for (StageIndex other = gate + 1; other < index; ++other)
    behind[other] =
        std::ranges::any_of(source_.stages[other].after, [&](const auto& edge) { return behind[edge.stage]; });
  return std::ranges::none_of(source_.stages[index].after,
                              [&](const auto& edge) { return edge.stage != gate && behind[edge.stage]; });
}

// The first steps of what stands directly behind a gate: it was passed in this attempt of the run, and its times hold.
void Delivery::guard(StageIndex index, graph::Stage& stage) {
  std::vector<graph::Step> steps;
  for (const graph::Edge& edge : source_.stages[index].after) {
    const graph::Stage& gate = source_.stages[edge.stage];
    if (!gate.gate || asks_nothing(edge.stage)) continue;
    graph::Step fence =
        script_step(make_, "Refuse a re-run that nobody was asked about", std::string(fence_script), stage.span);
    fence.env = {{"GATE", make_.text(gate.id)},
                 {"GATE_RESULT", make_.path({"needs", gate.id, "result"})},
                 {"GATE_ATTEMPT", make_.path({"needs", gate.id, "outputs", "attempt"})}};
    steps.push_back(std::move(fence));
    if (!has_times(*gate.gate) || !is_first_behind(edge.stage, index)) continue;
    graph::Step clock = clock_step(gate, *gate.gate);
    clock.condition = make_.differs(make_.path({"needs", gate.id, "result"}), "skipped");
    steps.push_back(std::move(clock));
  }
  refuse_what_was_undone(index, stage, steps);
  stage.steps.insert(stage.steps.begin(), std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
}

// Had it failed, what it depends on was rolled back: it may succeed in another attempt only if that is done again.
void Delivery::refuse_what_was_undone(StageIndex index, graph::Stage& stage, std::vector<graph::Step>& steps) {
  for (const auto& [above, armed] : armed_) {
    if (above == index || !dependents_of(above)[index]) continue;
    const graph::Stage& origin = source_.stages[above];
    graph::Step fence =
        script_step(make_, "Refuse a re-run of what was rolled back", std::string(undone_script), stage.span);
    ExpressionId succeeded = make_.same(make_.path({"needs", origin.id, "result"}), "success");
    fence.env = {{"STAGE", make_.text(origin.id)},
                 {"ARMED", make_.both(succeeded, is_due(above))},
                 {"ATTEMPT", make_.path({"needs", origin.id, "outputs", own_output(origin, "attempt")})}};
    steps.push_back(std::move(fence));
    stage.after.push_back({jobs_[above].back(), true, stage.span});
  }
}

void Delivery::tell_losses(const graph::Stage& gate, const graph::Conditions& conditions) {
  auto lost = [&](std::string text) { report(ProblemKind::gate_kept_roughly, gate.span, std::move(text)); };
  if (!conditions.confirm.empty())
    lost(fmt::format("nobody ticks what `{}` asks to confirm: it is listed in the run's summary", gate.id));
  if (conditions.expires && !conditions.approvals.empty())
    lost(fmt::format("`{}` goes on waiting on GitHub, up to 30 days; an answer after {} is refused", gate.id,
                     graph::describe_seconds(*conditions.expires)));
  if (has_times(conditions))
    lost(fmt::format("`{}` does not wait for its time on GitHub: at another time the run fails", gate.id));
  if (gate.timeout > longest_job)
    lost(fmt::format("`{}` looks for evidence for six hours at most: GitHub's runners stay no longer", gate.id));
  if (conditions.wait && *conditions.wait > longest_wait)
    lost(fmt::format("`{}` waits 30 days: GitHub waits no longer", gate.id));
  else if (conditions.wait && *conditions.wait % 60 != 0)
    lost(fmt::format("`{}` waits {}: GitHub counts whole minutes", gate.id,
                     graph::describe_seconds(whole_minutes(*conditions.wait))));
}

}  // namespace sluice::github
