// Scripts of PowerShell.
#include "shells/cursor.h"
#include "shells/languages.h"
#include "shells/posix_rules.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

using Kind = Place::Kind;

constexpr std::string_view no_second_reading = "write the command itself, and the hole where its argument stands";

class PowerShellReader : Cursor {
 public:
  using Cursor::Cursor;

  std::vector<Place> read() {
    code('\0');
    return std::move(places_);
  }

 private:
  /// The words of one level of brackets, as far as a statement goes.
  using Statement = std::vector<PosixWord>;

  void code(char close) {
    if (++depth_ > deepest) at_ = text_.size();
    Statement words;
    while (!ended()) {
      char c = text_[at_];
      if (!at_hole() && close != '\0' && c == close) {
        ++at_;
        break;
      }
      if (at_hole() || !llvm::StringRef(" \t\r\n;").contains(c)) {
        token(words);
        continue;
      }
      ++at_;
      bool piped = !words.empty() && words.back().text == "|";
      if (c == ';' || (c == '\n' && !piped)) end_statement(words);
    }
    end_statement(words);
    --depth_;
  }

  // Up to a blank outside quotes and brackets.
  void token(Statement& words) {
    std::size_t from = at_;
    PosixWord word;
    word.holes.first = next_;
    if (!at_hole() && text_[at_] == '#') return skip_comment("\n");
    if (looks_at("--%")) return stop_parsing();
    while (!ended() && (at_hole() || !llvm::StringRef(" \t\r\n;)}|").contains(text_[at_]))) {
      if (at_hole())
        hole(from);
      else
        piece();
    }
    if (at_ == from) ++at_;
    word.holes.last = next_;
    word.text = text_.slice(from, at_).lower();
    for (char quote : {'"', '\''})
      word.text.erase(std::remove(word.text.begin(), word.text.end(), quote), word.text.end());
    words.push_back(std::move(word));
  }

  void piece() {
    char c = text_[at_];
    if (c == '`') return escape();
    if (looks_at("<#")) return skip_comment("#>");
    if (c == '@' && (peek(1) == '\'' || peek(1) == '"') && begins_document()) return document();
    if (c == '\'') return single_quotes();
    if (c == '"') return double_quotes();
    if (looks_at("${")) return name();
    ++at_;
    if (c == '(') code(')');
    if (c == '{') code('}');
  }

  // A hole is a whole argument or operand: PowerShell joins words in some places and splits them in others.
  void hole(std::size_t token) {
    llvm::StringRef behind = text_.slice(token, at_);
    bool assigned = behind.endswith("=") && (behind == "=" || behind.startswith("$"));
    bool begins = behind.empty() || assigned || llvm::StringRef("({[,&!").contains(behind.back());
    bool ends = llvm::StringRef(" \t\r\n)}],;|&").contains(peek(1));
    mark(begins && ends ? Kind::word : Kind::joined);
  }

  bool begins_document() const {
    llvm::StringRef line = text_.substr(at_ + 2).take_until([](char c) { return c == '\n'; });
    return line.trim(" \t\r").empty() && at_ + 2 + line.size() < text_.size();
  }

  void document() {
    char quote = peek(1);
    at_ += 2;
    std::string end = std::string("\n") + quote + "@";
    while (!ended() && !looks_at(end)) {
      if (at_hole())
        mark(quote == '"' ? Kind::document : Kind::quoted_document);
      else if (quote == '"')
        expanding();
      else
        ++at_;
    }
    at_ = std::min(at_ + end.size(), text_.size());
  }

  void single_quotes() {
    ++at_;
    while (!ended() && (at_hole() || text_[at_] != '\'')) {
      if (at_hole())
        mark(Kind::single_quotes);
      else
        ++at_;
    }
    if (!ended()) ++at_;
  }

  void double_quotes() {
    ++at_;
    while (!ended() && (at_hole() || text_[at_] != '"')) {
      if (at_hole())
        mark(Kind::double_quotes).behind_variable = variable_end_ == at_ - 1;
      else
        expanding();
    }
    if (!ended()) ++at_;
  }

  // One piece of a text that expands.
  void expanding() {
    if (text_[at_] == '`') return escape();
    if (looks_at("${")) return name();
    if (looks_at("$(")) {
      at_ += 2;
      return code(')');
    }
    bool variable = text_[at_] == '$';
    ++at_;
    if (!variable) return;
    escaped_ = at_hole();
    while (!ended() && !at_hole() && (is_name(text_[at_]) || text_[at_] == ':')) ++at_;
    variable_end_ = at_;
  }

  void name() {
    while (!ended() && (at_hole() || text_[at_] != '}')) {
      if (at_hole())
        mark(Kind::name);
      else
        ++at_;
    }
    if (!ended()) ++at_;
  }

  void skip_comment(llvm::StringRef end) {
    while (!ended() && !looks_at(end)) {
      if (at_hole())
        mark(Kind::comment);
      else
        ++at_;
    }
    if (end != "\n") at_ = std::min(at_ + end.size(), text_.size());
  }

  // Behind `--%` nothing but `%NAME%` is looked at.
  void stop_parsing() {
    while (!ended() && text_[at_] != '\n') {
      if (at_hole())
        mark(Kind::closed);
      else
        ++at_;
    }
  }

  void end_statement(Statement& words) {
    if (words.empty()) return;
    HoleRange holes{words.front().holes.first, words.back().holes.last};
    assign(words, holes);
    choose(words);
    for (const PosixWord& word : words)
      for (llvm::StringRef reader : {"iex", "invoke-expression", "[scriptblock]::create", "expandstring", "add-type"})
        if (is_reader(word.text, reader)) reads(holes, reader);
    PosixReading reading;
    reading.places.swap(places_);
    Rules(reading).starts(words);
    reading.places.swap(places_);
    words.clear();
  }

