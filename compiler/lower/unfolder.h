#pragma once
#include <llvm/ADT/DenseSet.h>

#include "lower/evaluator.h"
#include "lower/lower.h"
#include "shells/shell.h"

namespace sluice::lower {

/// Unfolds one pipeline. One file per construct.
class Unfolder : private Evaluator {
 public:
  Unfolder(const check::Program& program, const check::Pipeline& pipeline, const Pins& pins,
           const source::SourceManager& sources, diagnostics::Sink& sink)
      : Evaluator(program, pipeline, sources, sink), pins_(pins) {}

  graph::Graph run();

 private:
  // pipeline.cpp
  void lower_pipeline();
  void find_stages(llvm::ArrayRef<ast::Item> items);
  void find_stage(const Statement& statement);
  void lower_option(const Statement& statement);
  void lower_pipeline_env(const Statement& statement);
  void lower_secrets(const check::Module& module);
  void lower_trigger(const Statement& statement);
  graph::Input lower_input(const Statement& statement);
  void lower_notifications(llvm::ArrayRef<ast::Item> items);
  FoundStage& add_stage(llvm::StringRef name, llvm::StringRef title, const Statement& statement);
  FoundStage& begin_notifications(const Statement& statement);
  void lower_notification(const Statement& statement);

  // order.cpp
  void order_stages();
  void report_cycle(const std::vector<std::size_t>& path);
  void check_budget(const Statement* budget);

  // stage.cpp
  void lower_stage(FoundStage& found);
  void lower_made(const Statement& statement, StepContext& context, llvm::function_ref<void()> outer);
  void lower_header(const Statement& statement);
  void lower_stage_statement(const Statement& statement, StepContext& context);
  void lower_matrix(const Statement& statement);
  void lower_runs_on(const Statement& statement);
  graph::Concurrency lower_concurrency(const Statement& statement, Place group, Place cancel);
  void lower_max_parallel(const Statement& statement);
  void lower_environment(const Expression& in);
  void lower_stage_options(const Statement& statement, StepContext& context);
  void lower_late_options(const Statement& statement);
  void lower_stage_env(const Statement& statement, bool late);
  bool names_step(const Expression& expression) const;
  void lower_url(const Statement& statement);
  std::size_t steps_before(ExpressionId id);
  void push_late_env();
  void reference_stage(const Expression& expression, bool written);

  // gate.cpp, environment.cpp
  void lower_gate(FoundStage& found);
  void lower_conditions(llvm::ArrayRef<ast::Item> items);
  void lower_condition(const Statement& statement, graph::Conditions& gate);
  graph::Approval lower_approval(const Statement& statement, graph::Conditions& gate);
  graph::Seconds positive(const Statement& statement);
  std::uint32_t declare_environment(const Symbol& symbol, const check::Use* use);
  graph::Lock lower_lock(const Statement& statement, std::string name);
  std::vector<std::size_t> stages_in(std::size_t environment) const;
  std::vector<bool> behind(llvm::ArrayRef<std::size_t> stages) const;
  std::vector<bool> before(llvm::ArrayRef<std::size_t> stages) const;
  void add_entries();
  void add_entry(std::size_t environment, llvm::ArrayRef<std::size_t> stages);
  void put_behind(llvm::ArrayRef<std::size_t> stages);
  ExpressionId condition_of_entry(const FoundStage& entry, llvm::ArrayRef<std::size_t> stages);
  bool knows_at_entry(const FoundStage& entry, ExpressionId condition);
  void expect_rollbacks(std::size_t environment, llvm::ArrayRef<std::size_t> stages);
  void check_lock(std::size_t environment);

