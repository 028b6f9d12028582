#include "driver/report.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "diagnostics/render.h"

namespace sluice::driver {
namespace {

bool colors_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(STDERR_FILENO) && !(no_color && *no_color);
}

}  // namespace

bool report(const diagnostics::Sink& sink, const source::SourceManager& sources, const std::string& format) {
  bool color = colors_wanted();
  for (const diagnostics::Diagnostic* diagnostic : sink.sorted()) {
    if (format == "json")
      print(diagnostics::render_json(*diagnostic, sources));
    else
      std::fputs(diagnostics::render_human(*diagnostic, sources, color).c_str(), stderr);
  }
  return sink.has_errors();
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
