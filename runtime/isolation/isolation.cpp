#include "runtime/isolation/isolation.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view units = "KMGTP";

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

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (; !text.empty(); text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1)) {
    std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

/// The whole work tree, of which the project may be a folder, and git's own folder, which may lie elsewhere, are
/// hidden; the objects in it, and those that it borrows, are not.
void find_repository(const fs::path& repository, const Variables& environment, Means& means) {
  auto git = find_program("git", environment);
  if (!git) return;
  auto answer = capture({*git,
                         {"git", "rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel"},
                         environment,
                         repository});
  if (!answer) return;
  for (const std::string& folder : lines_of(*answer)) means.hidden.emplace_back(folder);
  if (means.hidden.empty()) return;
  // A second work tree belongs to the first one, where the folder lies.
  if (means.hidden[0].filename() == ".git") means.hidden.push_back(means.hidden[0].parent_path());
  fs::path objects = means.hidden[0] / "objects";
  means.objects.push_back(objects);
  for (const std::string& other : lines_of(read_file(objects / "info/alternates").value_or(""))) {
    means.objects.push_back(objects / other);
  }
}

}  // namespace

Means find_means(const Isolation& isolation, const fs::path& repository, const Variables& environment) {
  Means means;
  if (!isolation.on) return means;
  try_bubblewrap(isolation, environment, means);
  find_repository(repository, environment, means);
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
