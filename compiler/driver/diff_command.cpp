#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "changes/changes.h"
#include "driver/commands.h"
#include "driver/files.h"
#include "driver/report.h"
#include "driver/session.h"
#include "runtime/engine/runner.h"
#include "runtime/expressions/json.h"
#include "runtime/system/process.h"

namespace sluice::driver {
namespace {

namespace fs = std::filesystem;

using changes::Change;
using changes::Severity;
using runtime::Json;

/// A folder of our own that is gone with us.
class Scratch {
 public:
  Scratch() {
    std::string name = fs::temp_directory_path() / "sluice-diff-XXXXXX";
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Puts a revision's files into a folder, with an index of our own: the repository's stays as it is.
std::expected<void, std::string> check_out(const std::string& revision, const fs::path& into) {
  auto environment = runtime::current_environment();
  auto program = runtime::find_program("git", environment);
  if (!program) return std::unexpected("`REVISION:FILE` needs git");
  environment["GIT_INDEX_FILE"] = into / ".index";
  auto top = runtime::capture({*program, {"git", "rev-parse", "--show-toplevel"}, environment, fs::current_path()});
  if (!top) return std::unexpected("this is no git repository");
  fs::path folder = top->substr(0, top->find('\n'));
  std::vector<std::vector<std::string>> commands = {
      {"git", "read-tree", "--end-of-options", revision + "^{tree}"},
      {"git", "checkout-index", "--all", fmt::format("--prefix={}/", into.string())}};
  for (std::vector<std::string>& command : commands)
    if (!runtime::capture({*program, std::move(command), environment, folder}))
      return std::unexpected(fmt::format("git has no revision `{}`", revision));
  return {};
}

/// The pipelines of one side; an error is the exit status, after it was told.
std::expected<std::vector<graph::Graph>, int> graphs_of(Session& session, const std::string& side,
                                                        const Scratch& scratch) {
  std::string file = side;
  std::size_t colon = side.find(':');
  std::error_code error;
  if (colon != std::string::npos && colon > 0 && !fs::exists(side, error)) {
    if (auto done = check_out(side.substr(0, colon), scratch.path()); !done)
      return std::unexpected(complain(done.error()));
    fs::create_directory(scratch.path() / ".github", error);  // so that it is a project of its own
    file = scratch.path() / side.substr(colon + 1);
  }
  auto opened = session.open(file);
  if (!opened) return std::unexpected(opened.error());
  compilation::Compilation& compilation = **opened;
  const std::vector<graph::Graph>& graphs = compilation.compile();
  if (report(compilation.sink(), compilation.sources())) return std::unexpected(2);
  return graphs;
}

std::string json_text(const std::vector<Change>& found) {
  std::string text;
  for (const Change& one : found) {
    Json line = {{"severity", to_text(one.severity)},
                 {"kind", one.kind},
                 {"pipeline", one.pipeline},
                 {"subject", one.subject},
                 {"text", one.text}};
    text += runtime::to_json_line(line) + "\n";
  }
  return text;
}

std::string human_text(const std::vector<Change>& found) {
  if (found.empty()) return "both mean the same\n";
  std::string text;
  for (Severity severity : {Severity::weakens, Severity::changes, Severity::harmless})
    for (const Change& one : found)
      if (one.severity == severity)
        text += fmt::format("{:8}  {}{}{}: {} [{}]\n", to_text(severity), one.pipeline, one.subject.empty() ? "" : " ",
                            one.subject, one.text, one.kind);
  return text;
}

}  // namespace

int diff(Session& session, const DiffOptions& options) {
  Scratch before, now;
  if (before.path().empty() || now.path().empty()) return complain("cannot make a folder for temporary files");
  auto old_graphs = graphs_of(session, options.old_side, before);
  if (!old_graphs) return old_graphs.error();
  auto new_graphs = graphs_of(session, options.new_side, now);
  if (!new_graphs) return new_graphs.error();
  std::vector<Change> found = changes::compare(*old_graphs, *new_graphs);
  int printed = print(options.format == "json" ? json_text(found) : human_text(found));
  bool weaker = std::ranges::any_of(found, [](const Change& one) { return one.severity == Severity::weakens; });
  return printed != 0 ? printed : weaker ? 1 : 0;
}

}  // namespace sluice::driver