  // rollback.cpp, poll.cpp
  void lower_delivery(const Statement& statement, const StepContext& context);
  void lower_rollback(const Statement& statement, const StepContext& outer);
  void lower_undoing(const Statement& statement, StepContext context, graph::Rollback& rollback);
  void lower_sleep(const Statement& statement, const StepContext& outer);
  void lower_commit(const Statement& statement, const StepContext& outer);
  void lower_poll(const Statement& statement, const StepContext& outer);
  graph::Poll poll_of(const Statement& statement);
  void lower_probe(const Statement& statement, StepContext& context);
  std::vector<graph::Step> unfold_apart(llvm::function_ref<void()> unfold, bool job = false);
  std::optional<graph::Step> one_script(llvm::ArrayRef<graph::Step> steps, const Statement& question);
  std::string_view reason_against(const graph::Step& step, const graph::Step& first) const;
  bool join(Bindings& env, const Bindings& more) const;
  void warn_of_no_effect(const Statement& statement, const StepContext& context);
  void check_recovery(const FoundStage& found);
  void check_times(const FoundStage& found);
  void check_times(llvm::ArrayRef<graph::Step> steps, graph::Seconds limit, std::string_view whose);

  // step.cpp, action.cpp, call.cpp, service.cpp
  void lower_items(llvm::ArrayRef<ast::Item> items, StepContext& context);
  void lower_statement(const Statement& statement, StepContext& context);
  void lower_step(const Statement& statement, const StepContext& outer);
  void lower_run(const Statement& statement, StepContext context);
  graph::Run pasted_script(const Statement& statement, const StepContext& context);
  void lower_uses(const Statement& statement, StepContext context);
  void lower_native(const Statement& statement, const StepContext& context);
  void lower_when(const Statement& statement, const StepContext& context);
  void each_taken(llvm::ArrayRef<ast::Item> items, llvm::function_ref<void(const Statement&)> visit);
  const Statement* taken_case(const Statement& match);
  void lower_loop(const Statement& statement, StepContext& context);
  bool is_list(const Value& list, const Expression& in);
  void lower_artifact(const Statement& statement, const StepContext& context);
  void lower_call(const Expression& call, StepContext context, const std::string& name);
  void lower_action_call(const Expression& call, const StepContext& context);
  void lower_options(const Statement& statement, StepContext& context);
  void lower_options(llvm::ArrayRef<ast::Item> items, StepContext& context);
  static void set(Bindings& bindings, const Bindings& given);
  void apply_shell(const Statement& statement, StepContext& context);
  bool apply_option(const Statement& statement, StepContext& context);
  graph::Seconds time_limit(const Statement& statement, std::string_view what);
  ExpressionId input_of(const Value& value, Span span);
  void apply_declaration(const Statement& action, llvm::StringRef name, const StepContext& context);
  void add_uses(llvm::StringRef reference, Span span, Bindings with, const StepContext& context);
  void add_unversioned(llvm::StringRef reference, Span span, Bindings with, const StepContext& context);
  graph::Step& add_step(const StepContext& context, Span span);
  void declare_step(const Statement& statement, StepResult* result);
  std::string unique_id(std::string id);
  std::string id_of_step(const ast::Name& name, const StepContext& outer);
  void keep_last_id(std::size_t first, const std::string& id);
  void add_output(StepResult& result, const std::string& name, Value value, Backend backend, Span span);
  void lower_service(const Statement& statement);
  void lower_service_body(llvm::ArrayRef<ast::Item> items, Backend backend, graph::Service& service);

  // output.cpp
  void lower_output(const Statement& statement, StepContext& context);
  std::string output_tests(const StepResult& result, Backend backend, Bindings& env);
  void check_outputs(const StepResult& result, const StepContext& context, Span span);

  // requirement.cpp
  struct RequirementTest;
  void lower_require(const Statement& statement, const StepContext& context);
  void lower_input_requirements(llvm::ArrayRef<ast::Item> items);
  void check_defaults(const Statement& trigger);
  bool add_requirement(RequirementTest& test, const Statement& requirement);
  std::string test_of(RequirementTest& test, const Expression& condition);
  std::string tested_number(RequirementTest& test, const Expression& side);
  std::string tested_variable(RequirementTest& test, ExpressionId value, const std::string& wanted);
  std::string tested_variable(RequirementTest& test, const Expression& expression);
  void add_requirements(const RequirementTest& test, StepContext context, Span span);
  void add_test(const StepContext& context, std::string_view head, std::string_view lines, Span span);

