#include "runtime/engine/context.h"

#include <fmt/format.h>

namespace sluice::runtime {
namespace {

Json told(const Isolation& isolation) {
  Json data = {{"on", isolation.on}, {"offline", isolation.offline}};
  if (isolation.limits.memory) data["memory"] = *isolation.limits.memory;
  if (isolation.limits.cpus) data["cpus"] = *isolation.limits.cpus;
  if (isolation.limits.pids) data["pids"] = *isolation.limits.pids;
  return data;
}

template <class Value>
void recall(const Json& data, const char* name, std::optional<Value>& value) {
  if (data.contains(name)) value = data[name].get<Value>();
}

void recall(const Json& data, Isolation& isolation) {
  isolation.on = data.value("on", false);
  isolation.offline = data.value("offline", false);
  recall(data, "memory", isolation.limits.memory);
  recall(data, "cpus", isolation.limits.cpus);
  recall(data, "pids", isolation.limits.pids);
}

void recall(const Json& context, Options& options) {
  options.github = context.value("github", Json::object());
  options.inputs = context.value("inputs", Json::object());
  options.vars = context.value("vars", Json::object());
  options.repository_root = context.value("root", options.repository_root.string());
  options.jobs = context.value("jobs", options.jobs);
  options.only = context.value("only", options.only);
  options.keep_workspaces = context.value("keep_workspaces", options.keep_workspaces);
  options.starter = context.value("starter", "");
  options.authors = context.value("authors", options.authors);
  recall(context.value("isolation", Json::object()), options.isolation);
  options.container_engine = context.value("container_engine", "");
  options.actions = context.value("actions", "");
  options.own = context.value("own", Json::object());
}

}  // namespace

std::string context_text(const Options& options) {
  Json github = options.github;
  if (github.is_object()) github.erase("token");
  Json context = {{"github", std::move(github)},
                  {"inputs", options.inputs},
                  {"vars", options.vars},
                  {"root", options.repository_root.string()},
                  {"jobs", options.jobs},
                  {"only", options.only},
                  {"keep_workspaces", options.keep_workspaces},
                  {"starter", options.starter},
                  {"authors", options.authors},
                  {"isolation", told(options.isolation)},
                  {"container_engine", options.container_engine.string()},
                  {"actions", options.actions.string()},
                  {"own", options.own}};
  return to_json_line(context);
}

Outcome read_context(const std::string& text, Options& options) {
  auto wrong = [](std::string_view why) {
    return std::unexpected(fmt::format("what the run was started with cannot be read: {}", why));
  };
  Json context = parse_json(text);
  if (!context.is_object()) return wrong("it is no object");
  try {
    recall(context, options);
  } catch (const Json::exception& error) {
    return wrong(error.what());
  }
  if (!options.github.is_object() || !options.own.is_object()) return wrong("its `github` or `own` is no object");
  if (!options.repository_root.is_absolute()) return wrong("its `root` is no absolute path");
  return {};
}

}  // namespace sluice::runtime
