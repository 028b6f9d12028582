#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "diagnostics/nearest.h"
#include "driver/commands.h"
#include "driver/memory.h"
#include "driver/report.h"
#include "driver/run_repository.h"
#include "driver/session.h"
#include "runtime/operations/operations.h"

namespace sluice::driver {
namespace {

/// The command line of docs/command-line.md, and what it was told.
class CommandLine {
 public:
  CommandLine() {
    app_.set_version_flag("--version", "sluice " SLUICE_VERSION);
    app_.require_subcommand(1);
    add_check();
    add_lint();
    add_explain();
    add_format();
    add_emit();
    add_settings();
    add_graph();
    add_plan();
    add_simulate();
    add_test();
    add_diff();
    add_run();
    add_runs();
    add_going_on();
    add_people();
    add_upkeep();
    add_logs();
  }

  int run(int count, char** arguments) {
    std::string first = count > 1 ? arguments[1] : "";
    if (!first.empty() && first[0] != '-' && !knows(first)) return unknown_command(first);
    try {
      app_.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
      // Help and version are no mistake.
      return app_.exit(error) == 0 ? 0 : 2;
    }
    return action_();
  }

 private:
  // The library would say only that a command is missing.
  bool knows(const std::string& name) {
    auto commands = app_.get_subcommands([&](const CLI::App* command) { return command->get_name() == name; });
    return !commands.empty();
  }

  int unknown_command(const std::string& name) {
    llvm::SmallVector<std::string, 8> names;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(command->get_name());
    llvm::SmallVector<llvm::StringRef, 8> known(names.begin(), names.end());
    llvm::StringRef near = diagnostics::nearest(name, known);
    std::string help = near.empty() ? "the commands are " + diagnostics::list_of(known)
                                    : fmt::format("did you mean `{}`?", std::string_view(near));
    return complain(fmt::format("there is no command `{}`; {}", name, help));
  }

  Session& session(const std::string& format = "human") { return session_.emplace(format); }

  CLI::App* add(const char* name, const char* description, std::function<int()> action) {
    CLI::App* command = app_.add_subcommand(name, description);
    command->callback([this, action] { action_ = action; });
    return command;
  }

  void add_check() {
    CLI::App* command =
        add("check", "Parse, check and unfold pipelines", [this] { return check(session(check_.format), check_); });
    add_findings(command, check_.files, check_.format);
    command->add_flag("--scripts", check_.scripts, "Run shellcheck over the scripts of bash and sh as well");
  }

  // What the commands share that only look.
  static void add_findings(CLI::App* command, std::vector<std::string>& files, std::string& format) {
    command->add_option("FILE", files, "The files; none: every .pipe file of the repository; - is standard input");
    command->add_option("--format", format, "How findings are printed")
        ->check(CLI::IsMember({"human", "json", "sarif", "github"}));
  }

  void add_lint() {
    CLI::App* command =
        add("lint", "Say what works but should not be so", [this] { return lint(session(lint_.format), lint_); });
    add_findings(command, lint_.files, lint_.format);
    command->add_flag("--fix", lint_.fix, "Put what is safe right, in the files");
  }

  void add_explain() {
    CLI::App* command = add("explain", "Say at length what a finding means", [this] { return explain(topic_); });
    command->add_option("CODE", topic_, "A code such as S0213, or a lint rule; none: the list of them");
  }

  void add_format() {
    CLI::App* command = add("fmt", "Put files into their one form", [this] { return format(session(), format_); });
    command->add_option("FILE", format_.files,
                        "The files; none: every .pipe file of the repository; - is standard input");
    command->add_flag("--check", format_.check, "Write nothing; exit with 1 if a file would change");
    command->add_flag("--diff", format_.diff, "Write nothing; show what would change");
  }

