// Arguments that make a program run something else: options, configuration, what is checked out, labels.
#include "shells/posix_rules.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

// Programs that an option can make run a command, read other options or write a file anywhere.
constexpr llvm::StringLiteral obedient = "ssh scp sftp rsync tar find curl wget make gmake sort zip sudo xargs man";

constexpr llvm::StringLiteral docker_commands = "run exec create build buildx compose";
constexpr llvm::StringLiteral git_commands =
    "fetch pull push clone ls-remote grep log diff show format-patch archive rebase difftool bisect submodule rev-list "
    "diff-tree shortlog whatchanged am apply";

constexpr std::string_view apart = "write the setting itself, or choose among several with `if` or `case`";

// `core.pager` and whatever else git runs; a key that begins with a hole may be any of them.
bool runs(llvm::StringRef setting) {
  llvm::StringRef key = setting.split('=').first;
  if (key.startswith({&Script::mark, 1})) return true;
  for (llvm::StringRef part : {"alias.", "filter.", "difftool.", "mergetool.", "merge.", "diff.", "hook", "credential"})
    if (key.startswith_insensitive(part)) return true;
  for (llvm::StringRef part :
       {"command", "pager", "editor", "program", "hookspath", "fsmonitor", "askpass", "helper", "cmd"})
    if (key.contains_insensitive(part)) return true;
  return false;
}

bool runs_for_ssh(llvm::StringRef setting) {
  return setting.startswith({&Script::mark, 1}) || setting.startswith_insensitive("ProxyCommand") ||
         setting.startswith_insensitive("LocalCommand") || setting.startswith_insensitive("KnownHostsCommand");
}

std::size_t index_of(Words words, llvm::StringRef text) {
  std::size_t at = 0;
  while (at < words.size() && words[at].text != text) ++at;
  return at;
}

}  // namespace

// Where a value that begins with a dash would be an option.
void Rules::options(Words words) {
  llvm::StringRef program = base_name(words[0].text);
  if (program == "git") git(words);
  if (program == "gh" || program == "glab") labels(words);
  bool host = has_word("ssh scp sftp", program);
  bool docker = has_word("docker podman", program);
  bool obeys = has_word(obedient, program);
  if (program == "git" || docker)
    obeys = std::any_of(words.begin(), words.end(), [&](const PosixWord& word) {
      return has_word(docker ? docker_commands : git_commands, word.text);
    });
  for (std::size_t i = 1; i < words.size(); ++i) {
    llvm::StringRef text = words[i].text;
    if (host && text.startswith("-o")) {
      if (text.size() > 2) configuration(words[i], text.drop_front(2));
      if (text.size() == 2 && i + 1 < words.size()) configuration(words[i + 1], words[i + 1].text);
    }
    if (!obeys || text == "--") break;
    bool first = !text.empty() && text[0] == Script::mark;
    if (first && !is_option(words[i - 1].text)) use(words[i].holes, Use::option);
  }
}

void Rules::configuration(const PosixWord& word, llvm::StringRef text) {
  if (runs_for_ssh(text)) code(word.holes, "ssh", apart);
}

void Rules::git(Words words) {
  name_ = "git";
  std::size_t i = 1;
  for (; i < words.size() && is_option(words[i].text); ++i) {
    bool valued = has_word("-c -C --git-dir --work-tree", words[i].text) && i + 1 < words.size();
    if (valued && words[i].text == "-c" && runs(words[i + 1].text)) code(words[i + 1].holes, "git", apart);
    i += valued ? 1 : 0;
  }
  if (i >= words.size()) return;
  llvm::StringRef command = words[i].text;
  Words rest = words.drop_front(i + 1);
  if (command == "config") {
    while (!rest.empty() && is_option(rest[0].text)) rest = rest.drop_front();
    if (rest.empty() || !runs(rest[0].text)) return;
    for (const PosixWord& word : rest) code(word.holes, "git", apart);
  }
  if (command == "submodule" || command == "bisect")
    for (const PosixWord& word :
         rest.drop_front(std::min(index_of(rest, command == "bisect" ? "run" : "foreach"), rest.size())))
      code(word.holes, "git", find_reader("git")->mend);
  if (command == "rebase")
    if (std::size_t at = index_of(rest, "-x") + 1; at < rest.size())
      code(rest[at].holes, "git", find_reader("git")->mend);
  if (!has_word("checkout switch fetch pull clone reset merge worktree cherry-pick restore read-tree", command)) return;
  for (const PosixWord& word : rest.take_front(index_of(rest, "--"))) use(word.holes, Use::commit, "");
}

// `gh pr edit 1 --add-label …`, and what the API is told of labels.
void Rules::labels(Words words) {
  if (words.size() < 3) return;
  if (words[1].is("pr") && words[2].is("checkout"))
    for (const PosixWord& word : words.drop_front(3)) use(word.holes, Use::commit, "");
  bool api = std::any_of(words.begin(), words.end(),
                         [](const PosixWord& word) { return llvm::StringRef(word.text).contains("/labels"); });
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto [option, value] = llvm::StringRef(words[i].text).split('=');
    bool label =
        has_word("--add-label --remove-label --label -l", option) && !has_word("list status search", words[2].text);
    if (label && i + 1 < words.size() && value.empty()) use(words[i + 1].holes, Use::label);
    if (label || (api && llvm::StringRef(words[i].text).contains("labels[]"))) use(words[i].holes, Use::label);
  }
}

}  // namespace sluice::shells
