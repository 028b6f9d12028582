// Scripts of Python.
#include "shells/cursor.h"
#include "shells/languages.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

using Kind = Place::Kind;

/// What stands before a string's quotes, and the quotes: `rb"""`.
struct Quotes {
  llvm::StringRef prefix;
  llvm::StringRef marks;
  explicit Quotes(llvm::StringRef text) : prefix(text.take_while(is_letter)), marks(text.drop_front(prefix.size())) {}
  bool has(char letter) const { return prefix.contains_insensitive({&letter, 1}); }
};

class PythonReader : Cursor {
 public:
  using Cursor::Cursor;

  std::vector<Place> read() {
    while (!ended()) code('\0', '\0');
    return std::move(places_);
  }

 private:
  // Code up to the bracket that closes it; `outer` is the quote of the f-string whose braces it stands in.
  void code(char close, char outer) {
    if (++depth_ > deepest) at_ = text_.size();
    while (!ended()) {
      char c = text_[at_];
      if (at_hole()) {
        hole(outer);
        continue;
      }
      if (close != '\0' && c == close) {
        ++at_;
        break;
      }
      if (c == '#' && outer == '\0')
        comment();
      else if (c == '\'' || c == '"')
        string(outer);
      else if (c == '(')
        call(outer);
      else if (c == '[' || c == '{')
        ++at_, code(c == '[' ? ']' : '}', outer);
      else
        ++at_;
    }
    --depth_;
  }

  // In braces of an f-string: code, then perhaps how it is laid out.
  void field(char outer) {
    if (++depth_ > deepest) at_ = text_.size();
    bool layout = false;
    while (!ended() && (at_hole() || text_[at_] != '}')) {
      char c = text_[at_];
      if (at_hole()) {
        if (layout)
          mark(Kind::closed);
        else
          hole(outer);
        continue;
      }
      if (layout && c == '{')
        ++at_, field(outer);
      else if (layout)
        ++at_;
      else if (c == '\'' || c == '"')
        string(outer);
      else if (c == '(')
        call(outer);
      else if (c == '[' || c == '{')
        ++at_, code(c == '[' ? ']' : '}', outer);
      else
        layout = c == ':', ++at_;
    }
    if (!ended()) ++at_;
    --depth_;
  }

  void hole(char outer) {
    auto joins = [](char c) { return is_name(c) || c == '"' || c == '\''; };
    bool joined = joins(before()) || joins(peek(1));
    Place& place = mark(joined ? Kind::name : outer == '\0' ? Kind::code : Kind::nested);
    place.end = outer == '\0' ? "" : std::string(1, outer);
  }

  void comment() {
    while (!ended() && text_[at_] != '\n') {
      if (at_hole())
        mark(Kind::comment);
      else
        ++at_;
    }
  }

  // Letters before the quotes, as far as they can belong to them.
  llvm::StringRef prefix() const {
    llvm::StringRef before = text_.take_front(at_);
    std::size_t count = 0;
    while (count < before.size() && is_name(before[before.size() - 1 - count])) ++count;
    llvm::StringRef word = before.take_back(count);
    bool fits = word.size() <= 2 && word.find_if_not([](char c) {
      return llvm::StringRef("rRbBfFuUtT").contains(c);
    }) == llvm::StringRef::npos;
    return fits ? word : llvm::StringRef();
  }

  void string(char outer) {
    if (++depth_ > deepest) at_ = text_.size();
    std::string opened = prefix().str();
    char quote = ended() ? '"' : text_[at_];
    std::string marks(looks_at(std::string(3, quote)) ? 3 : 1, quote);
    at_ += marks.size();
    opened += marks;
    bool fields =
        llvm::StringRef(opened).contains_insensitive("f") || llvm::StringRef(opened).contains_insensitive("t");
    while (!ended() && (at_hole() || !looks_at(marks))) {
      char c = text_[at_];
      if (at_hole()) {
        // Behind one of its own marks a string of three cannot be closed, and two strings side by side would become one
        // of three.
        bool closable = marks.size() == 3 ? before() != quote : peek(1) != quote || peek(2) != quote;
        Place& place = mark(outer == '\0' ? Kind::string : Kind::closed);
        place.bare = closable;
        place.end = opened;
      } else if (c == '\\') {
        escape();
      } else if (c == '\n' && marks.size() == 1) {
        break;
      } else if (fields && c == '{') {
        bool doubled = peek(1) == '{';
        at_ += doubled ? 2 : 1;
        if (!doubled) field(quote);
      } else {
        ++at_;
      }
    }
    if (looks_at(marks)) at_ += marks.size();
    --depth_;
  }

  // At the parenthesis of a call, or of none.
  void call(char outer) {
    std::size_t begin = at_;
    while (begin > 0 && (is_name(text_[begin - 1]) || text_[begin - 1] == '.')) --begin;
    llvm::StringRef callee = text_.slice(begin, at_);
    std::size_t first = next_;
    std::size_t open = ++at_;
    code(')', outer);
    llvm::StringRef inside = text_.slice(open, at_);
    static constexpr llvm::StringLiteral readers =
        "eval exec compile os.system os.popen subprocess.getoutput subprocess.getstatusoutput";
    bool by_shell = callee.contains("subprocess") || callee == "run" || callee == "Popen" || callee == "check_output" ||
                    callee == "check_call";
    if (has_word(readers, callee) || (by_shell && inside.contains("shell=True"))) read_again(first, callee);
  }

