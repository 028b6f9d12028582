// Every line of grammar/keywords.def.
#include <catch2/catch.hpp>
#include <map>

#include "../syntax/tree.h"

using namespace sluice;
using ast::Place;

namespace {

// A file in which a statement of that place stands where `%` is.
const std::map<Place, std::string> around = {
    {Place::file, "%"},
    {Place::pipeline, "pipeline p {\n%\n}"},
    {Place::stage, "pipeline p {\nstage s {\n%\n}\n}"},
    {Place::step, "step s {\n%\n}"},
    {Place::options, "step s {\nrun \"x\" {\n%\n}\n}"},
    {Place::trigger, "pipeline p {\non push {\n%\n}\n}"},
    {Place::concurrency, "pipeline p {\nconcurrency \"x\" {\n%\n}\n}"},
    {Place::service, "service s {\n%\n}"},
    {Place::action, "action a = \"a/b@v1\" {\n%\n}"},
    {Place::backend, "step s {\nbackend local {\n%\n}\n}"},
    {Place::uses, "step s {\nuses \"a/b@v1\" {\n%\n}\n}"},
    {Place::environment, "environment e {\n%\n}"},
    {Place::conditions, "pipeline p {\ngate g {\n%\n}\n}"},
    {Place::interface, "interface i {\n%\n}"},
    {Place::target, "target t: i {\n%\n}"},
    {Place::strategy, "strategy s(a: string) {\n%\n}"},
    {Place::rollback, "step s {\nrollback {\n%\n}\n}"},
    {Place::test, "test \"t\" {\n%\n}"},
    {Place::entries, "step s {\nenv {\n%\n}\n}"},
};

bool stands_in(const ast::WordInfo& word, Place place) { return word.places >> static_cast<unsigned>(place) & 1U; }

bool takes_steps(Place place) { return stands_in(ast::info(ast::Word::run), place); }

// Loops and choices hold what may stand where they stand: a step in the examples, else a name.
std::string wrap(const ast::WordInfo& word, Place place) {
  std::string example = word.example.str();
  using enum ast::Word;
  bool holds_its_like =
      word.word == if_ || word.word == else_ || word.word == for_ || word.word == match || word.word == case_;
  for (std::size_t at = 0;
       holds_its_like && !takes_steps(place) && (at = example.find("run \"", at)) != std::string::npos;)
    example.replace(at, example.find('"', at + 5) + 1 - at, "let x = 1");
  std::string text = around.at(place);
  return text.replace(text.find('%'), 1, example);
}

}  // namespace

TEST_CASE("the example of every word parses wherever it may stand", "[grammar]") {
  for (const ast::WordInfo& word : ast::words()) {
    for (const auto& [place, unused] : around) {
      if (!stands_in(word, place)) continue;
      INFO(word.spelling.str() << " in " << ast::description(place).str());
      tests::Parsed parsed(wrap(word, place));
      CHECK(parsed.diagnostics().empty());
    }
  }
}

TEST_CASE("the example of every word is an example of that word", "[grammar]") {
  for (const ast::WordInfo& word : ast::words()) {
    INFO(word.spelling.str());
    CHECK(llvm::StringRef(word.example).startswith(word.spelling));
  }
}

TEST_CASE("no word stands where it may not", "[grammar]") {
  for (const ast::WordInfo& word : ast::words()) {
    for (const auto& [place, unused] : around) {
      bool other_meaning = false;
      for (const ast::WordInfo& other : ast::words())
        other_meaning |= other.spelling == word.spelling && stands_in(other, place);
      if (other_meaning) continue;
      INFO(word.spelling.str() << " in " << ast::description(place).str());
      CHECK(tests::Parsed(wrap(word, place)).diagnostics().find("S0202") != std::string::npos);
    }
  }
}
