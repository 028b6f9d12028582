#include <fmt/format.h>

#include <algorithm>

#include "backends/github/emission.h"
#include "backends/github/scalar.h"

namespace sluice::github {
namespace {

/// A runner gives each container port a free port of the host.
void write_ports(Emission& emission, const graph::Service& service) {
  if (service.ports.empty()) return;
  emission.writer.open("ports");
  for (const std::string& port : service.ports) emission.writer.item({port, false});
  emission.writer.close();
}

void write_health(Emission& emission, const graph::Service& service) {
  if (service.health.empty()) return;
  if (service.health.size() > 1 && yaml::can_fold(service.health))
    return emission.writer.folded("options", service.health);
  std::string options;
  for (const std::string& line : service.health) (options += options.empty() ? "" : " ") += line;
  emission.writer.text("options", options);
}

void write_service(Emission& emission, const graph::Service& service) {
  check_id(emission, service.id, service.span);
  emission.writer.open(service.id);
  emission.writer.text("image", escaped(service.image));
  write_bindings(emission, "env", service.env, service.span);
  write_ports(emission, service);
  write_health(emission, service);
  emission.writer.close();
}

}  // namespace

void write_services(Emission& emission, const graph::Stage& stage) {
  for (const graph::Service& service : stage.services)
    if (service.image.empty())
      emission.report(ProblemKind::service_without_image, service.span,
                      fmt::format("service `{}` has no image and does not run on GitHub", service.id));
  auto on_github = [](const graph::Service& service) { return !service.image.empty(); };
  if (std::ranges::none_of(stage.services, on_github)) return;
  emission.writer.open("services");
  for (const graph::Service& service : stage.services)
    if (on_github(service)) write_service(emission, service);
  emission.writer.close();
}

}  // namespace sluice::github
