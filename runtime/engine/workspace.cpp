#include "runtime/engine/workspace.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

/// git, asked in a folder, without touching anything of the repository.
class Git {
 public:
  Git(fs::path folder, const Variables& environment) : folder_(std::move(folder)), environment_(environment) {
    std::erase_if(environment_, [](const auto& variable) { return variable.first.starts_with("GIT_"); });
    environment_.insert_or_assign("GIT_OPTIONAL_LOCKS", "false");
    environment_.insert_or_assign("LC_ALL", "C.UTF-8");
  }

  std::expected<std::string, std::string> ask(std::vector<std::string> arguments) const {
    auto program = find_program("git", environment_);
    if (!program) return std::unexpected("checkout needs the program `git`, which is not in PATH");
    arguments.insert(arguments.begin(), "git");
    return capture({*program, std::move(arguments), environment_, folder_});
  }

 private:
  fs::path folder_;
  Variables environment_;
};

struct Repository {
  fs::path private_folder;  ///< of this work tree: HEAD, index
  fs::path common_folder;   ///< objects, refs
  std::string prefix;       ///< the root below the top, with a slash behind; empty at the top
  std::string commit;       ///< empty before the first commit
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::expected<Repository, std::string> find_repository(const fs::path& root, const Git& git) {
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    return std::unexpected(fmt::format("checkout: the folder `{}` is gone", root.string()));
  }
  auto answer = git.ask({"rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-prefix"});
  if (!answer) {
    return std::unexpected(
        fmt::format("checkout: `{}` is no git work tree ({}); run `git init` there and add the files", root.string(),
                    answer.error()));
  }
  std::vector<std::string> lines = split(*answer, '\n');
  lines.resize(3);
  Repository repository{lines[0], lines[1], lines[2], {}};
  if (auto commit = git.ask({"rev-parse", "--quiet", "--verify", "HEAD"})) repository.commit = trimmed(*commit);
  return repository;
}

Outcome copy_files(const fs::path& root, const fs::path& workspace, const std::string& list) {
  std::unordered_set<std::string> folders, done;
  for (const std::string& name : split(list, '\0')) {
    if (!done.insert(name).second) continue;  // a conflicted file is listed once a side
    fs::path file(name);
    struct stat status {};
    if (lstat((root / file).c_str(), &status) != 0) continue;  // deleted in the work tree
    bool folder = S_ISDIR(status.st_mode);                     // a submodule, or a repository within: an empty folder
    fs::path parent = folder ? file : file.parent_path();
    if (!parent.empty() && folders.insert(parent.string()).second) {
      if (Outcome made = make_folders(workspace / parent, 0755); !made) return made;
    }
    if (folder) continue;
    if (Outcome copied = copy_entry(root / file, workspace / file); !copied) return copied;
  }
  return {};
}

Outcome copy_tree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (!fs::is_directory(from, error)) return {};
  if (Outcome made = make_folders(to); !made) return made;
  fs::recursive_directory_iterator entry(from, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    fs::path target = to / entry->path().lexically_relative(from);
    std::error_code ignored;
    Outcome copied = entry->is_directory(ignored) ? make_folders(target) : copy_entry(entry->path(), target);
    if (!copied) return copied;
  }
  return {};
}

/// Small files of the repository that say where it stands; what is missing is left out.
Outcome copy_state(const Repository& repository, const fs::path& folder) {
  std::vector<std::pair<fs::path, fs::path>> files = {
      {repository.private_folder / "HEAD", folder / "HEAD"},
      {repository.common_folder / "packed-refs", folder / "packed-refs"},
      {repository.common_folder / "shallow", folder / "shallow"},
  };
  if (repository.prefix.empty()) files.emplace_back(repository.private_folder / "index", folder / "index");
  for (const auto& [from, to] : files) {
    std::error_code error;
    if (!fs::exists(from, error)) continue;
    if (Outcome copied = copy_entry(from, to); !copied) return copied;
  }
  for (const char* kind : {"heads", "tags"}) {
    if (Outcome copied = copy_tree(repository.common_folder / "refs" / kind, folder / "refs" / kind); !copied) {
      return copied;
    }
  }
  return {};
}

/// The copies have the times and sizes that the index knows, but neither their inodes nor their times of change.
constexpr const char* configuration =
    "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tlogallrefupdates = true\n\tcheckStat = minimal\n"
    "\ttrustctime = false\n[gc]\n\tauto = 0\n";

Outcome make_git_folder(const Repository& repository, const fs::path& workspace, const Variables& environment) {
  fs::path folder = workspace / ".git";
  for (const char* part : {"objects/info", "refs/heads"}) {
    if (Outcome made = make_folders(folder / part); !made) return made;
  }
  std::string objects = (repository.common_folder / "objects").string() + "\n";
  Outcome written = write_file(folder / "objects/info/alternates", objects);
  if (written) written = write_file(folder / "config", configuration);
  if (written) written = copy_state(repository, folder);
  if (!written || repository.commit.empty()) return written;
  Git git(workspace, environment);
  // A ref that the copies do not hold (another ref storage) is written out: HEAD stands at the commit in any case.
  if (auto head = git.ask({"rev-parse", "--quiet", "--verify", "HEAD"}); !head) {
    if (written = write_file(folder / "HEAD", repository.commit + "\n"); !written) return written;
  }
  if (repository.prefix.empty()) return {};
  std::string tree =
      fmt::format("HEAD:{}", std::string_view(repository.prefix).substr(0, repository.prefix.size() - 1));
  (void)git.ask({"read-tree", tree});  // a folder that was never committed has no tree: the index stays empty
  return {};
}

}  // namespace

Outcome check_out(const fs::path& root, const fs::path& workspace, const Variables& environment) {
  Git git(root, environment);
  auto repository = find_repository(root, git);
  if (!repository) return std::unexpected(repository.error());
  auto list = git.ask({"ls-files", "-z", "--cached", "--others", "--exclude-standard"});
  if (!list) return std::unexpected(fmt::format("checkout: {}", list.error()));
  if (Outcome copied = copy_files(root, workspace, *list); !copied) return copied;
  return make_git_folder(*repository, workspace, environment);
}

}  // namespace sluice::runtime
