#include "driver/run_event.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/expressions/values.h"
#include "runtime/system/files.h"

namespace sluice::driver {
namespace {

using runtime::Json;

/// What a payload holds tells its event; the more particular ones come first.
constexpr std::pair<std::string_view, std::string_view> marks[] = {
    {"pull_request", "pull_request"},
    {"pull_request", "pull_request_target"},
    {"release", "release"},
    {"comment", "issue_comment"},
    {"issue", "issues"},
    {"workflow_run", "workflow_run"},
    {"schedule", "schedule"},
    {"client_payload", "repository_dispatch"},
    {"inputs", "workflow_dispatch"},
    {"inputs", "workflow_call"},
    {"after", "push"},
};

const graph::Trigger* find_trigger(const graph::Graph& graph, std::string_view event) {
  auto found = std::ranges::find(graph.triggers, event, &graph::Trigger::event);
  return found == graph.triggers.end() ? nullptr : &*found;
}

const graph::Trigger* default_trigger(const graph::Graph& graph, const Json& payload, bool has_inputs) {
  for (auto [key, event] : marks) {
    const graph::Trigger* trigger = payload.contains(key) ? find_trigger(graph, event) : nullptr;
    if (trigger != nullptr) return trigger;
  }
  auto takes_inputs = [](const graph::Trigger& trigger) { return !trigger.inputs.empty(); };
  auto with_inputs = std::ranges::find_if(graph.triggers, takes_inputs);
  if (has_inputs && with_inputs != graph.triggers.end()) return &*with_inputs;
  for (std::string_view event : {"push", "workflow_dispatch"})
    if (const graph::Trigger* trigger = find_trigger(graph, event)) return trigger;
  return graph.triggers.empty() ? nullptr : &graph.triggers.front();
}

/// Adds what `into` lacks, at every depth.
void complete(Json& into, const Json& usual) {
  if (!into.is_object() || !usual.is_object()) return;
  for (const auto& [key, value] : usual.items()) {
    if (into.contains(key))
      complete(into[key], value);
    else
      into[key] = value;
  }
}

std::string action_of(const Event& event, std::string_view usual) {
  if (event.trigger != nullptr)
    for (const auto& [filter, values] : event.trigger->filters)
      if (filter == "types" && !values.empty()) return values.front();
  return std::string(usual);
}

bool is_pull_request(const Event& event) { return event.name.starts_with("pull_request"); }

Json commit_of(const Repository& repository) {
  return {{"id", repository.sha},
          {"message", repository.message},
          {"author", {{"name", repository.author_name}, {"email", repository.author_email}}}};
}

Json pull_request_of(const Repository& repository) {
  Json home = {{"full_name", repository.name}, {"fork", false}};
  return {{"number", 1},
          {"title", repository.message.substr(0, repository.message.find('\n'))},
          {"body", ""},
          {"draft", false},
          {"merged", false},
          {"labels", Json::array()},
          {"user", {{"login", repository.actor}}},
          {"head", {{"ref", repository.ref_name}, {"sha", repository.sha}, {"repo", home}}},
          {"base", {{"ref", repository.default_branch}, {"repo", home}}}};
}

Json usual_payload(const Event& event, const Repository& repository) {
  Json payload = {{"repository",
                   {{"name", repository.short_name()},
                    {"full_name", repository.name},
                    {"owner", {{"login", repository.owner()}}},
                    {"default_branch", repository.default_branch}}},
                  {"sender", {{"login", repository.actor}}}};
  if (event.name == "push") {
    Json commit = commit_of(repository);
    payload.update({{"ref", repository.ref}, {"before", std::string(40, '0')}, {"after", repository.sha}});
    payload.update({{"created", false}, {"deleted", false}, {"forced", false}});
    payload["pusher"] = {{"name", repository.actor}};
    payload["head_commit"] = commit;
    payload["commits"] = Json::array({std::move(commit)});
  } else if (is_pull_request(event)) {
    payload.update({{"action", action_of(event, "opened")}, {"number", 1}});
    payload["pull_request"] = pull_request_of(repository);
  } else if (event.name == "workflow_dispatch") {
    payload["ref"] = repository.ref;
    payload["inputs"] = Json::object();
  } else if (event.name == "schedule") {
    bool known = event.trigger != nullptr && !event.trigger->schedules.empty();
    payload["schedule"] = known ? event.trigger->schedules.front().first : std::string();
  } else if (event.name == "release") {
    payload["action"] = action_of(event, "published");
    payload["release"] = {{"tag_name", repository.ref_name}, {"name", ""}, {"draft", false}, {"prerelease", false}};
  }
  return payload;
}

/// Where the event happened, by the payload: a pull request's merge commit, a pushed or released tag.
void set_ref(Json& github, const Event& event) {
  const Json& payload = github["event"];
  std::string ref = github["ref"];
  github["head_ref"] = github["base_ref"] = "";
  if (is_pull_request(event)) {
    const Json& request = payload["pull_request"];
    github["head_ref"] = runtime::to_text(request["head"]["ref"]);
    github["base_ref"] = runtime::to_text(request["base"]["ref"]);
    bool is_target = event.name == "pull_request_target";
    ref = is_target ? fmt::format("refs/heads/{}", runtime::to_text(request["base"]["ref"]))
                    : fmt::format("refs/pull/{}/merge", runtime::to_text(request["number"]));
  } else if (event.name == "push") {
    ref = runtime::to_text(payload["ref"]);
  } else if (event.name == "release") {
    ref = "refs/tags/" + runtime::to_text(payload["release"]["tag_name"]);
  }
  github["ref"] = ref;
  for (std::string_view front : {"refs/heads/", "refs/tags/", "refs/pull/"})
    if (ref.starts_with(front)) ref.erase(0, front.size());
  github["ref_name"] = ref;
  github["ref_type"] =
      std::string_view(github["ref"].get_ref<const std::string&>()).starts_with("refs/tags/") ? "tag" : "branch";
}

}  // namespace

std::expected<Json, std::string> read_payload(const std::string& file) {
  if (file.empty()) return Json::object();
  auto text = runtime::read_file(file);
  if (!text) return std::unexpected(text.error());
  Json payload = runtime::parse_json(*text);
  if (!payload.is_object()) return std::unexpected(fmt::format("`{}` holds no JSON object", file));
  return payload;
}

std::expected<Event, std::string> choose_event(const graph::Graph& graph, const std::string& asked, const Json& payload,
                                               bool has_inputs) {
  if (asked.empty()) {
    const graph::Trigger* trigger = default_trigger(graph, payload, has_inputs);
    return Event{trigger != nullptr ? trigger->event : "push", trigger};
  }
  std::string name = asked == "manual" ? "workflow_dispatch" : asked == "call" ? "workflow_call" : asked;
  if (const graph::Trigger* trigger = find_trigger(graph, name)) return Event{name, trigger};
  std::string events;
  for (const graph::Trigger& trigger : graph.triggers)
    events += fmt::format("{}`{}`", events.empty() ? "" : ", ", trigger.event);
  return std::unexpected(fmt::format("the pipeline `{}` does not run on `{}`; it runs on {}", graph.pipeline, asked,
                                     events.empty() ? "nothing" : events));
}

Json github_context(const Event& event, const Json& payload, const Repository& repository) {
  Json whole = payload;
  complete(whole, usual_payload(event, repository));
  Json github = {{"event_name", event.name},
                 {"event", std::move(whole)},
                 {"ref", repository.ref},
                 {"ref_protected", false},
                 {"sha", repository.sha},
                 {"repository", repository.name},
                 {"repository_owner", repository.owner()},
                 {"actor", repository.actor},
                 {"triggering_actor", repository.actor},
                 {"server_url", "https://github.com"},
                 {"api_url", "https://api.github.com"},
                 {"graphql_url", "https://api.github.com/graphql"}};
  set_ref(github, event);
  return github;
}

}  // namespace sluice::driver
