#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/engine/action_run.h"
#include "runtime/engine/command_files.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/engine/shell.h"
#include "runtime/engine/step_run.h"
#include "runtime/expressions/values.h"
#include "runtime/output/lines.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t most_summary = std::size_t{1} << 20;  // GitHub's limit for one step
constexpr int most_annotations = 10;                        // and for one level of one step

std::string how_it_ended(int code) {
  return code > 128 && code < 128 + 65 ? fmt::format("exit code {} (signal {})", code, code - 128)
                                       : fmt::format("exit code {}", code);
}

/// A process as the journal knows it: its number, and the tick of the clock since boot at which it began.
std::string process_text(pid_t pid) {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  std::int64_t ticks = sysconf(_SC_CLK_TCK);
  return fmt::format("{{\"pid\":{},\"start\":{}}}", pid, now.tv_sec * ticks + now.tv_nsec * ticks / 1'000'000'000);
}

}  // namespace

Variables LegAttempt::step_environment(const StepRun& now) const {
  Variables environment;
  for (const auto& [name, value] : shown_env_.items()) environment[name] = to_text(value);
  for (const auto& [name, value] : environment_) {
    if (is_protected(name) || !shown_env_.contains(name)) environment[name] = value;
  }
  environment["GITHUB_ACTION"] = to_text(github_.value("action", Json()));
  if (now.frame != nullptr) environment["GITHUB_ACTION_PATH"] = to_text(now.frame->github["action_path"]);
  environment[tracking_variable] = fmt::format("{}{}.", tracking_, now.place);
  if (path_folders_.empty()) return environment;
  std::string path(Surroundings{desk_.variables(), environment}.path());
  for (const std::string& folder : path_folders_) path = folder + ":" + path;
  environment["PATH"] = std::move(path);
  return environment;
}

std::expected<Command, std::string> LegAttempt::step_command(StepRun& now, const Script& script) {
  Variables environment = step_environment(now);
  auto folder = evaluate_text(script.working_directory, LegScope(*this));
  if (!folder) return std::unexpected(fmt::format("its working directory: {}", folder.error()));
  auto pasted = evaluate_text(script.pasted, LegScope(*this));
  if (!pasted) return std::unexpected(fmt::format("its script: {}", pasted.error()));
  std::filesystem::path work = folder->empty() ? workspace_ : workspace_ / *folder;
  Surroundings around{desk_.variables(), environment};
  auto command = script_command(script.shell, script.text + *pasted, files_, around, work);
  if (!command) return command;
  command->environment = std::move(environment);
  command->inherited = &desk_.variables();
  command->working_directory = std::move(work);
  command->enclosure = enclosure();
  return command;
}

Task<LegAttempt::Failure> LegAttempt::run_script(StepRun& now, const Script& script) {
  auto command = step_command(now, script);
  if (!command) co_return command.error();
  Task<Failure> running = run_command(now, std::move(*command));
  Failure failure = co_await running;
  co_return failure;
}

/// A process of the step, until it has ended.
Task<LegAttempt::Failure> LegAttempt::run_command(StepRun& now, Command command) {
  LineReader reader(run_.secrets, {[&](std::string_view block) { show(now, block); },
                                   [&](std::string_view line) { return take_command(now, line); }});
  now.refused.reset();
  now.echoes = false;
  if (!run_.settle(has_effects())) co_return "the journal cannot be written";
  auto process = run_.processes.start(
      command, [&reader](std::string_view chunk) { reader.add(chunk); }, [this] { wakeup_.notify(); });
  if (!process) co_return process.error();
  sessions_.push_back((*process)->pid());
  // Elsewhere its mark in the environment is enough to find it by.
  if (has_effects()) note(RecordKind::process_started, now, process_text((*process)->pid()));
  Task<End> supervision = supervise(now, **process);
  End end = co_await supervision;
  (*process)->discard_output();
  reader.finish();
  int code = now.exit_code = (*process)->has_exited() ? (*process)->exit_code() : 137;
  if ((*process)->has_output() || !(*process)->has_exited()) leftovers_.push_back(std::move(*process));
  if (end == End::timed_out) {
    co_return fmt::format("timed out after {}", duration_text(std::chrono::seconds(*now.outermost().step.timeout)));
  }
  if (end == End::stopped) co_return job_status_ == Result::cancelled ? "cancelled" : reason_;
  if (code == 0) co_return std::exchange(now.refused, std::nullopt);
  co_return sandbox_ ? sandbox_->explain(how_it_ended(code)) : how_it_ended(code);
}

/// Until the process has ended, by itself or because its time, the leg's or the run's is over.
Task<LegAttempt::End> LegAttempt::supervise(StepRun& now, Process& process) {
  int seen = halts_;
  while (!process.has_exited()) {
    bool stop = out_of_time();
    if (halts_ != seen) stop = stop || halt_stops(now);
    seen = halts_;
    if (stop || Clock::now() >= now.deadline) {
      now.stopped = stop;
      TreeQuery query{fmt::format("{}{}.", tracking_, now.place), {process.pid()}, false};
      Task<Done> stopping = stop_tree(process, std::move(query), now.outermost().step.grace);
      co_await stopping;
      co_return stop ? End::stopped : End::timed_out;
    }
    co_await wakeup_.until(std::min(now.deadline, clean_up_until_));
  }
  co_return End::exited;
}

