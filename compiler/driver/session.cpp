#include "driver/session.h"

#include <filesystem>

#include "compilation/read_file.h"
#include "driver/files.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(UnreadableFile, "cannot read `{}`: {}");

}  // namespace

std::expected<compilation::Compilation*, int> Session::open(const std::string& path) {
  auto text = read(path);
  if (!text) return std::unexpected(text.error());
  return &add(path, std::move(*text));
}

std::expected<std::string, int> Session::read(const std::string& path) {
  auto text = compilation::read_file(path);
  if (text) return std::move(*text);
  diagnostics::Sink sink;
  sink.report<UnreadableFile>({}, path, text.error());
  reporter_.add(sink, {});
  return std::unexpected(2);
}

compilation::Compilation& Session::add(const std::string& path, std::string text) {
  if (path == "-") return compilations_.emplace_back("<stdin>", std::move(text));
  std::string project = project_of(std::filesystem::path(path).parent_path().string());
  return compilations_.emplace_back(path, std::move(text), path_in_project(path), std::move(project));
}

}  // namespace sluice::driver
