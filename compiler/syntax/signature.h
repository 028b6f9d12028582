#pragma once
#include <llvm/ADT/StringRef.h>

#include <cstdint>
#include <vector>

#include "syntax/words.h"

namespace sluice::syntax {

enum class Need : std::uint8_t { no, maybe, yes };

/// One piece that a header takes, besides its name and its clauses.
struct Slot {
  enum class Kind : std::uint8_t { title, type, returns, assigned, aliased, value, values };
  Kind kind;
  Need need;
};

constexpr unsigned signature_flags = 3;

/// The signature of a word in grammar/keywords.def, read.
struct Signature {
  Need name = Need::no;
  bool indexed = false;  ///< the name may carry an index
  bool parameters = false;
  bool after = false;
  Need block = Need::no;
  std::uint32_t clauses = 0;  ///< bit per Clause
  std::uint32_t flags = 0;    ///< bit per Flag
  std::vector<Slot> slots;
  std::vector<llvm::StringRef> words;  ///< spellings of its clauses and flags

  bool has(ast::Clause clause) const { return clauses >> static_cast<unsigned>(clause) & 1U; }
  bool has(ast::Flag flag) const { return flags >> static_cast<unsigned>(flag) & 1U; }
};

const Signature& signature_of(ast::Word word);

}  // namespace sluice::syntax
