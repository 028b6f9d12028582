#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/expressions/expression.h"
#include "runtime/plan/conditions.h"
#include "runtime/plan/store.h"
#include "runtime/plan/use_action.h"

namespace sluice::runtime {

/// `retry 3 every 10s`: at most `attempts` attempts, `pause` between two.
struct Retry {
  int attempts = 1;
  Seconds pause = 0;
};

/// A text for a shell: `shell` is `bash`, `sh`, `python`, `pwsh` or a command with `{0}` for the script's file.
struct Script {
  std::string shell = "bash";
  std::string text;
  Expression working_directory;  ///< relative to the workspace; null is the workspace
  Expression pasted = {};        ///< what follows `text`, as it comes out; null is nothing
};

/// Fill the workspace from the repository's work tree, as it is: tracked files and those not ignored.
struct Checkout {};

/// Sleep, by the clock on the wall: a run that was away meanwhile has slept too.
struct Sleep {
  Seconds duration = 0;
};

/// From here on `Stage::rollbacks[rollback]` is armed.
struct Arm {
  std::size_t rollback = 0;
};

/// The point of no return: disarms every rollback of the stage.
struct Commit {};

/// Ask again and again, each time with a fresh process: `await` until it succeeds once within `lasting`, `watch` that
/// it does not fail more than `tolerate` times in all while `lasting` lasts. A script that exits with 75 has no data.
struct Poll {
  enum class Kind { await, watch };
  Kind kind = Kind::await;
  Seconds every = 30;  ///< from the beginning of one to the beginning of the next; the first at once
  Seconds lasting = 600;
  int tolerate = 0;
};

struct Step {
  std::string id;  ///< empty where nothing can refer to it
  Expression title;
  std::string phase = {};  ///< of a strategy: `shift[50%]`; empty outside of phases
  Expression condition;    ///< with the implicit `success()` already written out
  std::variant<Script, Checkout, Upload, Download, Cache, UseAction, Sleep, Arm, Commit> action;
  Bindings env;
  Expression allow_failure;        ///< a boolean
  std::optional<Seconds> timeout;  ///< per attempt
  std::optional<Seconds> grace;    ///< of its processes, from SIGINT to SIGKILL; nothing: the run's
  Retry retry;
  std::optional<Poll> poll;     ///< of a script
  bool idempotent = false;      ///< may run once more where a crash leaves open whether it has run
  std::optional<Script> probe;  ///< asks the world instead: 0, it has run; 1, it has not; else nobody knows
};

/// How what a stage did is undone: `steps` run in a fresh workspace, in order, once what it covers has failed, timed
/// out or was cancelled.
struct Rollback {
  Expression title;
  std::vector<Step> steps;
  std::optional<Seconds> within;
};

/// A process that lives as long as its stage. Both scripts run in bash with the service's env, in a scratch folder of
/// their own ($SLUICE_SERVICE_DIR, which any user may enter), with $SLUICE_SERVICE_PORT, a free loopback port for the
/// first of `ports`, and $SLUICE_SERVICE_PORT_5432 for each. With an image it is a container instead of the scripts.
struct Service {
  std::string id;
  std::string start;                    ///< stays in the foreground; its whole process tree is stopped with the stage
  std::string ready;                    ///< asked again and again until it exits with 0
  std::vector<std::string> ports = {};  ///< their names in `job.services.<id>.ports`: `5432`
  Bindings env;
  Seconds ready_within = 60;
  std::string image = {};                ///< empty: the scripts
  std::vector<std::string> health = {};  ///< the engine's options: `--health-cmd pg_isready`
};

/// The legs of a stage: an expression that gives an array of objects, one a leg, evaluated when the stage starts.
struct Matrix {
  Expression legs;
  Expression fail_fast;  ///< a boolean
  std::optional<int> max_parallel;
};

struct Stage {
  std::string id;
  Expression title;
  std::vector<std::size_t> after;  ///< indices into Plan::stages; every one is smaller than the stage's own
  Expression condition;            ///< over all ancestors, with the implicit `success()` already written out
  Expression allow_failure;
  Bindings env;
  std::optional<Matrix> matrix;
  std::vector<Service> services;
  std::vector<Step> steps;
  std::vector<Rollback> rollbacks;  ///< each armed by a step `Arm`
  Bindings outputs;
  std::optional<Seconds> timeout;  ///< per attempt
  Retry retry;
  bool handler = false;            ///< looks after failures itself: its condition asks for them, or it tells of them
  std::optional<Conditions> gate;  ///< a gate: opens when these hold and its steps have succeeded
  std::optional<std::size_t> environment;  ///< index into Plan::environments: where its steps have effects
};

/// Where steps have effects: finished steps never run again there.
struct Environment {
  std::string name;
  std::vector<std::string> branches = {};  ///< globs: runs of other refs may not work in it; none: any may
  std::optional<Lock>
      lock;  ///< held from behind its entry's other conditions to the end of its last stage and rollback
  std::optional<std::size_t> entry;  ///< the stage that is the gate before all of its stages
};

/// What a run does, with nothing of the language left in it.
struct Plan {
  std::string pipeline;
  std::string title;
  Bindings env;
  std::vector<std::string> secrets;  ///< names that must have a value before anything starts
  std::vector<std::string> optional_secrets;
  std::vector<Environment> environments;
  std::vector<Stage> stages;  ///< in an order in which every stage follows those it depends on
};

}  // namespace sluice::runtime
