#pragma once
#include "check/body.h"
#include "check/expression_checker.h"

namespace sluice::check {

/// Walks the trees once. One file per construct: declarations, functions, pipeline, trigger, body, action,
/// service.
class Checker final : private ExpressionChecker {
 public:
  Checker(Program& program, llvm::ArrayRef<Unit> units, diagnostics::Sink& sink)
      : ExpressionChecker(program, sink), units_(units) {}

  void run();

 private:
  // declarations.cpp
  void declare(const Unit& unit);
  void declare(Module& module, const Unit& unit, const Statement& statement);
  void check_declaration(const Module& main, const Statement& statement);
  void declare_use(Module& module, const Unit& unit, const Statement& statement);
  void add_unique(llvm::StringMap<Symbol*>& names, Symbol* symbol);
  void bind_use(Use& use);

  // functions.cpp, target.cpp
  void check_function(Symbol& function) override;
  void check_target(Symbol& target) override;
  void compare_steps(const Symbol& target, const Symbol& interface);
  void compare_step(const Symbol& step, const Symbol& asked);
  void report_missing(const Symbol& target, llvm::ArrayRef<const Symbol*> missing);
  const Type* returned_type(const Symbol& step);
  void add_target_parameters(const Symbol& target, std::size_t position);
  void check_phase(const Statement& phase);
  void refuse_gate(const Statement& gate);
  // template.cpp
  void check_made_stage(Symbol& stage);
  bool enters_environment(const Statement& stage) const;
  bool names_environment(const Expression& in);
  void check_environments(const Module& module);
  void refuse_order(const Statement& stage);
  void refuse_as_step(const Expression& call);

  // trigger.cpp, schedule.cpp, filter.cpp, input.cpp
  void check_trigger(const Statement& statement);
  void report_unknown_event(const ast::Name& name);
  void check_event_filters(const Statement& statement, const struct EventInfo& event);
  void check_types(const Statement& statement, const EventInfo& event);
  void check_filter(const Statement& filter, const EventInfo& event, llvm::ArrayRef<const Statement*> seen);
  void check_schedule(const Statement& statement);
  void check_patterns(const Statement& filter);
  void check_inputs(const Statement& trigger, const EventInfo& event);
  void check_input(const Statement& input, const Statement& trigger);

  // pipeline.cpp
  void check_pipeline(const Module& module, const Statement& statement);
  void collect_stages(llvm::ArrayRef<ast::Item> items, Pipeline& pipeline);
  void bind_pipeline_items(llvm::ArrayRef<ast::Item> items);
  void bind_pipeline_statement(const Statement& statement);
  void bind_let(const Statement& statement);
  void bind_loop(const Statement& statement);
  void check_stage(Symbol& stage) override;
  void check_stage_body(Symbol& stage);
  void check_entered(const Expression& in);
  void check_header(const Statement& statement);
  void check_url(const Statement& stage);
  void check_notify(const Symbol& notification);

  // requirement.cpp
  void check_requirement(const Statement& statement);
  void check_requirements(const Statement& trigger);
  void refuse_untold_start(const Statement& requirement);
  void refuse_missing_input(const Statement& trigger, const Expression& part);
  // choice.cpp
  void check_siblings(llvm::ArrayRef<ast::Item> items);
  void check_match(const Statement& match, llvm::function_ref<void(const ast::Block&)> check_case);
  void check_exhaustive(const Statement& match, const Type* type);

  // body.cpp, delivery.cpp
  void check_items(llvm::ArrayRef<ast::Item> items, const Body& body);
  void check_statement(const Statement& statement, const Body& body);
  void check_unfolding(const Statement& statement, const Body& body);
  void check_block(const Statement& statement, const Body& body);
  void check_native(const Statement& statement);
  void refuse_options(const Statement& statement, const Body& body);
  void check_call_statement(const Statement& statement, const Body& body);
  void check_step(const Statement& statement, const Body& body);
  void check_output(const Statement& statement, const Body& body);
  void refuse_named(const Statement& statement, const Body& body);
  void check_artifact(const Statement& statement, const Body& body);
  void check_let(const Statement& statement);
  void report_hidden(const Statement& statement);
  Symbol* loop_variable(const Statement& statement);
  void check_run(const Statement& statement);
  void check_unsafe(const Statement& statement);
  void check_options(const Statement& statement);
  void check_option(const Statement& statement);
  void check_concurrency(const Statement& statement);
  void report_twice(const ast::Block& block);
  void each_entry(const Statement& statement, llvm::function_ref<void(const ast::Entry&)> visit);
  void check_entries(const Statement& statement, bool scalars);
  void check_permissions(const Statement& statement);
  void check_matrix(const Statement& statement);
  void delivery_word(const Statement& statement);
  void check_calendar_zone(const Expression& zone);
  void check_window(const Statement& window);
  void check_freeze(const Statement& freeze);
  void check_approval(const Statement& approve);
  void check_lock(const Statement& lock);
  void check_condition(const Statement& condition);
  void check_conditions(llvm::ArrayRef<ast::Item> items);
  void check_gate(const Statement& gate);
  void check_apart(const Statement& statement);
  void check_poll(const Statement& statement);
  void check_rollback(const Statement& rollback);
  void check_no_rollback(const Statement& rollback);

  // action.cpp
  void check_actions(const Module& module);
  void check_uses(const Statement& statement, const Body& body);
  void check_inputs(const Statement& uses, const Symbol& action);
  void add_outputs(Symbol& step, const Symbol& action);
  const Symbol* library_action(llvm::StringRef reference);
  const Symbol* action_of(const Expression& reference);

  // given.cpp
  void check_given(const Statement& given, const Expression* call);
  void report_unknown_given(const Statement& given, const Expression* call,
                            llvm::SmallVector<llvm::StringRef, 8> known);
  void check_steps_parameter(const Symbol& function, const ast::Parameter& parameter, const Type* type);
  // value.cpp
  void begin_value(Symbol& function);
  void check_value(const Symbol& function);
  bool gives_value(const Statement& let) const;
  // service.cpp
  void check_service(const Statement& statement);
  void check_service_function(Symbol& function);

  llvm::ArrayRef<Unit> units_;
  llvm::StringMap<const Symbol*> library_actions_;  ///< by owner and repository, in lower case; filled when asked for
  struct DeclaredInput {
    const Statement* statement = nullptr;
    const Statement* trigger = nullptr;
  };
  llvm::StringMap<DeclaredInput> inputs_;  ///< of the pipeline's triggers, the first of each name in lower case
  std::vector<Symbol*> lets_;              ///< of the pipeline, and its `notify` rules, each with what is around it
  std::vector<Symbol*> notifications_;
  llvm::StringRef backend_;  ///< whose body the walk stands in; empty: none
};

}  // namespace sluice::check
