#include "runtime/isolation/isolation.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view units = "KMGTP";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

/// A command that does nothing, in namespaces of its own: whether the kernel allows it, nobody else can tell.
void try_bubblewrap(const Isolation& isolation, const Variables& environment, Means& means) {
  std::string consequence = "steps can read and write all that you can";
  if (isolation.offline) consequence += " and have your network";
  auto program = find_program("bwrap", environment);
  if (!program) {
    means.missing.push_back(fmt::format("{}: there is no `bwrap` here; install the package bubblewrap", consequence));
    return;
  }
  Command command{fs::absolute(*program), {"bwrap", "--unshare-pid", "--unshare-ipc"}, environment, "/"};
  if (isolation.offline) command.arguments.emplace_back("--unshare-net");
  for (const char* word : {"--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--", "/bin/sh", "-c", ":"}) {
    command.arguments.emplace_back(word);
  }
  auto tried = capture(command);
  means.namespaces = tried.has_value();
  if (tried)
    means.bubblewrap = command.program;
  else
    means.missing.push_back(fmt::format("{}: bubblewrap cannot make namespaces here ({})", consequence, tried.error()));
}

/// Where git keeps the objects of the repository, and of those that it borrows from.
std::vector<fs::path> git_objects(const fs::path& repository, const Variables& environment) {
  auto git = find_program("git", environment);
  if (!git) return {};
  auto answer =
      capture({*git, {"git", "rev-parse", "--path-format=absolute", "--git-common-dir"}, environment, repository});
  if (!answer) return {};
  std::vector<fs::path> folders = {fs::path(trimmed(*answer)) / "objects"};
  std::string borrowed = read_file(folders[0] / "info/alternates").value_or("");
  for (std::string_view rest = borrowed; !rest.empty();) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) folders.push_back(folders[0] / rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return folders;
}

}  // namespace

Means find_means(const Isolation& isolation, const fs::path& repository, const Variables& environment) {
  Means means;
  if (!isolation.on) return means;
  try_bubblewrap(isolation, environment, means);
  means.objects = git_objects(repository, environment);
  means.groups = find_group_places(isolation.limits, means.missing);
  return means;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !(number > 0)) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  double factor = 1;
  if (!unit.empty() && unit != "B") {
    std::size_t power = units.find(static_cast<char>(unit[0] & ~0x20));
    if (power == std::string_view::npos || (unit.substr(1) != "" && unit.substr(1) != "B" && unit.substr(1) != "iB")) {
      return std::nullopt;
    }
    factor = std::pow(1024.0, static_cast<double>(power + 1));
  }
  double bytes = number * factor;
  if (bytes < 1 || bytes > 9e18) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace sluice::runtime
