#include "runtime/engine/run_control.h"

#include <fmt/format.h>

#include "runtime/engine/requests.h"
#include "runtime/gates/people.h"

namespace sluice::runtime {
namespace {

Json answer_halt(RunState& run, const ControlRequest& request, const std::string& what) {
  std::string who = name_of_user(request.peer.user).value_or(std::to_string(request.peer.user));
  Json data = {{"what", what}, {"who", who}};
  if (run.log) (void)run.log->add({RecordKind::asked, -1, -1, -1, -1, to_json_line(data)});
  if (!run.settle(true)) return {{"error", *run.broken}};
  run.status.annotated(run.plan.pipeline, "notice", fmt::format("{} has asked the run to {}", who, what));
  if (what == "stop")
    run.stop();
  else
    run.cancel();
  return {{"done", what}};
}

Json answer_resolve(RunState& run, const RequestSubject& subject, const ControlRequest& request) {
  auto record = resolution(subject, request.peer.user, request.body.value("step", ""), request.body.value("as", ""));
  if (!record) return {{"error", record.error()}};
  run.answers[{static_cast<std::size_t>(record->stage), record->leg, record->step}] = request.body.value("as", "");
  if (run.log) (void)run.log->add(std::move(*record));
  if (!run.settle(true)) return {{"error", *run.broken}};
  run.wake_all();
  return {{"done", "resolve"}};
}

Json answer(RunState& run, const ControlRequest& request) {
  std::string what = request.body.value("do", "");
  if (what == "cancel" || what == "stop") return answer_halt(run, request, what);
  if (run.log && !run.log->commit()) return {{"error", "the journal cannot be written"}};
  RequestSubject subject{*run.journal, run.number, run.plan, run.options, run.hash};
  if (what == "gates") return waiting_gates(subject);
  if (what == "resolve") return answer_resolve(run, subject, request);
  if (what == "look") {
    run.wake_all();
    return {{"done", what}};
  }
  if (what != "vote") return {{"error", fmt::format("a run does not know how to `{}`", what)}};
  Json answered = cast_vote(subject, request.peer.user, request.body);
  run.wake_all();
  return answered;
}

}  // namespace

std::expected<std::unique_ptr<ControlServer>, std::string> open_control(RunState& run) {
  return ControlServer::open(run.loop, run.folder / "control.sock", 0600,
                             [&run](const ControlRequest& request) { return answer(run, request); });
}

}  // namespace sluice::runtime
