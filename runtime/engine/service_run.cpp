#include "runtime/engine/service_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "runtime/engine/leg_scope.h"
#include "runtime/engine/step_run.h"
#include "runtime/output/lines.h"

namespace sluice::runtime {
namespace {

constexpr auto between_questions = std::chrono::milliseconds(100);
constexpr std::size_t shown_lines = 20;
constexpr int most_starts = 3;  // where somebody else takes the port that was free

}  // namespace

void LegAttempt::fail_service(ServiceRun& service, const std::string& why) {
  if (service.reader) service.reader->finish();
  std::string told = run_.secrets.masked(sandbox_ && service.process ? sandbox_->explain(why) : why);
  StepReport report;
  report.title = fmt::format("service {}", service.service.id);
  report.outcome = report.conclusion = Result::failure;
  report.message = told;
  if (service.log) {
    report.log = service.log->file();
    report.last_lines = last_log_lines(report.log, shown_lines);
  }
  reports_.push_back(std::move(report));
  run_.status.service_changed(leg_.name, service.service.id, told);
  halt(Result::failure, fmt::format("service {} {}", service.service.id, told));
}

Task<Done> LegAttempt::start_services() {
  for (const Service& service : stage_.services) {
    if (halts_ > 0 || out_of_time()) break;
    services_.push_back(std::make_unique<ServiceRun>(service));
    Task<Done> starting = start_service(*services_.back());
    co_await starting;
  }
  co_return Done{};
}

/// A port that was free when it was chosen may be another's when the service binds it: then with another one.
Task<Done> LegAttempt::start_service(ServiceRun& service) {
  for (int number = 1;; ++number) {
    Task<Failure> starting = try_service(service);
    Failure failure = co_await starting;
    if (!failure) break;
    auto is_lost = [](const auto& port) { return is_taken(port.second); };
    bool lost = service.process && service.process->has_exited() && !run_.options.isolation.offline &&
                std::ranges::any_of(service.ports, is_lost);
    if (!lost || number == most_starts || halts_ > 0) {
      fail_service(service, *failure);
      break;
    }
    run_.status.service_changed(leg_.name, service.service.id, "started again: its port was taken meanwhile");
    Task<Done> stopping = stop_service(service);
    co_await stopping;
  }
  co_return Done{};
}

/// Why it does not run; nothing: it is ready, or the leg was halted.
Task<LegAttempt::Failure> LegAttempt::try_service(ServiceRun& service) {
  if (Outcome prepared = prepare_service(service); !prepared) {
    co_return fmt::format("cannot be started: {}", prepared.error());
  }
  auto process = launch_service(service, false);
  if (!process) co_return fmt::format("cannot be started: {}", process.error());
  service.process = std::move(*process);
  sessions_.push_back(service.process->pid());
  run_.status.service_changed(leg_.name, service.service.id, "started");
  Instant deadline = Clock::now() + std::chrono::seconds(service.service.ready_within);
  auto may_come = [&] { return !service.ready && !service.process->has_exited() && halts_ == 0; };
  while (may_come() && !service.unhealthy && Clock::now() < deadline) {
    Task<bool> question = ask_ready(service, deadline);
    service.ready = co_await question;
    Instant next = std::min(deadline, Clock::now() + between_questions);
    while (may_come() && Clock::now() < next) co_await wakeup_.until(next);
  }
  if (halts_ > 0) co_return std::nullopt;
  if (service.process->has_exited()) {
    service.ready = false;
    co_return fmt::format("ended with exit code {} before it was ready", service.process->exit_code());
  }
  if (service.unhealthy) co_return "is unhealthy: its health command fails";
  if (!service.ready) co_return fmt::format("was not ready within {}s", service.service.ready_within);
  run_.status.service_changed(leg_.name, service.service.id, "ready");
  co_return std::nullopt;
}

Task<bool> LegAttempt::ask_ready(ServiceRun& service, Instant deadline) {
  service.answer.clear();
  auto process = launch_service(service, true);
  if (!process) {
    fail_service(service, fmt::format("cannot be asked whether it is ready: {}", process.error()));
    co_return false;
  }
  Process& question = **process;
  while (!question.has_exited() && !service.process->has_exited() && halts_ == 0 && Clock::now() < deadline) {
    co_await wakeup_.until(deadline);
  }
  bool answered = question.has_exited() && question.exit_code() == 0;
  TreeQuery query{fmt::format("{}service-{}.ready.", tracking_, service.service.id), {question.pid()}, false};
  Task<Done> killing = kill_tree(std::move(query));
  co_await killing;
  if (!service.is_container() || !answered) co_return answered;
  Health health = read_health(service.answer);
  service.unhealthy = health == Health::unhealthy;
  co_return health == Health::ready;
}

/// The last one started first; each with its whole tree, whatever happened to the stage.
Task<Done> LegAttempt::stop_services() {
  for (auto& service : std::views::reverse(services_)) {
    bool started = service->process != nullptr;
    Task<Done> stopping = stop_service(*service);
    co_await stopping;
    if (started) run_.status.service_changed(leg_.name, service->service.id, "stopped");
  }
  services_.clear();
  co_return Done{};
}

Task<Done> LegAttempt::stop_service(ServiceRun& service) {
  service.stopping = true;
  // As on GitHub: by force and at once, and its client ends with it.
  if (!service.container.empty()) {
    Task<Done> removing = remove_container(service);
    co_await removing;
  }
  if (service.process) {
    TreeQuery query{fmt::format("{}service-{}.", tracking_, service.service.id), {service.process->pid()}, false};
    Task<Done> stopping = stop_tree(*service.process, std::move(query));
    co_await stopping;
    if (service.reader) service.reader->finish();
  }
  for (const auto& [name, port] : service.ports) run_.ports.release(port);
  service.ports.clear();
  service.stopping = service.unhealthy = false;
  for (const std::filesystem::path& folder : {service.scratch_outside, service.scripts}) {
    if (folder.empty()) continue;
    if (Outcome removed = remove_folder(folder); !removed) run_.status.annotated(leg_.name, "warning", removed.error());
  }
  service.process.reset();
  co_return Done{};
}

}  // namespace sluice::runtime
