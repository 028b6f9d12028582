// What commands do with their words: which of them are names, and which are worked out as numbers.
#include "shells/posix_rules.h"

#include "shells/text.h"

namespace sluice::shells {
namespace {

bool is_hole_or_name(char c) { return c == Script::mark || is_name(c); }

// `NAME=…`, where the name may have holes.
bool is_assignment(const PosixWord& word) {
  llvm::StringRef name = llvm::StringRef(word.text).split('=').first;
  if (name.size() == word.text.size()) return false;
  name.consume_back("+");
  return !name.empty() && !is_digit(name[0]) && std::all_of(name.begin(), name.end(), is_hole_or_name);
}

}  // namespace

Words without_reserved(Words words) {
  while (!words.empty() && !words[0].quoted &&
         has_word("if then else elif while until do { } ! time coproc fi done esac", words[0].text))
    words = words.drop_front();
  return words;
}

Words program_of(Words words) {
  while (!words.empty() && is_assignment(words[0])) words = words.drop_front();
  const Wrapper* wrapper = words.empty() ? nullptr : find_wrapper(words[0].text);
  if (!wrapper) return words;
  Words rest = words.drop_front();
  unsigned operands = wrapper->operands;
  while (!rest.empty() && (is_option(rest[0].text) || is_assignment(rest[0]) || operands > 0)) {
    if (!is_option(rest[0].text) && !is_assignment(rest[0])) --operands;
    rest = rest.drop_front(has_word(wrapper->valued, rest[0].text) && rest.size() > 1 ? 2 : 1);
  }
  return rest.empty() ? words : program_of(rest);
}

void Rules::pipeline(llvm::ArrayRef<PosixCommand> commands) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    command(commands[i]);
    const PosixCommand* previous = i > 0 ? &commands[i - 1] : nullptr;
    input(commands[i], commands.take_front(i));
    names(commands[i], previous);
    // `echo … | tee -a FILE` writes as `echo … >> FILE` does.
    Words words = program_of(without_reserved(commands[i].words));
    if (previous && !words.empty() && words[0].is("tee"))
      for (const PosixWord& word : words.drop_front()) environment_file(word, *previous);
  }
}

// What stands in a `$(…)` of the word is that command's.
void Rules::set(const PosixWord& word, Place::Kind kind) {
  for (std::size_t hole = word.holes.first; hole < word.holes.last; ++hole)
    if (reading_.nesting[hole] == word.nesting) reading_.places[hole].kind = kind;
}

void Rules::code(HoleRange holes, llvm::StringRef reader, std::string_view mend) {
  for (std::size_t hole = holes.first; hole < holes.last; ++hole) {
    Place& place = reading_.places[hole];
    if (place.refused) continue;
    place.reader = reader.str();
    place.mend = mend;
    place.refused = true;
    place.use = Use::code;
  }
}

void Rules::use(HoleRange holes, Use use, llvm::StringRef reader) {
  for (std::size_t hole = holes.first; hole < holes.last; ++hole) {
    Place& place = reading_.places[hole];
    if (place.refused || (place.use != Use::none && place.use != Use::option)) continue;
    place.reader = reader.str();
    place.use = use;
  }
}

void Rules::assign(HoleRange holes, llvm::StringRef name, unsigned nesting) {
  for (std::size_t hole = holes.first; hole < holes.last; ++hole) {
    Place& place = reading_.places[hole];
    if (has_word(place.assigns, name)) continue;
    place.assigns += (place.assigns.empty() ? "" : " ") + name.str();
    place.rewritten = reading_.nesting[hole] != nesting;
  }
}

