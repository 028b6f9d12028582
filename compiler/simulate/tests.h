#pragma once
#include <string>
#include <vector>

#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "simulate/model.h"
#include "simulate/scenario.h"
#include "syntax/ast.h"

/// `test "…" { … }` of a file, and the `must` of its pipelines.
namespace sluice::simulate {

/// A test with its names found.
struct Test {
  const ast::Statement* statement = nullptr;
  std::string title;
  std::size_t pipeline = 0;  ///< index of its graph
  Scenario scenario;
  std::vector<const ast::Statement*> causes = {};  ///< of the scenario's events; null: silence at a gate
  std::vector<const ast::Statement*> musts = {};
};

/// The tests of a file whose pipelines are these, in its order; what is wrong with one is reported, and it is left out.
std::vector<Test> read_tests(const ast::File& file, const std::vector<graph::Graph>& graphs, diagnostics::Sink& sink);

/// What a pipeline demands of each of its courses: the `must` in its block, as far as they are sound.
std::vector<const ast::Statement*> read_promises(const ast::File& file, const Model& model, diagnostics::Sink& sink);

/// Both, for what is wrong alone.
void check_tests(const ast::File& file, const std::vector<graph::Graph>& graphs, diagnostics::Sink& sink);

}  // namespace sluice::simulate
