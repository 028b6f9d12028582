#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "diagnostics/nearest.h"
#include "driver/commands.h"
#include "driver/memory.h"
#include "driver/report.h"
#include "driver/session.h"

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
    add_graph();
    add_run();
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

  void add_graph() {
    CLI::App* command = add("graph", "Show the graph of a pipeline", [this] { return graph(session(), graph_); });
    command->add_option("FILE", graph_.file, "The file")->required();
    command->add_option("PIPELINE", graph_.pipeline, "The pipeline; otherwise the first");
    command->add_option("--format", graph_.format, "The form")->check(CLI::IsMember({"json", "dot", "mermaid", "svg"}));
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
    command->add_option("--actions", run_.options.actions, "A folder of checked-out actions: OWNER/NAME@REF in it");
    command->add_option("--format", run_.options.format, "How the run is shown")
        ->check(CLI::IsMember({"human", "json"}));
  }

  CLI::App app_{"Typed pipelines: checked, emitted as GitHub Actions, run here", "sluice"};
  CheckOptions check_;
  LintOptions lint_;
  std::string topic_;
  FormatOptions format_;
  EmitOptions emit_;
  GraphOptions graph_;
  RunCommand run_;
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
  std::_Exit(status);
}
