#include "driver/session.h"

#include "compilation/read_file.h"
#include "driver/files.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(UnreadableFile, "cannot read `{}`: {}");

}  // namespace

std::expected<compilation::Compilation*, int> Session::open(const std::string& path) {
  auto text = compilation::read_file(path);
  if (text && path == "-") return &compilations_.emplace_back("<stdin>", std::move(*text));
  if (text) return &compilations_.emplace_back(path, std::move(*text), path_in_project(path));
  diagnostics::Sink sink;
  sink.report<UnreadableFile>({}, path, text.error());
  reporter_.add(sink, {});
  return std::unexpected(2);
}

}  // namespace sluice::driver
