#include "driver/known_start.h"

#include "driver/run_event.h"
#include "driver/run_inputs.h"
#include "driver/run_repository.h"
#include "runtime/engine/runner.h"

namespace sluice::driver {
namespace {

using runtime::Json;

/// The branch, tag or ref that the event is taken to have happened at.
void put_ref(Repository& repository, const std::string& ref) {
  if (ref.empty()) return;
  repository.ref = ref.starts_with("refs/") ? ref : "refs/heads/" + ref;
  repository.ref_name = repository.ref;
  for (std::string_view front : {"refs/heads/", "refs/tags/", "refs/pull/"})
    if (repository.ref_name.starts_with(front)) repository.ref_name.erase(0, front.size());
  repository.ref_type = repository.ref.starts_with("refs/tags/") ? "tag" : "branch";
}

}  // namespace

std::expected<KnownStart, std::string> read_known_start(const graph::Graph& graph, const std::string& file,
                                                        const StartOptions& options) {
  auto payload = read_payload(options.event_file);
  if (!payload) return std::unexpected(payload.error());
  auto event = choose_event(graph, options.event, *payload, !options.inputs.empty());
  if (!event) return std::unexpected(event.error());
  Repository repository = read_repository(find_root(file, ""), runtime::current_environment());
  put_ref(repository, options.ref);
  Json github = github_context(*event, *payload, repository);
  auto inputs = read_inputs(graph, *event, options.inputs, *payload, github);
  if (!inputs) return std::unexpected(inputs.error());
  std::string ref = github.value("ref", "");
  return KnownStart{event->name, std::move(ref), {{}, {}, std::move(github), std::move(*inputs)}};
}

}  // namespace sluice::driver
