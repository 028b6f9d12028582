#pragma once
#include "check/check.h"
#include "check/scope.h"
#include "diagnostics/nearest.h"
#include "types/relate.h"

namespace sluice::check {

using ast::Expression;
using ast::Statement;
using ast::Word;
using source::Span;
using types::Type;

/// What the body being checked adds to.
struct Body {
  Symbol* owner = nullptr;  ///< the stage, step or function; null in a notification
  bool stage = false;       ///< whether it is a stage's own body
};

/// Walks the trees once. One file per construct: declarations, expression, name, call, pipeline, trigger, body,
/// service.
class Checker {
 public:
  Checker(Program& program, llvm::ArrayRef<Unit> units, diagnostics::Sink& sink)
      : program_(program), table_(program.types), units_(units), sink_(sink) {}

  void run();

 private:
  // declarations.cpp
  void declare(const Unit& unit);
  void declare(Module& module, const Unit& unit, const Statement& statement);
  void check_actions(const Module& module);
  void declare_use(Module& module, const Unit& unit, const Statement& statement);
  Symbol* make(Symbol::Kind kind, const ast::Name& name, const Statement* statement);
  void add_unique(llvm::StringMap<Symbol*>& names, Symbol* symbol);
  const Type* read_type(const ast::Type* type);
  void bind_use(Use& use);

  // expression.cpp
  const Type* type_of(const Expression& expression);
  const Type* type_of_string(const Expression& expression);
  const Type* type_of_index(const Expression& expression);
  const Type* type_of_binary(const Expression& expression);
  const Type* type_of_list(const Expression& expression);
  const Type* type_of_map(const Expression& expression);
  void expect(const Expression& expression, const Type* wanted, llvm::StringRef what);
  void expect(const Expression& expression, Type::Kind kind, llvm::StringRef what) {
    expect(expression, table_.simple(kind), what);
  }
  void expect_shown(const Expression& expression, const Type* wanted, llvm::StringRef what);
  void expect_shown(const Expression& expression, Type::Kind kind, llvm::StringRef what) {
    expect_shown(expression, table_.simple(kind), what);
  }
  void expect_in(const Symbol& symbol, const Expression& expression, const Type* wanted);
  bool holds_secret(const Expression& expression) const;
  void expect_static_text(const Expression& expression, llvm::StringRef what);

  // name.cpp
  const Type* type_of_name(const Expression& expression);
  const Type* type_of_member(const Expression& expression);
  const Type* type_of_symbol(Symbol& symbol);
  const Type* written_in_full(llvm::StringRef context, const Expression& expression);
  const Type* member_of_context(llvm::StringRef context, const Expression& expression);
  const Type* member_of_module(const Expression& base, const Expression& expression);
  const Type* member_of_parts(Symbol& symbol, const Expression& expression);
  const Type* unknown_member(const Expression& expression, llvm::StringRef owner,
                             llvm::ArrayRef<llvm::StringRef> known);
  Symbol* find_value(llvm::StringRef name);
  Symbol* find_callee(llvm::StringRef name);
  void report_unknown(const Expression& expression);
  void reference_stage(const Expression& expression);

  // call.cpp
  const Type* type_of_call(const Expression& expression);
  llvm::StringRef nearest_module(llvm::StringRef name) const;
  Symbol* resolve_callee(const Expression& callee, const Use*& use);
  const Type* type_of_builtin(const Expression& call, llvm::StringRef name);
  const Type* apply(const Expression& call, Symbol& callee, const Use* use);
  void match_arguments(const Expression& call, llvm::ArrayRef<ast::Parameter> parameters, Call& result,
                       llvm::StringRef implied);
  void match_action(const Expression& call, const Symbol& action);
  void check_function(Symbol& function);

  // pipeline.cpp, trigger.cpp
  void check_pipeline(const Module& module, const Statement& statement);
  void collect_stages(llvm::ArrayRef<ast::Item> items, Pipeline& pipeline);
  void bind_pipeline_items(llvm::ArrayRef<ast::Item> items);
  void bind_pipeline_statement(const Statement& statement);
  void bind_let(const Statement& statement);
  void bind_loop(const Statement& statement);
  void enter(const Symbol& symbol);
  void check_stage(Symbol& stage);
  void check_chosen_environment(const Expression& in);
  void check_header(const Statement& statement);
  void check_url(const Statement& stage);
  void check_notify(const Symbol& notification);
  void check_trigger(const Statement& statement);
  void check_event_filters(const Statement& statement, const struct EventInfo& event);
  void check_input(const Statement& statement);

  // body.cpp
  void check_items(llvm::ArrayRef<ast::Item> items, const Body& body);
  void check_statement(const Statement& statement, const Body& body);
  void check_unfolding(const Statement& statement, const Body& body);
  void check_block(const Statement& statement, const Body& body);
  void refuse_options(const Statement& statement);
  void check_call_statement(const Statement& statement, const Body& body);
  void check_step(const Statement& statement, const Body& body);
  void check_output(const Statement& statement, const Body& body);
  void check_artifact(const Statement& statement, const Body& body);
  void check_let(const Statement& statement);
  void report_hidden(const Statement& statement);
  Symbol* loop_variable(const Statement& statement);
  void check_run(const Statement& statement);
  void check_uses(const Statement& statement);
  void check_options(const Statement& statement);
  void check_option(const Statement& statement);
  void report_twice(const ast::Block& block);
  void check_entries(const Statement& statement, bool scalars);
  void check_permissions(const Statement& statement);
  void check_matrix(const Statement& statement);
  void delivery_word(const Statement& statement);

  // service.cpp
  void check_service(const Statement& statement);
  void check_service_function(Symbol& function);

  Program& program_;
  types::Table& table_;
  llvm::ArrayRef<Unit> units_;
  diagnostics::Sink& sink_;
  Scope scope_;
  const Module* module_ = nullptr;
  const Expression* names_artifact_ = nullptr;  ///< the call behind `artifact name =`
  Pipeline* pipeline_ = nullptr;
  std::vector<Symbol*> lets_;  ///< of the pipeline, and its `notify` rules, each with what is around it
  std::vector<Symbol*> notifications_;
};

}  // namespace sluice::check
