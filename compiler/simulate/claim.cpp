#include "simulate/claim.h"

#include <fmt/format.h>

#include <algorithm>

#include "diagnostics/nearest.h"

namespace sluice::simulate {
namespace {

DIAGNOSTIC(ImpossibleEnd, "{}");

using ast::Expression;
using ast::Operator;

bool is_comparison(Operator op) { return op == Operator::equal || op == Operator::unequal; }

bool is_order(Operator op) {
  return op == Operator::less || op == Operator::less_equal || op == Operator::greater || op == Operator::greater_equal;
}

std::string word_of(const Expression& expression) {
  std::string text;
  for (const ast::StringPart& part : expression.parts) text += part.text.str();
  return expression.kind == Expression::Kind::string ? text : expression.text.str();
}

class Checker {
 public:
  Checker(const Model& model, diagnostics::Sink& sink) : model_(model), sink_(sink) {}

  bool check_pair(const Expression& subject, const Expression& word) {
    auto found = find_subject(model_, subject, sink_);
    return found && check_word(*found, subject, word);
  }

  bool check(const Expression& expression) {
    if (expression.kind == Expression::Kind::negation) return check(*expression.operands[0]);
    if (expression.kind != Expression::Kind::binary) return check_bare(expression);
    const Expression &left = *expression.operands[0], &right = *expression.operands[1];
    if (expression.op == Operator::both || expression.op == Operator::either) {
      bool sound = check(left);
      return check(right) && sound;
    }
    if (is_comparison(expression.op)) return check_pair(left, right);
    auto subject = is_order(expression.op) ? find_subject(model_, left, sink_) : std::nullopt;
    if (!is_order(expression.op)) return refuse(expression, "this says nothing of how a run ends");
    if (!subject) return false;
    if (subject->kind == Subject::Kind::duration && right.kind == Expression::Kind::duration) return true;
    return refuse(expression, "only `duration` can be less or more, than a time such as `10m`");
  }

 private:
  bool refuse(const Expression& expression, const std::string& what) {
    sink_.report<ImpossibleEnd>(expression.span, what)
        .help("for example `must release.rollback ran`, `must result == rolled-back` or `must duration < 10m`");
    return false;
  }

  bool check_bare(const Expression& expression) {
    auto subject = find_subject(model_, expression, sink_);
    if (!subject) return false;
    bool can_run = subject->kind == Subject::Kind::stage || subject->kind == Subject::Kind::step ||
                   subject->kind == Subject::Kind::rollback;
    return can_run || refuse(expression, fmt::format("`{}` alone says nothing", text_of(expression)));
  }

  bool check_word(const Subject& subject, const Expression& name, const Expression& word) {
    if (subject.kind == Subject::Kind::duration)
      return word.kind == Expression::Kind::duration || refuse(word, "a duration is compared with a time");
    std::vector<std::string_view> words = words_for(subject);
    std::string said = word_of(word);
    if (std::ranges::find(words, said) != words.end()) return true;
    llvm::SmallVector<llvm::StringRef, 8> known(words.begin(), words.end());
    sink_.report<ImpossibleEnd>(word.span, fmt::format("`{}` is never `{}`", text_of(name), said))
        .help("it is {}", diagnostics::list_of(known));
    return false;
  }

  const Model& model_;
  diagnostics::Sink& sink_;
};

class Judge {
 public:
  Judge(const Model& model, const Outcome& outcome) : model_(model), outcome_(outcome) {}

  bool equals(const Expression& name, const Expression& word) {
    Subject subject = find(name);
    std::string end = end_of(subject, outcome_);
    note(name, end);
    if (subject.kind == Subject::Kind::duration) return outcome_.seconds == static_cast<Seconds>(word.number);
    std::string said = word_of(word);
    return said == "ran" ? has_run(subject, outcome_) : said == end;
  }

  bool holds(const Expression& expression) {
    if (expression.kind == Expression::Kind::negation) return !holds(*expression.operands[0]);
    if (expression.kind != Expression::Kind::binary) {
      Subject subject = find(expression);
      note(expression, end_of(subject, outcome_));
      return has_run(subject, outcome_);
    }
    const Expression &left = *expression.operands[0], &right = *expression.operands[1];
    auto limit = static_cast<Seconds>(right.number);
    if (is_order(expression.op)) note(left, end_of(find(left), outcome_));
    switch (expression.op) {
      case Operator::both: return holds(left) && holds(right);
      case Operator::either: return holds(left) || holds(right);
      case Operator::equal: return equals(left, right);
      case Operator::unequal: return !equals(left, right);
      case Operator::less: return outcome_.seconds < limit;
      case Operator::less_equal: return outcome_.seconds <= limit;
      case Operator::greater: return outcome_.seconds > limit;
      default: return outcome_.seconds >= limit;
    }
  }

  std::string seen() const { return fmt::format("{}", fmt::join(seen_, ", ")); }

 private:
  Subject find(const Expression& expression) {
    diagnostics::Sink sink;  // all is there: it was checked
    return find_subject(model_, expression, sink).value_or(Subject{});
  }

  void note(const Expression& name, const std::string& end) {
    std::string text = fmt::format("`{}` is {}", text_of(name), end);
    if (std::ranges::find(seen_, text) == seen_.end()) seen_.push_back(std::move(text));
  }

  const Model& model_;
  const Outcome& outcome_;
  std::vector<std::string> seen_;
};

}  // namespace

bool check_claim(const Model& model, const ast::Statement& must, diagnostics::Sink& sink) {
  if (must.values.empty()) return false;
  Checker checker(model, sink);
  return must.values.size() > 1 ? checker.check_pair(*must.values[0], *must.values[1]) : checker.check(*must.values[0]);
}

Verdict judge(const Model& model, const ast::Statement& must, const Outcome& outcome) {
  Judge judge(model, outcome);
  bool holds = must.values.size() > 1 ? judge.equals(*must.values[0], *must.values[1]) : judge.holds(*must.values[0]);
  return {holds, judge.seen()};
}

}  // namespace sluice::simulate