  // `$x = …` and `$env:PATH = …`.
  void assign(const Statement& words, HoleRange holes) {
    llvm::StringRef target = words[0].text;
    bool assigns = words.size() > 1 ? words[1].text == "=" || words[1].text == "+=" : target.contains('=');
    if (!target.startswith("$") || !assigns) return;
    target = target.split('=').first;
    bool outer = target.consume_front("$env:");
    for (std::size_t hole = holes.first; hole < holes.last; ++hole)
      places_[hole].assigns = outer ? target.upper() : target.str();
  }

  // `& $name`, `. $file` and `Start-Process $name`.
  void choose(const Statement& words) {
    llvm::StringRef first = words[0].text;
    std::size_t named = first == "&" || first == "." || has_word("start-process saps start", first) ? 1 : 0;
    if (named == 1 && words.size() > 1 && words[1].text == "-filepath") named = 2;
    if (named == 0 && !first.startswith("&") && !first.startswith(".")) named = words.size();
    bool starts = has_word("start-process saps start", first);
    for (std::size_t i = named; i < words.size() && (i == named || starts); ++i)
      for (std::size_t hole = words[i].holes.first; hole < words[i].holes.last; ++hole) {
        places_[hole].use = Use::program;
        places_[hole].reader = "the shell, as a command's name";
      }
  }

  static bool is_reader(llvm::StringRef word, llvm::StringRef reader) {
    if (reader.startswith("[") || reader == "expandstring") return word.contains(reader);
    return word == reader;
  }

  void reads(HoleRange holes, llvm::StringRef reader) {
    for (std::size_t hole = holes.first; hole < holes.last; ++hole) {
      places_[hole].reader = reader.str();
      places_[hole].mend = no_second_reading;
      places_[hole].refused = true;
      places_[hole].use = Use::code;
    }
  }

  std::size_t variable_end_ = std::string::npos;
};

std::string with_backticks(llvm::StringRef text) {
  std::string out;
  for (char c : text) {
    if (c == '$' || c == '`' || c == '"') out += '`';
    out += c;
  }
  return out;
}

std::optional<std::string> written(const Constant& value, const Place& place) {
  llvm::StringRef text = value.text;
  switch (place.kind) {
    case Kind::word:
      if (value.sort == Sort::number) return text.str();
      [[fallthrough]];
    case Kind::single_quotes: {
      std::string out;
      for (char c : text) out += c == '\'' ? "''" : std::string(1, c);
      return place.kind == Kind::word ? "'" + out + "'" : out;
    }
    case Kind::double_quotes:
      if (place.behind_variable && !text.empty() && (is_name(text[0]) || text[0] == ':')) return std::nullopt;
      return with_backticks(text);
    case Kind::document: return with_backticks(text);
    case Kind::quoted_document:
      if (text.contains('\'')) return std::nullopt;
      return text.str();
    case Kind::comment:
      if (text.contains("#>")) return std::nullopt;
      return text.str();
    case Kind::joined:
      if (!is_plain(text, "./-")) return std::nullopt;
      return text.str();
    case Kind::name:
      if (!is_plain(text, "")) return std::nullopt;
      return text.str();
    default: return std::nullopt;
  }
}

}  // namespace

std::vector<Place> PowerShell::places(const Script& script) const { return PowerShellReader(script).read(); }

// Line breaks and letters beyond ASCII go by variable: Windows changes them in a script's file.
bool PowerShell::quote(const Constant& value, const Place& place, std::string& out) const {
  bool plain = std::all_of(value.text.begin(), value.text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  if (!plain || place.escaped || (place.refused && !is_plain(value.text, ".-"))) return false;
  auto text = written(value, place);
  if (!text || text->find("${{") != std::string::npos) return false;
  out += *text;
  return true;
}

bool PowerShell::reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const {
  if (place.escaped || (place.refused && sort == Sort::text)) return false;
  std::string name = "${env:" + variable.str() + "}";
  switch (place.kind) {
    case Kind::word: out += sort == Sort::number ? "([double]" + name + ")" : name; return true;
    case Kind::double_quotes:
    case Kind::document: out += name; return true;
    case Kind::comment: out += variable; return true;
    default: return false;
  }
}

ListForm PowerShell::list_form(const Place& place) const {
  if (place.kind == Kind::word) return {"@(", ", ", ")"};
  return {"", " ", ""};
}

// `$env:NAME` and `${env:NAME}`; `$x`, which other scripts do not see, keeps its `$`.
std::vector<VariableRead> PowerShell::variables(llvm::StringRef script) const {
  std::vector<VariableRead> reads;
  for (std::size_t at = script.find('$'); at < script.size(); at = script.find('$', at + 1)) {
    llvm::StringRef rest = script.substr(at + 1);
    bool braces = rest.consume_front("{");
    bool outer = rest.consume_front_insensitive("env:");
    llvm::StringRef name = rest.take_while([](char c) { return is_name(c); });
    std::size_t end = static_cast<std::size_t>(name.end() - script.data()) + (braces ? 1 : 0);
    bool assigned = script.substr(end).ltrim(" +").startswith("=");
    if (is_name(name) && end <= script.size() && !assigned)
      reads.push_back({outer ? name.str() : "$" + name.lower(), at, end});
  }
  return reads;
}

std::string PowerShell::read_variable(llvm::StringRef variable) const { return "$env:" + variable.str(); }

}  // namespace sluice::shells
