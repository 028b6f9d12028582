#include <fmt/format.h>

#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/engine/recall.h"
#include "runtime/engine/step_run.h"
#include "runtime/engine/waits.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr int has_run = 0, has_not_run = 1;  // what a probe's exit status says

/// What is done once more without harm, by its nature.
bool repeats_safely(const Step& step) {
  return step.idempotent || step.poll || !std::holds_alternative<Script>(step.action);
}

}  // namespace

const StepPast* LegAttempt::before(const StepRun& now) const {
  if (past_ == nullptr) return nullptr;
  auto found = past_->steps.find(static_cast<int>(now.number) - 1);
  return found == past_->steps.end() ? nullptr : &found->second;
}

/// Of a step of the stage itself: what goes on inside of an action is the action's matter.
void LegAttempt::note(RecordKind kind, const StepRun& now, std::string data) {
  if (now.outer != nullptr || now.phase != StepRun::Phase::main) return;
  run_.note(kind, leg_.stage, leg_.index, number_, static_cast<int>(now.number) - 1, std::move(data));
}

/// Only where an attempt can go on after a crash is its beginning worth a record.
void LegAttempt::note_attempt() {
  if (!has_effects() || past_ != nullptr) return;
  Json data = Json::object();
  if (stage_.matrix) data["leg"] = run_.secrets.masked(leg_.name);
  run_.note(RecordKind::attempt_started, leg_.stage, leg_.index, number_, -1, data.empty() ? "" : to_json_line(data));
}

void LegAttempt::note_finished(StepRun& now) {
  if (!run_.log || now.outer != nullptr || now.phase != StepRun::Phase::main) return;
  Json rest = Json::object();
  if (has_effects()) {
    const auto& secrets = run_.options.secrets;
    if (!now.outputs.empty()) rest["outputs"] = sealed(now.outputs, secrets);
    if (!now.variables.empty()) rest["env"] = sealed(now.variables, secrets);
    if (!now.folders.empty()) rest["path"] = now.folders;
    if (!now.masks.empty()) rest["masks"] = now.masks;
  }
  note(RecordKind::step_finished, now, told(now.report, rest));
}

/// A step that was finished before the crash never runs again: what it left is put back.
bool LegAttempt::replay(StepRun& now) {
  const StepPast* past = before(now);
  if (past == nullptr || !past->finished) return false;
  Json data = unsealed(*past->finished, run_.options.secrets);
  recall(data, now.report);
  now.outputs = data.value("outputs", Json::object());
  for (const Json& mask : data.value("masks", Json::array())) run_.secrets.add(mask.get<std::string>());
  env_.update(data.value("env", Json::object()));
  for (const Json& folder : data.value("path", Json::array())) path_folders_.push_back(folder.get<std::string>());
  // The journal knows what a commit has disarmed since, in this leg or in another one.
  if (const auto* armed = std::get_if<Arm>(&now.step.action); armed != nullptr && was_armed(*armed)) arm(*armed);
  if (now.report.conclusion == Result::failure && job_status_ == Result::success) job_status_ = Result::failure;
  keep_context(now);
  reports_.push_back(std::move(now.report));
  return true;
}

/// Whether a step that a crash interrupted needs not run any more; its report says then how it ended.
Task<bool> LegAttempt::is_settled(StepRun& now) {
  const StepPast* past = before(now);
  if (past == nullptr || !past->started) co_return false;
  if (repeats_safely(now.step)) {
    say(now, "it was interrupted and runs once more");
    co_return false;
  }
  if (undo_ != nullptr) {
    run_.status.annotated(leg_.name, "warning",
                          fmt::format("`{}` of its rollback was interrupted and runs once more", now.report.title));
    co_return false;
  }
  std::string answer = past->resolved.value_or("");
  if (answer.empty() && now.step.probe) {
    Task<std::optional<bool>> probing = ask_probe(now);
    std::optional<bool> told = co_await probing;
    if (told) answer = *told ? "success" : "rerun";
  }
  if (answer.empty()) {
    Task<std::string> asking = ask_person(now);
    answer = co_await asking;
  }
  if (abandoned_ || answer == "rerun") co_return false;
  if (answer.empty()) {
    now.stopped = true;
    conclude(now, "it was interrupted, and nobody has said whether it did its work");
    co_return true;
  }
  say(now, fmt::format("it was interrupted; it counts as {}", answer));
  if (answer == "success")
    conclude(now, take_command_files(now));
  else
    conclude(now, "it was interrupted, and did not do its work");
  co_return true;
}

/// Asks the world whether the interrupted step has done its work; nothing: nobody can tell.
Task<std::optional<bool>> LegAttempt::ask_probe(StepRun& now) {
  say(now, "it was interrupted; its probe is asked whether it has run");
  Task<Failure> running = run_script(now, *now.step.probe);
  Failure failure = co_await running;
  if (now.exit_code == has_run && !failure) co_return true;
  if (now.exit_code == has_not_run) co_return false;
  say(now, fmt::format("the probe does not know: {}", failure.value_or("")));
  co_return std::nullopt;
}

/// Empty: the leg was cancelled, or the process ends, before anybody answered.
Task<std::string> LegAttempt::ask_person(StepRun& now) {
  std::string where = stage_.matrix             ? fmt::format("{}.{}.{}", stage_.id, leg_.index + 1, now.number)
                      : stage_.steps.size() > 1 ? fmt::format("{}.{}", stage_.id, now.number)
                                                : stage_.id;
  Waiting waiting(run_, fmt::format("step `{}` of `{}` was interrupted and is in doubt: look whether it has done its "
                                    "work, then `sluice resolve {} {} success|failure|rerun`",
                                    now.report.title, leg_.name, run_.run_id, where));
  while (!run_.leaving && !out_of_time() && halts_ == 0) {
    auto answer = run_.answers.find({leg_.stage, leg_.index, static_cast<int>(now.number) - 1});
    if (answer != run_.answers.end()) co_return answer->second;
    co_await wakeup_.until(never);
  }
  abandoned_ = run_.leaving;
  co_return std::string();
}

}  // namespace sluice::runtime
