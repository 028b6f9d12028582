#include "simulate/tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "diagnostics/nearest.h"
#include "simulate/claim.h"
#include "simulate/start.h"
#include "simulate/subject.h"

namespace sluice::simulate {
namespace {

DIAGNOSTIC(NotInPipeline, "{}");
DIAGNOSTIC(TestStartsNothing, "this test starts no pipeline");
DIAGNOSTIC(UselessTest, "this test demands nothing");
DIAGNOSTIC(RepeatedStatement, "a test starts one pipeline");
DIAGNOSTIC(MisplacedWord, "`must` speaks of the pipeline as a whole");

using ast::Statement;
using ast::Word;

std::string title_of(const Statement& test) {
  std::string title;
  if (test.title)
    for (const ast::StringPart& part : test.title->parts) title += part.text.str();
  return title;
}

std::vector<const Statement*> statements_of(const Statement& around) {
  std::vector<const Statement*> found;
  if (around.block)
    for (const ast::Item& item : around.block->items)
      if (item.statement) found.push_back(item.statement);
  return found;
}

/// Reads one test against the graph that it starts.
class TestReader {
 public:
  TestReader(const Model& model, Test& test, diagnostics::Sink& sink) : model_(model), test_(test), sink_(sink) {}

  void read(const std::vector<const Statement*>& statements) {
    for (const Statement* statement : statements) read(*statement);
    // Silence at a gate is a no.
    for (std::size_t i = 0; i < model_.plan.stages.size(); ++i) {
      const auto& gate = model_.plan.stages[i].gate;
      if (gate && !gate->approvals.empty() && !answered_.contains(i)) add(nullptr, {Event::Kind::expire, {i}});
    }
  }

 private:
  void add(const Statement* cause, Event event) {
    test_.scenario.events.push_back(event);
    test_.causes.push_back(cause);
  }

  void read(const Statement& statement) {
    switch (statement.word) {
      case Word::approve:
      case Word::reject:
      case Word::expire: return read_answer(statement);
      case Word::fail: return read_step(statement, Event::Kind::fail);
      case Word::hang: return read_step(statement, Event::Kind::hang);
      case Word::cancel: return read_end(statement, Event::Kind::cancel);
      case Word::stop: return read_end(statement, Event::Kind::stop);
      case Word::newer: return read_newer(statement);
      case Word::must:
        if (check_claim(model_, statement, sink_)) test_.musts.push_back(&statement);
        return;
      default: return;
    }
  }

  bool asks_people(std::size_t gate) const { return !model_.plan.stages[gate].gate->approvals.empty(); }

  /// The gate that is named: by itself, or by the environment that it is the entry of.
  std::optional<std::size_t> find_gate(const ast::Expression& name) {
    auto subject = find_subject(model_, name, sink_);
    if (!subject) return std::nullopt;
    if (subject->kind == Subject::Kind::environment) {
      auto entry = model_.plan.environments[subject->index].entry;
      if (entry && asks_people(*entry)) return entry;
    }
    bool is_gate = subject->kind == Subject::Kind::stage && model_.plan.stages[subject->index].gate;
    if (is_gate && asks_people(subject->index)) return subject->index;
    sink_.report<NotInPipeline>(name.span, fmt::format("`{}` asks nobody", text_of(name)))
        .help("name a gate with an `approve`, or an environment with one");
    return std::nullopt;
  }

  void read_answer(const Statement& statement) {
    if (statement.values.empty()) return;
    auto gate = find_gate(*statement.values[0]);
    if (!gate) return;
    if (statement.word != Word::approve) {
      answered_.insert(*gate);
      auto kind = statement.word == Word::reject ? Event::Kind::reject : Event::Kind::expire;
      return add(&statement, {kind, {*gate}});
    }
    if (suffices(statement, *model_.plan.stages[*gate].gate)) answered_.insert(*gate);
  }

