// How values are written in scripts of bash and sh.
#include "shells/languages.h"
#include "shells/posix_reader.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

using Kind = Place::Kind;

constexpr llvm::StringLiteral plain_in_words = "@%+=:,./-";

std::string with_backslashes(llvm::StringRef text, llvm::StringRef special) {
  std::string out;
  for (char c : text) {
    if (special.contains(c)) out += '\\';
    out += c;
  }
  return out;
}

std::string in_single_quotes(llvm::StringRef text) {
  std::string out;
  for (char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out;
}

// Whether a line of the text could end the here-document, with what stands around it on its line, or lose its tabs to
// `<<-`.
bool could_end(llvm::StringRef text, llvm::StringRef end) {
  if (text.contains('\t')) return true;
  while (true) {
    auto [line, rest] = text.split('\n');
    if (end.contains(line) || line.contains(end)) return true;
    if (line.size() == text.size()) return false;
    text = rest;
  }
}

// `$NAME` before it must not become a longer name.
bool lengthens(llvm::StringRef text, const Place& place) {
  return place.behind_variable && !text.empty() && (is_name(text[0]) || text[0] == '[');
}

// What is no command's name where one is expected.
bool means_more(llvm::StringRef text) {
  return text.contains('=') ||
         has_word("if then else elif fi do done case esac while until for in function select time coproc", text);
}

std::string number_in(llvm::StringRef text) { return text.startswith("-") ? "(" + text.str() + ")" : text.str(); }

std::optional<std::string> quoted(llvm::StringRef text, const Constant& value, const Place& place, bool bash) {
  bool number = value.sort == Sort::number || is_plain(text, "");
  switch (place.kind) {
    case Kind::word:
      if (place.bare && is_plain(text, plain_in_words) && !(place.command && means_more(text))) return text.str();
      return "'" + in_single_quotes(text) + "'";
    case Kind::double_quotes:
      if (lengthens(text, place)) return std::nullopt;
      return with_backslashes(text, "$`\\\"");
    case Kind::document:
      if (lengthens(text, place) || could_end(text, place.end)) return std::nullopt;
      return with_backslashes(text, "$`\\");
    case Kind::single_quotes: return in_single_quotes(text);
    case Kind::ansi:
      if (!bash || text.contains('\n')) return std::nullopt;
      return with_backslashes(text, "\\'");
    case Kind::comment:
      if (text.contains('\n')) return std::nullopt;
      return text.str();
    case Kind::quoted_document:
      if (text.contains('\n') || could_end(text, place.end)) return std::nullopt;
      return text.str();
    case Kind::fallback:
    case Kind::backticks:
      if (!is_plain(text, plain_in_words)) return std::nullopt;
      return text.str();
    case Kind::arithmetic:
      if (!number || (value.sort == Sort::text && !std::all_of(text.begin(), text.end(), is_digit)))
        return std::nullopt;
      return number_in(text);
    case Kind::parameter:
      if (value.sort == Sort::number) return number_in(text);
      if (!is_plain(text, ".-") || text.startswith("-")) return std::nullopt;
      return text.str();
    case Kind::name:
      if (!is_plain(text, "")) return std::nullopt;
      return text.str();
    case Kind::code:
    case Kind::string:
    case Kind::nested:
    case Kind::joined:
    case Kind::closed: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Place> Posix::places(const Script& script) const {
  PosixReading reading = PosixReader(script).read();
  apply_commands(reading);
  return std::move(reading.places);
}

std::vector<VariableRead> Posix::variables(llvm::StringRef script) const {
  Script whole{script.str(), {}};
  PosixReading reading = PosixReader(whole).read();
  apply_commands(reading);
  return std::move(reading.variables);
}

std::vector<InnerScript> Posix::inner_scripts(const Script& script) const {
  PosixReading reading = PosixReader(script).read();
  apply_commands(reading);
  return std::move(reading.inner);
}

bool Posix::quote(const Constant& value, const Place& place, std::string& out) const {
  llvm::StringRef text = value.text;
  if (place.escaped || has_controls(text)) return false;
  // What is code for somebody else must mean itself there too.
  bool plain = is_plain(text, place.reader == "sed" || place.reader == "awk" ? "-" : ".-");
  if (place.refused && !plain && value.sort != Sort::number) return false;
  auto written = quoted(text, value, place, bash_);
  if (!written || written->find("${{") != std::string::npos) return false;
  out += *written;
  return true;
}

bool Posix::reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const {
  if (place.escaped || (place.refused && sort == Sort::text)) return false;
  std::string name = variable.str();
  switch (place.kind) {
    case Kind::word: out += "\"$" + name + "\""; return true;
    case Kind::double_quotes:
    case Kind::document:
    case Kind::fallback: out += "${" + name + "}"; return true;
    case Kind::single_quotes: out += "'\"$" + name + "\"'"; return true;
    case Kind::comment: out += name; return true;
    case Kind::arithmetic:
    case Kind::parameter:
    case Kind::backticks:
      if (sort != Sort::number) return false;
      out += "${" + name + "}";
      return true;
    case Kind::name:
    case Kind::ansi:
    case Kind::quoted_document:
    case Kind::code:
    case Kind::string:
    case Kind::nested:
    case Kind::joined:
    case Kind::closed: return false;
  }
  return false;
}

// In a word each item is a word of its own; in quotes there is one text, with blanks between them.
ListForm Posix::list_form(const Place& /*place*/) const { return {"", " ", ""}; }

std::string Posix::read_variable(llvm::StringRef variable) const { return "\"$" + variable.str() + "\""; }

}  // namespace sluice::shells
