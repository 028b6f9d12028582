#include "compilation/compilation.h"

#include <algorithm>

#include "compilation/local_actions.h"
#include "diagnostics/check.h"
#include "graph/verify.h"
#include "labels/labels.h"
#include "lower/lower.h"
#include "simulate/tests.h"

namespace sluice::compilation {
namespace {

bool breaks_the_tree(const diagnostics::Diagnostic& diagnostic) {
  return diagnostics::info(diagnostic.kind).number < 200;
}

// A statement that could not be read may have declared something: what is missing then follows from it.
bool loses_a_name(const diagnostics::Diagnostic& diagnostic) {
  switch (diagnostic.kind) {
    case diagnostics::Kind::UnknownWord: return diagnostic.fixes.empty();
    case diagnostics::Kind::MisplacedWord:
    case diagnostics::Kind::MissingPiece:
    case diagnostics::Kind::ExtraPiece:
    case diagnostics::Kind::MissingBlock:
    case diagnostics::Kind::MisplacedEntry: return true;
    default: return false;
  }
}

bool follows_from_a_lost_name(const diagnostics::Diagnostic& diagnostic) {
  // What is nearly the name of something else is misspelt.
  if (!diagnostic.fixes.empty()) return false;
  switch (diagnostic.kind) {
    case diagnostics::Kind::UnknownName:
    case diagnostics::Kind::UnknownMember:
    case diagnostics::Kind::UnknownStage:
    case diagnostics::Kind::UnknownModule:
    case diagnostics::Kind::UnknownFunction:
    case diagnostics::Kind::UnknownArgument:
    case diagnostics::Kind::UndeclaredSecret:
    case diagnostics::Kind::UnknownFilter:
    case diagnostics::Kind::NoTrigger:
    case diagnostics::Kind::NoStages:
    case diagnostics::Kind::NoSteps:
    case diagnostics::Kind::NoBody: return true;
    default: return false;
  }
}

}  // namespace

Compilation::Compilation(std::string name, std::string text, std::string shown, std::string project)
    : modules_(sources_, sink_),
      name_(std::move(name)),
      shown_(std::move(shown)),
      project_(std::move(project)),
      text_(std::move(text)) {}

const ast::File& Compilation::parse() { return modules_.parse(name_, text_); }

const std::vector<graph::Graph>& Compilation::compile() {
  modules_.load_library("prelude");
  const check::Unit& main = modules_.load(name_, text_);
  // Where the syntax is broken names may be missing; a wrong word or module is told, and then left aside.
  if (std::any_of(sink_.all().begin(), sink_.all().end(), breaks_the_tree)) return graphs_;
  bool incomplete = std::any_of(sink_.all().begin(), sink_.all().end(), loses_a_name);
  program_ = check::check(modules_.units(), sink_);
  if (incomplete) sink_.drop(follows_from_a_lost_name);
  // A module of steps and services is checked as it is.
  bool is_module = std::none_of(main.file->items.begin(), main.file->items.end(), [](const ast::Item& item) {
    return item.statement && item.statement->word == ast::Word::pipeline;
  });
  if (!sink_.has_errors() && is_module) simulate::check_tests(*main.file, graphs_, sink_);
  if (sink_.has_errors() || is_module) return graphs_;
  lower::Pins pins{library_file("pins.tsv")};
  graphs_ = lower::lower(*program_, pins, sources_, sink_);
  if (sink_.has_errors()) return graphs_;
  if (!shown_.empty())
    for (graph::Graph& graph : graphs_) graph.file = shown_;
  for (const graph::Graph& graph : graphs_) {
    std::vector<std::string> broken = graph::verify(graph);
    // Our mistake, not the author's: nothing may be made of such a graph.
    for (const std::string& promise : broken) std::fprintf(stderr, "sluice: internal error: %s\n", promise.c_str());
    if (!broken.empty()) std::_Exit(2);
    labels::check_labels(graph, sources_, sink_, code_inputs(graph, project_));
    check_local_actions(graph, project_, sink_);
  }
  if (!sink_.has_errors()) simulate::check_tests(*main.file, graphs_, sink_);
  return graphs_;
}

}  // namespace sluice::compilation
