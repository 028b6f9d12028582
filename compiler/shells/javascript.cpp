// Scripts of JavaScript, as far as it must be known which variables become code. What holes may hold is not known.
#include "shells/cursor.h"
#include "shells/languages.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

bool is_letter_of_name(char c) { return is_name(c) || c == '$'; }

class JavaScriptReader : Cursor {
 public:
  using Cursor::Cursor;

  std::vector<Place> read() {
    walk();
    return std::move(places_);
  }
  std::vector<VariableRead> variables() {
    walk();
    return std::move(variables_);
  }

 private:
  /// What was opened: a call, `{` or, as `$`, the braces in a template.
  struct Open {
    char mark;
    llvm::StringRef callee;
    std::size_t hole;  ///< the first one in it
    std::size_t begin;
  };

  void walk() {
    while (!ended()) {
      char c = text_[at_];
      if (at_hole())
        hole();
      else if (c == '\'' || c == '"')
        quotes(c);
      else if (c == '`')
        ++at_, in_template();
      else if (looks_at("//"))
        skip("\n");
      else if (looks_at("/*"))
        skip("*/");
      else if (llvm::StringRef("({[").contains(c))
        open_.push_back({c, callee(), next_, at_}), ++at_;
      else if (llvm::StringRef(")}]").contains(c))
        close();
      else
        name();
    }
  }

  // `NAME = …` gives what stands in its statement to NAME.
  void hole() {
    llvm::StringRef before = text_.take_front(at_);
    llvm::StringRef statement = before.substr(before.find_last_of("\n;") + 1);
    auto [target, value] = statement.split('=');
    llvm::StringRef name = target.rtrim(" +").rsplit(' ').second;
    if (name.empty()) name = target.trim(" +");
    Place& place = mark(Place::Kind::closed);
    if (is_name(name) && target.size() < statement.size() && !value.startswith("=")) place.assigns = "$" + name.str();
    for (const Open& call : open_)
      if (is_code(call)) reads(place, call.callee);
  }

  // Of those that start a program only the first argument is a command.
  bool is_code(const Open& call) const {
    if (has_word("eval Function setTimeout setInterval require import vm.runInThisContext vm.runInNewContext",
                 call.callee))
      return true;
    bool command =
        has_word("exec execSync exec.exec exec.getExecOutput child_process.exec child_process.execSync", call.callee);
    return command && !text_.slice(call.begin, at_).contains(',');
  }

  void reads(Place& place, llvm::StringRef callee) {
    place.use = Use::code;
    place.reader = callee.str();
  }

  llvm::StringRef callee() const {
    llvm::StringRef before = text_.take_front(at_);
    std::size_t count = 0;
    while (count < before.size() &&
           (is_letter_of_name(before[before.size() - 1 - count]) || before[before.size() - 1 - count] == '.'))
      ++count;
    return before.take_back(count);
  }

  // `spawn("sh", ["-c", …])`.
  void close() {
    ++at_;
    if (open_.empty()) return;
    Open call = open_.back();
    open_.pop_back();
    llvm::StringRef inside = text_.slice(call.begin, at_);
    bool shell = inside.contains("'-c'") || inside.contains("\"-c\"") || inside.contains("shell: true");
    bool starts = call.callee.contains("spawn") || call.callee.contains("exec");
    if (call.mark == '(' && shell && starts)
      for (std::size_t hole = call.hole; hole < next_; ++hole) reads(places_[hole], call.callee);
    if (call.mark == '$') in_template();
  }

  void quotes(char quote) {
    ++at_;
    while (!ended() && (at_hole() || (text_[at_] != quote && text_[at_] != '\n'))) {
      if (at_hole())
        hole();
      else if (text_[at_] == '\\')
        escape();
      else
        ++at_;
    }
    if (!ended()) ++at_;
  }

  // Up to its end, or to what is put in.
  void in_template() {
    while (!ended() && (at_hole() || text_[at_] != '`')) {
      if (at_hole()) {
        hole();
      } else if (text_[at_] == '\\') {
        escape();
      } else if (looks_at("${")) {
        open_.push_back({'$', {}, next_, at_});
        at_ += 2;
        return;
      } else {
        ++at_;
      }
    }
    if (!ended()) ++at_;
  }

  void skip(llvm::StringRef end) {
    while (!ended() && !looks_at(end)) {
      if (at_hole())
        mark(Place::Kind::comment);
      else
        ++at_;
    }
    at_ = std::min(at_ + end.size(), text_.size());
  }

  // A name that is read, `process.env.NAME`, or one character.
  void name() {
    std::size_t from = at_;
    while (!ended() && !at_hole() && is_letter_of_name(text_[at_])) ++at_;
    llvm::StringRef name = text_.slice(from, at_), before = text_.take_front(from), rest = text_.substr(at_).ltrim(' ');
    constexpr llvm::StringLiteral environment = "process.env.";
    bool written = rest.startswith("(") || rest.startswith(":") || (rest.startswith("=") && !rest.startswith("=="));
    if (before.endswith(environment))
      variables_.push_back({name.str(), from - environment.size(), at_});
    else if (is_name(name) && !before.endswith(".") && !written && name != "process")
      variables_.push_back({"$" + name.str(), from, at_});
    if (at_ == from) ++at_;
  }

  std::vector<VariableRead> variables_;
  std::vector<Open> open_;
};

}  // namespace

std::vector<Place> JavaScript::places(const Script& script) const { return JavaScriptReader(script).read(); }

std::vector<VariableRead> JavaScript::variables(llvm::StringRef script) const {
  Script whole{script.str(), {}};
  return JavaScriptReader(whole).variables();
}

}  // namespace sluice::shells