/// A cancelled leg goes on with a step whose condition, and that of all around it, still holds; one that is out of time
/// does not.
bool LegAttempt::halt_stops(const StepRun& now) const {
  if (job_status_ != Result::cancelled) return true;
  for (const StepRun* step = &now; step != nullptr; step = step->outer) {
    auto holds = evaluate_condition(*step->condition, LegScope(*this, step->frame));
    if (!holds || !*holds) return true;
  }
  return false;
}

/// An annotation is told as such, and stands in the log; those beyond GitHub's limit are lines like others.
void LegAttempt::annotate(StepRun& now, const std::string& level, const std::string& text, const std::string& where) {
  std::string shown = run_.secrets.masked(where.empty() ? text : fmt::format("{}: {}", where, text));
  std::string lines = fmt::format("##[{}]{}\n", level, shown);
  for (std::size_t end = 0; (end = lines.find('\n', end)) != lines.size() - 1; ++end) {
    lines.insert(end + 1, fmt::format("##[{}]", level));
  }
  if (++now.outermost().annotations[level] > most_annotations) return show(now, lines);
  log_lines(now, lines);
  run_.status.step_annotated(leg_.name, now.outermost().report.title, level, shown);
}

void LegAttempt::change_group(StepRun& now, const WorkflowCommand& command) {
  std::string title = run_.secrets.masked(command.text);
  log_lines(now, command.name == "group" ? fmt::format("##[group]{}\n", title) : "##[endgroup]\n");
  if (command.name == "group")
    run_.status.group_started(leg_.name, now.outermost().report.title, title);
  else
    run_.status.group_ended(leg_.name, now.outermost().report.title);
}

/// What a line tells the runner to do, and what is shown in its place; nothing where it is an ordinary line.
std::optional<std::string> LegAttempt::take_command(StepRun& now, std::string_view line) {
  auto command = parse_workflow_command(line);
  if (!command) return std::nullopt;
  const std::string& name = command->name;
  if (!now.resume_token.empty()) {
    if (name != now.resume_token) return std::nullopt;
    now.resume_token.clear();
    return "";
  }
  if (name == "add-mask") return add_mask(now, *command);
  if (name == "error" || name == "warning" || name == "notice") {
    std::string file = command->property("file"), row = command->property("line");
    annotate(now, name, command->text, row.empty() ? file : file + ":" + row);
    return "";
  }
  if (name == "group" || name == "endgroup") {
    change_group(now, *command);
    return "";
  }
  return change_step(now, *command, line);
}

Outcome LegAttempt::empty_command_files() { return desk_.empty_command_files(); }

/// What the step wrote into the files behind GITHUB_OUTPUT and its like. Where a crash must not lose it, it stays there
/// until it stands in the journal.
LegAttempt::Failure LegAttempt::take_command_files(StepRun& now) {
  std::map<std::string, std::string> texts;
  for (std::size_t file = 0; file < command_files.size(); ++file) {
    std::expected<std::string, std::string> text = has_effects() ? desk_.read(file) : desk_.take(file);
    if (!text) run_.break_off(text.error());
    if (text && !text->empty()) texts[command_files[file]] = std::move(*text);
  }
  if (texts.empty()) return std::nullopt;
  now.wrote_files = true;
  keep_summary(texts["step_summary"]);
  return read_command_files(now, texts);
}

/// Each file is read for itself, and what stands before a mistake counts.
LegAttempt::Failure LegAttempt::read_command_files(StepRun& now, const std::map<std::string, std::string>& texts) {
  Failure wrong;
  auto read = [&](const char* file) {
    Assignments pairs;
    auto text = texts.find(file);
    if (text == texts.end()) return pairs;
    Outcome taken = take_assignments(text->second, pairs);
    if (!taken && !wrong) wrong = fmt::format("GITHUB_{}: {}", upper_case(file), taken.error());
    return pairs;
  };
  for (const auto& [name, value] : read("output")) give_output(now, name, value);
  for (const auto& [name, value] : read("env")) give_variable(now, name, value);
  if (auto text = texts.find("path"); text != texts.end()) {
    for (const std::string& folder : parse_path_lines(text->second)) give_folder(now, folder);
  }
  for (const auto& [name, value] : read("state")) {
    if (now.use != nullptr) now.use->save_state(name, value);
  }
  return wrong;
}

/// A summary that is too long is left out and told; as on GitHub the step has not failed by it.
void LegAttempt::keep_summary(const std::string& text) {
  if (text.size() > most_summary) {
    run_.status.annotated(leg_.name, "error", "GITHUB_STEP_SUMMARY: a summary of more than 1 MiB is left out");
    return;
  }
  std::string shown = run_.secrets.masked(text);
  if (shown.empty()) return;
  Outcome written = append_file(run_.folder / "summary.md", shown.ends_with('\n') ? shown : shown + "\n");
  if (!written) run_.break_off(written.error());
}

}  // namespace sluice::runtime
