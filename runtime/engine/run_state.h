#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "runtime/engine/desk.h"
#include "runtime/engine/past.h"
#include "runtime/engine/places.h"
#include "runtime/engine/runner.h"
#include "runtime/expressions/evaluate.h"
#include "runtime/isolation/isolation.h"
#include "runtime/journal/run_log.h"
#include "runtime/output/secrets.h"
#include "runtime/store/artifacts.h"
#include "runtime/store/caches.h"
#include "runtime/system/event_loop.h"
#include "runtime/system/ports.h"
#include "runtime/system/process.h"
#include "runtime/system/tasks.h"

namespace sluice::runtime {

class StageRun;
class Rollbacks;
class Waiting;

/// How far a stage has come, for those that depend on it.
struct StageState {
  bool wanted = true;          ///< false: `only` leaves it out
  std::size_t unfinished = 0;  ///< how many of those before it are not done
  std::vector<std::size_t> dependents;
  bool ancestor_failed = false;
  bool ancestor_bad = false;  ///< failed, cancelled or blocked
  bool started = false;       ///< it was decided that it runs
  Json needs;                 ///< as others see it: `{"result": …, "outputs": {…}}`; null until it is done
  StageReport report;
  StageRun* running = nullptr;
  double urgency = 0;  ///< milliseconds from its start to the run's end, by what is known of earlier runs
};

/// Everything that the parts of one run share.
struct RunState {
  RunState(const Plan& what, const Options& how, Status& watcher, EventLoop& events, std::filesystem::path own_folder);
  ~RunState();

  const Plan& plan;
  const Options& options;
  Status& status;
  EventLoop& loop;
  ProcessTable processes;
  Artifacts artifacts;
  Caches caches;
  std::filesystem::path folder;  ///< `.sluice/runs/7`
  std::string run_id;
  std::int64_t number = 0;
  std::string token;  ///< tells the processes of this life of the run from all others
  std::string hash;   ///< of the plan: votes are bound to it
  Journal* journal = nullptr;
  std::optional<RunLog> log;  ///< none: nothing is written down
  bool is_on_disk = false;    ///< that this life has begun
  Past past;
  Secrets secrets;
  Json github, secret_values, pipeline_env = Json::object();
  Variables environment;                     ///< what every step inherits
  std::unordered_set<pid_t> other_children;  ///< of this process, from before the run

  std::vector<StageState> stages;
  std::unordered_map<std::string, std::size_t> stage_index;
  std::size_t stages_left = 0;
  std::unique_ptr<Rollbacks> rollbacks;
  bool cancelled = false;             ///< in order
  bool stopped = false;               ///< what runs goes on; for what has not begun the run is cancelled
  bool kill_now = false;              ///< at once
  bool leaving = false;               ///< all that is left waits: the process ends, the run does not
  std::optional<std::string> broken;  ///< what outside makes it impossible to go on
  int legs_running = 0;               ///< those that may have processes
  int next_leg = 1;
  int busy = 0;                           ///< stages and rollbacks that do something or will without anybody's word
  std::vector<const Waiting*> waiting;    ///< those that only wait, in the order in which they began to
  std::set<std::string> said;             ///< what needs to be told only once
  bool any_ended = false;                 ///< a stage or a rollback, since locks were looked at
  std::set<std::size_t> released;         ///< environments whose locks were given back
  std::int64_t wake_at = 0;               ///< the first time that any of those waits for
  std::vector<std::string> left_waiting;  ///< what they waited for when it was decided to leave
  Places places;
  std::map<int, std::unique_ptr<Desk>> desks;  ///< by place
  /// What people say of steps in doubt: by stage, leg and step.
  std::map<std::tuple<std::size_t, int, int>, std::string> answers;
  Ports ports;            ///< of services
  Means means;            ///< what can be isolated here
  int numbers_given = 0;  ///< to control groups and containers, so that each has a name of its own

  bool is_done() const;
  bool ends_early() const { return cancelled || stopped; }
  Desk& desk(int place);
  void cancel();  ///< the first request; the second one kills
  void stop();
  void break_off(std::string why);
  void wake_all();

  /// Writes down what has happened: from now on a kill of this process does not undo it.
  void note(RecordKind kind, std::size_t stage, int leg, int attempt, int step, std::string data = {});
  /// Before a process starts: where `effects` are about to happen, what was noted must be on the disk. False: it cannot
  /// be, and the run is broken off.
  bool settle(bool effects = false);
};

/// Finds what of `options.isolation` can be enforced here and says what cannot.
void prepare_isolation(RunState& run);

/// A part of a file name: letters, digits, `.`, `_` and `-`; at most 60 of them.
std::string file_slug(std::string_view name);

}  // namespace sluice::runtime
