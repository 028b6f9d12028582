#include "driver/report.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "diagnostics/render.h"
#include "driver/files.h"
#include "explain/explain.h"

namespace sluice::driver {
namespace {

bool colors_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) && !(no_color && *no_color);
}

// What is no file, standard input and the library, keeps its name.
std::string place_in_project(const std::string& file) { return file.starts_with("<") ? file : path_in_project(file); }

std::string file_of(const diagnostics::Diagnostic& diagnostic, const source::SourceManager& sources) {
  source::Position begin = sources.begin(diagnostic.span);
  return begin.file ? place_in_project(begin.file->name) : "";
}

}  // namespace

Reporter::Reporter(std::string format)
    : format_(std::move(format)), sarif_(SLUICE_VERSION, [](diagnostics::Kind kind) -> diagnostics::Explanation {
        return {explain::summary(kind), explain::text(kind)};
      }) {}

bool Reporter::add(const diagnostics::Sink& sink, const source::SourceManager& sources) {
  bool color = colors_wanted();
  for (const diagnostics::Diagnostic* diagnostic : sink.sorted()) {
    if (format_ == "json")
      print(diagnostics::render_json(*diagnostic, sources));
    else if (format_ == "sarif")
      sarif_.add(*diagnostic, sources, place_in_project);
    else if (format_ == "github")
      print(diagnostics::render_github(*diagnostic, sources, file_of(*diagnostic, sources)));
    else
      std::fputs(diagnostics::render_human(*diagnostic, sources, color).c_str(), stderr);
  }
  return sink.has_errors();
}

int Reporter::finish() { return format_ == "sarif" ? print(sarif_.text()) : 0; }

bool report(const diagnostics::Sink& sink, const source::SourceManager& sources) {
  return Reporter().add(sink, sources);
}

int complain(const std::string& message) {
  std::fprintf(stderr, "sluice: %s\n", message.c_str());
  return 2;
}

int print(std::string_view text) {
  bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole || std::fflush(stdout) != 0)
    return complain(fmt::format("cannot write the output: {}", std::strerror(errno)));
  return 0;
}

}  // namespace sluice::driver
