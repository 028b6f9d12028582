#pragma once
#include "check/check.h"
#include "check/event_types.h"
#include "check/scope.h"
#include "diagnostics/nearest.h"
#include "types/relate.h"

namespace sluice::check {

using ast::Expression, ast::Statement, ast::Word;
using source::Span;
using types::Type;

/// Finds the types of expressions, and what their names and calls stand for. One file per construct.
class ExpressionChecker {
 protected:
  ExpressionChecker(Program& program, diagnostics::Sink& sink)
      : program_(program), table_(program.types), sink_(sink), events_(table_, sink, pipeline_, guards_) {}
  ~ExpressionChecker() = default;

  /// Each is checked when something of it is first asked for.
  virtual void check_stage(Symbol& stage) = 0;
  virtual void check_function(Symbol& function) = 0;
  virtual void check_target(Symbol& target) = 0;

  Symbol* make(Symbol::Kind kind, const ast::Name& name, const Statement* statement);
  void enter(const Symbol& symbol);

  // chain.cpp
  /// False, after a report, where the chain of what asks for what is too long. Else `asked_.pop_back()` ends it.
  bool begin_asking(Symbol& symbol);
  std::string way_back_to(const Symbol& symbol) const;

  // type_reader.cpp
  const Type* read_type(const ast::Type* type);
  const Type* read_choices(const ast::Type& type);
  const Type* read_record(const ast::Type& type);
  const Type* read_named_type(const ast::Name& name);
  const Type* type_of_module(const ast::Name& name);
  const Type* type_of_alias(Symbol& alias);
  // expression.cpp
  const Type* type_of(const Expression& expression);
  const Type* type_of_string(const Expression& expression);
  const Type* type_of_index(const Expression& expression);
  const Type* type_of_list(const Expression& expression);
  const Type* type_of_map(const Expression& expression);

  // operators.cpp
  const Type* type_of_negation(const Expression& expression);
  const Type* type_of_binary(const Expression& expression);
  const Type* type_of_junction(const Expression& expression);
  const Type* type_of_fallback(const Expression& expression);
  bool comes_from_context(const Expression& expression) const;
  const Type* type_of_arithmetic(const Expression& expression);
  const Type* type_of_comparison(const Expression& expression);
  const Expression* negation_of(const Expression& condition);
  void expect_condition(const Expression& operand, bool alternative);
  void expect_present(const Expression& operand, const Type* type);
  void report_incomparable(const Expression& expression, const Type* left, const Type* right);
  void report_never_equal(const Expression& text, const Type* other);

  // expect.cpp
  void expect(const Expression& expression, const Type* wanted, llvm::StringRef what);
  bool expect_parts(const Expression& expression, const Type* wanted, llvm::StringRef what);
  void expect_fields(const Expression& map, const Type* record, llvm::StringRef what);
  void report_mismatch(const Expression& expression, const Type* found, const Type* wanted, llvm::StringRef what);
  static void offer_choice(diagnostics::Builder& told, const Expression& text, const Type* choices);
  void expect(const Expression& expression, Type::Kind kind, llvm::StringRef what);
  void expect_static_text(const Expression& expression, llvm::StringRef what);
  void expect_reason(const Expression* reason, Span span, llvm::StringRef what);

  // presence.cpp
  bool is_present(const Symbol& part) const;
  const Type* as_read(const Symbol& part, const Type* type);
  void explain_absence(diagnostics::Builder& told, const Expression& expression, const Type* wanted) const;
  bool is_guarded(const Expression& condition) const;
  const Statement* template_of(const Statement& stage) const;
  const Expression* runs_anyway(const Statement& stage) const;
  const Expression* open_condition(const Statement& stage) const;
  const Statement* allowed_failure(const Statement& part) const;

  // name.cpp
  const Type* type_of_name(const Expression& expression);
  const Type* type_of_member(const Expression& expression);
  const Type* type_of_let(const Statement& statement);
  const Type* type_of_symbol(Symbol& symbol);
  const Type* type_of_result(const Symbol& part);
  const Type* written_in_full(llvm::StringRef context, const Expression& expression);
  const Type* member_of_context(llvm::StringRef context, const Expression& expression);
  const Type* member_of_parts(Symbol& symbol, const Expression& expression);
  const Type* member_of_outputs(const Expression& base, const Expression& expression);
  const Type* unknown_member(const Expression& expression, llvm::StringRef owner,
                             llvm::ArrayRef<llvm::StringRef> known);
  Symbol* find_value(llvm::StringRef name);
  Symbol* find_callee(llvm::StringRef name);
  void report_unknown(const Expression& expression);
  const Statement* declared_below(const Expression& name) const;
  void reference_stage(const Expression& expression);
  // module.cpp
  const Type* member_of_module(const Expression& base, const Expression& expression);
  bool report_private(const Module& module, llvm::StringRef name, Span span);
  llvm::StringRef nearest_module(llvm::StringRef name) const;

  // target.cpp
  void collect_steps(Symbol& owner);
  const Type* type_of_interface(Symbol& interface);
  const Type* type_of_target(const Expression& name, Symbol& target);
  std::optional<Symbol*> step_of_target(const Expression& callee);

  // call.cpp
  const Type* type_of_call(const Expression& expression);
  Symbol* resolve_callee(const Expression& callee, const Use*& use);
  const Type* type_of_builtin(const Expression& call, llvm::StringRef name);
  void report_no_value(const Expression& call, const Symbol& callee);
  const Type* apply(const Expression& call, Symbol& callee, const Use* use);
  llvm::SmallVector<const Type*, 8> parameter_types(const Symbol& callee, llvm::ArrayRef<ast::Parameter> parameters);
  void match_arguments(const Expression& call, llvm::ArrayRef<ast::Parameter> parameters, Call& result,
                       llvm::StringRef implied);

  // given.cpp
  void match_steps(const Expression& call, const ast::Parameter& parameter, std::size_t position, Call& result);
  bool misspells(const Expression& call, llvm::StringRef name) const;
  const ast::Parameter* steps_meant(const Expression& argument, llvm::ArrayRef<ast::Parameter> parameters,
                                    llvm::ArrayRef<const Type*> wanted);
  void report_steps_argument(const Expression& call, const Expression& argument, const ast::Parameter& parameter);
  const Type* apply_steps(const Expression& call, Symbol& parameter);

  // action_input.cpp
  void match_action(const Expression& call, const Symbol& action);
  void expect_input(const Expression& expression, const Type* wanted, llvm::StringRef name);

  Program& program_;
  types::Table& table_;
  diagnostics::Sink& sink_;
  Scope scope_;
  const Module* module_ = nullptr;
  Pipeline* pipeline_ = nullptr;
  const Expression* names_artifact_ = nullptr;  ///< the call behind `artifact name =`
  const Expression* acting_ = nullptr;          ///< the call that may give steps, a service or a stage
  const ast::Block* acting_block_ = nullptr;    ///< the block behind it, which may hold steps for its parameters
  const Expression* valued_ = nullptr;          ///< the call behind `let x =`, of which a step's value is read
  std::vector<const Symbol*> asked_;            ///< what is being checked, each because the one before asked for it
  bool told_of_chain_ = false;
  llvm::SmallVector<llvm::ArrayRef<ast::Item>, 4> bodies_;  ///< of the stage or function that the walk stands in
  std::vector<const Expression*> guards_;                   ///< conditions that hold where the walk stands
  const Symbol* reader_ = nullptr;  ///< the stage being checked; null in a notification or a function
  EventTypes events_;
};

}  // namespace sluice::check
