#include "runtime/engine/shell.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "runtime/expressions/values.h"

namespace sluice::runtime {

std::vector<std::string> split_words(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  char quote = '\0';
  bool any = false;
  for (char letter : command) {
    if (quote != '\0') {
      if (letter == quote)
        quote = '\0';
      else
        word += letter;
    } else if (letter == '"') {
      quote = letter;
      any = true;
    } else if (letter == ' ') {
      if (any || !word.empty()) words.push_back(std::exchange(word, {}));
      any = false;
    } else {
      word += letter;
    }
  }
  if (any || !word.empty()) words.push_back(std::move(word));
  return words;
}

namespace {

struct KnownShell {
  std::string_view name, command, ending;
};

constexpr KnownShell known_shells[] = {
    {"bash", "bash --noprofile --norc -e -o pipefail {0}", ".sh"},
    {"sh", "sh -e {0}", ".sh"},
    {"python", "python {0}", ".py"},
    {"pwsh", "pwsh -command \". '{0}'\"", ".ps1"},
    {"powershell", "powershell -command \". '{0}'\"", ".ps1"},
};

std::string file_text(std::string_view ending, const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') plain += text[i];
  }
  if (ending != ".ps1") return plain;
  return "$ErrorActionPreference = 'stop'\n" + plain +
         "\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }\n";
}

/// Words that a shell understands itself, some of them also programs that behave otherwise.
constexpr std::array shell_words = {
    ".",       "[",       "alias",     "bg",       "bind",     "break",   "builtin", "caller",  "case",    "cd",
    "command", "compgen", "complete",  "compopt",  "continue", "coproc",  "declare", "dirs",    "disown",  "do",
    "done",    "echo",    "elif",      "else",     "enable",   "esac",    "eval",    "exec",    "exit",    "export",
    "fc",      "fg",      "fi",        "for",      "function", "getopts", "hash",    "help",    "history", "if",
    "in",      "jobs",    "kill",      "let",      "local",    "logout",  "mapfile", "popd",    "printf",  "pushd",
    "pwd",     "read",    "readarray", "readonly", "return",   "select",  "set",     "shift",   "shopt",   "source",
    "suspend", "test",    "then",      "time",     "times",    "trap",    "type",    "typeset", "ulimit",  "umask",
    "unalias", "unset",   "until",     "wait",     "while",
};

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char letter) {
    return std::isalnum(letter) ||
           std::string_view(" _./:,@%+-=").find(static_cast<char>(letter)) != std::string_view::npos;
  });
}

/// A program that the kernel starts by itself: what is no script without a first line.
bool begins_as_program(const std::string& program) {
  if (access(program.c_str(), X_OK) != 0) return false;
  Descriptor file(open(program.c_str(), O_RDONLY | O_CLOEXEC));
  char begin[4] = {};
  if (!file || read(file.get(), begin, sizeof begin) != sizeof begin) return false;
  return std::string_view(begin, 2) == "#!" || std::string_view(begin, 4) == "\177ELF";
}

/// The same; what was looked at is not opened again before it has changed.
bool can_be_started(const std::string& program) {
  struct Seen {
    dev_t device = 0;
    ino_t node = 0;
    timespec changed{};
    bool starts = false;
  };
  static std::unordered_map<std::string, Seen> all;
  struct stat now {};
  if (stat(program.c_str(), &now) != 0 || !S_ISREG(now.st_mode)) return false;
  auto [found, is_new] = all.try_emplace(program);
  Seen& seen = found->second;
  bool same = !is_new && seen.device == now.st_dev && seen.node == now.st_ino &&
              seen.changed.tv_sec == now.st_ctim.tv_sec && seen.changed.tv_nsec == now.st_ctim.tv_nsec;
  if (!same) seen = {now.st_dev, now.st_ino, now.st_ctim, begins_as_program(program)};
  return seen.starts;
}

/// One command of plain words: the same program with the same arguments that a shell would start.
std::optional<Command> plain_command(const std::string& text, const Surroundings& around,
                                     const std::filesystem::path& work) {
  std::string_view line = trimmed(text);
  if (line.empty() || !is_plain(line) || around.change_shells()) return {};
  std::vector<std::string> words = split_words(line);
  if (words[0].find('=') != std::string::npos) return {};
  if (words[0].find('/') != std::string::npos) {
    std::filesystem::path program = work / words[0];
    if (!can_be_started(program.native())) return {};
    return Command{std::move(program), std::move(words), {}, {}};
  }
  if (std::ranges::find(shell_words, words[0]) != shell_words.end()) return {};
  auto program = find_program_in(around.path(), words[0]);
  if (!program || !program->is_absolute()) return {};
  return Command{*program, std::move(words), {}, {}};
}

}  // namespace

std::string_view Surroundings::path() const {
  auto found = own.find("PATH");
  const std::string* value = found != own.end() ? &found->second : inherited.find("PATH");
  return value != nullptr ? std::string_view(*value) : "/usr/bin:/bin";
}

std::expected<Command, std::string> script_command(const std::string& shell, const std::string& text,
                                                   const std::filesystem::path& folder, const Surroundings& around,
                                                   const std::filesystem::path& work) {
  std::string_view first_word = std::string_view(shell).substr(0, shell.find(' '));
  const KnownShell* known = std::ranges::find(known_shells, first_word, &KnownShell::name);
  if (known == std::end(known_shells)) known = nullptr;
  if (shell == "bash" || shell == "sh") {
    if (auto plain = plain_command(text, around, work)) return std::move(*plain);
  }
  std::string form(known != nullptr && known->name == shell ? known->command : shell);
  if (form.find("{0}") == std::string::npos) {
    return std::unexpected(fmt::format(
        "there is no shell `{}`; take bash, sh, python or pwsh, or a command with `{{0}}` for the script's file",
        shell));
  }
  std::string_view ending = known != nullptr ? known->ending : "";
  std::filesystem::path file = folder / fmt::format("script{}", ending);
  if (Outcome written = overwrite_file(file, file_text(ending, text), 0700); !written) {
    return std::unexpected(written.error());
  }
  Command command;
  command.arguments = split_words(form);
  for (std::string& word : command.arguments) {
    for (std::size_t mark = 0; (mark = word.find("{0}", mark)) != std::string::npos; mark += file.string().size()) {
      word.replace(mark, 3, file.string());
    }
  }
  auto program = find_program_in(around.path(), command.arguments[0]);
  if (!program && shell == "python") program = find_program_in(around.path(), "python3");
  if (!program) return std::unexpected(program.error());
  command.program = std::filesystem::absolute(*program);
  return command;
}

}  // namespace sluice::runtime
