#include <fmt/format.h>

#include "backends/local/planner.h"

namespace sluice::local {

std::vector<runtime::Service> plan_services(Planner& planner, const graph::Stage& stage) {
  std::vector<runtime::Service> services;
  for (const graph::Service& service : stage.services) {
    if (service.start.empty())
      planner.report(ProblemKind::service_without_local_body, service.span,
                     fmt::format("service `{}` of stage `{}` has no `start` for this machine; write it in "
                                 "`backend local`",
                                 service.id, stage.id));
    if (service.ports.size() > 1)
      planner.report(ProblemKind::one_port_here, service.span,
                     fmt::format("service `{}` has {} ports; here it gets one, for `{}`", service.id,
                                 service.ports.size(), service.ports[0]));
    runtime::Service result;
    result.id = service.id;
    result.start = service.start;
    result.ready = service.ready;
    if (!service.ports.empty()) result.port = service.ports[0];
    result.env = planner.bindings(service.local_env);
    services.push_back(std::move(result));
  }
  return services;
}

}  // namespace sluice::local
