#pragma once
#include <deque>

#include "diagnostics/check.h"
#include "diagnostics/sink.h"
#include "lower/context.h"
#include "lower/place.h"

namespace sluice::lower {

/// Works out what expressions are worth while a pipeline unfolds: a constant, or an expression of the graph. Reading
/// another stage's output makes the stage being unfolded follow that one.
class Evaluator {
 protected:
  Evaluator(const check::Program& program, const check::Pipeline& pipeline, const source::SourceManager& sources,
            diagnostics::Sink& sink)
      : program_(program), pipeline_(pipeline), sources_(sources), sink_(sink) {}

  // evaluate.cpp, member.cpp, builtin.cpp
  Value evaluate(const Expression& expression);
  Value evaluate_kind(const Expression& expression);
  Value evaluate_string(const Expression& expression);
  Value evaluate_name(const Expression& expression);
  Value evaluate_member(const Expression& expression);
  Value evaluate_index(const Expression& expression);
  Value evaluate_call(const Expression& expression);
  Value evaluate_binary(const Expression& expression);
  ExpressionId lower_fallback(const Expression& expression, ExpressionId first, ExpressionId second);
  Value evaluate_symbol(const Symbol& symbol);
  void report_not_taken(const Symbol& symbol, Span span);
  Value stage_value(std::size_t found) const;
  Value target_of(const Symbol& target, const check::Use* use, const check::Call& call);
  bool is_step(ExpressionId id) const;
  Value member_of(const Value& base, const Expression& expression);
  Value stage_member(const Value& stage, const Expression& expression);
  Value evaluate_builtin(const Expression& call, llvm::StringRef name);
  std::optional<Value> fold(ast::Operator op, const Value& left, const Value& right);
  std::vector<Value> evaluate_arguments(const check::Call& call, llvm::ArrayRef<ast::Parameter> parameters);
  bool decide(const Expression& expression);
  static graph::Seconds seconds_of(const Value& duration);
  graph::Seconds seconds(const Expression* expression);
  /// 1 after a report where the number is no whole one from 1 to `most`.
  int whole_number(const Expression& expression, double number, int most);
  std::string static_text(const Expression* expression, Place place = Place::literal);

  // bounds.cpp
  void work(std::size_t amount, Span span);
  void work_on(const Value& value, Span span);
  bool stopped() const;
  /// Whether there is room for one more name or call inside the others; then `--depth_` leaves it.
  bool descend(Span span);
  void stop(Span span, const std::string& bound);

  // expressions.cpp, marks.cpp: building the graph's
  ExpressionId expression_of(const Value& value, Span span);
  ExpressionId expression_of(const Expression& expression) {
    return expression_of(evaluate(expression), expression.span);
  }
  ExpressionId make(graph::Expression::Kind kind, std::string text, std::vector<ExpressionId> operands, Span span);
  ExpressionId context(std::string name, Span span) {
    return make(graph::Expression::Kind::context, std::move(name), {}, span);
  }
  ExpressionId member(ExpressionId base, std::string name, Span span);
  ExpressionId constant(bool value);
  ExpressionId text_constant(std::string text, Span span);
  ExpressionId both(ExpressionId left, ExpressionId right);
  bool asks_status(ExpressionId id) { return known(id).status; }
  bool changes_while_running(ExpressionId id) const;
  bool shows_secret(ExpressionId id) const;
  bool reads_secret(ExpressionId id) const;
  Value marked(Value value, graph::Marks declared, graph::Marks released);
  Value declared(Value value, const ast::Type* type);

  // place.cpp
  /// What is known of an expression: when, and whether it calls what only some places have.
  struct Known {
    types::Time time = types::Time::unfolding;
    bool status = false;
    bool files = false;
  };
  Known known(ExpressionId id);
  /// The expression as it may stand in the place; reports what comes too late for it.
  ExpressionId put(Place place, ExpressionId id, Span span);
  ExpressionId put(Place place, const Expression& expression);
  void needs_constant(Place place, const Value& value, Span span);
  void report_late(ExpressionId id, Place place, Span span);
  void report_function(ExpressionId id, Place place, Span span);
  ExpressionId latest_part(ExpressionId id);
  std::string spelling_of(ExpressionId part, Span span) const;
  ExpressionId without_variables(ExpressionId id);

  /// What the checker found, or null.
  const types::Type* checked_type(const Expression& expression) const;
  Value step_output(const StepContext& context, const Statement& output);
  /// `steps.ID.outputs.NAME`, decoded to what its type says.
  ExpressionId output_of_step(const std::string& id, llvm::StringRef name, const types::Type* type, Span span);
  /// Whether it is `let x = f()` where `f` is a step that gives a value.
  bool is_value_call(const Statement& let) const;

  // output.cpp, requirement.cpp
  ExpressionId promise_holds(const std::string& id, Span span);
  bool has_defaults(const Expression& condition) const;
  bool is_late_length(const Expression& expression);
  bool asks_late_length(const Expression& expression);
  const Expression* asked_argument(const Expression& condition) const;
  bool in_main_file(Span span) const;
  void report_unmet(const Expression& condition, const std::string& reason);

  // stage.cpp
  void report_missing_member(const Symbol& family, const std::string& index, Span span);
  void add_edge(std::size_t to, bool written, Span span);

  const check::Program& program_;
  const check::Pipeline& pipeline_;
  const source::SourceManager& sources_;
  diagnostics::Sink& sink_;
  graph::Graph graph_;
  std::deque<FoundStage> found_;
  llvm::DenseMap<const Symbol*, llvm::SmallVector<std::size_t, 1>> members_;  ///< a stage's own, or all of its family
  std::deque<StepResult> results_;
  std::deque<Frame> frames_;
  bool found_all_ = false;  ///< the stages
  FoundStage* current_ = nullptr;
  std::vector<Known> known_;                                     ///< by expression
  ExpressionId port_;                                            ///< of the service being unfolded
  std::map<std::string, std::string, std::less<>> value_names_;  ///< what a step's value is called, by the step's id
  std::size_t worked_ = 0;
  std::size_t depth_ = 0;
  std::vector<Expansion> expanding_;  ///< the loops and calls around what is being unfolded
};

}  // namespace sluice::lower
