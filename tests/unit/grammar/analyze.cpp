// What PEGTL's own analysis says of the grammar: no rule repeats without taking a character, no left recursion.
#include <catch2/catch.hpp>
#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

// clang-format off
#include "syntax/rules.h"
#include "grammar/productions.h"
// clang-format on

namespace tao::pegtl {

template <typename Name, typename Rule>
struct analyze_traits<Name, sluice::grammar::guarded<Rule>> : analyze_seq_traits<Rule> {};

template <typename Name>
struct analyze_traits<Name, sluice::grammar::raw_string>
    : analyze_seq_traits<any, opt<sluice::grammar::recovering_hole>> {};

template <typename Name>
struct analyze_traits<Name, sluice::grammar::recovering_hole> : analyze_seq_traits<sluice::grammar::hole> {};

}  // namespace tao::pegtl

namespace grammar = sluice::grammar;

TEST_CASE("the grammar always goes forward", "[grammar]") {
  CHECK(tao::pegtl::analyze<grammar::header>() == 0);
  CHECK(tao::pegtl::analyze<grammar::entry_start>() == 0);
  CHECK(tao::pegtl::analyze<grammar::entry_value>() == 0);
  CHECK(tao::pegtl::analyze<grammar::separator>() == 0);
  CHECK(tao::pegtl::analyze<grammar::item_end>() == 0);
}

namespace {
struct turns_in_place : tao::pegtl::star<tao::pegtl::opt<tao::pegtl::one<'x'>>> {};
}  // namespace

TEST_CASE("the analysis finds a rule that turns in place", "[grammar]") {
  CHECK(tao::pegtl::analyze<turns_in_place>(-1) > 0);
}
