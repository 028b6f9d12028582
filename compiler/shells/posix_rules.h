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
  void code(HoleRange holes, llvm::StringRef reader, std::string_view mend, bool refused);
  void code(HoleRange holes, const CodeReader& reader) { code(holes, name_, reader.mend, true); }

  void command(const PosixCommand& command);
  void assignment(const PosixWord& word);
  void condition(Words words);
  void test(Words words);
  void builtin(Words words);
  void declaration(Words arguments);
  void names(llvm::StringRef program, Words arguments);
  void named_by(Words arguments, llvm::StringRef option);
  void environment_file(const PosixWord& target, const PosixCommand& command);

  // posix_code.cpp
  void readers(Words words);
  void arguments(const CodeReader& reader, Words words);
  void input(const PosixCommand& command, const PosixCommand* previous);
  const CodeReader* reads_input(const PosixCommand& command);
  void writes_code(const PosixCommand& command, const CodeReader& reader);

  PosixReading& reading_;
  llvm::StringRef name_;  ///< of the reader, as the script has it
  std::string integers_;  ///< variables of which every value is worked out
};

}  // namespace sluice::shells
