// Arguments and inputs that a program reads as code again.
#include "shells/posix_rules.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

using Argument = CodeReader::Argument;

/// Where the code of an option stands.
enum class Flag : std::uint8_t { no, behind, inside };

bool only_letters(llvm::StringRef text) { return std::all_of(text.begin(), text.end(), is_letter); }

Flag flag_of(llvm::StringRef option, llvm::StringRef flags) {
  if (has_word(flags, option)) return Flag::behind;
  auto [name, value] = option.split('=');
  if (name.size() < option.size() && has_word(flags, name)) return Flag::inside;
  if (option.size() < 3 || option[0] != '-' || option[1] == '-') return Flag::no;
  // `-lc`, and of a shell `-ce` as well.
  bool cluster = only_letters(option.drop_front());
  char last[] = {'-', option.back()};
  if (cluster && (has_word(flags, {last, 2}) || (flags == "-c" && option.contains('c')))) return Flag::behind;
  // `-e's/a/b/'`.
  return has_word(flags, option.take_front(2)) ? Flag::inside : Flag::no;
}

// An option is listed once for each of its values.
std::size_t values_of(const CodeReader& reader, llvm::StringRef option) {
  llvm::StringRef list = reader.valued;
  std::size_t count = 0;
  while (!list.empty()) {
    auto [first, rest] = list.split(' ');
    count += first == option ? 1 : 0;
    list = rest;
  }
  return count;
}

// `yq eval '.a'`.
bool is_subcommand(const CodeReader& reader, llvm::StringRef text) {
  return (reader.names == "yq" && has_word("eval e eval-all ea", text)) || (reader.names == "deno" && text == "eval");
}

}  // namespace

void Rules::starts(Words words) {
  while (!words.empty() && (words[0].text == "&" || words[0].text == ".")) words = words.drop_front();
  words = program_of(words);
  if (!words.empty()) readers(words);
}

// The program's own arguments, and `sh -c` wherever it stands among the words of a program that may start it.
void Rules::readers(Words words) {
  llvm::StringRef program = words[0].text;
  if (const CodeReader* reader = find_reader(program)) arguments(*reader, words);
  if (has_word("echo printf", program)) return;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const CodeReader* reader = words[i].quoted ? nullptr : find_reader(words[i].text);
    if (reader && reader->argument == Argument::flagged && reader->names != "gh")
      arguments(*reader, words.drop_front(i));
    if (program == "git" && words[i - 1].text == "-c" && llvm::StringRef(words[i].text).startswith("alias."))
      code(words[i].holes, program, find_reader(program)->mend, true);
  }
}

// `words` begin with the reader's name.
void Rules::arguments(const CodeReader& reader, Words words) {
  name_ = base_name(words[0].text);
  bool given = false;
  std::size_t operands = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    llvm::StringRef text = words[i].text;
    Flag flag = is_option(text) || text.startswith("/") ? flag_of(text, reader.flags) : Flag::no;
    given = given || flag != Flag::no;
    if (reader.argument == Argument::all || flag == Flag::inside) {
      code(words[i].holes, reader);
    } else if (flag == Flag::behind) {
      if (i + 1 < words.size()) code(words[++i].holes, reader);
    } else if (is_option(text) && operands == 0) {
      given = given || has_word(reader.files, text);
      i += values_of(reader, text);
    } else if (!is_subcommand(reader, text)) {
      bool first = reader.argument == Argument::first && operands == 0 && !given;
      // `bash <(…)` runs what that command prints.
      first = first || (reader.input && operands == 0 && words[i].source.startswith("<("));
      if (first || (reader.argument == Argument::behind_first && operands > 0)) code(words[i].holes, reader);
      ++operands;
    }
  }
}

void Rules::input(const PosixCommand& command, const PosixCommand* previous) {
  const CodeReader* reader = reads_input(command);
  if (!reader) return;
  for (const PosixWord& word : command.here_strings) code(word.holes, *reader);
  for (std::size_t document : command.documents) code(reading_.documents[document], *reader);
  if (previous) writes_code(*previous, *reader);
}

// The program that runs what arrives on its standard input.
const CodeReader* Rules::reads_input(const PosixCommand& command) {
  Words words = program_of(without_reserved(command.words));
  if (words.empty()) return nullptr;
  const CodeReader* reader = find_reader(words[0].text);
  if (!reader || !reader->input) return nullptr;
  name_ = base_name(words[0].text);
  bool host = reader->names == "ssh";
  bool database = reader->names.find("sql") != std::string_view::npos;
  std::size_t operands = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    llvm::StringRef text = words[i].text;
    if (text == "-" || text == "-s" || text == "/dev/stdin") return reader;
    if (is_option(text)) {
      if (flag_of(text, reader->flags) != Flag::no || has_word(reader->files, text)) return nullptr;
      i += values_of(*reader, text);
    } else if (++operands == 2 && host && find_reader(text)) {
      // `ssh host bash` hands its input on.
      return reader;
    }
  }
  return operands <= (host || database ? 1U : 0U) ? reader : nullptr;
}

// What is printed for a program that runs it.
void Rules::writes_code(const PosixCommand& command, const CodeReader& reader) {
  Words words = without_reserved(command.words);
  if (words.empty() || !has_word("echo printf cat", words[0].text)) return;
  if (words[0].text != "cat")
    for (const PosixWord& word : words.drop_front()) code(word.holes, reader);
  for (std::size_t document : command.documents) code(reading_.documents[document], reader);
  for (const PosixWord& word : command.here_strings) code(word.holes, reader);
}

}  // namespace sluice::shells
