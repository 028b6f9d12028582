#pragma once
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "runtime/engine/runner.h"
#include "runtime/expressions/evaluate.h"
#include "runtime/output/secrets.h"
#include "runtime/store/artifacts.h"
#include "runtime/store/caches.h"
#include "runtime/system/event_loop.h"
#include "runtime/system/process.h"
#include "runtime/system/tasks.h"

namespace sluice::runtime {

class StageRun;
class LegRun;

/// How far a stage has come, for those that depend on it.
struct StageState {
  bool wanted = true;          ///< false: `only` leaves it out
  std::size_t unfinished = 0;  ///< how many of those before it are not done
  std::vector<std::size_t> dependents;
  bool ancestor_failed = false;
  bool ancestor_bad = false;  ///< failed, cancelled or blocked
  Json needs;                 ///< as others see it: `{"result": …, "outputs": {…}}`; null until it is done
  StageReport report;
  StageRun* running = nullptr;
};

/// Everything that the parts of one run share.
struct RunState {
  RunState(const Plan& what, const Options& how, Status& watcher, EventLoop& events, std::filesystem::path own_folder)
      : plan(what),
        options(how),
        status(watcher),
        loop(events),
        processes(events),
        artifacts(how.state_folder, own_folder.filename()),
        caches(how.state_folder),
        folder(std::move(own_folder)),
        run_id(folder.filename()) {}

  const Plan& plan;
  const Options& options;
  Status& status;
  EventLoop& loop;
  ProcessTable processes;
  Artifacts artifacts;
  Caches caches;
  std::filesystem::path folder;  ///< `.sluice/runs/7`
  std::string run_id;
  std::string token;  ///< tells the processes of this run from all others
  Secrets secrets;
  Json github, secret_values, pipeline_env = Json::object();
  Variables environment;                     ///< what every step inherits
  std::unordered_set<pid_t> other_children;  ///< of this process, from before the run

  std::vector<StageState> stages;
  std::unordered_map<std::string, std::size_t> stage_index;
  std::size_t stages_left = 0;
  bool cancelled = false;             ///< in order
  bool kill_now = false;              ///< at once
  std::optional<std::string> broken;  ///< what outside makes it impossible to go on
  int legs_running = 0;               ///< those that may have processes
  int next_leg = 1;

  std::vector<int> free_places;  ///< numbers of the places where a leg may run, each with a folder of its own
  std::deque<LegRun*> waiting;   ///< legs, in the order in which they became ready

  void cancel();  ///< the first request; the second one kills
  void break_off(std::string why);
  void wake_all();
  void release_place(int place);
};

/// Contexts of a stage as a whole: `github inputs vars needs`, and the status functions over its ancestors.
class StageScope : public Scope {
 public:
  StageScope(const RunState& run, std::size_t stage) : run_(run), stage_(stage) {}

  const Json* context(std::string_view name) const override;
  const Json* context_member(std::string_view context, std::string_view name) const override;
  StatusAnswers status(std::span<const std::string> stages) const override;

  std::optional<StatusAnswers> as_if;  ///< instead of what is true

 protected:
  const RunState& run_;
  std::size_t stage_;

 private:
  const Json* all_needs() const;
  mutable std::optional<Json> needs_;
};

/// Contexts that are known when a run starts.
class RunScope : public Scope {
 public:
  explicit RunScope(const RunState& run) : run_(run) {}
  const Json* context(std::string_view name) const override;
  StatusAnswers status(std::span<const std::string>) const override { return {}; }

 private:
  const RunState& run_;
};

/// Evaluates bindings in order into an object of texts.
Outcome evaluate_bindings(const Bindings& bindings, const Scope& scope, Json& into);

/// A part of a file name: letters, digits, `.`, `_` and `-`; at most 60 of them.
std::string file_slug(std::string_view name);

}  // namespace sluice::runtime
