// Words of bash and sh, and all that may stand in them.
#include "shells/posix_reader.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

bool ends_word(char c) { return llvm::StringRef(" \t\n;&|()<>").contains(c); }

// `NAME=`, `NAME+=`: what an array may follow.
bool is_assignment(llvm::StringRef text) { return text.consume_back("=") && (text.consume_back("+"), is_name(text)); }

}  // namespace

void PosixReader::mark(Place::Kind kind) {
  Place& place = reading_.places[next_];
  place.kind = in_arithmetic_ > 0 ? Place::Kind::arithmetic : kind;
  place.escaped = std::exchange(escaped_, false);
  place.behind_variable = variable_end_ == at_;
  // `2>file` would be a redirection, `x=` an assignment, `x(` a function, and `#x` a comment.
  char behind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\n';
  place.bare = !place.behind_variable && !llvm::StringRef("<>(=+[").contains(behind);
  if (kind == Place::Kind::document || kind == Place::Kind::quoted_document) place.end = end_;
  reading_.nesting[next_] = nesting_;
  ++next_;
  ++at_;
}

PosixWord PosixReader::word(bool assigns) {
  PosixWord word;
  std::size_t from = at_;
  word.holes.first = next_;
  word.nesting = nesting_;
  unsigned patterns = 0;
  while (!ended()) {
    char c = text_[at_];
    if (at_hole(at_)) {
      word.text += Script::mark;
      mark(Place::Kind::word);
    } else if (open_in_word(word, assigns)) {
      continue;
    } else if (c == '(' && !word.text.empty() && llvm::StringRef("?*+@!").contains(word.text.back())) {
      ++patterns, ++at_;
    } else if (c == ')' && patterns > 0) {
      --patterns, ++at_;
    } else if (ends_word(c) && (patterns == 0 || c == '\n')) {
      break;
    } else {
      word.text += c;
      ++at_;
    }
  }
  word.holes.last = next_;
  word.source = text_.slice(from, at_);
  return word;
}

// What opens quotes or brackets in a word is read to its end.
bool PosixReader::open_in_word(PosixWord& word, bool assigns) {
  std::size_t from = at_;
  switch (text_[at_]) {
    case '\\': backslash(); break;
    case '\'': single_quotes(); break;
    case '"': double_quotes(); break;
    case '`': backticks(); break;
    case '$': dollar(false); break;
    case '<':
    case '>':
      if (!llvm::StringRef(text_).substr(at_ + 1).startswith("(")) return false;
      at_ += 2;
      commands(')');
      break;
    case '(':
      if (!is_assignment(word.text)) return false;
      array();
      break;
    case '[':
      if (!assigns || !is_name(word.text)) return false;
      subscript();
      break;
    default: return false;
  }
  char opened = text_[from];
  word.quoted = word.quoted || opened == '\\' || opened == '\'' || opened == '"';
  if (opened == '[') return true;
  if (opened == '\\' && at_ - from == 2) {
    if (text_[from + 1] != '\n') word.text += text_[from + 1];
  } else if (opened == '\'' || opened == '"') {
    // Its text, for knowing options and programs; what expands inside is told apart.
    bool closed = at_ > from + 1;
    word.text += text_.slice(from + 1, closed ? at_ - 1 : at_);
  } else if (opened != '\\') {
    word.text += PosixWord::expansion;
  }
  return true;
}

void PosixReader::array() {
  ++at_;
  if (++depth_ > deepest) at_ = text_.size();
  while (!ended() && text_[at_] != ')') {
    if (skip_blanks()) continue;
    if (text_[at_] == '\n')
      ++at_;
    else if (text_[at_] == '#')
      comment();
    else if (text_[at_] == '[')
      subscript();
    else if (std::size_t from = at_; word(false), at_ == from)
      ++at_;
  }
  if (!ended()) ++at_;
  --depth_;
}

void PosixReader::backslash() {
  ++at_;
  if (at_hole(at_))
    escaped_ = true;
  else if (!ended())
    ++at_;
}

void PosixReader::single_quotes() {
  ++at_;
  while (!ended() && (at_hole(at_) || text_[at_] != '\'')) {
    if (at_hole(at_))
      mark(Place::Kind::single_quotes);
    else
      ++at_;
  }
  if (!ended()) ++at_;
}

void PosixReader::double_quotes() {
  ++at_;
  while (!ended() && (at_hole(at_) || text_[at_] != '"')) {
    if (at_hole(at_)) {
      mark(Place::Kind::double_quotes);
      continue;
    }
    switch (text_[at_]) {
      case '\\': backslash(); break;
      case '$': dollar(true); break;
      case '`': backticks(); break;
      default: ++at_;
    }
  }
  if (!ended()) ++at_;
}

void PosixReader::ansi_quotes() {
  at_ += 2;
  while (!ended() && (at_hole(at_) || text_[at_] != '\'')) {
    if (at_hole(at_))
      mark(Place::Kind::ansi);
    else if (text_[at_] == '\\')
      backslash();
    else
      ++at_;
  }
  if (!ended()) ++at_;
}

void PosixReader::backticks() {
  std::size_t from = ++at_;
  while (!ended() && (at_hole(at_) || text_[at_] != '`')) {
    if (at_hole(at_))
      mark(Place::Kind::backticks);
    else if (text_[at_] == '\\')
      backslash();
    else
      ++at_;
  }
  if (!text_.slice(from, at_).contains('\\')) reading_.inner.push_back({from, at_});
  if (!ended()) ++at_;
}