  /// Whether those who approve are enough; a group may hold anybody.
  static bool suffices(const Statement& approve, const runtime::Conditions& gate) {
    std::set<std::string> people;
    if (const ast::Expression* first = approve.clause(ast::Clause::by)) people.insert(text_in(*first));
    for (std::size_t i = 1; i < approve.values.size(); ++i) people.insert(text_in(*approve.values[i]));
    if (people.empty()) return true;
    int needed = 0, counted = 0;
    std::set<std::string> named;
    bool any_group = false;
    for (const runtime::Approval& one : gate.approvals) {
      needed += one.count;
      for (const std::string& who : one.who) {
        any_group = any_group || who.starts_with("@");
        named.insert(who);
      }
    }
    for (const std::string& person : people) counted += any_group || named.contains(person) ? 1 : 0;
    return counted >= needed;
  }

  static std::string text_in(const ast::Expression& expression) {
    std::string text;
    for (const ast::StringPart& part : expression.parts) text += part.text.str();
    return text.empty() ? expression.text.str() : text;
  }

  /// The step that is meant by a stage as a whole: the first behind its rollback, else the first of all.
  static std::optional<std::size_t> first_step(const std::vector<runtime::Step>& steps,
                                               std::vector<std::size_t> among) {
    if (among.empty())
      for (std::size_t i = 0; i < steps.size(); ++i) among.push_back(i);
    std::optional<std::size_t> first;
    bool armed = false;
    for (std::size_t i : among) {
      armed = armed || std::holds_alternative<runtime::Arm>(steps[i].action);
      if (!can_fail(steps[i])) continue;
      if (!first || armed) first = i;
      if (armed) break;
    }
    return first;
  }

  std::optional<Place> find_place(const ast::Expression& name) {
    auto subject = find_subject(model_, name, sink_);
    if (!subject) return std::nullopt;
    const std::size_t stage = subject->index;
    switch (subject->kind) {
      case Subject::Kind::stage:
        if (auto step = first_step(model_.plan.stages[stage].steps, {})) return Place{stage, {}, step};
        break;
      case Subject::Kind::step:
        if (auto step = first_step(model_.plan.stages[stage].steps, subject->steps)) return Place{stage, {}, step};
        break;
      case Subject::Kind::rollback: {
        std::size_t last = model_.plan.stages[stage].rollbacks.size() - 1;
        if (auto step = first_step(model_.plan.stages[stage].rollbacks[last].steps, {}))
          return Place{stage, last, step};
        break;
      }
      default: break;
    }
    sink_.report<NotInPipeline>(name.span, fmt::format("in `{}` nothing can fail", text_of(name)))
        .help("name a stage, a step of one, or `STAGE.rollback`");
    return std::nullopt;
  }

  void read_step(const Statement& statement, Event::Kind kind) {
    if (statement.values.empty()) return;
    if (auto place = find_place(*statement.values[0])) add(&statement, {kind, *place});
  }

  void read_end(const Statement& statement, Event::Kind kind) {
    if (statement.values.empty()) return add(&statement, {kind, {}, true});
    diagnostics::Sink quiet;
    auto subject = find_subject(model_, *statement.values[0], quiet);
    bool gate = subject && subject->kind == Subject::Kind::stage && model_.plan.stages[subject->index].gate;
    if (gate) return add(&statement, {kind, {subject->index}});
    if (auto place = find_place(*statement.values[0])) add(&statement, {kind, *place});
  }

  void read_newer(const Statement& statement) {
    if (statement.values.empty()) return;
    auto subject = find_subject(model_, *statement.values[0], sink_);
    if (!subject) return;
    if (subject->kind == Subject::Kind::environment)
      return add(&statement, {Event::Kind::newer, {}, false, subject->index});
    sink_.report<NotInPipeline>(statement.values[0]->span, "a newer run is in an environment")
        .help("name one: `newer production`");
  }

  const Model& model_;
  Test& test_;
  diagnostics::Sink& sink_;
  std::set<std::size_t> answered_;  ///< gates, as the test has it
};

/// Models of the pipelines that tests start, each made once.
class Models {
 public:
  explicit Models(const std::vector<graph::Graph>& graphs) : graphs_(graphs), models_(graphs.size()) {}
  const Model& at(std::size_t index) {
    if (!models_[index]) models_[index] = make_model(graphs_[index]);
    return *models_[index];
  }

