#include "driver/run_repository.h"

#include <vector>

#include "driver/files.h"
#include "runtime/expressions/values.h"
#include "runtime/system/process.h"

namespace sluice::driver {
namespace {

namespace fs = std::filesystem;

/// What git answers in a folder, without the blanks around it; empty where it has no answer.
class Git {
 public:
  Git(fs::path folder, runtime::Variables environment)
      : folder_(std::move(folder)), environment_(std::move(environment)) {
    environment_["LC_ALL"] = "C.UTF-8";
    if (auto program = runtime::find_program("git", environment_)) program_ = *program;
  }

  std::string ask(std::vector<std::string> arguments) const {
    if (program_.empty()) return {};
    arguments.insert(arguments.begin(), "git");
    auto answer = runtime::capture({program_, std::move(arguments), environment_, folder_});
    return answer ? std::string(runtime::trimmed(*answer)) : std::string();
  }

 private:
  fs::path folder_, program_;
  runtime::Variables environment_;
};

std::string_view take(std::string_view& text, char separator) {
  std::size_t end = std::min(text.find(separator), text.size());
  std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

void read_commit(const Git& git, Repository& repository) {
  std::string answer = git.ask({"log", "-1", "--format=%H%x00%an%x00%ae%x00%B"});
  if (answer.empty()) return;
  std::string_view rest = answer;
  repository.sha = take(rest, '\0');
  repository.author_name = take(rest, '\0');
  repository.author_email = take(rest, '\0');
  repository.message = rest;
}

void read_ref(const Git& git, Repository& repository) {
  if (std::string branch = git.ask({"symbolic-ref", "--quiet", "--short", "HEAD"}); !branch.empty()) {
    repository.ref_name = branch;
    repository.ref = "refs/heads/" + branch;
  } else if (repository.sha.empty()) {
    return;  // no repository
  } else if (std::string tag = git.ask({"describe", "--tags", "--exact-match", "HEAD"}); !tag.empty()) {
    repository.ref_name = tag;
    repository.ref = "refs/tags/" + tag;
    repository.ref_type = "tag";
  }
  std::string remote_head = git.ask({"symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"});
  if (remote_head.starts_with("origin/")) repository.default_branch = remote_head.substr(7);
}

void read_settings(const Git& git, Repository& repository) {
  std::string answer = git.ask({"config", "--get-regexp", "^(remote\\.origin\\.url|user\\.name)$"});
  for (std::string_view rest = answer; !rest.empty();) {
    std::string_view line = take(rest, '\n');
    std::string_view key = take(line, ' ');
    if (key == "user.name" && !line.empty()) repository.actor = line;
    if (key != "remote.origin.url") continue;
    if (std::string name = repository_of_address(line); !name.empty()) repository.name = name;
  }
}

}  // namespace

std::filesystem::path find_root(const std::string& pipe_file, const std::string& given) {
  std::error_code error;
  if (!given.empty()) return fs::absolute(given, error).lexically_normal();
  bool is_file = !pipe_file.empty() && pipe_file != "-";
  fs::path folder = fs::absolute(is_file ? pipe_file : "pipe", error).lexically_normal().parent_path();
  return project_of(folder.string());
}

Repository read_repository(const fs::path& folder, const std::map<std::string, std::string>& environment) {
  Repository repository;
  fs::path normal = folder.lexically_normal();
  if (!normal.has_filename()) normal = normal.parent_path();
  repository.name = "local/" + normal.filename().string();
  if (auto user = environment.find("USER"); user != environment.end() && !user->second.empty())
    repository.actor = user->second;
  Git git(folder, environment);
  read_commit(git, repository);
  read_ref(git, repository);
  read_settings(git, repository);
  return repository;
}

std::string repository_of_address(std::string_view address) {
  std::size_t scheme = address.find("://");
  if (address.starts_with("file:")) return {};
  std::size_t path = 0;
  if (scheme != std::string_view::npos) {
    path = address.find('/', scheme + 3);
  } else {
    path = address.find(':');  // git@github.com:owner/repository.git
    if (path != std::string_view::npos && address.substr(0, path).find('/') != std::string_view::npos) return {};
  }
  if (path == std::string_view::npos) return {};
  address.remove_prefix(path + 1);
  while (address.ends_with('/')) address.remove_suffix(1);
  if (address.ends_with(".git")) address.remove_suffix(4);
  std::size_t last = address.rfind('/');
  if (last == std::string_view::npos || last == 0) return {};
  std::size_t before = address.rfind('/', last - 1);
  return std::string(before == std::string_view::npos ? address : address.substr(before + 1));
}

}  // namespace sluice::driver
