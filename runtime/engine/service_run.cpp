#include "runtime/engine/service_run.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ranges>

#include "runtime/engine/leg_scope.h"
#include "runtime/engine/shell.h"
#include "runtime/expressions/values.h"
#include "runtime/output/lines.h"

namespace sluice::runtime {
namespace {

constexpr auto between_questions = std::chrono::milliseconds(100);
constexpr std::size_t shown_lines = 20;

/// A port of the loopback interface that nobody has at this moment.
std::expected<std::string, std::string> free_port() {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (!socket || bind(socket.get(), generic, length) != 0 || getsockname(socket.get(), generic, &length) != 0) {
    return std::unexpected(fmt::format("there is no free port on 127.0.0.1: {}", strerror(errno)));
  }
  return std::to_string(ntohs(address.sin_port));
}

/// A folder of its own outside of the run's, which any user may enter: a server may run as another one.
std::expected<std::filesystem::path, std::string> make_scratch() {
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "sluice-service-XXXXXX").string();
  if (error) return std::unexpected(fmt::format("there is no folder for temporary files: {}", error.message()));
  if (mkdtemp(name.data()) == nullptr) return system_error("make the folder", name);
  if (chmod(name.c_str(), 0755) != 0) return system_error("set the mode of", name);
  return name;
}

}  // namespace

Outcome LegAttempt::prepare_service(ServiceRun& service) {
  const std::string& id = service.service.id;
  auto port = free_port();
  if (!port) return std::unexpected(port.error());
  auto scratch = make_scratch();
  if (!scratch) return std::unexpected(scratch.error());
  service.port = *port;
  service.scratch = *scratch;
  service.scripts = files_ / fmt::format("service-{}", file_slug(id));
  for (const char* part : {"start", "ready"}) {
    if (Outcome made = make_folders(service.scripts / part); !made) return made;
  }
  auto log = Log::open(logs_ / fmt::format("service-{}.log", file_slug(id)));
  if (!log) return std::unexpected(log.error());
  service.log.emplace(std::move(*log));
  job_["services"][id] = {{"id", id}, {"network", ""}, {"ports", {{service.service.port, service.port}}}};
  return evaluate_bindings(service.service.env, LegScope(*this), service.env);
}

std::expected<std::unique_ptr<Process>, std::string> LegAttempt::start_service_script(ServiceRun& service, bool ready) {
  Variables environment = environment_;
  for (const Json* variables : {&env_, &service.env}) {
    for (const auto& [name, value] : variables->items()) environment[name] = to_text(value);
  }
  environment["SLUICE_SERVICE_DIR"] = service.scratch;
  environment["SLUICE_SERVICE_PORT"] = service.port;
  environment[tracking_variable] = fmt::format("{}service-{}.{}", tracking_, service.service.id, ready ? "ready." : "");
  const std::string& text = ready ? service.service.ready : service.service.start;
  auto command = script_command("bash", text, service.scripts / (ready ? "ready" : "start"), environment);
  if (!command) return std::unexpected(command.error());
  command->environment = std::move(environment);
  command->working_directory = service.scratch;
  Process::Output output;
  if (!ready) {
    LineReader::Sink sink{[this, &service](std::string_view block) {
                            if (Outcome written = service.log->add(block); !written) run_.break_off(written.error());
                          },
                          [](std::string_view) { return std::optional<std::string>(); }};
    auto reader = std::make_unique<LineReader>(run_.secrets, std::move(sink));
    output = [&lines = *reader](std::string_view chunk) { lines.add(chunk); };
    service.reader = std::move(reader);
  }
  return run_.processes.start(*command, std::move(output), [this, &service, ready] {
    if (!ready && service.ready && !service.stopping) fail_service(service, "died");
    wakeup_.notify();
  });
}

void LegAttempt::fail_service(ServiceRun& service, const std::string& why) {
  if (service.reader) service.reader->finish();
  StepReport report;
  report.title = fmt::format("service {}", service.service.id);
  report.outcome = report.conclusion = Result::failure;
  report.message = run_.secrets.masked(why);
  if (service.log) {
    report.log = service.log->file();
    report.last_lines = last_log_lines(report.log, shown_lines);
  }
  reports_.push_back(std::move(report));
  run_.status.service_changed(leg_.name, service.service.id, run_.secrets.masked(why));
  halt(Result::failure, fmt::format("service {} {}", service.service.id, why));
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

Task<Done> LegAttempt::start_service(ServiceRun& service) {
  Outcome prepared = prepare_service(service);
  if (!prepared) {
    fail_service(service, fmt::format("cannot be started: {}", prepared.error()));
    co_return Done{};
  }
  auto process = start_service_script(service, false);
  if (!process) {
    fail_service(service, fmt::format("cannot be started: {}", process.error()));
    co_return Done{};
  }
  service.process = std::move(*process);
  sessions_.push_back(service.process->pid());
  run_.status.service_changed(leg_.name, service.service.id, "started");
  Instant deadline = Clock::now() + std::chrono::seconds(service.service.ready_within);
  while (!service.ready && !service.process->has_exited() && halts_ == 0 && Clock::now() < deadline) {
    Task<bool> question = ask_ready(service, deadline);
    service.ready = co_await question;
    Instant next = std::min(deadline, Clock::now() + between_questions);
    while (!service.ready && !service.process->has_exited() && halts_ == 0 && Clock::now() < next) {
      co_await wakeup_.until(next);
    }
  }
  if (service.process->has_exited()) {
    fail_service(service, fmt::format("ended with exit code {} before it was ready", service.process->exit_code()));
  } else if (service.ready) {
    run_.status.service_changed(leg_.name, service.service.id, "ready");
  } else if (halts_ == 0) {
    fail_service(service, fmt::format("was not ready within {}s", service.service.ready_within));
  }
  co_return Done{};
}

Task<bool> LegAttempt::ask_ready(ServiceRun& service, Instant deadline) {
  auto process = start_service_script(service, true);
  if (!process) {
    fail_service(service, fmt::format("cannot be asked whether it is ready: {}", process.error()));
    co_return false;
  }
  Process& question = **process;
  while (!question.has_exited() && !service.process->has_exited() && halts_ == 0 && Clock::now() < deadline) {
    co_await wakeup_.until(deadline);
  }
  bool ready = question.has_exited() && question.exit_code() == 0;
  TreeQuery query{fmt::format("{}service-{}.ready.", tracking_, service.service.id), {question.pid()}, false};
  Task<Done> killing = kill_tree(std::move(query));
  co_await killing;
  co_return ready;
}

/// The last one started first; each with its whole tree, whatever happened to the stage.
Task<Done> LegAttempt::stop_services() {
  for (auto& service : std::views::reverse(services_)) {
    service->stopping = true;
    if (service->process) {
      TreeQuery query{fmt::format("{}service-{}.", tracking_, service->service.id), {service->process->pid()}, false};
      Task<Done> stopping = stop_tree(*service->process, std::move(query));
      co_await stopping;
      if (service->reader) service->reader->finish();
      run_.status.service_changed(leg_.name, service->service.id, "stopped");
    }
    if (service->scratch.empty()) continue;
    Outcome removed = remove_folder(service->scratch);
    if (removed) removed = remove_folder(service->scripts);
    if (!removed) run_.status.annotated(leg_.name, "warning", removed.error());
  }
  services_.clear();
  co_return Done{};
}

}  // namespace sluice::runtime
