// Commands of bash and sh: what separates words, here-documents, `case`.
#include <utility>

#include "shells/posix_reader.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

bool is_reserved(const PosixWord& word) {
  return !word.quoted && has_word("if then else elif while until do { } ! time coproc fi done esac", word.text);
}

// In `[[ … ]]` what separates commands elsewhere is a word.
PosixWord mark_word(llvm::StringRef text) {
  PosixWord word;
  word.text = text.str();
  return word;
}

bool begins_command(const PosixCommand& command) {
  return std::all_of(command.words.begin(), command.words.end(), is_reserved);
}

bool in_condition(const PosixCommand& command) {
  auto open = std::find_if_not(command.words.begin(), command.words.end(), is_reserved);
  return open != command.words.end() && open->is("[[") && !command.words.back().is("]]");
}

// Whether `NAME[…]=` may follow: before the command's name, or behind one that declares.
bool may_assign(const PosixCommand& command) {
  for (const PosixWord& word : command.words) {
    if (is_reserved(word) || llvm::StringRef(word.text).contains('=')) continue;
    return has_word("declare typeset local export readonly", word.text);
  }
  return true;
}

}  // namespace

PosixReader::PosixReader(const Script& script) : text_(script.text), holes_(script.holes) {
  reading_.text = text_.data();
  reading_.places.resize(holes_.size());
  reading_.nesting.resize(holes_.size());
}

PosixReading PosixReader::read() && {
  commands('\0');
  return std::move(reading_);
}

bool PosixReader::skip_blanks() {
  std::size_t from = at_;
  while (!ended() && !at_hole(at_) && (text_[at_] == ' ' || text_[at_] == '\t' || looks_at("\\\n")))
    at_ += text_[at_] == '\\' ? 2 : 1;
  return at_ > from;
}

void PosixReader::commands(char close) {
  // What nests deeper than anybody writes is not read: its holes are closed places.
  if (++depth_ > deepest) at_ = text_.size();
  unsigned arithmetic = std::exchange(in_arithmetic_, 0);
  ++nesting_;
  List list{close};
  while (!ended()) {
    if (skip_blanks()) continue;
    if (close != '\0' && !at_hole(at_) && text_[at_] == close && !list.pattern && !in_condition(list.command())) {
      ++at_;
      break;
    }
    token(list);
  }
  end_pipeline(list);
  in_arithmetic_ = arithmetic;
  --nesting_;
  --depth_;
}

void PosixReader::token(List& list) {
  if (at_hole(at_)) return command_word(list);
  switch (text_[at_]) {
    case '\n':
      ++at_;
      if (!in_condition(list.command())) end_pipeline(list);
      return read_documents();
    case '#': return comment();
    case ';':
    case '&':
    case '|': return separator(list);
    case '(':
    case ')': return parenthesis(list);
    case '<':
    case '>':
      if (llvm::StringRef(text_).substr(at_ + 1).startswith("(") || in_condition(list.command()))
        return command_word(list);
      return redirection(list);
    default: return command_word(list);
  }
}

void PosixReader::separator(List& list) {
  if (looks_at("&>")) return redirection(list);
  char c = text_[at_];
  std::size_t from = at_;
  while (!ended() && !at_hole(at_) && llvm::StringRef(";&|").contains(text_[at_])) ++at_;
  if (in_condition(list.command())) {
    list.command().words.push_back(mark_word(text_.slice(from, at_)));
    return;
  }
  if (list.pattern) return;
  llvm::StringRef mark = text_.slice(from, at_);
  if (mark == "|" || mark == "|&") {
    list.pipeline.emplace_back();
    return;
  }
  end_pipeline(list);
  list.pattern = list.cases > 0 && c == ';' && mark.size() > 1;
}

void PosixReader::parenthesis(List& list) {
  bool opens = text_[at_] == '(';
  if (in_condition(list.command())) {
    list.command().words.push_back(mark_word(text_.substr(at_++, 1)));
  } else if (list.pattern) {
    ++at_;
    if (opens) return;
    list.pattern = false;
    list.pipeline.assign(1, {});
  } else if (!opens) {
    ++at_;
  } else if (looks_at("((") && (begins_command(list.command()) || list.command().words.back().is("for"))) {
    at_ += 2;
    arithmetic();
  } else if (looks_at("()") && list.command().words.size() == 1) {
    // A function: what it is called is a name, what follows is a command.
    at_ += 2;
    const PosixWord& name = list.command().words[0];
    for (std::size_t hole = name.holes.first; hole < name.holes.last; ++hole)
      reading_.places[hole].kind = Place::Kind::name;
    (reading_.functions += ' ') += name.text;
    list.pipeline.assign(1, {});
  } else {
    ++at_;
    std::size_t first = next_;
    commands(')');
    list.command().group = {first, next_};
  }
}

