#pragma once
#include <optional>
#include <string>
#include <vector>

#include "driver/known_start.h"
#include "driver/run_command.h"
#include "runtime/operations/operations.h"

/// One function a command; each gives the process's exit status: 0 fine, 1 findings, 2 misuse or the outside failing.
namespace sluice::driver {

class Session;

struct CheckOptions {
  std::vector<std::string> files;  ///< none: every `.pipe` file of the repository
  std::string format = "human";    ///< or `json`, `sarif`, `github`
  bool scripts = false;            ///< shellcheck as well
};
int check(Session& session, const CheckOptions& options);

struct LintOptions {
  std::vector<std::string> files;  ///< none: every `.pipe` file of the repository
  std::string format = "human";    ///< as of check
  bool fix = false;                ///< put what is safe right, in the files
};
int lint(Session& session, const LintOptions& options);

/// The long text of a code or a rule; empty: the list of them.
int explain(const std::string& topic);

struct FormatOptions {
  std::vector<std::string> files;
  bool check = false;  ///< write nothing, say which files would change
  bool diff = false;   ///< write nothing, show what would change
};
int format(Session& session, const FormatOptions& options);

struct EmitOptions {
  std::vector<std::string> files;
  std::string folder;   ///< empty: `.github/workflows` of the repository
  bool check = false;   ///< write nothing, compare with what is there
  bool strict = false;  ///< what GitHub keeps only roughly is an error
};
int emit(Session& session, const EmitOptions& options);

/// What must be set up on GitHub for the workflows of a file, as JSON.
int settings(Session& session, const std::string& file);

struct GraphOptions {
  std::string file;
  std::string pipeline;         ///< empty: the first
  std::string format = "json";  ///< or `dot`, `mermaid`, `svg`
};
int graph(Session& session, const GraphOptions& options);

struct SimulateOptions {
  std::string file;
  std::string pipeline;           ///< empty: the first
  std::string format = "human";   ///< or `json`: one course a line
  std::string backend = "local";  ///< whose steps run: `github` for comparing with what is emitted
  bool pairs = false;             ///< every two failures as well
  StartOptions start;             ///< none of them: nothing is known of the event
};
int simulate(Session& session, const SimulateOptions& options);

struct PlanOptions {
  std::string file;
  std::string pipeline;  ///< empty: the first
  StartOptions start;
  std::string format = "human";  ///< or `json`
};
/// Which stages would run, what would be asked, how long it may take.
int plan(Session& session, const PlanOptions& options);

struct TestOptions {
  std::vector<std::string> files;  ///< none: every `.pipe` file of the repository
  std::string format = "human";    ///< as of check
};
/// The tests of the files, simulated.
int test(Session& session, const TestOptions& options);

struct DiffOptions {
  std::string old_side, new_side;  ///< a file, or `REVISION:FILE`, from the top of the repository
  std::string format = "human";    ///< or `json`
};
/// What two versions mean differently; 1 where something is weakened.
int diff(Session& session, const DiffOptions& options);

struct RunCommand {
  std::string file;
  std::string pipeline;  ///< empty: the first
  RunOptions options;
};
int run(Session& session, RunCommand command);

struct ResumeCommand {
  bool force = false, wait = false;
  bool take_changes = false;  ///< compile the run's file again and go on with what it says now
};
int resume(Session& session, const runtime::Asked& asked, const ResumeCommand& command);

struct LogsOptions {
  std::string run = "last";  ///< its number or name
  std::string stage;         ///< empty: all
  std::string text;          ///< only lines that hold it
  std::string root;          ///< the folder that `.sluice` lies in; empty: the project's
  std::optional<int> step;   ///< only the step with this number
  bool follow = false;       ///< go on until the run has ended
  bool times = false;        ///< show when each line was read
  bool fold = false;         ///< of groups the titles
};
/// What the steps of a run printed; 1 where `text` is given and stands nowhere.
int logs(const LogsOptions& options);

}  // namespace sluice::driver