// At a `$`; `quoted`: in double quotes or a here-document.
void PosixReader::dollar(bool quoted) {
  if (looks_at("$((")) {
    at_ += 3;
    return arithmetic();
  }
  if (looks_at("$(")) {
    at_ += 2;
    return commands(')');
  }
  if (looks_at("${")) {
    at_ += 2;
    return parameter(quoted);
  }
  if (looks_at("$[")) {
    ++at_;
    return subscript();
  }
  if (!quoted && looks_at("$'")) return ansi_quotes();
  ++at_;
  if (!quoted && looks_at("\"")) return double_quotes();
  escaped_ = at_hole(at_);
  if (escaped_ || ended()) return;
  if (is_letter(text_[at_]) || text_[at_] == '_') {
    std::size_t from = at_;
    while (!ended() && !at_hole(at_) && is_name(text_[at_])) ++at_;
    variable_end_ = at_;
    remember(text_.slice(from, at_), from - 1);
  } else if (is_digit(text_[at_]) || llvm::StringRef("@*#?-$!").contains(text_[at_])) {
    ++at_;
    remember(text_.slice(at_ - 1, at_), at_ - 2);
  }
}

// A read of the variable from `begin` to here.
void PosixReader::remember(llvm::StringRef name, std::size_t begin) {
  bool argument = !name.empty() && (is_digit(name[0]) || name == "@" || name == "*");
  if (argument || is_name(name)) reading_.variables.push_back({argument ? "@" : name.str(), begin, at_});
}

// Behind `${`.
void PosixReader::parameter(bool quoted) {
  if (++depth_ > deepest) at_ = text_.size();
  std::size_t begin = at_ - 2;
  while (!ended() && !at_hole(at_) && llvm::StringRef("#!").contains(text_[at_])) ++at_;
  // A length is a number.
  bool counts = looks_at("#") || before() == '#';
  std::size_t from = at_;
  while (!ended() && !at_hole(at_) && is_name(text_[at_])) ++at_;
  if (at_ == from && !at_hole(at_) && (looks_at("@") || looks_at("*"))) ++at_;
  llvm::StringRef name = text_.slice(from, at_);
  if (looks_at("[") && !at_hole(at_)) subscript();
  llvm::StringRef rest = text_.substr(at_);
  // `${NAME@Q}` is quoted for a shell.
  bool inert = counts || rest.startswith("@Q}") || rest.startswith("+") || rest.startswith(":+");
  bool colon = rest.consume_front(":");
  bool default_value = !rest.empty() && llvm::StringRef("-=+?").contains(rest[0]);
  if (default_value) at_ += colon ? 2 : 1;
  auto other = colon ? Place::Kind::arithmetic : Place::Kind::parameter;
  parameter_word(!default_value ? other : quoted ? Place::Kind::fallback : Place::Kind::word, quoted);
  if (!inert) remember(name, begin);
  --depth_;
}

// Up to the `}`, and over it.
void PosixReader::parameter_word(Place::Kind kind, bool quoted) {
  while (!ended() && (at_hole(at_) || text_[at_] != '}')) {
    if (at_hole(at_)) {
      mark(kind);
      continue;
    }
    switch (text_[at_]) {
      case '\\': backslash(); break;
      case '"': double_quotes(); break;
      case '`': backticks(); break;
      case '$': dollar(quoted); break;
      case '\'':
        if (quoted)
          ++at_;
        else
          single_quotes();
        break;
      default: ++at_;
    }
  }
  if (!ended()) ++at_;
}

void PosixReader::name_in_arithmetic() {
  std::size_t from = at_;
  while (!ended() && !at_hole(at_) && is_name(text_[at_])) ++at_;
  if (!is_digit(text_[from])) remember(text_.slice(from, at_), from);
}

// Behind `((`. What turns out to be `( (commands) )` is read on as commands; what was read may be called arithmetic
// then, which is the more careful of the two.
void PosixReader::arithmetic() {
  if (++depth_ > deepest) at_ = text_.size();
  ++in_arithmetic_;
  unsigned open = 0;
  bool commands_follow = false;
  while (!ended()) {
    char c = text_[at_];
    if (at_hole(at_)) {
      mark(Place::Kind::arithmetic);
    } else if (c == ')' && open == 0) {
      commands_follow = !looks_at("))");
      at_ += commands_follow ? 1 : 2;
      break;
    } else if (c == '\\') {
      backslash();
    } else if (c == '$') {
      dollar(true);
    } else if (c == '`') {
      backticks();
    } else if (c == '"') {
      double_quotes();
    } else if (is_name(c)) {
      name_in_arithmetic();
    } else {
      open += c == '(' ? 1U : 0U;
      open -= c == ')' ? 1U : 0U;
      ++at_;
    }
  }
  --in_arithmetic_;
  if (commands_follow) commands(')');
  --depth_;
}

// At a `[`.
void PosixReader::subscript() {
  if (++depth_ > deepest) at_ = text_.size();
  ++in_arithmetic_;
  unsigned open = 0;
  while (!ended()) {
    char c = text_[at_];
    if (at_hole(at_)) {
      mark(Place::Kind::arithmetic);
      continue;
    }
    if (c == '\\') {
      backslash();
    } else if (c == '$') {
      dollar(true);
    } else if (c == '`') {
      backticks();
    } else if (c == '"') {
      double_quotes();
    } else if (c == '\'') {
      single_quotes();
    } else if (is_name(c)) {
      name_in_arithmetic();
    } else {
      open += c == '[' ? 1U : 0U;
      open -= c == ']' ? 1U : 0U;
      ++at_;
      if (open == 0) break;
    }
  }
  --in_arithmetic_;
  --depth_;
}

}  // namespace sluice::shells
