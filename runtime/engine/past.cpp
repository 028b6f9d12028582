#include "runtime/engine/past.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace sluice::runtime {
namespace {

/// Replays records, one after the other.
class Reader {
 public:
  explicit Reader(const Plan& plan) { past_.stages.resize(plan.stages.size()); }

  void read(const Record& record);
  Past take() { return std::move(past_); }

 private:
  void take_up(const Json& data);
  void note_progress(const Record& record);
  void read_stage(const Record& record, StagePast& stage, Json data);
  void read_leg(const Record& record, LegPast& leg, Json data);
  void read_step(const Record& record, LegPast& leg, Json data);

  Past past_;
  std::set<std::tuple<RecordKind, int, int, int, int>> seen_;
};

/// A stage that starts over writes the same records as before: only what is new brings the run further.
void Reader::note_progress(const Record& record) {
  if (record.kind == RecordKind::process_started) return;
  bool is_new = seen_.emplace(record.kind, record.stage, record.leg, record.attempt, record.step).second;
  if (is_new || record.kind == RecordKind::asked) past_.lives_without_progress = 0;
}

void Reader::read(const Record& record) {
  Json data = record.data.empty() ? Json::object() : parse_json(record.data);
  if (!data.is_object()) data = Json::object();
  if (record.kind == RecordKind::taken_up) return take_up(data);
  note_progress(record);
  if (record.kind == RecordKind::asked) {
    (data.value("what", "") == "stop" ? past_.stopped : past_.cancelled) = true;
    return;
  }
  if (record.kind == RecordKind::process_started) {
    past_.processes.push_back({data.value("pid", 0), data.value("start", std::int64_t{0})});
    return;
  }
  if (record.stage < 0 || static_cast<std::size_t>(record.stage) >= past_.stages.size()) return;
  read_stage(record, past_.stages[static_cast<std::size_t>(record.stage)], std::move(data));
}

void Reader::take_up(const Json& data) {
  ++past_.lives;
  if (data.value("waited", false)) past_.lives_without_progress = 0;
  ++past_.lives_without_progress;
  past_.tokens.push_back(data.value("token", ""));
  past_.boot = data.value("boot", "");
  past_.processes.clear();
}

void Reader::read_stage(const Record& record, StagePast& stage, Json data) {
  if (record.kind == RecordKind::stage_started && !stage.started) stage.started = record.at;
  if (record.kind == RecordKind::stage_finished) stage.finished = std::move(data);
  if (record.kind == RecordKind::committed) {
    for (auto& [number, leg] : stage.legs) leg.armed.clear();
  }
  if (record.leg >= 0) read_leg(record, stage.legs[record.leg], std::move(data));
}

void Reader::read_leg(const Record& record, LegPast& leg, Json data) {
  switch (record.kind) {
    case RecordKind::attempt_started:
      if (record.attempt <= -2) {
        leg.rollbacks[rollback_attempt(record.attempt)].attempt.data = std::move(data);
        return;
      }
      // The same number once more: the stage started over, in a workspace without what was done before.
      leg.attempt = record.attempt;
      leg.last = {std::move(data), {}};
      leg.armed.clear();
      leg.rollbacks.clear();  // they undid the attempt before
      return;
    case RecordKind::leg_finished: leg.finished = std::move(data); return;
    case RecordKind::armed: leg.armed.emplace_back(record.step, std::move(data)); return;
    case RecordKind::committed: leg.committed = true; return;
    case RecordKind::rollback_started: leg.rollbacks[record.step].started = true; return;
    case RecordKind::rollback_finished: leg.rollbacks[record.step].finished = std::move(data); return;
    default: read_step(record, leg, std::move(data));
  }
}

void Reader::read_step(const Record& record, LegPast& leg, Json data) {
  if (record.step < 0) return;
  AttemptPast& attempt = record.attempt <= -2 ? leg.rollbacks[rollback_attempt(record.attempt)].attempt : leg.last;
  StepPast& step = attempt.steps[record.step];
  if (record.kind == RecordKind::step_started) {
    step.started = true;
    step.resolved.reset();
  }
  if (record.kind == RecordKind::step_finished) step.finished = std::move(data);
  if (record.kind == RecordKind::resolved) step.resolved = data.value("as", "");
  if (record.kind == RecordKind::timer_started) step.until = data.value("until", std::int64_t{0});
}

}  // namespace

Past read_past(const std::vector<Record>& records, const Plan& plan) {
  Reader reader(plan);
  for (const Record& record : records) reader.read(record);
  return reader.take();
}

}  // namespace sluice::runtime
