#include "driver/commands.h"
#include "driver/files.h"
#include "driver/report.h"
#include "driver/session.h"

namespace sluice::driver {

int check(Session& session, const CheckOptions& options) {
  std::vector<std::string> files = options.files.empty() ? pipe_files(".") : options.files;
  if (files.empty()) return complain("there is no `.pipe` file in this repository");
  int status = 0;
  std::size_t pipelines = 0;
  for (const std::string& file : files) {
    auto opened = session.open(file);
    if (!opened) {
      status = opened.error();
      continue;
    }
    pipelines += (*opened)->compile().size();
    if (session.reporter().add((*opened)->sink(), (*opened)->sources())) status = std::max(status, 1);
  }
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