 private:
  const std::vector<graph::Graph>& graphs_;
  std::vector<std::optional<Model>> models_;
};

std::optional<std::size_t> find_pipeline(const Statement& start, const std::vector<graph::Graph>& graphs,
                                         diagnostics::Sink& sink) {
  if (!start.value) return std::nullopt;
  std::string name = text_of(*start.value);
  auto found = std::ranges::find(graphs, name, &graph::Graph::pipeline);
  if (found != graphs.end()) return static_cast<std::size_t>(found - graphs.begin());
  llvm::SmallVector<llvm::StringRef, 8> known;
  for (const graph::Graph& graph : graphs) known.push_back(graph.pipeline);
  auto told = sink.report<NotInPipeline>(start.value->span, fmt::format("the file has no pipeline `{}`", name));
  if (known.empty())
    told.help("a test stands beside its pipeline, in one file");
  else
    told.help("it has {}", diagnostics::list_of(known));
  return std::nullopt;
}

std::optional<Test> read_test(const Statement& statement, const std::vector<graph::Graph>& graphs, Models& models,
                              diagnostics::Sink& sink) {
  std::size_t errors = sink.error_count();
  Test test{&statement, title_of(statement), 0, {}};
  std::vector<const Statement*> statements = statements_of(statement);
  auto is_start = [](const Statement* one) { return one->word == Word::start; };
  auto start = std::ranges::find_if(statements, is_start);
  if (start == statements.end()) {
    sink.report<TestStartsNothing>(statement.header).help("write `start PIPELINE` at its top");
    return std::nullopt;
  }
  auto second = std::find_if(start + 1, statements.end(), is_start);
  if (second != statements.end()) sink.report<RepeatedStatement>((*second)->header).help("write another test for it");
  auto pipeline = find_pipeline(**start, graphs, sink);
  if (!pipeline) return std::nullopt;
  test.pipeline = *pipeline;
  read_start(graphs[*pipeline], **start, test.scenario, sink);
  TestReader(models.at(*pipeline), test, sink).read(statements);
  bool demands = std::ranges::any_of(statements, [](const Statement* one) { return one->word == Word::must; });
  if (!demands) sink.report<UselessTest>(statement.header).help("say what must come of it: `must result == succeeded`");
  if (sink.error_count() > errors) return std::nullopt;
  return test;
}

/// Inside of an `if` or a `for` nothing would read it.
void refuse_nested(const Statement& around, bool nested, diagnostics::Sink& sink) {
  for (const Statement* one : statements_of(around)) {
    if (one->word == Word::must && nested)
      sink.report<MisplacedWord>(one->keyword.span).help("write it in the pipeline's own block");
    bool unfolds = one->word == Word::if_ || one->word == Word::else_ || one->word == Word::for_ ||
                   one->word == Word::match || one->word == Word::case_;
    if (unfolds) refuse_nested(*one, true, sink);
  }
}

}  // namespace

std::vector<Test> read_tests(const ast::File& file, const std::vector<graph::Graph>& graphs, diagnostics::Sink& sink) {
  std::vector<Test> tests;
  Models models(graphs);
  for (const ast::Item& item : file.items) {
    if (!item.statement || item.statement->word != Word::test) continue;
    if (auto test = read_test(*item.statement, graphs, models, sink)) tests.push_back(std::move(*test));
  }
  return tests;
}

std::vector<const Statement*> read_promises(const ast::File& file, const Model& model, diagnostics::Sink& sink) {
  std::vector<const Statement*> promises;
  for (const ast::Item& item : file.items) {
    if (!item.statement || item.statement->word != Word::pipeline) continue;
    if (item.statement->name.text != model.graph.pipeline) continue;
    for (const Statement* one : statements_of(*item.statement))
      if (one->word == Word::must && check_claim(model, *one, sink)) promises.push_back(one);
  }
  return promises;
}

void check_tests(const ast::File& file, const std::vector<graph::Graph>& graphs, diagnostics::Sink& sink) {
  read_tests(file, graphs, sink);
  for (const ast::Item& item : file.items) {
    if (!item.statement || item.statement->word != Word::pipeline) continue;
    refuse_nested(*item.statement, false, sink);
    std::vector<const Statement*> parts = statements_of(*item.statement);
    if (std::ranges::none_of(parts, [](const Statement* one) { return one->word == Word::must; })) continue;
    auto graph = std::ranges::find(graphs, item.statement->name.text.str(), &graph::Graph::pipeline);
    if (graph != graphs.end()) read_promises(file, make_model(*graph), sink);
  }
}

}  // namespace sluice::simulate
