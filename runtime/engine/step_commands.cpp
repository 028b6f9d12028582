#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/action_run.h"
#include "runtime/engine/command_files.h"
#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/step_run.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr std::string_view known_commands[] = {
    "stop-commands",  "set-env", "set-output", "save-state", "add-mask", "add-path", "add-matcher", "debug",
    "remove-matcher", "warning", "error",      "notice",     "group",    "endgroup", "echo"};

bool is_known(std::string_view name) { return std::ranges::find(known_commands, name) != std::end(known_commands); }

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return result;
}

}  // namespace

/// Names that a step cannot give to the steps behind it: what the runner itself says of a step, and what would change
/// how the runner's own programs start.
bool LegAttempt::is_protected(const std::string& name) const {
  if (name == tracking_variable || same_text(name, "NODE_OPTIONS")) return true;
  return (name.starts_with("GITHUB_") || name.starts_with("RUNNER_")) &&
         (environment_.contains(name) || desk_.variables().find(name) != nullptr);
}

/// Names of outputs differ in more than case.
void LegAttempt::give_output(StepRun& now, const std::string& name, const std::string& value) {
  for (auto& [known, old] : now.outputs.get_ref<Json::object_t&>()) {
    if (!same_text(known, name)) continue;
    old = value;
    return;
  }
  now.outputs[name] = value;
}

void LegAttempt::give_variable(StepRun& now, const std::string& name, const std::string& value) {
  if (!is_protected(name))
    env_[name] = now.variables[name] = value;
  else
    say(now, fmt::format("`{}` cannot be set by a step", name));
}

/// The latest folder comes first, and each one once.
void LegAttempt::give_folder(StepRun& now, const std::string& folder) {
  std::erase(path_folders_, folder);
  path_folders_.push_back(folder);
  now.folders.push_back(folder);
}

/// A wrong command fails its step once the script has ended.
std::string LegAttempt::refuse(StepRun& now, const std::string& command, const std::string& why) {
  std::string text = fmt::format("unable to process the command `{}`: {}", command, why);
  if (!now.refused) now.refused = text;
  return run_.secrets.masked(text) + "\n";
}

bool LegAttempt::opted_in(const std::string& variable) const {
  if (const Json* own = find_member(shown_env_, variable, true)) return same_text(to_text(*own), "true");
  auto outer = run_.environment.find(variable);
  return outer != run_.environment.end() && same_text(outer->second, "true");
}

/// From here on commands are lines like others, until `::TOKEN::`.
std::string LegAttempt::stop_commands(StepRun& now, const WorkflowCommand& command) {
  std::string token = lower_case(command.text);
  bool unsafe = token.empty() || token == "pause-logging" || is_known(token);
  if (unsafe && !opted_in("ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS")) {
    return refuse(now, command.name, "its token is empty, `pause-logging` or a command");
  }
  now.resume_token = token;
  return "";
}

std::string LegAttempt::change_environment(StepRun& now, const WorkflowCommand& command) {
  if (!opted_in("ACTIONS_ALLOW_UNSECURE_COMMANDS")) {
    return refuse(now, command.name,
                  "it is disabled, as whatever a step prints could give it; write to the file "
                  "$GITHUB_ENV or $GITHUB_PATH, or set ACTIONS_ALLOW_UNSECURE_COMMANDS to true");
  }
  std::string name = command.property("name");
  if (command.name == "add-path") {
    if (command.text.empty()) return refuse(now, command.name, "it names no folder");
    give_folder(now, command.text);
  } else if (name.empty()) {
    return refuse(now, command.name, "it has no `name`");
  } else {
    give_variable(now, name, command.text);
  }
  return "";
}

std::string LegAttempt::add_mask(StepRun& now, const WorkflowCommand& command) {
  if (trimmed(command.text).empty()) return "an empty text cannot be masked\n";
  run_.secrets.add(command.text);
  now.masks.push_back(command.text);
  return now.echoes ? "::add-mask::***\n" : "";
}

/// Commands that change the step or those behind it, and those that are heard and shown nowhere; nothing where it is
/// none of them.
std::optional<std::string> LegAttempt::change_step(StepRun& now, const WorkflowCommand& command,
                                                   std::string_view line) {
  const std::string& name = command.name;
  if (!is_known(name)) return std::nullopt;
  if (name == "stop-commands") return stop_commands(now, command);
  std::string shown = now.echoes && name != "debug" ? run_.secrets.masked(std::string(line) + "\n") : std::string();
  if (name == "set-env" || name == "add-path") return shown + change_environment(now, command);
  if (name == "set-output" || name == "save-state") {
    std::string key = command.property("name");
    if (key.empty()) return shown + refuse(now, name, "it has no `name`");
    if (name == "set-output") give_output(now, key, command.text);
    if (name == "save-state" && now.use != nullptr) now.use->save_state(key, command.text);
  }
  if (name == "echo") {
    std::string_view way = trimmed(command.text);
    if (!same_text(way, "on") && !same_text(way, "off"))
      return shown + refuse(now, name, "it is neither `on` nor `off`");
    now.echoes = same_text(way, "on");
  }
  return shown;
}

}  // namespace sluice::runtime
