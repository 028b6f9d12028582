#include "syntax/words.h"

namespace sluice::ast {
namespace {

// Places are written `file | stage` in the table: here each is its bit.
namespace bits {
#define PLACE(id, description) constexpr std::uint32_t id = 1U << static_cast<unsigned>(Place::id);
#include "grammar/keywords.def"
}  // namespace bits

constexpr std::uint32_t all_of(std::uint32_t places) { return places; }

using namespace bits;
const WordInfo table[] = {
#define WORD(id, spelling, places, signature, opens, example) \
  {Word::id, spelling, all_of(places), signature, Place::opens, example},
#include "grammar/keywords.def"
};

constexpr const char* clause_spellings[] = {
#define CLAUSE(id, spelling) spelling,
#include "grammar/keywords.def"
};

constexpr const char* flag_spellings[] = {
#define FLAG(id, spelling) spelling,
#include "grammar/keywords.def"
};

constexpr const char* place_descriptions[] = {
#define PLACE(id, description) description,
#include "grammar/keywords.def"
};

}  // namespace

llvm::ArrayRef<WordInfo> words() { return table; }
const WordInfo& info(Word word) { return table[index_of(word)]; }
llvm::StringRef spelling(Clause clause) { return clause_spellings[static_cast<std::size_t>(clause)]; }
llvm::StringRef spelling(Flag flag) { return flag_spellings[static_cast<std::size_t>(flag)]; }
llvm::StringRef description(Place place) { return place_descriptions[static_cast<std::size_t>(place)]; }

}  // namespace sluice::ast
