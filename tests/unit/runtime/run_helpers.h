#pragma once
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/engine/runner.h"
#include "runtime/expressions/evaluate.h"

namespace sluice::runtime::test {

/// A folder that is gone at the end.
struct Scratch {
  std::filesystem::path path;

  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(path, error);
  }
};

/// Keeps what it is told.
struct Recorder final : Status {
  std::string output, annotations, services;

  void run_started(const std::string&, const std::string&, const std::vector<std::string>&) override {}
  void leg_started(const std::string&) override {}
  void step_started(const std::string&, const std::string&) override {}
  void lines(const std::string& leg, const std::string&, std::string_view block) override {
    std::stringstream stream{std::string(block)};
    for (std::string line; std::getline(stream, line);) output.append(leg).append(": ").append(line).append("\n");
  }
  void step_finished(const std::string&, const StepReport&) override {}
  void service_changed(const std::string&, const std::string& service, const std::string& what) override {
    services += service + ": " + what + "\n";
  }
  void annotated(const std::string&, const std::string& level, const std::string& text) override {
    annotations += level + ": " + text + "\n";
  }
  void leg_finished(const std::string&, const LegReport&) override {}
  void stage_finished(const StageReport&) override {}
  void run_finished(const RunReport&) override {}
};

inline Expression call(const std::string& name) { return {Expression::Kind::call, name, {}}; }

/// `github.event.x` and so on, from names with dots between.
inline Expression name(const std::string& dotted) {
  std::stringstream stream(dotted);
  std::string part;
  std::getline(stream, part, '.');
  Expression expression{Expression::Kind::context, part, {}};
  while (std::getline(stream, part, '.')) expression = {Expression::Kind::member, part, {expression}};
  return expression;
}

inline Step script(const std::string& text, const std::string& id = "") {
  Step step;
  step.id = id;
  step.title = literal(id.empty() ? text.substr(0, 20) : id);
  step.condition = call("success");
  step.action = Script{"bash", text, {}};
  step.allow_failure = literal(false);
  return step;
}

inline Stage stage(const std::string& id, std::vector<std::size_t> after, std::vector<Step> steps) {
  Stage result;
  result.id = id;
  result.title = literal(id);
  result.after = std::move(after);
  result.condition = call("success");
  result.allow_failure = literal(false);
  result.steps = std::move(steps);
  return result;
}

/// One run in a folder of its own, with short times.
struct Run {
  Scratch scratch;
  Plan plan;
  Options options;
  Recorder recorder;
  std::expected<RunReport, std::string> report = RunReport{};

  Run() {
    plan.pipeline = std::string("pipeline");
    options.repository_root = scratch.path / "repository";
    options.state_folder = scratch.path / ".sluice";
    options.environment = current_environment();
    options.interrupt_for = options.terminate_for = std::chrono::milliseconds(100);
    options.clean_up_within = std::chrono::milliseconds(2000);
  }
  Result result(std::size_t stage) const { return report->stages.at(stage).result; }
  bool go() {
    report = run(plan, options, recorder);
    return report.has_value();
  }
  std::string file(const std::string& name) const {
    std::ifstream stream(scratch.path / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
};

}  // namespace sluice::runtime::test
