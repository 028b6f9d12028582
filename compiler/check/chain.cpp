// What asks for what while it is checked: circles are told with their way, and no chain is longer than the stack holds.
#include "check/expression_checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(ChainTooLong, "`{}` stands at the end of a chain of {} names");

constexpr std::size_t longest = 100;

}  // namespace

bool ExpressionChecker::begin_asking(Symbol& symbol) {
  if (asked_.size() < longest) {
    asked_.push_back(&symbol);
    return true;
  }
  // What would have been found in it is not known.
  symbol.open = true;
  if (std::exchange(told_of_chain_, true)) return false;
  std::string way;
  for (std::size_t i = 0; i < 3; ++i) way += fmt::format("`{}` asks for ", std::string_view(asked_[i]->name));
  sink_.report<ChainTooLong>(symbol.span, std::string_view(symbol.name), longest)
      .note(asked_.front()->span, "it begins here")
      .help("the way is {}…: the most is {}", way, longest);
  return false;
}

std::string ExpressionChecker::way_back_to(const Symbol& symbol) const {
  std::string way;
  for (auto from = std::find(asked_.begin(), asked_.end(), &symbol); from != asked_.end(); ++from)
    way += fmt::format("`{}` -> ", std::string_view((*from)->name));
  return fmt::format("{}`{}`", way, std::string_view(symbol.name));
}

}  // namespace sluice::check
