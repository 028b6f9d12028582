#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/github/conditions.h"
#include "backends/github/emit.h"
#include "backends/github/expressions.h"
#include "backends/github/yaml.h"
#include "graph/graph.h"

namespace sluice::github {

/// What every part of one emission reads and writes.
struct Emission {
  Emission(const graph::Graph& pipeline, Workflow& workflow)
      : graph(pipeline), problems(workflow.problems), expressions(pipeline, workflow.problems), writer(workflow.text) {}

  void report(ProblemKind kind, source::Span span, std::string text) {
    problems.push_back({kind, span, std::move(text)});
  }

  const graph::Graph& graph;
  std::vector<Problem>& problems;
  Expressions expressions;
  yaml::Writer writer;
  std::size_t pasted_scripts = 0;  ///< those in which the author wants expressions
  bool keeps_text = true;          ///< false: only the problems are wanted
  std::size_t dropped = 0;         ///< bytes of the text that was not kept
};

void write_triggers(Emission& emission);
void write_concurrency(Emission& emission, const graph::Concurrency& concurrency);

void write_job(Emission& emission, const graph::Stage& stage, const StageRule& rule);
void write_strategy(Emission& emission, const graph::Stage& stage);
void write_services(Emission& emission, const graph::Stage& stage);
/// One rule a step; the expressions know afterwards which steps are left out.
std::vector<StepRule> find_steps(Emission& emission, const graph::Stage& stage);
void write_steps(Emission& emission, const graph::Stage& stage, const std::vector<StepRule>& rules);

/// `if: condition`, bare where YAML lets it stand so, in lines where it is long; nothing where there is no condition.
void write_condition(Emission& emission, const std::vector<std::string>& conditions, source::Span span);

/// `key:` with an entry for each binding; nothing where there is none.
void write_bindings(Emission& emission, std::string_view key, const graph::Bindings& bindings, source::Span span);

/// `key: value`, where GitHub reads no expressions.
void write_literal(Emission& emission, std::string_view key, std::string_view value, source::Span span);

/// `timeout-minutes`, rounded up, with a word about it.
void write_timeout(Emission& emission, graph::Seconds seconds, source::Span span);

void check_id(Emission& emission, std::string_view id, source::Span span);

}  // namespace sluice::github