  void add_emit() {
    CLI::App* command = add("emit", "Write GitHub Actions workflows", [this] { return emit(session(), emit_); });
    command->add_option("FILE", emit_.files, "The files; none: every .pipe file of the repository");
    command->add_option("-o", emit_.folder, "Where to; otherwise .github/workflows of the repository");
    command->add_flag("--check", emit_.check, "Write nothing; show how the workflows differ from their source");
    command->add_flag("--strict", emit_.strict, "Refuse what GitHub keeps only roughly");
  }

  void add_settings() {
    CLI::App* command = add("settings", "Say what must be set up on GitHub for the workflows of a file",
                            [this] { return settings(session(), settings_file_); });
    command->add_option("FILE", settings_file_, "The file")->required();
  }

  void add_graph() {
    CLI::App* command = add("graph", "Show the graph of a pipeline", [this] { return graph(session(), graph_); });
    command->add_option("FILE", graph_.file, "The file")->required();
    command->add_option("PIPELINE", graph_.pipeline, "The pipeline; otherwise the first");
    command->add_option("--format", graph_.format, "The form")->check(CLI::IsMember({"json", "dot", "mermaid", "svg"}));
  }

  // What is said of the event where nothing is run.
  static void add_start(CLI::App* command, StartOptions& start) {
    command->add_option("--event", start.event, "The event that starts it; otherwise as of run");
    command->add_option("--event-file", start.event_file, "The event's payload, a JSON file");
    command->add_option("--ref", start.ref, "Where it happens: refs/tags/v1, or a branch");
    command->add_option("--input", start.inputs, "An input as NAME=VALUE; may be repeated")->type_name("NAME=VALUE");
  }

  void add_plan() {
    CLI::App* command = add("plan", "Show what would run, what is asked and how long it may take",
                            [this] { return plan(session(), plan_); });
    command->add_option("FILE", plan_.file, "The file")->required();
    command->add_option("PIPELINE", plan_.pipeline, "The pipeline; otherwise the first");
    add_start(command, plan_.start);
    command->add_option("--format", plan_.format, "How it is printed")->check(CLI::IsMember({"human", "json"}));
  }

  void add_simulate() {
    CLI::App* command = add("simulate", "Show what comes of every single failure",
                            [this] { return driver::simulate(session(), simulate_); });
    command->add_option("FILE", simulate_.file, "The file")->required();
    command->add_option("PIPELINE", simulate_.pipeline, "The pipeline; otherwise the first");
    add_start(command, simulate_.start);
    command->add_flag("--pairs", simulate_.pairs, "Every two failures as well");
    command->add_option("--backend", simulate_.backend, "Whose steps run; otherwise local")
        ->check(CLI::IsMember({"local", "github"}));
    command->add_option("--format", simulate_.format, "How it is printed")->check(CLI::IsMember({"human", "json"}));
  }

  void add_diff() {
    CLI::App* command =
        add("diff", "Show what two versions mean differently", [this] { return diff(session(), diff_); });
    command->add_option("OLD", diff_.old_side, "A file, or REVISION:FILE")->required();
    command->add_option("NEW", diff_.new_side, "A file, or REVISION:FILE")->required();
    command->add_option("--format", diff_.format, "How it is printed")->check(CLI::IsMember({"human", "json"}));
  }

  void add_test() {
    CLI::App* command = add("test", "Run the tests of pipelines, simulated",
                            [this] { return driver::test(session(test_.format), test_); });
    add_findings(command, test_.files, test_.format);
  }

