#include "runtime/isolation/view.h"

#include <algorithm>
#include <initializer_list>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// A mount lies on the folder that a link means: what comes by the link finds it there.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(path, error);
  return error || real.empty() ? path.lexically_normal() : real;
}

bool is_within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// What lies in a folder that is replaced anyway needs nothing of its own; the root itself cannot be hidden.
std::vector<fs::path> outermost(const std::vector<fs::path>& folders, const std::vector<fs::path>& replaced) {
  std::vector<fs::path> wanted, kept;
  for (const fs::path& folder : folders) {
    if (is_folder(folder) && resolved(folder) != "/") wanted.push_back(resolved(folder));
  }
  std::ranges::sort(wanted);
  for (const fs::path& folder : wanted) {
    auto covers = [&](const fs::path& other) { return is_within(folder, other); };
    if (std::ranges::none_of(kept, covers) && std::ranges::none_of(replaced, covers)) kept.push_back(folder);
  }
  return kept;
}

void add(std::vector<std::string>& arguments, std::initializer_list<std::string> more) {
  arguments.insert(arguments.end(), more);
}

}  // namespace

std::vector<std::string> bubblewrap_arguments(const View& view, bool offline) {
  std::vector<std::string> arguments = {"--die-with-parent", "--unshare-pid", "--unshare-ipc"};
  if (offline) arguments.emplace_back("--unshare-net");
  add(arguments, {"--ro-bind", "/", "/", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm", "--proc", "/proc"});
  add(arguments, {"--bind", view.own / "tmp", "/tmp"});
  if (is_folder("/var/tmp")) add(arguments, {"--bind", view.own / "var-tmp", "/var/tmp"});
  if (is_folder("/run")) {
    // The sockets of daemons are here, and on some systems what /etc/resolv.conf points to.
    add(arguments, {"--tmpfs", "/run"});
    for (const char* names : {"/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager"}) {
      if (is_folder(names)) add(arguments, {"--ro-bind", names, names});
    }
  }
  fs::path home = resolved(view.home);
  bool has_home = !view.home.empty() && home != "/" && home != "/tmp" && is_folder(home);
  std::vector<fs::path> replaced = {"/tmp", "/var/tmp", "/run", "/dev", "/proc"};
  if (has_home) replaced.push_back(home);
  std::vector<fs::path> hidden = outermost(view.hidden, replaced);
  for (const fs::path& folder : hidden) add(arguments, {"--tmpfs", folder});
  if (has_home) add(arguments, {"--bind", view.own / "home", home});
  for (const fs::path& path : view.readable) add(arguments, {"--ro-bind-try", resolved(path), resolved(path)});
  for (const fs::path& path : view.writable) add(arguments, {"--bind", resolved(path), resolved(path)});
  for (const fs::path& folder : hidden) add(arguments, {"--remount-ro", folder});
  return arguments;
}

}  // namespace sluice::runtime
