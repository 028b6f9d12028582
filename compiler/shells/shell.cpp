#include "shells/shell.h"

#include "shells/languages.h"
#include "shells/readers.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

// The program that reads the script: `bash` of `/usr/bin/env bash -l {0}`.
llvm::StringRef program_of(llvm::StringRef shell) {
  auto [first, rest] = shell.trim().split(' ');
  if (base_name(first) == "env") first = rest.ltrim().split(' ').first;
  return base_name(first);
}

bool is_python(llvm::StringRef program) { return program.rtrim("0123456789.") == "python"; }

// Python gets its path and its options from variables, so does every loader: a value must not land in one of them.
bool is_taken(llvm::StringRef name) {
  static constexpr llvm::StringLiteral taken =
      "PATH HOME SHELL USER PWD OLDPWD IFS UID RANDOM SECONDS CI LANG LANGUAGE TERM TMPDIR HOSTNAME OPTIND OPTARG "
      "OPTERR "
      "PS1 PS2 PS3 PS4 ENV CDPATH SHELLOPTS GLOBIGNORE PROMPT_COMMAND LINENO REPLY PPID EUID MAIL EDITOR VISUAL PAGER "
      "NODE_OPTIONS NODE_PATH RUBYOPT RUBYLIB PERL5OPT PERL5LIB PERL5DB JAVA_TOOL_OPTIONS MAKEFLAGS MFLAGS MAKEFILES "
      "MAKELEVEL TZ TEMP TMP HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY CURL_HOME LESSOPEN LESSCLOSE GREP_OPTIONS "
      "CC CXX LD CFLAGS CXXFLAGS CPPFLAGS LDFLAGS RUSTFLAGS RUSTC_WRAPPER GOFLAGS GOPROXY DOCKER_HOST CLASSPATH "
      "JAVA_HOME XDG_CONFIG_HOME SYSTEMROOT COMSPEC PATHEXT WINDIR PSMODULEPATH";
  if (has_word(taken, name)) return true;
  for (llvm::StringRef prefix : {"BASH", "LD_", "DYLD_", "LC_", "GIT_", "SSH_"})
    if (name.startswith(prefix)) return true;
  return name.startswith("PYTHON") && name.size() > 6 && is_letter(name[6]);
}

std::string filled(llvm::StringRef text, llvm::StringRef variable, llvm::StringRef hole) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    bool marked = text[at] == '%' && at + 1 < text.size();
    if (marked && text[at + 1] == 'v')
      out += variable, ++at;
    else if (marked && text[at + 1] == 'h')
      out += hole, ++at;
    else
      out += text[at];
  }
  return out;
}

}  // namespace

bool is_posix(llvm::StringRef shell) { return has_word("bash sh dash ash zsh ksh", program_of(shell)); }

const Shell& language_of(llvm::StringRef shell) {
  static const Posix bash(true), sh(false);
  static const PowerShell powershell;
  static const Python python;
  static const Unknown cmd(true), unknown(false);
  static const JavaScript javascript;
  llvm::StringRef program = program_of(shell);
  program.consume_back(".exe");
  if (is_posix(shell)) return program == "sh" || program == "dash" || program == "ash" ? sh : bash;
  if (program == "pwsh" || program == "powershell") return powershell;
  if (is_python(program)) return python;
  if (has_word("node nodejs bun deno", program)) return javascript;
  return program == "cmd" ? cmd : unknown;
}

bool has_controls(llvm::StringRef text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
  });
}

std::string_view describe(Place::Kind kind) {
  using Kind = Place::Kind;
  switch (kind) {
    case Kind::arithmetic: return "arithmetic or a subscript";
    case Kind::name: return "the name of a variable";
    case Kind::parameter: return "a pattern or an offset of `${…}`";
    case Kind::ansi: return "`$'…'`";
    case Kind::backticks: return "backticks";
    case Kind::quoted_document: return "a quoted here-document";
    case Kind::single_quotes: return "single quotes";
    case Kind::joined: return "a part of a word";
    case Kind::closed: return "a script of this shell";
    case Kind::string: return "these quotes";
    case Kind::nested: return "a string inside a string";
    case Kind::word:
    case Kind::double_quotes:
    case Kind::document:
    case Kind::comment:
    case Kind::code:
    case Kind::fallback: return "this place";
  }
  return "";
}

std::string advice(const Shell& shell, const Place& place, llvm::StringRef variable, llvm::StringRef hole) {
  using Kind = Place::Kind;
  if (place.refused) return filled(place.mend, variable, hole);
  switch (place.kind) {
    case Kind::arithmetic: return "text is run there, a number is not: give it the type `number`";
    case Kind::name: return "write the name itself there, and choose among several with `if` or `case`";
    case Kind::joined: return "put the whole word into double quotes";
    case Kind::single_quotes: return "write double quotes there";
    case Kind::backticks: return "write `$(…)` instead of backticks";
    case Kind::quoted_document: return "take the quotes off the word behind `<<`, so that it expands";
    case Kind::ansi: return "end the quotes before the hole";
    default: break;
  }
  std::string read = shell.read_variable(variable);
  return filled("give it a name with `env { %v: %h }` and read ", variable, hole) +
         (read.empty() ? "that variable in the script" : "`" + read + "`");
}

std::string variable_name(llvm::StringRef source) {
  std::string name;
  for (char c : source) {
    if (is_name(c))
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  name.resize(std::min<std::size_t>(name.size(), 40));
  // GitHub sets GITHUB_* and RUNNER_* itself, whatever a step says.
  if (name.starts_with("GITHUB_")) name.replace(0, 7, "GH_");
  if (name.starts_with("RUNNER_")) name.replace(0, 7, "HOST_");
  if (name.empty() || is_digit(name[0])) name = "VALUE_" + name;
  return is_taken(name) ? name + "_VALUE" : name;
}

}  // namespace sluice::shells
