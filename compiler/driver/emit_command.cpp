#include <map>

#include "backends/github/emit.h"
#include "compilation/read_file.h"
#include "driver/commands.h"
#include "driver/files.h"
#include "driver/problems.h"
#include "driver/report.h"
#include "driver/session.h"

namespace sluice::driver {
namespace {

/// Emits every file before anything is written: two pipelines for one workflow are told, not overwritten.
class Emitter {
 public:
  Emitter(Session& session, const EmitOptions& options) : session_(session), options_(options) {}

  int run() {
    std::vector<std::string> files = options_.files.empty() ? pipe_files(".") : options_.files;
    if (files.empty()) return complain("there is no `.pipe` file in this repository");
    int status = 0;
    for (const std::string& file : files) status = std::max(status, emit_file(file));
    if (status != 0) return status;
    for (const auto& [path, workflow] : workflows_)
      status = std::max(status, options_.check ? compare(path, workflow) : write(path, workflow));
    return status;
  }

 private:
  int emit_file(const std::string& file) {
    auto opened = session_.open(file);
    if (!opened) return opened.error();
    compilation::Compilation& compilation = **opened;
    const std::vector<graph::Graph>& graphs = compilation.compile();
    if (report(compilation.sink(), compilation.sources())) return 1;
    diagnostics::Sink problems;
    int status = 0;
    std::vector<source::Span> names = pipeline_names(compilation);
    for (std::size_t i = 0; i < graphs.size(); ++i) {
      github::Workflow workflow = github::emit(graphs[i]);
      for (const github::Problem& problem : workflow.problems) tell(problem, names[i], problems);
      status = std::max(status, keep(file, std::move(workflow)));
    }
    bool refused = report(problems, compilation.sources()) || (options_.strict && !problems.all().empty());
    return std::max(status, refused ? 1 : 0);
  }

  int keep(const std::string& file, github::Workflow workflow) {
    std::size_t slash = file.rfind('/');
    std::string folder = options_.folder;
    if (folder.empty())
      folder = project_of(slash == std::string::npos ? "." : file.substr(0, slash)) + "/.github/workflows";
    auto [at, added] = workflows_.try_emplace(folder + "/" + workflow.file_name, std::move(workflow.text));
    return added ? 0 : complain(fmt::format("two pipelines would be written to `{}`", shown_path(at->first)));
  }

  static int write(const std::string& path, const std::string& text) {
    auto old = compilation::read_file(path);
    bool same = old && *old == text;
    if (!same) {
      auto written = write_file(path, text);
      if (!written) return complain(fmt::format("cannot write `{}`: {}", path, written.error()));
    }
    std::fprintf(stderr, "%s %s\n", same ? "unchanged" : "wrote", shown_path(path).c_str());
    return 0;
  }

  static int compare(const std::string& path, const std::string& text) {
    auto old = compilation::read_file(path);
    std::string difference = unified_diff(old ? *old : "", text, shown_path(path));
    if (old && difference.empty()) return 0;
    if (!old)
      std::fprintf(stderr, "%s is missing\n", shown_path(path).c_str());
    else
      std::fprintf(stderr, "%s is not what its source says\n", shown_path(path).c_str());
    return std::max(1, print(difference));
  }

  Session& session_;
  const EmitOptions& options_;
  std::map<std::string, std::string> workflows_;
};

}  // namespace

int emit(Session& session, const EmitOptions& options) { return Emitter(session, options).run(); }

}  // namespace sluice::driver
