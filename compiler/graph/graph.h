#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "graph/conditions.h"
#include "graph/expression.h"
#include "source/span.h"

/// The intermediate graph: one pipeline, unfolded and complete. Data only, in vectors named by index. Both back ends,
/// drawing and everything else that comes after lowering read this and nothing else.
namespace sluice::graph {

using StageIndex = std::uint32_t;
using Bindings = std::vector<std::pair<std::string, ExpressionId>>;  ///< in source order

enum class Backend : std::uint8_t { both, github, local };

/// A variable whose value a program of the script reads once more: as code, as a command's name, as lines of GitHub's
/// files.
struct Reread {
  std::string variable;  ///< of the step's `env`
  std::string reader;    ///< `bash`, `jq`, `make`, `GITHUB_ENV` …
  source::Span span;     ///< of the hole
};

/// From `text` on, an offset into a script, stands what the author wrote from `source` on, byte for byte if `copied`,
/// else made from what stands there.
struct ScriptPiece {
  std::uint32_t text = 0;
  std::uint32_t source = 0;
  bool copied = true;
};

/// A text for a shell. No expression is left in it: what was one is a variable of the step's `env`, quoted for its
/// place.
struct Run {
  std::string shell;  ///< `bash`, `sh`, `python`, `pwsh`, or a command with `{0}`
  std::string text;   ///< as the author's lines, ends in a newline exactly if it has several lines
  std::vector<Reread> reread = {};
  std::vector<ScriptPiece> pieces = {};  ///< ordered by `text`; none for a script that the compiler made
  ExpressionId pasted = {};  ///< instead of `text`, by `unsafe run`: what its expressions give is part of the script
};

/// A marketplace action, pinned.
struct Uses {
  std::string action;   ///< `actions/checkout`
  std::string version;  ///< the full tag: `v7.0.1`
  std::string commit;   ///< 40 hex digits
  Bindings with;
};

/// What the local runtime does by itself. Only with `Backend::local`.
struct Native {
  enum class Operation : std::uint8_t { checkout, upload, download, cache };
  Operation operation = Operation::checkout;
  /// upload: name, path, keep? (seconds), if-no-files-found?, include-hidden-files?, overwrite?; download: name, to;
  /// cache: key, path, restore-keys? (lines)
  Bindings arguments;
};

struct Retry {
  int attempts = 1;
  Seconds pause = 0;
};

struct Step {
  std::string id;      ///< unique in its stage, empty where nothing refers to the step
  ExpressionId title;  ///< always given
  std::string call;    ///< the library step that it came from: `python.setup`; empty for a step of the stage itself
  std::string phase;   ///< of a strategy, unique in its stage: `shift[50%]`; empty outside of phases
  Backend backend = Backend::both;
  ExpressionId condition;  ///< the author's `when`, not given: runs when nothing before it failed
  std::variant<Run, Uses, Native, Sleep, Arm, Commit> action;
  Bindings env;
  ExpressionId working_directory;
  ExpressionId allow_failure;
  std::optional<Seconds> timeout;
  std::optional<Seconds> grace;  ///< from SIGINT to SIGKILL, where it is stopped
  Retry retry;
  std::optional<Poll> poll;  ///< of a script that is tried once
  bool idempotent = false;   ///< may run once more where nobody knows whether it has run
  std::optional<Run> probe;  ///< asks that instead, with the step's `env`: 0, it has; 1, it has not; else nobody knows
  source::Span span;
};

/// How what a stage did is undone: in a fresh workspace, with what was known when it was armed.
struct Rollback {
  ExpressionId title;       ///< always given
  std::vector<Step> steps;  ///< neither Arm nor Commit among them; `verify` stands at the end
  std::optional<Seconds> within;
  source::Span span;
};

/// A server beside the steps of a stage: a container on GitHub, a process here.
struct Service {
  std::string id;
  std::string image;               ///< with its digest; empty: there is no container
  std::vector<std::string> ports;  ///< container ports, `5432`; the mapped one is `job.services.<id>.ports['5432']`
  Bindings env;
  std::vector<std::string> health;  ///< the container's health command and its options: `--health-cmd "pg_isready"`
  std::string start;                ///< here: a script that stays in the foreground
  std::string ready;                ///< here: a script that exits with 0 once the service answers
  Bindings local_env;
  source::Span span;
};

struct Matrix {
  ExpressionId axes;  ///< a map of lists, or any expression that gives one
  ExpressionId include;
  ExpressionId exclude;
};

enum class Access : std::uint8_t { none, read, write };

struct Permission {
  std::string scope;  ///< `contents`, `pull-requests` …
  Access access = Access::read;
  std::string reason;  ///< one line: which call needs it and why
};

/// Why one stage follows another.
struct Edge {
  StageIndex stage = 0;
  bool written = true;  ///< by `after`; otherwise inferred from the use of a value
  source::Span span;    ///< the name behind `after`, or that use
};

struct Concurrency {
  ExpressionId group;
  ExpressionId cancel_running;
};

struct Environment {
  ExpressionId name;
  ExpressionId url;
  bool deployment = true;                 ///< whether entering it is recorded as a deployment
  std::optional<std::uint32_t> declared;  ///< index into Graph::environments; none: chosen when the pipeline runs
};

struct Artifact {
  std::string name;  ///< unique in the run
  StageIndex stage = 0;
  Seconds keep = 0;
};

struct Stage {
  std::string id;      ///< a job id on GitHub: letters, digits, `_`, `-`
  ExpressionId title;  ///< always given
  std::string documentation;
  std::vector<Edge> after;    ///< ordered by stage, each stage once; all of smaller index than this stage
  ExpressionId condition;     ///< the author's `when`; not given: nothing before it failed
  bool asks_status = false;   ///< whether `condition` calls success, failure, always or cancelled
  bool notification = false;  ///< unfolded from `notify`: its own failure never changes the run's result
  std::vector<std::string> runs_on;
  ExpressionId runs_on_expression;  ///< instead of `runs_on`
  std::optional<Environment> environment;
  std::optional<Concurrency> concurrency;
  std::vector<Permission> permissions;  ///< ordered by scope
  Bindings env;
  std::optional<Matrix> matrix;
  ExpressionId fail_fast;
  std::optional<int> max_parallel;
  std::vector<Service> services;
  std::vector<Step> steps;
  std::vector<Rollback> rollbacks;  ///< each armed by one step
  std::string no_rollback;          ///< why there is none, by `rollback none because`
  std::optional<Conditions> gate;   ///< a gate: its steps, if any, are the machine's evidence
  Bindings outputs;
  ExpressionId allow_failure;
  Seconds timeout = 0;  ///< always given
  Retry retry;
  std::optional<Seconds> expect;  ///< how long it usually takes
  source::Span span;
};

struct Input {
  enum class Type : std::uint8_t { string, boolean, number, choice };
  std::string name;
  Type type = Type::string;
  std::vector<std::string> options;
  std::string description;
  bool required = false;
  ExpressionId default_value;
  bool untrusted = false;  ///< whoever starts the run hands on what an outsider wrote
};

struct Trigger {
  std::string event;  ///< GitHub's name: `push`, `workflow_dispatch` …
  std::vector<std::pair<std::string, std::vector<std::string>>> filters;  ///< `branches`, `types` …, in source order
  std::vector<std::pair<std::string, std::string>> schedules;             ///< cron, zone (may be empty)
  std::vector<Input> inputs;
  source::Span span;
};

struct Secret {
  std::string name;
  bool optional = false;
  std::string environment;  ///< empty: the file's
  source::Span span = {};   ///< of its name
};

struct Graph {
  std::string pipeline;  ///< its name, and the stem of its workflow file
  std::string title;
  std::string documentation;
  std::string file;  ///< the `.pipe` file, from its project's folder
  ExpressionId run_name;
  std::vector<Trigger> triggers;
  std::vector<Secret> secrets;
  std::optional<Concurrency> concurrency;
  Bindings env;
  std::optional<Seconds> budget;
  std::vector<Artifact> artifacts;
  std::vector<DeclaredEnvironment> environments;
  std::vector<Stage> stages;  ///< an order in which every stage follows those it depends on, else as written
  std::vector<Expression> expressions;

  const Expression& operator[](ExpressionId id) const { return expressions[id.index]; }
  ExpressionId add(Expression expression) {
    expressions.push_back(std::move(expression));
    return {static_cast<std::uint32_t>(expressions.size() - 1)};
  }
};

}  // namespace sluice::graph
