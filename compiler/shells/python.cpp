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
    assign();
    return std::move(places_);
  }

  std::vector<VariableRead> variables() {
    while (!ended()) code('\0', '\0');
    return std::move(variables_);
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
        name();
    }
    --depth_;
  }

  // A name that is read, or one character.
  void name() {
    std::size_t from = at_;
    while (!ended() && !at_hole() && is_name(text_[at_])) ++at_;
    llvm::StringRef name = text_.slice(from, at_);
    llvm::StringRef behind = text_.substr(at_).ltrim(' ');
    bool member = from > 0 && text_[from - 1] == '.';
    bool written = behind.startswith("=") && !behind.startswith("==");
    if (is_name(name) && !member && !written && !behind.startswith("(")) variables_.push_back({name.str(), from, at_});
    if (at_ == from) ++at_;
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
      else if (c == ':')
        layout = true, ++at_;
      else
        name();
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
        "eval exec compile os.system os.popen subprocess.getoutput subprocess.getstatusoutput __import__ pickle.loads "
        "marshal.loads yaml.load yaml.unsafe_load importlib.import_module runpy.run_path";
    bool by_shell = callee.contains("subprocess") || callee == "run" || callee == "Popen" || callee == "check_output" ||
                    callee == "check_call";
    // `["sh", "-c", …]`.
    bool shell = by_shell && (inside.contains("shell=True") || inside.contains("\"-c\"") || inside.contains("'-c'"));
    if (has_word(readers, callee) || shell) read_again(first, callee);
  }

  // `NAME = …` gives what stands in its line to NAME.
  void assign() {
    for (std::size_t hole = 0; hole < holes_.size(); ++hole) {
      llvm::StringRef line = text_.take_front(holes_[hole]).rsplit('\n').second;
      if (!text_.take_front(holes_[hole]).contains('\n')) line = text_.take_front(holes_[hole]);
      line = line.rsplit(';').second.empty() ? line : line.rsplit(';').second;
      auto [name, value] = line.split('=');
      if (is_name(name.trim(" +")) && !value.startswith("=")) places_[hole].assigns = name.trim(" +").str();
    }
  }

  void read_again(std::size_t first, llvm::StringRef callee) {
    bool shell = callee.contains("os.") || callee.contains("subprocess") || has_word("run Popen", callee) ||
                 callee.startswith("check_");
    for (std::size_t hole = first; hole < next_; ++hole) {
      places_[hole].reader = callee.str();
      places_[hole].mend = shell ? "call `subprocess.run([…])` with a list of arguments, and no shell"
                                 : "leave out that call: a value needs no second reading";
      places_[hole].refused = true;
      places_[hole].use = Use::code;
    }
  }

  std::vector<VariableRead> variables_;
};

// `environ["NAME"]`, `environ.get("NAME", …)`, `getenv("NAME")`, and what stands before it: `os.`.
std::optional<VariableRead> read_of_environment(llvm::StringRef script, std::size_t at, llvm::StringRef call) {
  char close = call.endswith("[") ? ']' : ')';
  llvm::StringRef rest = script.substr(at + call.size());
  if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return std::nullopt;
  llvm::StringRef name = rest.drop_front().take_while([](char c) { return is_name(c); });
  std::size_t end = script.find(close, static_cast<std::size_t>(name.end() - script.data()));
  if (!is_name(name) || end == llvm::StringRef::npos) return std::nullopt;
  llvm::StringRef before = script.take_front(at);
  for (llvm::StringRef module : {"os.", "__import__(\"os\").", "__import__('os')."})
    if (before.endswith(module)) return VariableRead{name.str(), at - module.size(), end + 1};
  return VariableRead{name.str(), at, end + 1};
}

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

std::vector<VariableRead> Python::variables(llvm::StringRef script) const {
  Script whole{script.str(), {}};
  std::vector<VariableRead> reads = PythonReader(whole).variables();
  for (llvm::StringRef call : {"environ[", "environb[b", "environ.get(", "getenv("})
    for (std::size_t at = script.find(call); at != llvm::StringRef::npos; at = script.find(call, at + 1))
      if (auto read = read_of_environment(script, at, call)) reads.push_back(*read);
  return reads;
}

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
