#pragma once
#include <functional>
#include <memory>
#include <string>

#include "runtime/isolation/isolation.h"
#include "runtime/isolation/view.h"

namespace sluice::runtime {

/// Where all processes of one attempt of a leg run: steps and services share its processes, its /tmp and its network,
/// as on a machine of their own. What it consists of is kept alive by a process that does nothing.
class Sandbox {
 public:
  enum class State { opening, open, failed };

  Sandbox(const Means& means, const Isolation& isolation, View view)
      : means_(means), isolation_(isolation), view_(std::move(view)) {}
  ~Sandbox();

  /// `environment` is the keeper's own, by which it is known to belong to the leg; `group` names its control group.
  /// `changed` is called when the state has changed.
  Outcome start(ProcessTable& table, Variables environment, const std::string& group, std::function<void()> changed);

  State state() const;
  std::string why() const;  ///< of one that has failed

  /// What a command of the leg needs to be started in it.
  const Enclosure* enclosure() const { return &enclosure_; }

  pid_t reaper() const { return reaper_; }                       ///< 0: the leg has no processes of its own
  pid_t keeper() const { return keeper_ ? keeper_->pid() : 0; }  ///< the session that belongs to it

  /// How a process ended that failed: a limit that it met is named first.
  std::string explain(const std::string& ending);

  /// The last of its processes has to be gone.
  Outcome remove();

 private:
  Outcome make_group(const std::string& name);
  Outcome start_keeper(ProcessTable& table, Variables environment, std::function<void()> changed);
  Outcome take_namespaces();
  void hear(std::string_view chunk);

  const Means& means_;
  const Isolation& isolation_;
  View view_;
  std::unique_ptr<ResourceGroup> group_;
  Enclosure enclosure_;
  std::unique_ptr<Process> keeper_;
  Descriptor report_;  ///< where bubblewrap says which process is the first one inside
  std::string said_, trouble_;
  bool open_ = false;
  pid_t reaper_ = 0;
};

/// Without the variables that point at what is hidden: sockets of agents, another folder for temporary files.
Variables isolated_environment(Variables environment);

}  // namespace sluice::runtime
