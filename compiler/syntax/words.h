#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>

#include <cstddef>
#include <cstdint>

/// grammar/keywords.def as types and a table.
namespace sluice::ast {

enum class Clause : std::uint8_t {
#define CLAUSE(id, spelling) id,
#include "grammar/keywords.def"
  count
};

enum class Flag : std::uint8_t {
#define FLAG(id, spelling) id,
#include "grammar/keywords.def"
  count
};

enum class Place : std::uint8_t {
#define PLACE(id, description) id,
#include "grammar/keywords.def"
  count
};

enum class Word : std::uint8_t {
  invalid,  ///< an unknown word, or a header that could not be read: a diagnostic has been given
  call,     ///< `notify.slack("#team")`: an expression whose first name is touched by `.` or `(`
  given,    ///< `body { run "x" }` in the block of a call: steps for the parameter that the keyword names
#define WORD(id, spelling, places, signature, opens, example) id,
#include "grammar/keywords.def"
};

/// The line of a word in the table; what is no word of it stands before the first, which is `use`.
constexpr std::size_t index_of(Word word) {
  return static_cast<std::size_t>(word) - static_cast<std::size_t>(Word::use);
}

/// One line of the table.
struct WordInfo {
  Word word;
  llvm::StringRef spelling;
  std::uint32_t places;  ///< bit per Place
  llvm::StringRef signature;
  Place opens;  ///< what its block is; `nowhere` where it is of the kind it stands in, or there is none
  llvm::StringRef example;
};

llvm::ArrayRef<WordInfo> words();
const WordInfo& info(Word word);
llvm::StringRef spelling(Clause clause);
llvm::StringRef spelling(Flag flag);
llvm::StringRef description(Place place);

}  // namespace sluice::ast
