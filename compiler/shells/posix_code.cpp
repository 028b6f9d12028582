// Arguments and inputs that a program reads as code again.
#include "shells/posix_rules.h"
#include "shells/text.h"

namespace sluice::shells {
namespace {

using Argument = CodeReader::Argument;

/// Where the code of an option stands.
enum class Flag : std::uint8_t { no, behind, inside };

bool only_letters(llvm::StringRef text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

Flag flag_of(llvm::StringRef option, llvm::StringRef flags) {
  if (has_word(flags, option)) return Flag::behind;
  auto [name, value] = option.split('=');
  if (name.size() < option.size() && has_word(flags, name)) return Flag::inside;
  if (option.size() < 3 || option[0] != '-' || option[1] == '-') return Flag::no;
  // `-lc`, `-0777pe`, and of a shell `-ce` as well.
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
  return reader.names == "yq" && has_word("eval e eval-all ea", text);
}

// What runs files: `bash FILE`, but not `psql DATABASE`.
bool runs_files(const CodeReader& reader) {
  return reader.input && reader.names != "ssh" && reader.names != "at batch" &&
         reader.names.find("sql") == std::string_view::npos && reader.names.find("mongo") == std::string_view::npos;
}

}  // namespace

void Rules::starts(Words words) {
  while (!words.empty() && (words[0].text == "&" || words[0].text == ".")) words = words.drop_front();
  words = program_of(words);
  if (words.empty()) return;
  readers(words);
  options(words);
}

// The program's own arguments, and `sh -c` wherever it stands among the words of a program that may start it.
void Rules::readers(Words words) {
  llvm::StringRef program = words[0].text;
  if (const CodeReader* reader = find_reader(program)) arguments(*reader, words), file(*reader, words);
  if (has_word("echo printf", program)) return;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const CodeReader* reader = words[i].quoted ? nullptr : find_reader(words[i].text);
    if (reader && reader->argument == Argument::flagged && reader->names != "gh")
      arguments(*reader, words.drop_front(i));
  }
}

// `bash FILE`.
void Rules::file(const CodeReader& reader, Words words) {
  if (!runs_files(reader)) return;
  for (std::size_t i = 1; i < words.size(); ++i) {
    llvm::StringRef text = words[i].text;
    if (flag_of(text, reader.flags) != Flag::no || has_word("-m -s -", text)) return;
    if (!is_option(text)) return use(words[i].holes, Use::file, name_);
    i += values_of(reader, text);
  }
}

// Code that is written out is read on its own.
void Rules::inner(const CodeReader& reader, const PosixWord& code, Words behind) {
  llvm::StringRef source = code.source;
  if (!is_posix(reader.names.substr(0, reader.names.find(' '))) || !source.startswith("'") || source.count('\'') != 2 ||
      !source.endswith("'"))
    return;
  auto begin = static_cast<std::size_t>(source.data() - reading_.text) + 1;
  bool given = std::any_of(behind.begin(), behind.end(), [](const PosixWord& word) { return !word.holes.empty(); });
  reading_.inner.push_back({begin, begin + source.size() - 2, given});
}

// `words` begin with the reader's name.
void Rules::arguments(const CodeReader& reader, Words words) {
  name_ = base_name(words[0].text);
  bool given = false;
  std::size_t operands = 0;
  if (!reader.subcommand.empty()) {
    if (words.size() < 2 || !has_word(reader.subcommand, words[1].text)) return;
    words = words.drop_front();
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    llvm::StringRef text = words[i].text;
    Flag flag = is_option(text) || text.startswith("/") ? flag_of(text, reader.flags) : Flag::no;
    given = given || flag != Flag::no;
    if (reader.argument == Argument::all || flag == Flag::inside) {
      code(words[i].holes, reader);
    } else if (flag == Flag::behind) {
      if (i + 1 == words.size()) break;
      code(words[++i].holes, reader);
      inner(reader, words[i], words.drop_front(i + 1));
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

// Whatever stands between, such as `tee`, hands it on.
void Rules::input(const PosixCommand& command, llvm::ArrayRef<PosixCommand> before) {
  const CodeReader* reader = reads_input(command);
  if (!reader) return;
  for (const PosixWord& word : command.here_strings) code(word.holes, *reader);
  for (std::size_t document : command.documents) code(reading_.documents[document], *reader);
  for (const PosixCommand& previous : before) writes_code(previous, *reader);
}

// `xargs -I{} sh -c 'echo {}'` and `xargs sh -c`.
const CodeReader* Rules::fills_code(Words words) {
  std::string mark;
  for (std::size_t i = 1; i < words.size(); ++i) {
    llvm::StringRef text = words[i].text;
    if (text == "-I" && i + 1 < words.size())
      mark = words[++i].text;
    else if (mark.empty() && (text.startswith("-I") || text.startswith("-i")))
      mark = text.size() > 2 ? text.drop_front(2).str() : "{}";
    const CodeReader* reader = find_reader(words[i].text);
    if (!reader) continue;
    name_ = base_name(words[i].text);
    bool open = flag_of(words.back().text, reader->flags) == Flag::behind;
    bool filled = !mark.empty() && std::any_of(words.begin() + i + 1, words.end(), [&](const PosixWord& word) {
      return flag_of((&word - 1)->text, reader->flags) == Flag::behind && llvm::StringRef(word.text).contains(mark);
    });
    return open || filled ? reader : nullptr;
  }
  return nullptr;
}

// The program that runs what arrives on its standard input.
const CodeReader* Rules::reads_input(const PosixCommand& command) {
  Words all = without_reserved(command.words);
  if (!all.empty() && all[0].is("xargs")) return fills_code(all);
  Words words = program_of(all);
  if (words.empty()) return nullptr;
  const CodeReader* reader = find_reader(words[0].text);
  if (!reader) return nullptr;
  name_ = base_name(words[0].text);
  for (std::size_t i = 1; i < words.size(); ++i)
    if ((words[i].is("-") || words[i].is("/dev/stdin")) && has_word(reader->files, words[i - 1].text)) return reader;
  if (!reader->input) return nullptr;
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
  bool later = reader->names == "at batch";
  return later || operands <= (host || database ? 1U : 0U) ? reader : nullptr;
}

// What is printed for a program that runs it.
void Rules::writes_code(const PosixCommand& command, const CodeReader& reader) {
  code(command.group, reader);
  Words words = without_reserved(command.words);
  if (words.empty() || !has_word("echo printf cat", words[0].text)) return;
  if (words[0].text != "cat")
    for (const PosixWord& word : words.drop_front()) code(word.holes, reader);
  for (std::size_t document : command.documents) code(reading_.documents[document], reader);
  for (const PosixWord& word : command.here_strings) code(word.holes, reader);
}

}  // namespace sluice::shells
