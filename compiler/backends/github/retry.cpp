#include "backends/github/retry.h"

#include <fmt/format.h>

#include "diagnostics/check.h"

namespace sluice::github {
namespace {

bool has_line(std::string_view text, std::string_view line) {
  while (!text.empty()) {
    std::string_view first = text.substr(0, text.find('\n'));
    if (first == line) return true;
    text.remove_prefix(std::min(text.size(), first.size() + 1));
  }
  return false;
}

/// A word that no line of the script is.
std::string end_mark(std::string_view script) {
  std::string mark = "END_OF_SCRIPT";
  for (int i = 2; has_line(script, mark); ++i) mark = fmt::format("END_OF_SCRIPT_{}", i);
  return mark;
}

}  // namespace

std::optional<std::string_view> command_of_shell(std::string_view shell) {
  if (shell == "bash") return "bash --noprofile --norc -e -o pipefail";
  if (shell == "sh") return "sh -e";
  if (shell == "python") return "python";
  return std::nullopt;
}

graph::Seconds longest(const graph::Retry& retry, graph::Seconds limit) {
  return retry.attempts * (limit + grace) + (retry.attempts - 1) * retry.pause;
}

std::string script_file(const graph::Run& run, std::string_view variable) {
  std::string mark = end_mark(run.text);
  std::string_view end = run.text.ends_with('\n') ? "" : "\n";
  return fmt::format("{0}=\"$(mktemp)\"\ncat >\"${{{0}}}\" <<'{1}'\n{2}{3}{1}\n", variable, mark, run.text, end);
}

const std::string_view empty_output_files =
    "  for file in \"${GITHUB_OUTPUT}\" \"${GITHUB_ENV}\" \"${GITHUB_PATH}\" \"${GITHUB_STEP_SUMMARY}\"; do\n"
    "    : >\"${file}\"\n"
    "  done\n";

std::string retry_loop(const graph::Run& run, const graph::Retry& retry, std::optional<graph::Seconds> limit) {
  auto command = command_of_shell(run.shell);
  CHECK(command.has_value(), "only scripts of known shells are tried again");
  std::string limited = limit ? fmt::format("timeout --kill-after={}s {}s ", grace, *limit) : "";
  std::string loop = script_file(run, "attempt_script");
  fmt::format_to(std::back_inserter(loop),
                 "trap 'exit 130' INT\n"
                 "for ((attempt = 1; ; attempt++)); do\n"
                 "  status=0\n"
                 "  {}{} \"${{attempt_script}}\" || status=$?\n"
                 "  if ((status == 0 || attempt == {})); then exit \"${{status}}\"; fi\n"
                 "  echo \"attempt ${{attempt}} of {} ended with exit status ${{status}}\"\n"
                 "{}",
                 limited, *command, retry.attempts, retry.attempts, empty_output_files);
  if (retry.pause > 0) fmt::format_to(std::back_inserter(loop), "  sleep {}\n", retry.pause);
  return loop + "done\n";
}

}  // namespace sluice::github
