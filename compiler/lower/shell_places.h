#pragma once
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringRef.h>

#include <cstdint>
#include <string>

namespace sluice::lower {

/// Where in a script of bash or sh something stands, which says how a value must be written there.
enum class ShellPlace : std::uint8_t {
  word,  ///< outside quotes
  double_quotes,
  single_quotes,
  document,  ///< a here-document that expands
  comment,
  closed,      ///< quoted here-document, `$'…'`, backticks: nothing can be referred to
  arithmetic,  ///< `$((…))` and subscripts: text there is run
};

/// Follows a script as a POSIX shell reads it, far enough to know the place at the end of what was fed.
class ShellReader {
 public:
  void feed(llvm::StringRef text);
  ShellPlace place() const { return stack_.back().place; }

 private:
  struct Level {
    ShellPlace place;
    char close;  ///< what ends it: a quote, `)` of `$(`, `}` of `${`, 'A' for `))`
    unsigned parentheses = 0;
  };
  struct Document {
    std::string end;
    bool quoted;
    bool indented;
  };

  void step(llvm::StringRef text, std::size_t& at);
  void step_in_word(llvm::StringRef text, std::size_t& at);
  void step_dollar(llvm::StringRef text, std::size_t& at);
  void begin_document(llvm::StringRef text, std::size_t& at);
  bool end_document(llvm::StringRef text, std::size_t& at);

  llvm::SmallVector<Level, 8> stack_ = {{ShellPlace::word, '\0'}};
  llvm::SmallVector<Document, 2> waiting_;  ///< announced on this line, beginning on the next
  llvm::SmallVector<Document, 2> open_;
  bool line_begins_ = true;
};

/// A name by which a script may know a value, from how the author wrote it: `inputs.version` is `INPUTS_VERSION`.
std::string variable_name(llvm::StringRef source);

/// `text` so that bash and sh read it as data at `place`; false where no writing of it is safe.
bool quote_for_shell(llvm::StringRef text, ShellPlace place, std::string& out);

/// A reference to the variable so that its value is data at `place`; false where no reference is safe.
bool reference_for_shell(llvm::StringRef variable, ShellPlace place, std::string& out);

}  // namespace sluice::lower