void Rules::command(const PosixCommand& command) {
  Words words = without_reserved(command.words);
  for (const PosixWord& target : command.targets) environment_file(target, command);
  while (!words.empty() && is_assignment(words[0])) {
    assignment(words[0]);
    words = words.drop_front();
  }
  if (words.empty()) return;
  if (words[0].is("[[")) return condition(words.drop_front());
  if (words[0].is("[") || words[0].is("test")) return test(words.drop_front());
  if (words[0].is("for") || words[0].is("select") || words[0].is("function")) {
    if (words.size() < 2) return;
    set(words[1], Place::Kind::name);
    for (const PosixWord& word : words.drop_front(2)) assign(word.holes, words[1].text, word.nesting);
    return;
  }
  Words started = program_of(words);
  program(words, started);
  builtin(started);
  readers(started);
  options(started);
}

// What is run. `words` may begin with what only starts it.
void Rules::program(Words words, Words program) {
  Words before = words.drop_back(program.size());
  if (before.empty() && find_wrapper(words[0].text)) before = words;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (is_assignment(before[i])) assignment(before[i]);
    if (before[i].is("env")) arguments(*find_reader("env"), before.drop_front(i));
  }
  const PosixWord& name = program[0];
  // A value that chooses the program is data, but whoever watches over values may want to know.
  use(name.holes, Use::program, "the shell, as a command's name");
  if (words[0].text[0] == Script::mark) reading_.places[words[0].holes.first].command = true;
  if (name.is("set") || has_word(reading_.functions, name.text))
    for (const PosixWord& word : program.drop_front()) assign(word.holes, "@", word.nesting);
}

void Rules::assignment(const PosixWord& word) {
  auto [name, value] = llvm::StringRef(word.text).split('=');
  auto in_name = static_cast<std::size_t>(std::count(name.begin(), name.end(), Script::mark));
  name.consume_back("+");
  if (has_word(integers_, name)) numbers(word, word.source.split('=').second);
  assign(word.holes, name, word.nesting);
  for (std::size_t hole = word.holes.first; hole < word.holes.first + in_name; ++hole)
    reading_.places[hole].kind = Place::Kind::name;
}

// What is worked out as a number: names in it are read as variables.
void Rules::numbers(const PosixWord& word, llvm::StringRef text) {
  set(word, Place::Kind::arithmetic);
  for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
    for (end = at; end < text.size() && is_name(text[end]);) ++end;
    llvm::StringRef before = text.take_front(at);
    // What stands behind a `$` is known as a read already, and what is behind `${` is no sum.
    if (before.endswith("${") || before.endswith("${#") || before.endswith("$(")) {
      end = std::min(text.find_first_of("})", end), text.size());
      continue;
    }
    bool read = is_name(text.slice(at, end)) && !before.endswith("$") && !text.substr(end).startswith("=");
    auto begin = static_cast<std::size_t>(text.data() - reading_.text) + at;
    if (read) reading_.variables.push_back({text.slice(at, end).str(), begin, begin + end - at});
  }
}

void Rules::condition(Words words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].quoted || !has_word("-eq -ne -lt -le -gt -ge", words[i].text)) continue;
    if (i > 0) numbers(words[i - 1], words[i - 1].source);
    if (i + 1 < words.size()) numbers(words[i + 1], words[i + 1].source);
  }
  test(words);
}

// `-v` and `-R` take the name of a variable, and run what stands in its subscript.
void Rules::test(Words words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i].text == "-v" || words[i].text == "-R") set(words[i + 1], Place::Kind::name);
}

void Rules::builtin(Words words) {
  llvm::StringRef name = words[0].text;
  Words arguments = words.drop_front();
  if (has_word("declare typeset local export readonly", name)) return declaration(arguments);
  if (name == "let")
    for (const PosixWord& word : arguments) numbers(word, word.source);
  if (has_word("read mapfile readarray unset getopts", name)) names(name, arguments);
  if (name == "printf") named_by(arguments, "-v");
  if (name == "printf" && !arguments.empty() && llvm::StringRef(arguments[0].text).contains("%q"))
    for (const PosixWord& word : arguments)
      for (std::size_t hole = word.holes.first; hole < word.holes.last; ++hole) reading_.places[hole].requoted = true;
  if (name == "printf" && arguments.size() > 1 && arguments[0].is("-v"))
    for (const PosixWord& word : arguments.drop_front(2)) assign(word.holes, arguments[1].text, word.nesting);
  if (name == "wait") named_by(arguments, "-p");
  if ((name == "." || name == "source") && !arguments.empty()) {
    const PosixWord& file = arguments[0];
    if (file.source.contains("<(") || file.source.contains("$("))
      code(file.holes, "source", "write the command itself, without `source`");
    else
      use(file.holes, Use::file, "source");
  }
  // What make is given it expands once more, but most values hold no `$`.
  if (name == "make" || name == "gmake")
    for (const PosixWord& word : arguments) use(word.holes, Use::code, "make");
}

