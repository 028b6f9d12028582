#pragma once
#include <llvm/ADT/StringRef.h>

#include <cstdint>
#include <string_view>

namespace sluice::shells {

/// A program that reads an argument of its own as code.
struct CodeReader {
  enum class Argument : std::uint8_t {
    flagged,  ///< what follows one of `flags`
    first,    ///< what follows one of `flags`, else the first that is no option
    all,
    behind_first,  ///< all behind the first that is no option: `ssh host …`
  };
  std::string_view names;  ///< with blanks between them, as all lists here
  Argument argument = Argument::flagged;
  std::string_view flags;       ///< one of a single letter may also end a cluster: `-lc`
  std::string_view valued;      ///< options whose value is the next argument and no code
  std::string_view files;       ///< options by which the code comes from a file, so that no argument is code
  bool input = false;           ///< whether what arrives on standard input is code where no code is given
  std::string_view subcommand;  ///< one of them comes first, else no argument is code; empty: none is needed
  std::string_view mend;        ///< `%v` stands for a variable, `%h` for what stands in the hole
};

/// The reader of that name, which may have a folder before it, or null.
const CodeReader* find_reader(llvm::StringRef program);

/// A program that starts another one, given behind its own options.
struct Wrapper {
  std::string_view names;
  std::string_view valued;  ///< options whose value is the next argument
  unsigned operands = 0;    ///< arguments of its own before the program: the time of `timeout`
};

const Wrapper* find_wrapper(llvm::StringRef program);

/// `/usr/bin/python3.11` is `python3.11`.
llvm::StringRef base_name(llvm::StringRef program);

}  // namespace sluice::shells
