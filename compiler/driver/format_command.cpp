#include "driver/commands.h"
#include "driver/files.h"
#include "driver/report.h"
#include "driver/session.h"
#include "format/format.h"

namespace sluice::driver {
namespace {

int format_file(Session& session, const std::string& path, const FormatOptions& options) {
  auto opened = session.open(path);
  if (!opened) return opened.error();
  const ast::File& file = (*opened)->parse();
  if (report((*opened)->sink(), (*opened)->sources())) return 1;
  std::string formatted = format::format(file);
  const std::string& text = file.source->text;
  if (path == "-" && !options.check && !options.diff) return print(formatted);
  if (formatted == text) return 0;
  if (options.diff && print(unified_diff(text, formatted, path)) != 0) return 2;
  if (options.check) std::fprintf(stderr, "%s is not formatted\n", path.c_str());
  if (options.check || options.diff) return 1;
  if (auto written = write_file(path, formatted); !written)
    return complain(fmt::format("cannot write `{}`: {}", path, written.error()));
  std::fprintf(stderr, "formatted %s\n", path.c_str());
  return 0;
}

}  // namespace

int format(Session& session, const FormatOptions& options) {
  std::vector<std::string> files = options.files.empty() ? pipe_files(".") : options.files;
  if (files.empty()) return complain("there is no `.pipe` file in this repository");
  int status = 0;
  for (const std::string& file : files) status = std::max(status, format_file(session, file, options));
  return status;
}

}  // namespace sluice::driver
