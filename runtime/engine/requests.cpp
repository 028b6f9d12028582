#include "runtime/engine/requests.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/electorate.h"
#include "runtime/engine/past.h"
#include "runtime/expressions/values.h"
#include "runtime/journal/run_log.h"

namespace sluice::runtime {
namespace {

Json refused(const std::string& why) { return {{"error", why}}; }

std::filesystem::path folder_of(const RequestSubject& subject) {
  return subject.options.state_folder / "runs" / std::to_string(subject.run);
}

std::expected<Past, std::string> past_of(const RequestSubject& subject) {
  auto records = newest_records(subject.journal, subject.run, folder_of(subject));
  if (!records) return std::unexpected(records.error());
  return read_past(*records, subject.plan);
}

/// Gates that are reached and not passed, as indices of stages.
std::vector<std::size_t> open_gates(const RequestSubject& subject, const Past& past) {
  std::vector<std::size_t> gates;
  for (std::size_t i = 0; i < subject.plan.stages.size(); ++i) {
    bool reached = subject.plan.stages[i].gate && past.stages[i].started && !past.stages[i].finished;
    if (reached) gates.push_back(i);
  }
  return gates;
}

/// A gate by its name, by the environment whose entry it is, or the only one that waits.
std::expected<std::size_t, std::string> find_gate(const RequestSubject& subject, const Past& past,
                                                  const std::string& name) {
  std::vector<std::size_t> gates = open_gates(subject, past);
  std::vector<std::string> names;
  for (std::size_t gate : gates) {
    auto entered = std::ranges::find(subject.plan.environments, std::optional(gate), &Environment::entry);
    bool named =
        subject.plan.stages[gate].id == name || (entered != subject.plan.environments.end() && entered->name == name);
    if (named || (name.empty() && gates.size() == 1)) return gate;
    names.push_back(fmt::format("`{}`", subject.plan.stages[gate].id));
  }
  if (gates.empty()) return std::unexpected(fmt::format("run {} waits at no gate", subject.run));
  return std::unexpected(fmt::format("run {} waits at {}{}; name one of them", subject.run, fmt::join(names, ", "),
                                     name.empty() ? "" : fmt::format(", not at `{}`", name)));
}

std::expected<Verdict, std::string> verdict_at(const RequestSubject& subject, const Past& past, std::size_t gate) {
  const Stage& stage = subject.plan.stages[gate];
  auto votes = votes_on(subject.journal, subject.run, stage.id);
  if (!votes) return std::unexpected(votes.error());
  return verdict_on(*stage.gate, subject.options, *votes, subject_of(folder_of(subject), subject.plan_hash),
                    *past.stages[gate].started, wall_clock());
}

/// A step that was at work when the runtime died, where nobody but people can tell whether it has done its work.
struct Doubt {
  Record record;                   ///< whose answer it waits for
  std::string told;                ///< how it is named to people
  std::vector<std::string> names;  ///< how people may name it
};

Doubt doubt_of(const Stage& stage, int index, int leg, const LegPast& past, int step) {
  Doubt doubt{{RecordKind::resolved, index, leg, past.attempt, step}, {}, {stage.id}};
  std::string with_leg = fmt::format("{}.{}.{}", stage.id, leg + 1, step + 1),
              without = fmt::format("{}.{}", stage.id, step + 1);
  std::string leg_name = past.last.data.value("leg", "");
  doubt.told = leg_name.empty() ? fmt::format("`{}`", without) : fmt::format("`{}` of `{}`", with_leg, leg_name);
  doubt.names.push_back(without);
  doubt.names.push_back(with_leg);
  if (leg_name.empty()) return doubt;
  doubt.names.push_back(leg_name);
  doubt.names.push_back(fmt::format("{}.{}", leg_name, step + 1));
  return doubt;
}

std::vector<Doubt> doubts_of(const Plan& plan, const Past& past) {
  std::vector<Doubt> doubts;
  for (std::size_t i = 0; i < past.stages.size(); ++i) {
    if (past.stages[i].finished || !goes_on(plan.stages[i])) continue;
    for (const auto& [leg, before] : past.stages[i].legs) {
      if (before.finished) continue;
      for (const auto& [step, one] : before.last.steps) {
        if (!one.started || one.finished) continue;
        doubts.push_back(doubt_of(plan.stages[i], static_cast<int>(i), leg, before, step));
      }
    }
  }
  return doubts;
}

/// The only one of that name.
std::expected<const Doubt*, std::string> choose(const std::vector<Doubt>& doubts, const std::string& name) {
  std::vector<const Doubt*> named;
  std::vector<std::string_view> told, told_named;
  for (const Doubt& doubt : doubts) {
    told.push_back(doubt.told);
    if (std::ranges::find(doubt.names, name) == doubt.names.end()) continue;
    named.push_back(&doubt);
    told_named.push_back(doubt.told);
  }
  if (named.size() == 1) return named.front();
  if (named.empty())
    return std::unexpected(fmt::format("`{}` is not in doubt; in doubt is {}", name, fmt::join(told, ", ")));
  return std::unexpected(
      fmt::format("`{}` is in doubt in {} legs; name one: {}", name, named.size(), fmt::join(told_named, ", ")));
}

/// What is ticked must stand on the list; numbers from 1 are taken for its lines.
std::expected<std::vector<std::string>, std::string> read_ticks(const Conditions& conditions, const Json& body) {
  std::vector<std::string> ticked;
  for (const Json& item : body.value("ticked", Json::array())) {
    std::string text = to_text(item);
    double number = to_number(text);
    bool line = number >= 1 && number <= static_cast<double>(conditions.confirm.size());
    if (line && std::ranges::find(conditions.confirm, text) == conditions.confirm.end()) {
      text = conditions.confirm[static_cast<std::size_t>(number) - 1];
    }
    if (std::ranges::find(conditions.confirm, text) == conditions.confirm.end()) {
      return std::unexpected(
          fmt::format("`{}` is no line of its checklist: `{}`", text, fmt::join(conditions.confirm, "`, `")));
    }
    ticked.push_back(std::move(text));
  }
  return ticked;
}

/// The vote that a request asks for, or why it would never count.
std::expected<Vote, std::string> read_request(const RequestSubject& subject, const Stage& gate, uid_t user,
                                              const Json& body) {
  auto person = name_of_user(user);
  if (!person) return std::unexpected(person.error());
  auto people = read_people(subject.options);
  if (!people) return std::unexpected(people.error());
  Electorate electorate = people->electorate(subject.options.starter, subject.options.authors);
  if (auto why = refusal(*gate.gate, electorate, *person)) return std::unexpected(*why);
  auto ticked = read_ticks(*gate.gate, body);
  if (!ticked) return std::unexpected(ticked.error());
  Vote vote;
  vote.person = *person;
  vote.decision = body.value("decision", "") == "approve" ? Vote::Decision::approve : Vote::Decision::reject;
  vote.comment = body.value("comment", "");
  vote.ticked = std::move(*ticked);
  vote.at = wall_clock() / 1000;
  vote.subject = subject_of(folder_of(subject), subject.plan_hash);
  return vote;
}

}  // namespace

Json cast_vote(const RequestSubject& subject, uid_t user, const Json& body) {
  auto past = past_of(subject);
  if (!past) return refused(past.error());
  auto gate = find_gate(subject, *past, body.value("gate", ""));
  if (!gate) return refused(gate.error());
  const Stage& stage = subject.plan.stages[*gate];
  auto vote = read_request(subject, stage, user, body);
  if (!vote) return refused(vote.error());
  Json data = told(*vote);
  data["user"] = user;
  if (auto written = subject.journal.vote(subject.run, {stage.id, vote->person, data}); !written) {
    return refused(written.error());
  }
  auto verdict = verdict_at(subject, *past, *gate);
  if (!verdict) return refused(verdict.error());
  bool open = verdict->state == Verdict::State::open, waiting = verdict->state == Verdict::State::waiting;
  return {{"gate", stage.id},
          {"person", vote->person},
          {"state", open      ? "open"
                    : waiting ? "waiting"
                              : "closed"},
          {"why", verdict->why},
          {"missing", verdict->missing}};
}

Json waiting_gates(const RequestSubject& subject) {
  auto past = past_of(subject);
  if (!past) return refused(past.error());
  Json gates = Json::array();
  for (std::size_t gate : open_gates(subject, *past)) {
    const Stage& stage = subject.plan.stages[gate];
    auto verdict = verdict_at(subject, *past, gate);
    if (!verdict) return refused(verdict.error());
    gates.push_back({{"gate", stage.id},
                     {"confirm", stage.gate->confirm},
                     {"missing", verdict->missing},
                     {"ignored", verdict->ignored},
                     {"since", *past->stages[gate].started}});
  }
  return {{"gates", std::move(gates)}};
}

std::expected<Record, std::string> resolution(const RequestSubject& subject, uid_t user, const std::string& step,
                                              const std::string& as) {
  if (as != "success" && as != "failure" && as != "rerun") {
    return std::unexpected(
        fmt::format("`{}` is no answer: success (it has done its work), failure (it has not, and "
                    "must not run again) or rerun (it may run once more)",
                    as));
  }
  auto past = past_of(subject);
  if (!past) return std::unexpected(past.error());
  std::vector<Doubt> doubts = doubts_of(subject.plan, *past);
  auto doubt = choose(doubts, step);
  if (!doubt)
    return std::unexpected(doubts.empty() ? fmt::format("no step of run {} is in doubt", subject.run) : doubt.error());
  Json data = {{"as", as}, {"who", name_of_user(user).value_or(std::to_string(user))}};
  Record record = (*doubt)->record;
  record.data = to_json_line(data);
  record.at = wall_clock();
  return record;
}

}  // namespace sluice::runtime
