#include "runtime/actions/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "runtime/actions/definition.h"
#include "runtime/isolation/container.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

std::expected<int, std::string> node_version(const Variables& environment) {
  auto program = find_program("node", environment);
  if (!program) return std::unexpected(std::string("JavaScript actions need the program `node`, which is not in PATH"));
  auto said = capture({*program, {"node", "--version"}, environment, fs::current_path()});
  if (!said) return std::unexpected(said.error());
  int major = 0;
  std::string_view digits = std::string_view(*said).substr(said->starts_with('v') ? 1 : 0);
  std::from_chars(digits.data(), digits.data() + digits.size(), major);
  return major;
}

/// The scripts of an action that are not there.
std::vector<std::string> missing_files(const JavaScriptAction& script, const fs::path& folder) {
  std::vector<std::string> missing;
  for (const std::string& file : {script.pre, script.main, script.post}) {
    std::error_code error;
    if (!file.empty() && !fs::is_regular_file(folder / file, error)) missing.push_back(file);
  }
  return missing;
}

}  // namespace

ActionMachine::Answer ActionMachine::ask(const std::string& uses) {
  auto [found, added] = answers_.try_emplace(uses);
  seen_.clear();
  if (added) look_at(uses, 0, found->second);
  return found->second;
}

void ActionMachine::look_at(const std::string& uses, int level, Answer& answer) {
  if (answer.problem || !seen_.insert({uses, level}).second) return;
  auto refuse = [&](const std::string& why) { answer.problem = why; };
  if (level > deepest_action)
    return refuse(fmt::format("actions use each other more than {} levels deep", deepest_action + 1));
  auto reference = parse_reference(uses);
  if (!reference) return refuse(reference.error());
  if (reference->kind == ActionReference::Kind::image) answer.is_found = true;
  if (reference->kind == ActionReference::Kind::image) return look_for_engine(uses, answer);
  auto folder = find_action(*reference, folders_);
  if (!folder) return refuse(folder.error());
  bool local = reference->kind == ActionReference::Kind::local;
  if (level == 0) answer.is_found = true;
  if (level == 0 && !local) answer.folder = *folder;
  auto action = read_action(*folder);
  if (!action) return refuse(action.error());
  if (std::holds_alternative<DockerAction>(action->runs)) return look_for_engine(uses, answer);
  if (const auto* script = std::get_if<JavaScriptAction>(&action->runs)) {
    std::vector<std::string> missing = local ? std::vector<std::string>() : missing_files(*script, *folder);
    if (!missing.empty()) return refuse(fmt::format("`{}` has no file `{}`", uses, missing[0]));
    return look_for_node(uses, script->node, answer);
  }
  for (const CompositeStep& step : std::get<CompositeAction>(action->runs).steps) {
    if (const auto* use = std::get_if<UseAction>(&step.step.action)) look_at(use->uses, level + 1, answer);
  }
}

void ActionMachine::look_for_node(const std::string& uses, int wanted, Answer& answer) {
  if (!node_) node_ = node_version(environment_);
  if (!*node_)
    answer.problem = node_->error();
  else if (**node_ < wanted)
    answer.notes.push_back(fmt::format("`{}` asks for Node.js {}; the `node` here is {}", uses, wanted, **node_));
}

void ActionMachine::look_for_engine(const std::string& uses, Answer& answer) {
  if (!has_engine_) has_engine_ = !find_container_engine(environment_).empty();
  if (*has_engine_) return;
  answer.problem =
      fmt::format("`{}` runs in a container, and no container engine answers here (`docker` or `podman`)", uses);
}

}  // namespace sluice::runtime
