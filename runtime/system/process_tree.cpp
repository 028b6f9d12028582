#include "runtime/system/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

constexpr std::int64_t clock_tolerance = 10;  // ticks between a process's start and our look at the clock

struct Entry {
  pid_t parent = 0, session = 0;
  char state = ' ';
  std::int64_t start = 0;  // in clock ticks since boot
};

/// Fields of /proc/PID/stat behind the name, which may itself hold blanks and parentheses.
std::optional<Entry> read_entry(pid_t pid) {
  auto text = read_file(fmt::format("/proc/{}/stat", pid));
  if (!text) return std::nullopt;
  std::size_t name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  Entry entry;
  int group = 0;
  long long start = 0;
  int found = sscanf(text->c_str() + name_end + 1,
                     " %c %d %d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %lld", &entry.state,
                     &entry.parent, &group, &entry.session, &start);
  if (found != 5) return std::nullopt;
  entry.start = start;
  return entry;
}

std::vector<pid_t> numbered_entries(const char* folder) {
  std::vector<pid_t> numbers;
  DIR* listing = opendir(folder);
  if (listing == nullptr) return numbers;
  while (dirent* entry = readdir(listing)) {
    pid_t number = 0;
    std::string_view name = entry->d_name;
    auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) numbers.push_back(number);
  }
  closedir(listing);
  return numbers;
}

/// The kernel's own list of our children, if it keeps one. One thread starts them all, the first, and it is the first
/// as well that gets the orphans (find_new_reaper in kernel/exit.c).
std::optional<std::vector<pid_t>> listed_children() {
  static const Descriptor file(
      open(fmt::format("/proc/self/task/{}/children", getpid()).c_str(), O_RDONLY | O_CLOEXEC));
  std::string bytes(4096, '\0');
  ssize_t size = file ? pread(file.get(), bytes.data(), bytes.size(), 0) : -1;
  if (size < 0 || size == static_cast<ssize_t>(bytes.size())) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size));
  const std::string* text = &bytes;
  std::vector<pid_t> children;
  for (const char *position = text->data(), *last = position + text->size(); position < last;) {
    pid_t pid = 0;
    auto [end, error] = std::from_chars(position, last, pid);
    if (error != std::errc()) break;
    children.push_back(pid);
    position = end + 1;
  }
  return children;
}

/// The value of the tracking variable that a process was started with.
std::string tracking_of(pid_t pid) {
  auto text = read_file(fmt::format("/proc/{}/environ", pid));
  if (!text) return {};
  std::string name = std::string(tracking_variable) + "=";
  std::string_view rest = *text;
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find('\0'), rest.size());
    if (rest.substr(0, end).starts_with(name)) return std::string(rest.substr(name.size(), end - name.size()));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

bool is_meant(pid_t pid, const Entry& entry, const TreeQuery& query, const ProcessTable& table) {
  std::string tracking = tracking_of(pid);
  if (!tracking.empty()) return tracking.starts_with(query.tracking);
  if (std::ranges::find(query.sessions, entry.session) != query.sessions.end()) return true;
  return query.strays && tracking.empty() && !table.knows(pid);
}

}  // namespace

std::unordered_set<pid_t> own_children() {
  std::unordered_set<pid_t> children;
  if (auto listed = listed_children()) return {listed->begin(), listed->end()};
  for (pid_t pid : numbered_entries("/proc")) {
    auto entry = read_entry(pid);
    if (entry && entry->parent == getpid()) children.insert(pid);
  }
  return children;
}

std::vector<pid_t> find_tree(const TreeQuery& query, const ProcessTable& table,
                             const std::unordered_set<pid_t>& others) {
  // The common case, told by one small file: nothing but the processes that we know.
  if (auto listed = query.reaper == 0 ? listed_children() : std::nullopt) {
    bool any = std::ranges::any_of(*listed, [&](pid_t pid) {
      bool asked_for = std::ranges::find(query.sessions, pid) != query.sessions.end();
      return !others.contains(pid) && (asked_for || !table.knows(pid));
    });
    if (!any) return {};
  }
  std::multimap<pid_t, std::pair<pid_t, Entry>> by_parent;
  for (pid_t pid : numbered_entries("/proc")) {
    if (auto entry = read_entry(pid)) by_parent.emplace(entry->parent, std::pair{pid, *entry});
  }
  std::vector<pid_t> found, to_visit;
  for (pid_t parent : {getpid(), query.reaper}) {
    auto [first, last] = by_parent.equal_range(parent);
    for (; parent != 0 && first != last; ++first) {
      auto [pid, entry] = first->second;
      if (others.contains(pid) || !is_meant(pid, entry, query, table)) continue;
      to_visit.push_back(pid);
      if (entry.state != 'Z') found.push_back(pid);
    }
  }
  while (!to_visit.empty()) {
    auto [child, end] = by_parent.equal_range(to_visit.back());
    to_visit.pop_back();
    for (; child != end; ++child) {
      to_visit.push_back(child->second.first);
      if (child->second.second.state != 'Z') found.push_back(child->second.first);
    }
  }
  return found;
}

std::vector<pid_t> find_marked(const std::vector<std::string>& tokens, const std::vector<MarkedProcess>& known) {
  std::vector<pid_t> found;
  for (pid_t pid : numbered_entries("/proc")) {
    auto entry = read_entry(pid);
    if (!entry || entry->state == 'Z' || pid == getpid()) continue;
    bool meant = std::ranges::any_of(known, [&](const MarkedProcess& process) {
      bool same = process.pid == pid && std::abs(process.start - entry->start) <= clock_tolerance;
      return same || (process.pid == entry->session && pid != entry->session && entry->start >= process.start);
    });
    if (!meant) {
      std::string mark = tracking_of(pid);
      meant = !mark.empty() && std::ranges::any_of(tokens, [&](const std::string& token) {
        return !token.empty() && mark.starts_with(token + ".");
      });
    }
    if (meant) found.push_back(pid);
  }
  return found;
}

void signal_tree(const std::vector<pid_t>& processes, int signal) {
  for (pid_t pid : processes) kill(pid, signal);
}

}  // namespace sluice::runtime