  void read_again(std::size_t first, llvm::StringRef callee) {
    bool python = has_word("eval exec compile", callee);
    for (std::size_t hole = first; hole < next_; ++hole) {
      places_[hole].reader = callee.str();
      places_[hole].mend = python ? "leave out that call: a value needs no second reading"
                                  : "call `subprocess.run([…])` with a list of arguments, and no shell";
      places_[hole].refused = true;
    }
  }
};

std::string escaped(llvm::StringRef text, char quote, bool braces, bool bytes) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f || (bytes && byte > 0x7f))
      out += std::string("\\x") + "0123456789abcdef"[byte >> 4U] + "0123456789abcdef"[byte & 15U];
    else if (c == '\\' || c == quote)
      (out += '\\') += c;
    else if (braces && (c == '{' || c == '}'))
      (out += c) += c;
    else
      out += c;
  }
  return out;
}

std::optional<std::string> in_string(llvm::StringRef text, const Quotes& quotes) {
  bool braces = quotes.has('f') || quotes.has('t');
  if (!quotes.has('r')) return escaped(text, quotes.marks[0], braces, quotes.has('b'));
  // In raw strings a backslash stays, so nothing can be escaped.
  bool plain = std::all_of(text.begin(), text.end(), [&](char c) {
    return c >= ' ' && c < 0x7f && c != '\\' && c != quotes.marks[0] && !(braces && (c == '{' || c == '}'));
  });
  if (!plain) return std::nullopt;
  return text.str();
}

std::optional<std::string> literal(const Constant& value, const Place& place) {
  llvm::StringRef text = value.text;
  if (value.sort == Sort::number) return text.startswith("-") ? "(" + text.str() + ")" : text.str();
  if (value.sort == Sort::boolean) return std::string(text == "true" ? "True" : "False");
  if (place.kind == Kind::code) return '"' + escaped(text, '"', false, false) + '"';
  if (!is_plain(text, "@%+=:,./- ")) return std::nullopt;
  std::string quote = place.end == "\"" ? "'" : "\"";
  return quote + text.str() + quote;
}

std::optional<std::string> written(const Constant& value, const Place& place) {
  llvm::StringRef text = value.text;
  switch (place.kind) {
    case Kind::code:
    case Kind::nested: return literal(value, place);
    case Kind::string: return in_string(text, Quotes(place.end));
    case Kind::comment:
      if (has_controls(text) || text.contains('\n')) return std::nullopt;
      return text.str();
    case Kind::closed:
      if (!is_plain(text, ".-")) return std::nullopt;
      return text.str();
    case Kind::name:
      if (!is_plain(text, "")) return std::nullopt;
      return text.str();
    default: return std::nullopt;
  }
}

// The variable's text, with the other quotes than those around it.
std::string environment(llvm::StringRef variable, char quote) {
  std::string mark(1, quote);
  return "__import__(" + mark + "os" + mark + ").environ[" + mark + variable.str() + mark + "]";
}

}  // namespace

std::vector<Place> Python::places(const Script& script) const { return PythonReader(script).read(); }

bool Python::quote(const Constant& value, const Place& place, std::string& out) const {
  if (place.escaped || (place.refused && value.sort == Sort::text && !is_plain(value.text, ".-"))) return false;
  auto text = written(value, place);
  if (!text || text->find("${{") != std::string::npos) return false;
  out += *text;
  return true;
}

// A value keeps its type, as one that stands in the script does.
bool Python::reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const {
  if (place.escaped || (place.refused && sort == Sort::text)) return false;
  if (place.kind == Kind::comment) {
    out += variable;
    return true;
  }
  if (place.kind == Kind::code || place.kind == Kind::nested) {
    char quote = place.end == "\"" ? '\'' : '"';
    std::string mark(1, quote);
    std::string text = environment(variable, quote);
    out += sort == Sort::text ? text : "__import__(" + mark + "json" + mark + ").loads(" + text + ")";
    return true;
  }
  if (place.kind != Kind::string) return false;
  Quotes quotes(place.end);
  if (quotes.has('b') || quotes.has('t')) return false;
  char other = quotes.marks[0] == '"' ? '\'' : '"';
  if (quotes.has('f'))
    out += "{" + environment(variable, other) + "}";
  else if (!place.bare)
    return false;
  else
    // Strings that stand side by side are one, before anything else is done with them.
    out += quotes.marks.str() + "f'{" + environment(variable, '"') + "}'" + place.end;
  return true;
}

ListForm Python::list_form(const Place& place) const {
  if (place.kind == Kind::code || place.kind == Kind::nested) return {"[", ", ", "]"};
  return {"", " ", ""};
}

std::string Python::read_variable(llvm::StringRef variable) const { return "os.environ[\"" + variable.str() + "\"]"; }

}  // namespace sluice::shells
