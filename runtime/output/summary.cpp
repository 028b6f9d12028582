#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/output/glyphs.h"
#include "runtime/output/log.h"
#include "runtime/output/shown.h"
#include "runtime/output/status.h"

namespace sluice::runtime {
namespace {

std::string result_text(Result result, bool allowed) {
  return allowed ? "failed (allowed)" : std::string(to_text(result));
}

void append_stage(std::string& out, const StageReport& stage, std::size_t width, bool colour) {
  Glyph glyph = glyph_of(stage.result, stage.allowed);
  bool ran = !stage.legs.empty();
  std::string more = stage.undone == Undone::nothing ? "" : fmt::format("  {}", to_text(stage.undone));
  if (!stage.reason.empty()) more += "  " + shown(stage.reason);
  out += fmt::format("  {} {:<{}}  {:<16}  {:>7}{}\n", painted(std::string(glyph.mark), glyph.colour, colour), stage.id,
                     width, result_text(stage.result, stage.allowed), ran ? duration_text(stage.duration) : "-", more);
}

void append_failed_step(std::string& out, const LegReport& leg, const StepReport& step, bool allowed, bool colour) {
  allowed = allowed || step.conclusion == Result::success;
  std::string what = painted(allowed ? "! allowed to fail:" : "✗ failed:", allowed ? "33" : "31", colour);
  out += fmt::format("\n{} {} › {}\n", what, shown(leg.name), shown(step.title));
  for (const std::string& line : step.last_lines) out += fmt::format("    {}\n", shown(without_mark(line), colour));
  if (!step.message.empty()) out += fmt::format("  {}\n", shown(step.message));
  if (!step.log.empty()) out += fmt::format("  log: {}\n", step.log.string());
}

}  // namespace

std::string painted(const std::string& text, std::string_view colour, bool with_colour) {
  return with_colour ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
}

std::string_view to_text(Result result) {
  switch (result) {
    case Result::success: return "success";
    case Result::failure: return "failure";
    case Result::cancelled: return "cancelled";
    case Result::skipped: return "skipped";
    case Result::blocked: return "blocked";
  }
  return "";
}

std::string_view to_text(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::succeeded: return "succeeded";
    case RunOutcome::failed: return "failed";
    case RunOutcome::cancelled: return "cancelled";
    case RunOutcome::rolled_back: return "rolled back";
    case RunOutcome::rollback_failed: return "rollback failed";
    case RunOutcome::waiting: return "waiting";
  }
  return "";
}

std::string_view to_text(Undone undone) {
  switch (undone) {
    case Undone::nothing: return "";
    case Undone::done: return "rolled back";
    case Undone::failed: return "rollback failed";
    case Undone::superseded: return "superseded";
  }
  return "";
}

Glyph glyph_of(Result result, bool allowed) {
  if (allowed) return {"!", "33"};
  switch (result) {
    case Result::success: return {"✓", "32"};
    case Result::failure: return {"✗", "31"};
    case Result::cancelled: return {"⊘", "33"};
    case Result::skipped: return {"-", "90"};
    case Result::blocked: return {"·", "90"};
  }
  return {" ", "0"};
}

std::string duration_text(Duration duration) {
  auto milliseconds = duration.count();
  auto seconds = milliseconds / 1000;
  if (seconds < 10) return fmt::format("{:.1f}s", static_cast<double>(milliseconds) / 1000);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

Screen find_screen(int descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  bool refused =
      (no_colour != nullptr && *no_colour != '\0') || (terminal != nullptr && std::string_view(terminal) == "dumb");
  return {descriptor, isatty(descriptor) == 1 && !refused};
}

std::string summary_text(const RunReport& report, bool colour) {
  std::size_t width = 0;
  for (const StageReport& stage : report.stages) width = std::max(width, stage.id.size());
  std::string out = "\n";
  for (const StageReport& stage : report.stages) append_stage(out, stage, width, colour);
  for (const StageReport& stage : report.stages) {
    for (const LegReport& leg : stage.legs) {
      for (const StepReport& step : leg.steps) {
        if (step.outcome == Result::failure) append_failed_step(out, leg, step, stage.allowed, colour);
      }
      if (!leg.reason.empty() && leg.result == Result::failure)
        out += fmt::format("\n{}: {}\n", shown(leg.name), shown(leg.reason));
    }
  }
  std::string_view paint = report.outcome == RunOutcome::succeeded ? "32"
                           : report.outcome == RunOutcome::failed  ? "31"
                                                                   : "33";
  for (const std::string& wait : report.waiting_for) out += fmt::format("  waits for {}\n", shown(wait));
  out += fmt::format("\nrun {} {} in {}\n", report.run_id, painted(std::string(to_text(report.outcome)), paint, colour),
                     duration_text(report.duration));
  return out;
}

}  // namespace sluice::runtime
