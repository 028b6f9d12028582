#include "check/scope.h"

#include <catch2/catch.hpp>
#include <deque>
#include <string>

using sluice::check::Scope;
using sluice::check::Symbol;

namespace {

struct Names {
  std::deque<std::string> texts;
  std::deque<Symbol> symbols;
  Symbol* make(std::string name) {
    texts.push_back(std::move(name));
    symbols.emplace_back().name = texts.back();
    return &symbols.back();
  }
};

}  // namespace

TEST_CASE("an inner name hides an outer one until its block ends", "[check]") {
  Names names;
  Scope scope;
  Symbol *outer = names.make("a"), *inner = names.make("a");
  scope.add(outer);
  auto mark = scope.mark();
  scope.add(inner);
  CHECK(scope.find("a") == inner);
  scope.restore(mark);
  CHECK(scope.find("a") == outer);
}

TEST_CASE("a sealed scope forgets nothing of those outside", "[check]") {
  Names names;
  Scope scope;
  Symbol *first = names.make("first"), *mine = names.make("mine"), *other = names.make("other");
  scope.add(first);
  auto captured = scope.capture();
  scope.add(mine);
  auto outer = scope.seal();
  CHECK(scope.find("first") == nullptr);
  auto mark = scope.mark();
  scope.open(captured);
  scope.add(other);
  CHECK(scope.find("first") == first);
  CHECK(scope.find("mine") == nullptr);
  scope.restore(mark);
  scope.unseal(outer);
  CHECK(scope.find("mine") == mine);
  CHECK(scope.find("other") == nullptr);
  CHECK(scope.visible().size() == 2);
}

TEST_CASE("names are found from every place of a long scope", "[check]") {
  Names names;
  Scope scope;
  std::deque<std::pair<sluice::check::ScopeIndex, Symbol*>> places;
  for (int i = 0; i < 300; ++i) {
    Symbol* symbol = names.make("n" + std::to_string(i));
    scope.add(symbol);
    places.emplace_back(scope.capture(), symbol);
  }
  for (std::size_t at = 0; at < places.size(); ++at) {
    scope.open(places[at].first);
    for (std::size_t i = 0; i < places.size(); ++i)
      REQUIRE(scope.find(places[i].second->name) == (i <= at ? places[i].second : nullptr));
  }
}
