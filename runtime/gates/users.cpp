#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <cstring>

#include "runtime/gates/people.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t longest = 1 << 20;  // of an entry: a group's has all its members

/// Calls what needs a buffer with larger ones until it fits; gives the error number.
int with_buffer(std::vector<char>& buffer, const std::function<int()>& ask) {
  int error = ERANGE;
  for (buffer.resize(4096); error == ERANGE && buffer.size() <= longest; buffer.resize(buffer.size() * 2)) {
    error = ask();
    if (error != ERANGE) break;
  }
  return error;
}

std::vector<std::string> groups_of(const std::string& name) {
  passwd user{}, *found = nullptr;
  std::vector<char> buffer;
  with_buffer(buffer, [&] { return getpwnam_r(name.c_str(), &user, buffer.data(), buffer.size(), &found); });
  if (!found) return {};
  std::vector<gid_t> ids(64);
  auto count = static_cast<int>(ids.size());
  while (getgrouplist(name.c_str(), user.pw_gid, ids.data(), &count) < 0 && ids.size() < longest) {
    ids.resize(std::max<std::size_t>(ids.size() * 2, static_cast<std::size_t>(count)));
    count = static_cast<int>(ids.size());
  }
  ids.resize(std::min(ids.size(), static_cast<std::size_t>(count)));
  std::vector<std::string> names;
  for (gid_t id : ids) {
    group entry{}, *one = nullptr;
    with_buffer(buffer, [&] { return getgrgid_r(id, &entry, buffer.data(), buffer.size(), &one); });
    if (one) names.emplace_back(one->gr_name);
  }
  return names;
}

bool is_group(const std::string& name) {
  group entry{}, *found = nullptr;
  std::vector<char> buffer;
  with_buffer(buffer, [&] { return getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found); });
  return found != nullptr;
}

}  // namespace

std::expected<std::string, std::string> name_of_user(uid_t id) {
  passwd user{}, *found = nullptr;
  std::vector<char> buffer;
  int error = with_buffer(buffer, [&] { return getpwuid_r(id, &user, buffer.data(), buffer.size(), &found); });
  if (found) return std::string(user.pw_name);
  std::string why = error == 0 ? "" : fmt::format(": {}", strerror(error));
  return std::unexpected(fmt::format("this machine knows no user with the number {}{}", id, why));
}

Groups groups_of_this_machine() { return {groups_of, is_group}; }

}  // namespace sluice::runtime
