#include "syntax/signature.h"

#include <llvm/ADT/SmallVector.h>

#include "diagnostics/check.h"

namespace sluice::syntax {
namespace {

using ast::Clause;
using ast::Flag;

bool add_clause_or_flag(Signature& signature, llvm::StringRef token) {
  for (unsigned i = 0; i < static_cast<unsigned>(Clause::count); ++i) {
    if (ast::spelling(static_cast<Clause>(i)) != token) continue;
    signature.clauses |= 1U << i;
    signature.words.push_back(token);
    return true;
  }
  for (unsigned i = 0; i < signature_flags; ++i) {
    if (ast::spelling(static_cast<Flag>(i)) != token) continue;
    signature.flags |= 1U << i;
    signature.words.push_back(token);
    return true;
  }
  return false;
}

void add(Signature& signature, llvm::StringRef token) {
  Need need = token.consume_back("?") ? Need::maybe : Need::yes;
  if (token == "NAME")
    signature.name = need;
  else if (token == "NAME[]")
    signature.name = need, signature.indexed = true;
  else if (token == "PARAMS")
    signature.parameters = true;
  else if (token == "TITLE")
    signature.slots.push_back({Slot::Kind::title, need});
  else if (token == "TYPE")
    signature.slots.push_back({Slot::Kind::type, need});
  else if (token == "->")
    signature.slots.push_back({Slot::Kind::returns, Need::maybe});
  else if (token == "=")
    signature.slots.push_back({Slot::Kind::assigned, need});
  else if (token == "=TYPE")
    signature.slots.push_back({Slot::Kind::aliased, need});
  else if (token == "EXPR")
    signature.slots.push_back({Slot::Kind::value, need});
  else if (token == "EXPRS" || token == "WORDS")
    signature.slots.push_back({Slot::Kind::values, need});
  else if (token == "BLOCK")
    signature.block = need;
  else if (token == "after")
    signature.after = true, signature.words.push_back(token);
  else
    CHECK(add_clause_or_flag(signature, token), "grammar/keywords.def uses only what its head explains");
}

std::vector<Signature> read_all() {
  std::vector<Signature> signatures;
  for (const ast::WordInfo& info : ast::words()) {
    Signature& signature = signatures.emplace_back();
    llvm::SmallVector<llvm::StringRef, 8> tokens;
    info.signature.split(tokens, ' ', -1, false);
    for (llvm::StringRef token : tokens) add(signature, token);
  }
  return signatures;
}

}  // namespace

const Signature& signature_of(ast::Word word) {
  static const std::vector<Signature> signatures = read_all();
  return signatures[ast::index_of(word)];
}

}  // namespace sluice::syntax
