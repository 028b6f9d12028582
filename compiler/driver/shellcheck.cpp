#include "driver/shellcheck.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "graph/script.h"
#include "runtime/expressions/json.h"
#include "shells/shell.h"

extern char** environ;

namespace sluice::driver {
namespace {

DIAGNOSTIC(ScriptError, "SC{}: {}");
DIAGNOSTIC(ScriptWarning, "SC{}: {}");
DIAGNOSTIC(ScriptNote, "SC{}: {}");

/// A script, and the file that it came from.
struct Body {
  const graph::Run* run;
  std::size_t file;
};

/// A folder that goes with its object.
class Folder {
 public:
  Folder() {
    std::error_code none;
    std::string name = (std::filesystem::temp_directory_path(none) / "sluice-scripts-XXXXXX").string();
    if (mkdtemp(name.data())) path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code none;
    if (!path_.empty()) std::filesystem::remove_all(path_, none);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

bool from_library(const graph::Run& run, const source::SourceManager& sources) {
  source::Position begin = sources.position(run.pieces.front().source);
  return !begin.file || begin.file->name.starts_with("<std>");
}

// A body that was unfolded several times is one.
std::vector<Body> bodies_of(const std::vector<Unfolded>& files) {
  std::vector<Body> bodies;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::set<std::uint32_t> seen;
    auto add_script = [&](const graph::Run* run) {
      if (!run || run->pieces.empty() || !shells::is_posix(run->shell)) return;
      bool first = seen.insert(run->pieces.front().source).second;
      if (first && !from_library(*run, *files[i].sources)) bodies.push_back({run, i});
    };
    auto add = [&](const graph::Step& step) {
      add_script(std::get_if<graph::Run>(&step.action));
      if (step.probe) add_script(&*step.probe);
    };
    for (const graph::Graph& graph : *files[i].graphs) {
      for (const graph::Stage& stage : graph.stages) {
        std::ranges::for_each(stage.steps, add);
        for (const graph::Rollback& rollback : stage.rollbacks) std::ranges::for_each(rollback.steps, add);
      }
    }
  }
  return bodies;
}

// Variables may come from the step's environment, `cd` that fails ends a script, and what is sourced is not at hand.
std::string as_file(const graph::Run& run) {
  bool sh = run.shell.starts_with("sh") || run.shell.starts_with("dash");
  return fmt::format("# shellcheck shell={} disable=SC1091,SC2154,SC2164\n{}\n", sh ? "sh" : "bash", run.text);
}

std::string read_all(int file) {
  std::string text;
  char buffer[65536];
  for (ssize_t count; (count = read(file, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  return text;
}

// What the program prints, or nothing if it could not be started; `missing` then says whether there is none.
std::optional<std::string> output_of(std::vector<std::string> words, bool& missing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  int error = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  missing = error == ENOENT;
  std::string text = error == 0 ? read_all(ends[0]) : "";
  close(ends[0]);
  if (error != 0) return std::nullopt;
  int status = 0;
  waitpid(child, &status, 0);
  return text;
}

// The byte that stands at a line and column, both from 1 and columns in characters; the script begins in line 2.
std::size_t offset_of(std::string_view text, std::size_t line, std::size_t column) {
  std::size_t at = 0;
  for (std::size_t i = 2; i < line && at < text.size(); ++i) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  for (std::size_t i = 1; i < column && at < text.size(); ++i) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
}

source::Span span_of(const graph::Run& run, const runtime::Json& finding) {
  std::size_t begin = offset_of(run.text, finding.value("line", 2U), finding.value("column", 1U));
  std::size_t end = offset_of(run.text, finding.value("endLine", 2U), finding.value("endColumn", 1U));
  return graph::source_of(run, begin, end);
}

void report(const runtime::Json& finding, const graph::Run& run, diagnostics::Sink& sink) {
  int code = finding.value("code", 0);
  std::string level = finding.value("level", "warning");
  // A finding's text has a sentence a line.
  std::string message = finding.value("message", "");
  std::replace(message.begin(), message.end(), '\n', ' ');
  while (message.ends_with('.')) message.pop_back();
  source::Span span = span_of(run, finding);
  auto told = level == "error"     ? sink.report<ScriptError>(span, code, message)
              : level == "warning" ? sink.report<ScriptWarning>(span, code, message)
                                   : sink.report<ScriptNote>(span, code, message);
  told.help("mend the script, or write `# shellcheck disable=SC{}` above that line of it", code);
}

}  // namespace

ScriptFindings check_scripts(const std::vector<Unfolded>& files) {
  ScriptFindings found;
  found.sinks.resize(files.size());
  std::vector<Body> bodies = bodies_of(files);
  if (bodies.empty()) return found;
  Folder folder;
  std::vector<std::string> words = {"shellcheck", "--norc", "--format=json1"};
  for (std::size_t i = 0; i < bodies.size() && !folder.path().empty(); ++i) {
    words.push_back(fmt::format("{}/{}", folder.path(), i));
    std::ofstream(words.back(), std::ios::binary) << as_file(*bodies[i].run);
  }
  bool missing = false;
  auto printed = output_of(std::move(words), missing);
  found.installed = !missing;
  if (missing) return found;
  runtime::Json report_of_all = printed ? runtime::parse_json(*printed) : runtime::Json();
  if (!report_of_all.is_object() || !report_of_all.contains("comments")) {
    found.failure = "shellcheck gave no findings that can be read";
    return found;
  }
  for (const runtime::Json& finding : report_of_all["comments"]) {
    std::string file = finding.value("file", "");
    std::size_t index = std::strtoul(file.substr(file.rfind('/') + 1).c_str(), nullptr, 10);
    if (index < bodies.size()) report(finding, *bodies[index].run, found.sinks[bodies[index].file]);
  }
  return found;
}

}  // namespace sluice::driver
