#include <fmt/format.h>

#include "backends/github/retry.h"
#include "diagnostics/check.h"

namespace sluice::github {
namespace {

/// What follows from one probe: `await` ends with the first that succeeds, `watch` with one failure too many.
std::string verdict(const graph::Poll& poll) {
  if (poll.kind == graph::Poll::Kind::await)
    return "  if ((status == 0)); then exit 0; fi\n"
           "  echo \"probe ${probe} ended with exit status ${status}\"\n";
  return fmt::format(
      "  if ((status != 0 && status != 75)); then\n"
      "    failures=$((failures + 1))\n"
      "    echo \"probe ${{probe}} ended with exit status ${{status}}; failures: ${{failures}}, tolerated: {0}\"\n"
      "    if ((failures > {0})); then exit \"${{status}}\"; fi\n"
      "  fi\n",
      poll.tolerate);
}

/// Where no other probe has its turn before the time is over.
std::string ending(const graph::Poll& poll) {
  if (poll.kind == graph::Poll::Kind::await)
    return fmt::format("    echo \"it did not come true within {} s\"\n    exit 1\n", poll.lasting);
  return "    if ((end > SECONDS)); then sleep \"$((end - SECONDS))\"; fi\n    exit 0\n";
}

std::string limit_of_probe(std::optional<graph::Seconds> limit) {
  std::string rest = "left=$((end > SECONDS ? end - SECONDS : 1))\n";
  if (limit) fmt::format_to(std::back_inserter(rest), "  if ((left > {0})); then left={0}; fi\n", *limit);
  return rest;
}

}  // namespace

std::string poll_loop(const graph::Run& run, const graph::Poll& poll, std::optional<graph::Seconds> limit,
                      bool limits) {
  auto command = command_of_shell(run.shell);
  CHECK(command.has_value(), "only scripts of known shells are asked again");
  std::string loop = script_file(run, "probe_script");
  bool watch = poll.kind == graph::Poll::Kind::watch;
  std::string limited = limits ? fmt::format("timeout --kill-after={}s \"${{left}}s\" ", grace) : "";
  fmt::format_to(std::back_inserter(loop),
                 "trap 'exit 130' INT\n"
                 "{}end=$((SECONDS + {}))\n"
                 "next=${{SECONDS}}\n"
                 "for ((probe = 1; ; probe++)); do\n"
                 "{}"
                 "  status=0\n"
                 "  {}{} \"${{probe_script}}\" || status=$?\n"
                 "{}"
                 "  next=$((next + {}))\n"
                 "  if ((next < SECONDS)); then next=${{SECONDS}}; fi\n"
                 "  if ((next > end)); then\n"
                 "{}"
                 "  fi\n"
                 "{}"
                 "  if ((next > SECONDS)); then sleep \"$((next - SECONDS))\"; fi\n"
                 "done\n",
                 watch ? "failures=0\n" : "", poll.lasting, limits ? "  " + limit_of_probe(limit) : "", limited,
                 *command, verdict(poll), poll.every, ending(poll), empty_output_files);
  return loop;
}

}  // namespace sluice::github
