#pragma once
#include "shells/posix_reader.h"
#include "shells/readers.h"

namespace sluice::shells {

using Words = llvm::ArrayRef<PosixWord>;

inline bool is_option(llvm::StringRef text) { return text.size() > 1 && (text[0] == '-' || text[0] == '+'); }

/// Without `if`, `then`, `!` and their like before the command.
Words without_reserved(Words words);

/// From the program's name on, behind assignments and what only starts it: `sudo`, `env`, `xargs`.
Words program_of(Words words);

/// What commands do with their words, told to the places of the holes in them.
class Rules {
 public:
  explicit Rules(PosixReading& reading) : reading_(reading) {}
  void pipeline(llvm::ArrayRef<PosixCommand> commands);
  /// What the program that these words start does with its arguments.
  void starts(Words words);

 private:
  void set(const PosixWord& word, Place::Kind kind);
  void code(HoleRange holes, llvm::StringRef reader, std::string_view mend);
  void code(HoleRange holes, const CodeReader& reader) { code(holes, name_, reader.mend); }
  /// What is told of, but can stand there as data.
  void use(HoleRange holes, Use use, llvm::StringRef reader = "");
  void assign(HoleRange holes, llvm::StringRef name, unsigned nesting);

  void command(const PosixCommand& command);
  void program(Words words, Words program);
  void assignment(const PosixWord& word);
  void numbers(const PosixWord& word, llvm::StringRef text);
  void condition(Words words);
  void test(Words words);
  void builtin(Words words);
  void declaration(Words arguments);
  void names(const PosixCommand& command, const PosixCommand* previous);
  void names(llvm::StringRef program, Words arguments);
  void named_by(Words arguments, llvm::StringRef option);
  void environment_file(const PosixWord& target, const PosixCommand& command);

  // posix_code.cpp
  void readers(Words words);
  void arguments(const CodeReader& reader, Words words);
  void input(const PosixCommand& command, llvm::ArrayRef<PosixCommand> before);
  const CodeReader* fills_code(Words words);
  const CodeReader* reads_input(const PosixCommand& command);
  void writes_code(const PosixCommand& command, const CodeReader& reader);
  void file(const CodeReader& reader, Words words);
  void inner(const CodeReader& reader, const PosixWord& code, Words behind);

  // posix_options.cpp
  void options(Words words);
  void configuration(const PosixWord& word, llvm::StringRef text);
  void git(Words words);
  void labels(Words words);

  PosixReading& reading_;
  llvm::StringRef name_;  ///< of the reader, as the script has it
  std::string integers_;  ///< variables of which every value is worked out
};

}  // namespace sluice::shells
