// How much a pipeline may unfold into. A few lines of `let`, `for` and calls can ask for more than any machine holds.
#include "lower/evaluator.h"

namespace sluice::lower {
namespace {

DIAGNOSTIC(TooMuchUnfolding, "the pipeline unfolds into more than {}");

// Far over what GitHub takes: 10,000 stages with twenty steps each come to a part of it.
constexpr std::size_t most_work = 3'000'000;
constexpr std::size_t letters_a_piece = 64;
constexpr std::size_t most_told = 6;
// What the stack holds, with room to spare.
constexpr std::size_t deepest = 2'000;

std::size_t weight(const Value& value) {
  std::size_t total = value.text.size() / letters_a_piece;
  for (const Value& item : value.items) total += 1 + weight(item);
  return total;
}

}  // namespace

bool Evaluator::stopped() const { return worked_ > most_work; }

void Evaluator::work(std::size_t amount, Span span) {
  if (stopped()) return;
  worked_ += amount;
  if (stopped()) stop(span, fmt::format("{} expressions and statements", most_work));
}

void Evaluator::work_on(const Value& value, Span span) { work(weight(value), span); }

bool Evaluator::descend(Span span) {
  if (stopped()) return false;
  if (depth_ >= deepest) {
    stop(span, fmt::format("{} names and calls inside each other", deepest));
    return false;
  }
  ++depth_;
  return true;
}

// Says what multiplied: the loops with their turns, and the calls. Nothing is unfolded behind it.
void Evaluator::stop(Span span, const std::string& bound) {
  worked_ = most_work + 1;
  auto told = sink_.report<TooMuchUnfolding>(span, bound);
  std::string turns;
  std::size_t calls = 0;
  std::size_t noted = 0;
  for (const Expansion& one : expanding_) {
    if (one.turns > 0)
      turns += fmt::format("{}{}", turns.empty() ? "" : " x ", one.turns);
    else
      ++calls;
    if (noted++ >= most_told) continue;
    if (one.turns > 0)
      told.note(one.span, "`{}` takes {} values", one.name, one.turns);
    else
      told.note(one.span, "`{}` is called", one.name);
  }
  if (depth_ >= deepest)
    told.help("write some of them out, so that fewer stand between this and what it comes from");
  else if (!turns.empty())
    told.help("the loops around it make {} turns: shorten a list, or use a `matrix`", turns);
  else if (calls > 0)
    told.help("it stands {} calls deep: call less often", calls);
  else
    told.help("each use of a `let` works its value out again: use shorter ones");
}

}  // namespace sluice::lower
