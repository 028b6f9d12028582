#include "lower/shell_places.h"

#include <algorithm>

namespace sluice::lower {
namespace {

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

void ShellReader::feed(llvm::StringRef text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t before = at;
    if (!open_.empty() && line_begins_ && end_document(text, at)) continue;
    line_begins_ = text[before] == '\n';
    step(text, at);
    if (text[before] == '\n' && open_.empty() && !waiting_.empty() &&
        stack_.back().place != ShellPlace::single_quotes && stack_.back().place != ShellPlace::double_quotes) {
      std::swap(open_, waiting_);
      stack_.push_back({open_.front().quoted ? ShellPlace::closed : ShellPlace::document, 'H'});
    }
  }
}

// A here-document ends at a line that holds its word alone.
bool ShellReader::end_document(llvm::StringRef text, std::size_t& at) {
  llvm::StringRef line = text.substr(at).take_until([](char c) { return c == '\n'; });
  llvm::StringRef word = open_.front().indented ? line.ltrim('\t') : line;
  if (word != open_.front().end || stack_.back().close != 'H') return false;
  at += line.size();
  stack_.pop_back();
  open_.erase(open_.begin());
  if (!open_.empty()) stack_.push_back({open_.front().quoted ? ShellPlace::closed : ShellPlace::document, 'H'});
  line_begins_ = false;
  return true;
}

void ShellReader::step(llvm::StringRef text, std::size_t& at) {
  char c = text[at];
  Level& level = stack_.back();
  switch (level.place) {
    case ShellPlace::comment:
      if (c == '\n')
        stack_.pop_back();
      else
        ++at;
      return;
    case ShellPlace::single_quotes:
      if (c == '\'') stack_.pop_back();
      ++at;
      return;
    case ShellPlace::closed:
      if (c == '\\' && level.close != 'H')
        ++at;
      else if (c == level.close)
        stack_.pop_back();
      ++at;
      return;
    case ShellPlace::double_quotes:
    case ShellPlace::document:
      if (c == '\\')
        at += 2;
      else if (c == '$')
        step_dollar(text, at);
      else if (c == '`')
        stack_.push_back({ShellPlace::closed, '`'}), ++at;
      else {
        if (c == '"' && level.close == '"') stack_.pop_back();
        ++at;
      }
      return;
    case ShellPlace::word:
    case ShellPlace::arithmetic: return step_in_word(text, at);
  }
}

void ShellReader::step_in_word(llvm::StringRef text, std::size_t& at) {
  Level& level = stack_.back();
  char c = text[at];
  bool word_begins =
      at == 0 || text[at - 1] == ' ' || text[at - 1] == '\n' || text[at - 1] == '\t' || text[at - 1] == ';';
  if (level.close == 'A' && c == ')' && level.parentheses == 0) {
    stack_.pop_back();
    at += text.substr(at).startswith("))") ? 2 : 1;
    return;
  }
  if (c == level.close && level.close != '\0' && level.parentheses == 0) {
    stack_.pop_back();
    ++at;
    return;
  }
  switch (c) {
    case '\\': at += 2; return;
    case '\'': stack_.push_back({ShellPlace::single_quotes, '\''}); break;
    case '"': stack_.push_back({ShellPlace::double_quotes, '"'}); break;
    case '`': stack_.push_back({ShellPlace::closed, '`'}); break;
    case '$': return step_dollar(text, at);
    case '#':
      if (word_begins && level.place == ShellPlace::word) stack_.push_back({ShellPlace::comment, '\n'});
      break;
    case '(':
      if (text.substr(at).startswith("((") && level.place == ShellPlace::word && word_begins) {
        stack_.push_back({ShellPlace::arithmetic, 'A'});
        ++at;
      } else {
        ++level.parentheses;
      }
      break;
    case ')':
      if (level.parentheses > 0) --level.parentheses;
      break;
    case '[':
      if (level.place == ShellPlace::word && at > 0 && is_name(text[at - 1]))
        stack_.push_back({ShellPlace::arithmetic, ']'});
      break;
    case '<':
      if (text.substr(at).startswith("<<") && !text.substr(at).startswith("<<<") && level.place == ShellPlace::word)
        return begin_document(text, at);
      break;
    default: break;
  }
  ++at;
}

void ShellReader::step_dollar(llvm::StringRef text, std::size_t& at) {
  llvm::StringRef rest = text.substr(at);
  if (rest.startswith("$(("))
    stack_.push_back({ShellPlace::arithmetic, 'A'}), at += 3;
  else if (rest.startswith("$("))
    stack_.push_back({ShellPlace::word, ')'}), at += 2;
  else if (rest.startswith("${"))
    stack_.push_back({ShellPlace::arithmetic, '}'}), at += 2;
  else if (rest.startswith("$'") && stack_.back().place == ShellPlace::word)
    stack_.push_back({ShellPlace::closed, '\''}), at += 2;
  else
    at += 1;
}

void ShellReader::begin_document(llvm::StringRef text, std::size_t& at) {
  std::size_t from = at + 2;
  bool indented = from < text.size() && text[from] == '-';
  from += indented;
  while (from < text.size() && (text[from] == ' ' || text[from] == '\t')) ++from;
  Document document{"", false, indented};
  for (; from < text.size() && !llvm::StringRef(" \t\n;&|)<>").contains(text[from]); ++from) {
    bool quote = text[from] == '\'' || text[from] == '"' || text[from] == '\\';
    document.quoted = document.quoted || quote;
    if (!quote) document.end += text[from];
  }
  waiting_.push_back(document);
  at = from;
}

std::string variable_name(llvm::StringRef source) {
  static constexpr llvm::StringLiteral taken[] = {"PATH", "HOME",   "SHELL",    "USER",    "PWD", "OLDPWD",
                                                  "IFS",  "UID",    "RANDOM",   "SECONDS", "CI",  "LANG",
                                                  "TERM", "TMPDIR", "HOSTNAME", "OPTIND",  "PS4", "ENV"};
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
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name = "VALUE_" + name;
  if (std::find(std::begin(taken), std::end(taken), name) != std::end(taken) || name.starts_with("BASH"))
    name += "_VALUE";
  return name;
}

bool quote_for_shell(llvm::StringRef text, ShellPlace place, std::string& out) {
  bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_name(c) || llvm::StringRef("@%+=:,./-").contains(c);
  });
  bool number = plain && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  switch (place) {
    case ShellPlace::word:
      if (plain) {
        out += text;
        return true;
      }
      out += '\'';
      quote_for_shell(text, ShellPlace::single_quotes, out);
      out += '\'';
      return true;
    case ShellPlace::double_quotes:
    case ShellPlace::document:
      for (char c : text) {
        bool special = c == '$' || c == '`' || c == '\\' || (c == '"' && place == ShellPlace::double_quotes);
        if (special) out += '\\';
        out += c;
      }
      return true;
    case ShellPlace::single_quotes:
      for (char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
      return true;
    case ShellPlace::comment: out += text; return !text.contains('\n');
    case ShellPlace::closed: out += text; return plain;
    case ShellPlace::arithmetic: out += text; return number;
  }
  return false;
}

bool reference_for_shell(llvm::StringRef variable, ShellPlace place, std::string& out) {
  switch (place) {
    case ShellPlace::word: out += "\"$" + variable.str() + "\""; return true;
    case ShellPlace::double_quotes:
    case ShellPlace::document: out += "${" + variable.str() + "}"; return true;
    case ShellPlace::single_quotes: out += "'\"$" + variable.str() + "\"'"; return true;
    case ShellPlace::comment: out += variable; return true;
    case ShellPlace::closed:
    case ShellPlace::arithmetic: return false;
  }
  return false;
}

}  // namespace sluice::lower
