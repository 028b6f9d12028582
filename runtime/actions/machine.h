#pragma once
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/actions/reference.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// The runner's own limit (actions/runner, Constants.cs, CompositeActionsMaxDepth): the stage's steps are level 0.
constexpr int deepest_action = 9;

/// Whether actions can run on this machine, asked before anything is started.
class ActionMachine {
 public:
  ActionMachine(ActionFolders folders, Variables environment)
      : folders_(std::move(folders)), environment_(std::move(environment)) {}

  struct Answer {
    bool is_found = false;
    std::filesystem::path folder;        ///< where one that is not `./path` lies
    std::optional<std::string> problem;  ///< why it cannot run
    std::vector<std::string> notes;      ///< what is otherwise than on GitHub
  };
  /// Looks at the action and at all that it uses. The scripts of one in the workspace may be built by steps before it.
  Answer ask(const std::string& uses);

  const ActionFolders& folders() const { return folders_; }

 private:
  void look_at(const std::string& uses, int level, Answer& answer);
  void look_for_node(const std::string& uses, int wanted, Answer& answer);
  void look_for_engine(const std::string& uses, Answer& answer);

  ActionFolders folders_;
  Variables environment_;
  std::map<std::string, Answer> answers_;
  std::set<std::pair<std::string, int>> seen_;           ///< with their levels, of the action that is asked for
  std::optional<std::expected<int, std::string>> node_;  ///< its major version
  std::optional<bool> has_engine_;
};

}  // namespace sluice::runtime