void PosixReader::redirection(List& list) {
  if (looks_at("<<") && !looks_at("<<<")) return announce_document(list);
  bool here_string = looks_at("<<<");
  while (!ended() && !at_hole(at_) && llvm::StringRef("<>&|").contains(text_[at_])) ++at_;
  skip_blanks();
  (here_string ? list.command().here_strings : list.command().targets).push_back(word(false));
}

// What a group prints and reads is what the command prints and reads that ends it.
void PosixReader::follow_groups(List& list, const PosixWord& word) {
  if (word.quoted) return;
  if (has_word("{ if case for while until select", word.text)) {
    list.groups.push_back(next_);
  } else if (has_word("} fi esac done", word.text) && !list.groups.empty()) {
    list.command().group = {list.groups.back(), next_};
    list.groups.pop_back();
  }
}

void PosixReader::command_word(List& list) {
  PosixCommand& command = list.command();
  std::size_t from = at_;
  bool begins = begins_command(command);
  PosixWord read = word(may_assign(command));
  // In `[[ … ]]` what would redirect compares.
  if (at_ == from) read.text = text_[at_++];
  if (list.pattern) {
    if (read.is("esac")) list.pattern = false, --list.cases, follow_groups(list, read);
    return;
  }
  if (begins) follow_groups(list, read);
  if (begins && read.is("esac") && list.cases > 0) --list.cases;
  std::size_t count = command.words.size();
  bool in = read.is("in") && count >= 2 && command.words[count - 2].is("case") &&
            std::all_of(command.words.begin(), command.words.end() - 2, is_reserved);
  command.words.push_back(std::move(read));
  if (!in) return;
  ++list.cases;
  list.pattern = true;
  list.pipeline.assign(1, {});
}

void PosixReader::comment() {
  while (!ended() && (at_hole(at_) || text_[at_] != '\n')) {
    if (at_hole(at_))
      mark(Place::Kind::comment);
    else
      ++at_;
  }
}

void PosixReader::end_pipeline(List& list) {
  bool empty = list.pipeline.size() == 1 && list.command().words.empty() && list.command().targets.empty();
  if (!empty) reading_.pipelines.push_back(std::move(list.pipeline));
  list.pipeline.assign(1, {});
}

// At `<<`.
void PosixReader::announce_document(List& list) {
  at_ += 2;
  Document document;
  document.indented = looks_at("-");
  if (document.indented) ++at_;
  skip_blanks();
  for (char quote = '\0'; !ended(); ++at_) {
    char c = text_[at_];
    if (at_hole(at_)) {
      mark(Place::Kind::name);
      --at_;
    } else if (quote != '\0' ? c == quote : c == '\'' || c == '"') {
      quote = quote != '\0' ? '\0' : c;
      document.quoted = true;
    } else if (quote == '\0' && c == '\\') {
      document.quoted = true;
    } else if (quote == '\0' && llvm::StringRef(" \t\n;&|)<>").contains(c)) {
      break;
    } else {
      document.end += c;
    }
  }
  document.index = reading_.documents.size();
  reading_.documents.emplace_back();
  list.command().documents.push_back(document.index);
  waiting_.push_back(std::move(document));
}

void PosixReader::read_documents() {
  std::vector<Document> documents = std::exchange(waiting_, {});
  for (const Document& document : documents) {
    end_ = document.end;
    HoleRange& holes = reading_.documents[document.index];
    holes.first = next_;
    read_document(document);
    reading_.documents[document.index].last = next_;
  }
}

// A here-document ends at a line that holds its word alone.
void PosixReader::read_document(const Document& document) {
  unsigned arithmetic = std::exchange(in_arithmetic_, 0);
  for (bool begins = true, joined = false; !ended(); begins = before() == '\n' && !joined) {
    llvm::StringRef line = text_.substr(at_).take_until([](char c) { return c == '\n'; });
    if (begins && (document.indented ? line.ltrim('\t') : line) == document.end) {
      at_ += std::min(line.size() + 1, text_.size() - at_);
      break;
    }
    char c = text_[at_];
    joined = !document.quoted && c == '\\';
    if (at_hole(at_))
      mark(document.quoted ? Place::Kind::quoted_document : Place::Kind::document);
    else if (document.quoted || (c != '\\' && c != '$' && c != '`'))
      ++at_;
    else if (c == '\\')
      backslash();
    else if (c == '$')
      dollar(true);
    else
      backticks();
  }
  in_arithmetic_ = arithmetic;
}

}  // namespace sluice::shells
