#include <fmt/format.h>

#include <algorithm>

#include "backends/local/planner.h"

namespace sluice::local {

std::vector<runtime::Service> plan_services(Planner& planner, const graph::Stage& stage) {
  std::vector<runtime::Service> services;
  for (const graph::Service& service : stage.services) {
    bool contained = service.start.empty() && !service.image.empty();
    if (service.start.empty() && !(contained && planner.has_container_engine)) {
      planner.report(
          ProblemKind::service_without_local_body, service.span,
          fmt::format("service `{}` of stage `{}` has no `start` for this machine; write it in "
                      "`backend local`{}",
                      service.id, stage.id, contained ? ", or start docker or podman: neither answers here" : ""));
    }
    runtime::Service result;
    result.id = service.id;
    result.ports = service.ports;
    result.start = service.start;
    result.ready = service.ready;
    result.env = planner.bindings(contained ? service.env : service.local_env);
    if (contained) {
      result.image = service.image;
      result.health = service.health;
    }
    services.push_back(std::move(result));
  }
  return services;
}

bool wants_container_engine(const graph::Graph& graph) {
  auto contained = [](const graph::Service& service) { return service.start.empty() && !service.image.empty(); };
  return std::ranges::any_of(graph.stages,
                             [&](const graph::Stage& stage) { return std::ranges::any_of(stage.services, contained); });
}

}  // namespace sluice::local
