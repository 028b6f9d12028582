#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

#include "runtime/engine/leg_scope.h"
#include "runtime/engine/service_run.h"
#include "runtime/engine/shell.h"
#include "runtime/expressions/values.h"
#include "runtime/output/lines.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr auto removed_within = std::chrono::seconds(30);

/// A folder of its own outside of the run's, which any user may enter: a server may run as another one.
std::expected<fs::path, std::string> make_scratch(const fs::path& folder) {
  std::string name = (folder / "sluice-service-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return system_error("make the folder", name);
  if (chmod(name.c_str(), 0755) != 0) return system_error("set the mode of", name);
  return name;
}

}  // namespace

Outcome LegAttempt::prepare_service(ServiceRun& service) {
  const std::string& id = service.service.id;
  service.scripts = files_ / fmt::format("service-{}", file_slug(id));
  for (const char* part : {"start", "ready"}) {
    if (Outcome made = make_folders(service.scripts / part); !made) return made;
  }
  if (Outcome made = make_service_folder(service); !made) return made;
  if (!service.log) service.log.emplace(logs_ / fmt::format("service-{}.log", file_slug(id)));
  Json ports = Json::object();
  std::vector<std::string> own_ports = service.service.ports;
  if (own_ports.empty() && !service.is_container()) own_ports.emplace_back();
  for (const std::string& own : own_ports) {
    auto port = run_.ports.reserve();
    if (!port) return std::unexpected(port.error());
    service.ports.emplace_back(own, *port);
    if (!own.empty()) ports[own] = std::to_string(*port);
  }
  job_["services"][id] = {{"id", id}, {"network", ""}, {"ports", std::move(ports)}};
  return evaluate_bindings(service.service.env, LegScope(*this), service.env);
}

/// With a /tmp of the leg's own it lies there, where nobody else is.
Outcome LegAttempt::make_service_folder(ServiceRun& service) {
  bool inside = sandbox_ && sandbox_->reaper() != 0;
  std::error_code error;
  fs::path temporary = inside ? fs::path("/tmp") : fs::temp_directory_path(error);
  if (error) return std::unexpected(fmt::format("there is no folder for temporary files: {}", error.message()));
  auto made = make_scratch(inside ? files_ / "sandbox/tmp" : temporary);
  if (!made) return std::unexpected(made.error());
  service.scratch_outside = *made;
  service.scratch = temporary / made->filename();
  return {};
}

std::expected<Command, std::string> LegAttempt::service_script(ServiceRun& service, bool ready) {
  Variables environment = environment_;
  for (const Json* variables : {&env_, &service.env}) {
    for (const auto& [name, value] : variables->items()) environment[name] = to_text(value);
  }
  environment["SLUICE_SERVICE_DIR"] = service.scratch;
  for (const auto& [own, port] : service.ports) {
    environment.try_emplace("SLUICE_SERVICE_PORT_" + own, std::to_string(port));
  }
  if (!service.ports.empty()) environment["SLUICE_SERVICE_PORT"] = std::to_string(service.ports[0].second);
  const std::string& text = ready ? service.service.ready : service.service.start;
  Surroundings around{desk_.variables(), environment};
  auto command = script_command("bash", text, service.scripts / (ready ? "ready" : "start"), around, service.scratch);
  if (!command) return command;
  command->environment = std::move(environment);
  command->inherited = &desk_.variables();
  command->working_directory = service.scratch;
  command->enclosure = enclosure();
  return command;
}

/// The engine's client in the foreground: what the container prints it prints, and its end is the container's.
std::expected<Command, std::string> LegAttempt::container_command(ServiceRun& service, bool ready) {
  const fs::path& engine = run_.options.container_engine;
  if (engine.empty()) return std::unexpected("neither docker nor podman answers");
  if (run_.options.isolation.offline && run_.means.namespaces)
    return std::unexpected("a container is out of reach of a stage with a network of its own; take --isolate alone");
  Command command{engine, {engine.filename()}, run_.options.environment, "/"};
  std::vector<std::string> words;
  if (ready) {
    // Without systemd podman asks for the health of nothing by itself.
    bool asks = engine.filename() == "podman" && !service.service.health.empty();
    words = asks ? std::vector<std::string>{"healthcheck", "run", service.container}
                 : std::vector<std::string>{"inspect", "--format", health_format, service.container};
    if (asks) service.answer = "running";
  } else {
    service.container = fmt::format("sluice-{}-{}-{}", run_.token, ++run_.numbers_given, file_slug(service.service.id));
    Container container{
        service.container, run_.token, service.service.image, {}, {}, {}, run_.options.isolation.limits};
    for (const auto& [own, port] : service.ports) container.ports.emplace_back(own, std::to_string(port));
    for (const std::string& line : service.service.health) {
      for (std::string& word : split_quoted(line)) container.options.push_back(std::move(word));
    }
    for (const auto& [name, value] : service.env.items()) {
      if (is_the_engines_own(name))
        return std::unexpected(fmt::format("`{}` would change {} itself", name, engine.filename().string()));
      container.variables.push_back(name);
      command.environment[name] = to_text(value);
    }
    words = run_arguments(container);
  }
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  return command;
}

std::expected<std::unique_ptr<Process>, std::string> LegAttempt::launch_service(ServiceRun& service, bool ready) {
  auto command = service.is_container() ? container_command(service, ready) : service_script(service, ready);
  if (!command) return std::unexpected(command.error());
  command->environment[tracking_variable] =
      fmt::format("{}service-{}.{}", tracking_, service.service.id, ready ? "ready." : "");
  Process::Output output = [&service](std::string_view chunk) { service.answer += chunk; };
  if (!ready) {
    LineReader::Sink sink{[this, &service](std::string_view block) {
                            if (Outcome written = service.log->add(block); !written) run_.break_off(written.error());
                          },
                          [](std::string_view) { return std::optional<std::string>(); }};
    auto reader = std::make_unique<LineReader>(run_.secrets, std::move(sink));
    output = [&lines = *reader](std::string_view chunk) { lines.add(chunk); };
    service.reader = std::move(reader);
  } else if (!service.is_container()) {
    output = nullptr;
  }
  return run_.processes.start(*command, std::move(output), [this, &service, ready] {
    if (!ready && service.ready && !service.stopping) fail_service(service, "died");
    wakeup_.notify();
  });
}

/// By force, also after its client has ended: only the engine knows what is left.
Task<Done> LegAttempt::remove_container(ServiceRun& service) {
  const fs::path& engine = run_.options.container_engine;
  Command command{engine, removal_arguments(engine), run_.options.environment, "/"};
  command.arguments.push_back(service.container);
  command.environment[tracking_variable] = fmt::format("{}service-{}.", tracking_, service.service.id);
  std::string said;
  auto process = run_.processes.start(
      command, [&said](std::string_view chunk) { said += chunk; }, [this] { wakeup_.notify(); });
  Instant end = Clock::now() + removed_within;
  while (process && !(*process)->has_exited() && Clock::now() < end) co_await wakeup_.until(end);
  bool removed = process && (*process)->has_exited() && (*process)->exit_code() == 0;
  if (!removed && said.find("o such container") == std::string::npos) {
    run_.status.annotated(
        leg_.name, "warning",
        fmt::format("cannot remove the container `{}`: {}", service.container, process ? said : process.error()));
  }
  service.container.clear();
  co_return Done{};
}

}  // namespace sluice::runtime