  void add_run() {
    CLI::App* command = add("run", "Run a pipeline here", [this] { return driver::run(session(), run_); });
    command->add_option("FILE", run_.file, "The file")->required();
    command->add_option("PIPELINE", run_.pipeline, "The pipeline; otherwise the first");
    command->add_option("--input", run_.options.inputs, "An input as NAME=VALUE; may be repeated")
        ->type_name("NAME=VALUE");
    command->add_option("--event", run_.options.event, "The event that starts it; otherwise push");
    command->add_option("--event-file", run_.options.event_file, "The event's payload, a JSON file");
    command->add_option("--secret-file", run_.options.secret_file, "Secrets, a line NAME=value each, or a JSON object");
    command->add_option("--jobs", run_.options.jobs, "Stages side by side; otherwise one a core")
        ->check(CLI::PositiveNumber);
    command->add_option("--only", run_.options.only, "This stage and what it needs; may be repeated");
    command->add_option("--root", run_.options.root, "The folder that workspaces are made from");
    command->add_flag("--wait", run_.options.wait, "Stay while the run waits for a gate, a lock or a long sleep");
    command->add_flag("!--no-journal", run_.options.journal, "Write nothing down: the run cannot be gone on with");
    add_isolation(command);
    command->add_option("--actions", run_.options.actions, "A folder of checked-out actions: OWNER/NAME@REF in it");
    command->add_option("--format", run_.options.format, "How the run is shown")
        ->check(CLI::IsMember({"human", "json"}));
  }

  void add_isolation(CLI::App* command) {
    command->add_flag("--isolate", run_.options.isolate,
                      "Steps write nothing but their workspace; =offline: each stage has its own network");
    command->add_option("--memory", run_.options.memory, "Memory of each stage, with --isolate: 512M, 2G");
    command->add_option("--cpus", run_.options.cpus, "Cores of each stage, with --isolate: 1.5")
        ->check(CLI::PositiveNumber);
    command->add_option("--pids", run_.options.pids, "Processes of each stage, with --isolate")
        ->check(CLI::PositiveNumber);
  }

  // What the commands share that speak of a run: its number, and where it was.
  CLI::App* add_asking(const char* name, const char* description, std::function<int(const runtime::Asked&)> action,
                       bool one = true) {
    CLI::App* command = add(name, description, [this, action] {
      asked_.state_folder = find_root("", root_) / ".sluice";
      return action(asked_);
    });
    if (one) command->add_option("RUN", asked_.run, "The run's number, or last");
    command->add_option("--root", root_, "The folder whose runs are meant; otherwise the repository around");
    return command;
  }

  void add_format_of_answers(CLI::App* command) {
    command->add_option("--format", asked_.format, "How the answer is printed")->check(CLI::IsMember({"json"}));
  }

  void add_secrets(CLI::App* command) {
    command->add_option("--secret-file", asked_.secret_file, "Secrets; otherwise the file that the run began with");
  }

  void add_runs() {
    add_format_of_answers(add_asking("runs", "List the runs of the repository", runtime::list_runs, false));
    add_format_of_answers(add_asking("show", "Show how a run went", runtime::show_run));
    add_asking("status", "Show what runs, what waits, and for whom", runtime::show_status, false);
  }

  void add_going_on() {
    CLI::App* command = add_asking("resume", "Go on with a run that was interrupted or waits; none: with all that may",
                                   [this](const runtime::Asked& asked) { return resume(session(), asked, resume_); });
    add_secrets(command);
    add_format_of_answers(command);
    command->add_flag("--force", resume_.force, "Also a run that has died again and again");
    command->add_flag("--wait", resume_.wait, "Stay while the run waits");
    command->add_flag("--take-changes", resume_.take_changes, "Go on with what the file says now; votes are void then");
    command = add_asking("rerun", "Run a finished run once more",
                         [this](const runtime::Asked& asked) { return runtime::rerun(asked, rerun_); });
    add_secrets(command);
    add_format_of_answers(command);
    CLI::Option* failed = command->add_flag("--failed", rerun_.failed, "Take over what succeeded");
    command->add_option("--from", rerun_.from, "This stage and all behind it; what succeeded before is taken over")
        ->excludes(failed);
    add_secrets(add_asking("stop", "Let a run finish what it does and start nothing more",
                           [](const runtime::Asked& asked) { return runtime::halt_run(asked, "stop"); }));
    add_secrets(add_asking("cancel", "End what a run does; handlers and rollbacks still run",
                           [](const runtime::Asked& asked) { return runtime::halt_run(asked, "cancel"); }));
    command = add_asking("resolve", "Say how a step in doubt ended",
                         [this](const runtime::Asked& asked) { return runtime::resolve(asked, step_, answer_); });
    command->add_option("STEP", step_, "STAGE, STAGE.STEP or STAGE.LEG.STEP, numbers from 1")->required();
    command->add_option("ANSWER", answer_, "success, failure or rerun")->required();
    add_secrets(command);
  }

