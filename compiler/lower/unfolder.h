#pragma once
#include <deque>

#include "diagnostics/check.h"
#include "lower/context.h"
#include "lower/lower.h"

namespace sluice::lower {

/// Unfolds one pipeline. One file per construct.
class Unfolder {
 public:
  Unfolder(const check::Program& program, const check::Pipeline& pipeline, const Pins& pins,
           const source::SourceManager& sources, diagnostics::Sink& sink)
      : program_(program), pipeline_(pipeline), pins_(pins), sources_(sources), sink_(sink) {}

  graph::Graph run();

 private:
  // pipeline.cpp
  void lower_pipeline();
  void find_stages(llvm::ArrayRef<ast::Item> items);
  void find_stage(const Statement& statement);
  void lower_option(const Statement& statement);
  void lower_secrets();
  void lower_trigger(const Statement& statement);
  graph::Input lower_input(const Statement& statement);
  void lower_notifications(llvm::ArrayRef<ast::Item> items);
  FoundStage& begin_notifications(const Statement& statement);
  void lower_notification(const Statement& statement);

  // order.cpp
  void order_stages();
  void report_cycle(const std::vector<std::size_t>& path);
  void check_budget(const Statement* budget);

  // stage.cpp
  void lower_stage(FoundStage& found);
  void lower_header(FoundStage& found);
  void lower_stage_statement(const Statement& statement, StepContext& context);
  void lower_matrix(const Statement& statement);
  void lower_runs_on(const Statement& statement);
  graph::Concurrency lower_concurrency(const Statement& statement, types::Time latest);
  void lower_max_parallel(const Statement& statement);
  void lower_environment(const Expression& in);
  void push_late_env();
  void report_missing_member(const Symbol& family, const std::string& index, Span span);
  void reference_stage(const Expression& expression, bool written);
  void add_edge(std::size_t to, bool written, Span span);

  // step.cpp, call.cpp, service.cpp
  void lower_items(llvm::ArrayRef<ast::Item> items, StepContext& context);
  void lower_statement(const Statement& statement, StepContext& context);
  void lower_step(const Statement& statement, const StepContext& outer);
  void lower_run(const Statement& statement, StepContext context);
  void lower_uses(const Statement& statement, StepContext context);
  void lower_native(const Statement& statement, const StepContext& context);
  void lower_when(const Statement& statement, const StepContext& context);
  void each_taken(llvm::ArrayRef<ast::Item> items, llvm::function_ref<void(const Statement&)> visit);
  void lower_loop(const Statement& statement, StepContext& context);
  void lower_output(const Statement& statement, StepContext& context);
  void lower_artifact(const Statement& statement, const StepContext& context);
  void lower_require(const Statement& statement);
  void lower_call(const Expression& call, StepContext context, const std::string& name);
  void lower_action_call(const Expression& call, const StepContext& context);
  void lower_options(const Statement& statement, StepContext& context);
  static void set(Bindings& bindings, const Bindings& given);
  void apply_shell(const Statement& statement, StepContext& context);
  bool apply_option(const Statement& statement, StepContext& context);
  void add_uses(llvm::StringRef reference, Span span, Bindings with, const StepContext& context);
  graph::Step& add_step(const StepContext& context, Span span);
  Value step_output(const StepContext& context, const Statement& output);
  void declare_step(const Statement& statement, StepResult* result);
  std::string unique_id(std::string id);
  void lower_service(const Statement& statement);
  void lower_service_body(llvm::ArrayRef<ast::Item> items, Backend backend, graph::Service& service);

  // permission.cpp
  void add_permissions(const Statement& statement, llvm::StringRef call);
  void add_permission(llvm::StringRef scope, llvm::StringRef access, std::string reason);

  // script.cpp
  std::string lower_script(const Expression& string, const StepContext& context, Bindings& env);
  ExpressionId title_of(const Expression& string);
  struct ScriptState;
  void put_hole(ScriptState& script, const Expression& hole);
  bool put_value(ScriptState& script, const Expression& hole, const Value& value, std::size_t word);
  std::string variable_of(ScriptState& script, const Expression& hole, const Value& value, std::size_t word);
  std::string bind(const Expression& hole, ExpressionId value, const Expression& string, Bindings& env,
                   const Bindings& outer);

  // evaluate.cpp, member.cpp, builtin.cpp
  Value evaluate(const Expression& expression);
  void stop_evaluating();
  Value evaluate_string(const Expression& expression);
  Value evaluate_name(const Expression& expression);
  Value evaluate_member(const Expression& expression);
  Value evaluate_index(const Expression& expression);
  Value evaluate_call(const Expression& expression);
  Value evaluate_binary(const Expression& expression);
  Value evaluate_symbol(const Symbol& symbol);
  Value stage_value(std::size_t found) const;
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
  std::string static_text(const Expression* expression);

  // expressions.cpp: building the graph's
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
  bool asks_status(ExpressionId id) const;
  types::Time time_of(ExpressionId id) const;
  bool changes_while_running(ExpressionId id) const;
  bool shows_secret(ExpressionId id) const;
  void require_time(ExpressionId id, types::Time latest, Span span, llvm::StringRef what);

  const check::Program& program_;
  const check::Pipeline& pipeline_;
  const Pins& pins_;
  const source::SourceManager& sources_;
  diagnostics::Sink& sink_;
  graph::Graph graph_;
  std::deque<FoundStage> found_;
  llvm::DenseMap<const Symbol*, llvm::SmallVector<std::size_t, 1>> members_;  ///< a stage's own, or all of its family
  llvm::StringMap<std::size_t> ids_;                                          ///< in lower case
  std::deque<StepResult> results_;
  std::deque<Frame> frames_;
  FoundStage* current_ = nullptr;
  StepContext defaults_;  ///< what the pipeline says for all its steps
  std::vector<std::string> runs_on_;
  std::optional<graph::Seconds> timeout_;
  ExpressionId port_;  ///< of the service being unfolded
  std::size_t unfolded_ = 0;
  std::size_t evaluated_ = 0;  ///< expressions
};

}  // namespace sluice::lower