void Rules::declaration(Words arguments) {
  bool evaluates = false;
  for (const PosixWord& word : arguments) {
    llvm::StringRef text = word.text;
    if (is_option(text)) {
      evaluates = evaluates || text.find_first_of("iaAn") != llvm::StringRef::npos;
      continue;
    }
    llvm::StringRef name = text.split('=').first;
    if (evaluates) (integers_ += ' ') += name.str();
    if (!is_assignment(word) || name.contains(Script::mark))
      set(word, Place::Kind::name);
    else if (evaluates && !llvm::StringRef(word.source).contains("=("))
      numbers(word, word.source.split('=').second);
    assign(word.holes, name, word.nesting);
  }
}

// `read` gets what is sent to it.
void Rules::names(const PosixCommand& command, const PosixCommand* previous) {
  Words words = without_reserved(command.words);
  while (!words.empty() && is_assignment(words[0])) words = words.drop_front();
  if (words.empty() || !has_word("read mapfile readarray", words[0].text)) return;
  for (const PosixWord& name : words.drop_front()) {
    if (!is_name(name.text)) continue;
    for (const PosixWord& word : command.here_strings) assign(word.holes, name.text, word.nesting);
    for (std::size_t document : command.documents) assign(reading_.documents[document], name.text, name.nesting);
    for (const PosixWord& word : command.targets) assign(word.holes, name.text, word.nesting);
    if (!previous) continue;
    for (const PosixWord& word : previous->words) assign(word.holes, name.text, word.nesting);
    for (std::size_t document : previous->documents) assign(reading_.documents[document], name.text, name.nesting);
  }
}

// Arguments that name variables.
void Rules::names(llvm::StringRef program, Words arguments) {
  llvm::StringRef valued = program == "read" ? "-p -t -n -N -d -u -i" : "-d -n -O -s -u -C -c";
  for (std::size_t i = 0, operand = 0; i < arguments.size(); ++i) {
    llvm::StringRef text = arguments[i].text;
    if (has_word(valued, text))
      ++i;
    else if (!is_option(text) && (program != "getopts" || operand++ == 1))
      set(arguments[i], Place::Kind::name);
    else if (text.startswith("-a"))
      set(arguments[i], Place::Kind::name);
  }
}

// `printf -v NAME`.
void Rules::named_by(Words arguments, llvm::StringRef option) {
  for (std::size_t i = 0; i < arguments.size() && is_option(arguments[i].text); ++i) {
    llvm::StringRef text = arguments[i].text;
    if (text == option && i + 1 < arguments.size())
      set(arguments[i + 1], Place::Kind::name);
    else if (text.startswith(option))
      set(arguments[i], Place::Kind::name);
  }
}

// A line break in what is written there is a further entry.
void Rules::environment_file(const PosixWord& target, const PosixCommand& command) {
  static constexpr llvm::StringLiteral files[] = {"GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE"};
  for (llvm::StringRef file : files) {
    if (!target.source.contains(file)) continue;
    for (const PosixWord& word : command.words) use(word.holes, Use::none, file);
    for (std::size_t document : command.documents) use(reading_.documents[document], Use::none, file);
    use(command.group, Use::none, file);
  }
}

void apply_commands(PosixReading& reading) {
  Rules rules(reading);
  for (const auto& pipeline : reading.pipelines) rules.pipeline(pipeline);
}

}  // namespace sluice::shells
