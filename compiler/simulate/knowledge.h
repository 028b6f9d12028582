#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expressions/evaluate.h"
#include "runtime/expressions/json.h"

/// Expressions of a plan, worked out where not all of their values are known. What is known is left to the runtime's
/// own evaluator.
namespace sluice::simulate {

using runtime::Json;

/// What nobody knows before the run, such as an output of a script. Stands for a value or inside of one; an object with
/// a member `*` that is unknown may have members that nobody knows of.
Json unknown();
bool has_unknown(const Json& value);
Json open_object();

/// A condition whose truth nobody knows, as it was assumed to be.
struct Choice {
  std::string condition;
  bool holds = true;
  bool operator==(const Choice&) const = default;
};

/// What is assumed of conditions in one course of a run: what is `given`, in that order; behind it all that is asked
/// for holds. A place that was assumed to equal a value has it from then on.
class Assumptions {
 public:
  explicit Assumptions(std::vector<Choice> given = {}) : given_(std::move(given)) {}

  /// The only values that a place may have: `github.event_name`.
  void limit(const std::string& place, std::vector<Json> values) { limits_[place] = std::move(values); }

  bool assume(const std::string& condition);
  /// Whether what stands at a place equals the value.
  bool assume_equal(const std::string& place, const Json& value, const std::string& condition);
  const Json* value_at(const std::string& place) const;

  const std::vector<Choice>& made() const { return made_; }

 private:
  std::vector<Choice> given_, made_;
  std::map<std::string, Json, std::less<>> values_;
  std::map<std::string, std::vector<Json>, std::less<>> limits_, excluded_;
};

/// The choices of the course that comes after one which made these; none: there is no other.
std::optional<std::vector<Choice>> next_course(std::vector<Choice> made);

/// What may be looked up at one place of the run.
class View {
 public:
  virtual ~View() = default;
  virtual const Json* context(std::string_view name) const = 0;  ///< null: unknown as a whole
  virtual runtime::StatusAnswers status(std::span<const std::string> stages) const = 0;
};

class Evaluator {
 public:
  Evaluator(const View& view, Assumptions& assumptions) : view_(view), assumptions_(assumptions) {}

  /// Unknown, or holding unknowns, where nobody knows it.
  Json value(const runtime::Expression& expression) const;
  std::optional<bool> truth(const runtime::Expression& expression) const;
  /// The truth, assumed where it is not known.
  bool decide(const runtime::Expression& expression);

 private:
  Json place_value(const runtime::Expression& expression) const;
  Json call_value(const runtime::Expression& expression) const;
  std::optional<std::vector<Json>> filtered(const runtime::Expression& expression) const;
  Json delegate(const runtime::Expression& expression, std::vector<Json> operands) const;
  bool decide_case(const runtime::Expression& expression);
  bool decide_equal(const runtime::Expression& expression);

  const View& view_;
  Assumptions& assumptions_;
};

/// As an author might write it: `github.ref == "refs/heads/main"`.
std::string describe(const runtime::Expression& expression);
/// A condition of the plan, with the names that the file has: `changes.code` for `needs.changes.outputs.code ==
/// "true"`.
std::string for_people(std::string condition);

}  // namespace sluice::simulate
