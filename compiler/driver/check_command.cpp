#include "driver/commands.h"
#include "driver/files.h"
#include "driver/problems.h"
#include "driver/report.h"
#include "driver/session.h"
#include "driver/shellcheck.h"

namespace sluice::driver {
namespace {

// Gives the exit status.
int report_scripts(Session& session, const std::vector<Unfolded>& files) {
  ScriptFindings found = check_scripts(files);
  if (!found.installed) return complain("`--scripts` needs shellcheck, which is not installed");
  if (!found.failure.empty()) return complain(found.failure);
  int status = 0;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (session.reporter().add(found.sinks[i], *files[i].sources)) status = 1;
  return status;
}

}  // namespace

int check(Session& session, const CheckOptions& options) {
  std::vector<std::string> files = options.files.empty() ? pipe_files(".") : options.files;
  if (files.empty()) return complain("there is no `.pipe` file in this repository");
  int status = 0;
  std::size_t pipelines = 0;
  std::vector<Unfolded> unfolded;
  for (const std::string& file : files) {
    auto opened = session.open(file);
    if (!opened) {
      status = opened.error();
      continue;
    }
    const std::vector<graph::Graph>& graphs = (*opened)->compile();
    pipelines += graphs.size();
    if (session.reporter().add((*opened)->sink(), (*opened)->sources())) status = std::max(status, 1);
    if ((*opened)->sink().has_errors()) continue;
    unfolded.push_back({&graphs, &(*opened)->sources()});
    if (session.reporter().add(problems_on_github(graphs, **opened), (*opened)->sources()))
      status = std::max(status, 1);
  }
  if (options.scripts) status = std::max(status, report_scripts(session, unfolded));
  if (status == 0 && session.reporter().for_people()) {
    auto many = [](std::size_t count, const char* word) {
      return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
    };
    std::fprintf(stderr, "%s in %s: no errors\n", many(pipelines, "pipeline").c_str(),
                 many(files.size(), "file").c_str());
  }
  return std::max(status, session.reporter().finish());
}

}  // namespace sluice::driver
