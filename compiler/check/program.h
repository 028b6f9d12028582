#pragma once
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringMap.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syntax/ast.h"
#include "types/type.h"

/// A checked program: every name bound to what it names, every call to what it calls. Refers to the trees it was made
/// from, which its owner keeps.
namespace sluice::check {

struct Module;
struct Symbol;

/// By name, in source order. Most are empty or hold one: a tree is small then, where a hash table has its 64 slots.
template <typename Value>
using Named = llvm::MapVector<llvm::StringRef, Value, std::map<llvm::StringRef, unsigned>>;

/// What is visible at a place; 0 is nothing.
using ScopeIndex = std::uint32_t;

/// A module as one `use` brings it in: its parameters have the values that were passed there.
struct Use {
  const Module* module = nullptr;
  const Module* owner = nullptr;  ///< the module that the `use` stands in
  const ast::Statement* statement = nullptr;
  llvm::SmallVector<const ast::Expression*, 4> arguments;  ///< by parameter, null where its default holds
};

/// What a name can stand for.
struct Symbol {
  enum class Kind : std::uint8_t {
    let,
    function,
    parameter,
    loop_variable,
    input,  ///< by its bare name, in a `require` beside it
    module_parameter,
    module,
    type,
    step_function,  ///< a `strategy` too, and what an interface or a target has
    service_function,
    stage_template,
    action,
    interface,
    target,
    environment,
    stage,
    step,
    step_value,  ///< of `let x = f()` where `f` is a step: known when that step has run
    service,
    context,
    secret
  };
  Kind kind = Kind::let;
  llvm::StringRef name;
  source::Span span;
  const ast::Statement* statement = nullptr;
  const types::Type* type = nullptr;
  const Module* module = nullptr;          ///< where it is declared
  const Use* use = nullptr;                ///< of a module's name
  std::size_t position = 0;                ///< of a parameter: among its function's or module's
  Named<const types::Type*> outputs;       ///< of stages, steps, services and their functions
  Named<const ast::Statement*> artifacts;  ///< of stages
  Named<Symbol*> steps;                    ///< of an interface, and of a target
  Symbol* prepare = nullptr;               ///< of a target, or null
  const Symbol* owner = nullptr;           ///< of such a step: its interface or target
  ScopeIndex around = 0;  ///< of a pipeline's stages and `let`: the loops and `let` that it stands behind
  llvm::SmallVector<const ast::Expression*, 2> guards;  ///< of a step, or its value: the conditions that it hangs on
  bool open = false;  ///< its outputs are not all known, because something in it was not found
  bool checked = false;
  bool in_progress = false;
};

/// One file's declarations.
struct Module {
  std::string name;  ///< `std.python`, or the file's name
  const ast::File* file = nullptr;
  bool library = false;
  llvm::StringMap<Symbol*> names;
  std::vector<Symbol*> parameters;
  llvm::StringMap<Symbol*> secrets;
  std::vector<const ast::Statement*> pipelines;
};

/// A call with its arguments put to the callee's parameters.
struct Call {
  const Symbol* callee = nullptr;
  const ast::Expression* target = nullptr;                 ///< of an interface's step: whose it is
  const Use* use = nullptr;                                ///< the module instance that the callee was reached through
  llvm::SmallVector<const ast::Expression*, 8> arguments;  ///< by parameter, null where its default holds
  llvm::SmallVector<const ast::Statement*, 2> given;       ///< by parameter of type `steps`: `body { … }`; null: none
};

/// A way in which a pipeline starts: an event of GitHub's and one of its activity types, or "" where it has none.
struct Start {
  llvm::StringRef event;  ///< empty for one that does not exist
  llvm::StringRef activity;
  const ast::Statement* trigger = nullptr;
};
/// Which of a pipeline's starts are meant, by their index.
using Starts = std::vector<bool>;

/// A pipeline's own names.
struct Pipeline {
  const ast::Statement* statement = nullptr;
  const Module* module = nullptr;
  llvm::MapVector<llvm::StringRef, Symbol*> stages;
  llvm::MapVector<llvm::StringRef, const types::Type*> inputs;
  std::vector<Start> starts;
  std::map<Starts, const types::Type*> payloads;  ///< `github.event` for the starts that were asked for
};

struct Program {
  types::Table types;
  std::deque<Symbol> symbols;
  std::deque<Use> uses;
  std::vector<std::unique_ptr<Module>> modules;                    ///< the main file's is the last
  std::deque<Pipeline> pipelines;                                  ///< of the main file, as written
  llvm::DenseMap<const ast::Expression*, const Symbol*> resolved;  ///< names, and members that name a module's thing
  llvm::DenseMap<const ast::Expression*, const types::Type*> type_of;  ///< members and calls
  llvm::DenseMap<const ast::Expression*, Call> calls;
  llvm::DenseMap<const ast::Statement*, const types::Type*> output_types;  ///< of outputs that a script gives
  llvm::DenseMap<const ast::Statement*, const Symbol*> actions;            ///< what the library knows of a `uses`

  const Module& main() const { return *modules.back(); }
};

}  // namespace sluice::check