  void add_people() {
    for (bool approve : {true, false}) {
      CLI::App* command =
          add_asking(approve ? "approve" : "reject", approve ? "Let a run pass a gate" : "Turn a run away at a gate",
                     [this, approve](const runtime::Asked& asked) {
                       vote_.approve = approve;
                       return runtime::vote(asked, vote_);
                     });
      command->add_option("GATE", vote_.gate, "The gate, or the environment that it enters; otherwise the only one");
      command->add_option("--comment", vote_.comment, "Why");
      if (approve) command->add_option("--confirm", vote_.ticked, "A line of the checklist, by text or number");
      command->add_flag("--later", vote_.later, "Only vote: the run goes on with the next `sluice resume`");
      add_secrets(command);
    }
  }

  void add_upkeep() {
    CLI::App* command = add_asking(
        "gc", "Remove old runs and what nothing needs any more",
        [this](const runtime::Asked& asked) { return runtime::collect(asked, collect_); }, false);
    command->add_option("--keep-days", collect_.keep_days, "Runs that ended later stay")->check(CLI::NonNegativeNumber);
    command->add_option("--keep-runs", collect_.keep_runs, "So many of the newest stay")->check(CLI::NonNegativeNumber);
    command->add_flag("--dry-run", collect_.dry, "Only say what would go");
    command = add_asking(
        "serve", "Go on with runs when their time or their votes have come",
        [this](const runtime::Asked& asked) { return runtime::serve(asked, serve_); }, false);
    command->add_flag("--share", serve_.share, "Other users of this machine may vote");
  }

  void add_logs() {
    CLI::App* command = add("logs", "Show what the steps of a run printed", [this] { return logs(logs_); });
    command->add_option("RUN", logs_.run, "The run's number; otherwise the last one");
    command->add_option("STAGE", logs_.stage, "This stage alone");
    command->add_flag("-f,--follow", logs_.follow, "Go on as long as the run does");
    command->add_option("--grep", logs_.text, "Only lines that hold this text");
    command->add_option("--step", logs_.step, "Only the step with this number")->check(CLI::PositiveNumber);
    command->add_flag("--timestamps", logs_.times, "Show when each line was printed");
    command->add_flag("--fold", logs_.fold, "Of each group show the title alone");
    command->add_option("--root", logs_.root, "The folder where .sluice stands");
  }

  CLI::App app_{"Typed pipelines: checked, emitted as GitHub Actions, run here", "sluice"};
  CheckOptions check_;
  LintOptions lint_;
  std::string topic_;
  FormatOptions format_;
  EmitOptions emit_;
  std::string settings_file_;
  GraphOptions graph_;
  PlanOptions plan_;
  SimulateOptions simulate_;
  TestOptions test_;
  DiffOptions diff_;
  RunCommand run_;
  runtime::Asked asked_;
  std::string root_, step_, answer_;
  ResumeCommand resume_;
  runtime::RerunOptions rerun_;
  runtime::VoteOptions vote_;
  runtime::CollectOptions collect_;
  runtime::ServeOptions serve_;
  LogsOptions logs_;
  std::optional<Session> session_;
  std::function<int()> action_;
};

}  // namespace
}  // namespace sluice::driver

int main(int count, char** arguments) {
  sluice::driver::prepare_memory();
  // Static, so that it is not taken apart: the process ends here.
  static sluice::driver::CommandLine command_line;
  int status = command_line.run(count, arguments);
  if (std::fflush(stdout) != 0 && status == 0) status = 2;
#ifdef SLUICE_INSTRUMENTED  // leaks are looked for, and counters written, at the usual end
  return status;
#else
  std::_Exit(status);
#endif
}
