#pragma once
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/plan/plan.h"

/// What an `action.yml` says (docs.github.com, "Metadata syntax for GitHub Actions"; actions/runner,
/// ActionManifestManager.cs). Every expression in it is parsed, and names only what GitHub gives it where it stands.
namespace sluice::runtime {

struct ActionInput {
  std::string name;
  Expression default_value = {Expression::Kind::literal, "\"\"", {}};
  bool has_default = false;
  bool required = false;    ///< GitHub says so and does not hold anybody to it
  std::string deprecation;  ///< what to tell whoever gives it; empty: nothing
};

/// Scripts that `node` runs; paths are relative to the action's folder, an empty one is not there.
struct JavaScriptAction {
  int node = 20;  ///< the major version that it asks for
  std::string main, pre, post;
};

struct CompositeStep {
  Step step;         ///< its action is a `Script`, whose `shell` is not set, or a `UseAction`
  Expression shell;  ///< of a script
};

struct CompositeAction {
  std::vector<CompositeStep> steps;
  Bindings outputs;
};

struct DockerAction {
  std::string image;  ///< `docker://name:tag`, or the path of a Dockerfile in the action's folder
  std::string entrypoint, pre_entrypoint, post_entrypoint;
  std::optional<std::vector<Expression>> arguments;
  Bindings env;
};

struct ActionDefinition {
  std::string name;
  std::vector<ActionInput> inputs;
  std::vector<std::string> outputs;
  std::variant<JavaScriptAction, CompositeAction, DockerAction> runs;
  /// When `pre` and `post` run: as written, without an implied `success()`; always() where nothing is said.
  Expression pre_if, post_if;

  const ActionInput* input(std::string_view input_name) const;  ///< whatever its case; null: there is none
};

/// The definition in that text, or what is wrong with it.
std::expected<ActionDefinition, std::string> parse_action(const std::string& text);

/// What stands in a folder: `action.yml`, else `action.yaml`, else a bare `Dockerfile`. An error names the file.
std::expected<ActionDefinition, std::string> read_action(const std::filesystem::path& folder);

}  // namespace sluice::runtime