  // given.cpp
  std::vector<GivenSteps> given_to(const check::Call& call, const StepContext& context) const;
  void lower_given(const Expression& call, const Symbol& parameter, const StepContext& context);

  // value_step.cpp
  void lower_value_call(const Statement& let, const StepContext& outer);
  void lower_body(const Expression& call, const Symbol& function, StepContext context);
  void give_value(const Expression& call, const Symbol& function, const StepContext& context, std::size_t first);
  ExpressionId print_value(StepResult& result, std::size_t at, const std::string& id, const Expression& call,
                           const Symbol& function);

  // strategy.cpp
  /// What a call runs: a function of the file, or what the target has for the interface's step.
  struct Callee {
    const Symbol* function = nullptr;
    const check::Use* use = nullptr;
    std::vector<Value> arguments;  ///< behind those of the step the target's own
  };
  std::optional<Callee> callee_of(const check::Call& call, const StepContext& context, const Expression& expression);
  void begin_strategy(const Frame& frame, StepContext& context);
  void prepare_all(const Value& value, const StepContext& context);
  void begin_stage();
  void prepare(const Value& target, const StepContext& outer);
  void lower_phase(const Statement& statement, const StepContext& outer);
  std::string key_of(const Value& target) const;

  // permission.cpp
  void add_permissions(const Statement& statement, llvm::StringRef call);
  void add_permission(llvm::StringRef scope, llvm::StringRef access, std::string reason);

  // script.cpp
  graph::Run lower_script(const Expression& string, const StepContext& context, Bindings& env);
  ExpressionId title_of(const Expression& string);
  struct ScriptState;
  void put_text(graph::Run& run, const ast::StringPart& part) const;
  void put_hole(ScriptState& script, const Expression& hole, const shells::Place& place);
  bool put_value(ScriptState& script, const Expression& hole, const shells::Place& place, const Value& value,
                 std::size_t word);
  void refuse_hole(const ScriptState& script, const Expression& hole, const shells::Place& place);
  std::string variable_of(ScriptState& script, const Expression& hole, const Value& value, std::size_t word);
  shells::Sort sort_of_hole(const Expression& hole, const Value& value) const;
  std::string bind(const Expression& hole, ExpressionId value, const Expression& string, Bindings& env,
                   const Bindings& outer);

  // marks.cpp
  ExpressionId without_secrets(ExpressionId condition, Bindings& env);
  static std::string free_variable(const std::string& wanted, const Bindings& env);

  const Pins& pins_;
  llvm::StringMap<std::size_t> ids_;  ///< in lower case
  StepContext defaults_;              ///< what the pipeline says for all its steps
  std::vector<std::string> runs_on_;
  std::optional<graph::Seconds> timeout_;
  std::vector<std::pair<const Symbol*, const check::Use*>> environments_;  ///< of the graph's, how each is declared
  bool undoing_ = false;                                                   ///< inside a rollback
  std::vector<std::pair<const Statement*, StepContext>> verifications_;    ///< of that rollback
  std::vector<std::string> prepared_;                                      ///< the targets of this job
  const FoundStage* prepared_for_ = nullptr;
  std::size_t prepared_steps_ = 0;           ///< of the rollback, at its beginning
  std::vector<graph::Step>* job_ = nullptr;  ///< where a script is asked: the steps around the question
  std::map<std::string, Span> phases_;       ///< of this stage
  std::size_t probes_ = 0;
  std::size_t probed_ = 0;                 ///< the last `probe` that found its step
  std::size_t unfolded_ = 0;               ///< steps
  llvm::DenseSet<std::size_t> own_steps_;  ///< the compiler's in this stage, which read nothing but what they are given
};

/// Reports locks for which a run waits that it holds itself, or that another one holds which waits for this one.
void check_lock_order(const std::vector<graph::Graph>& graphs, diagnostics::Sink& sink);

}  // namespace sluice::lower
