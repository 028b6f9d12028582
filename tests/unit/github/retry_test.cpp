#include "backends/github/retry.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace sluice;
using namespace sluice::github;

namespace {

/// A folder with the output files that a runner gives, gone at the end.
struct Runner {
  std::filesystem::path folder;

  Runner() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-retry-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~Runner() { std::filesystem::remove_all(folder); }

  int run(const std::string& script) const {
    std::ofstream(folder / "step.sh") << script;
    std::string path = folder.string();
    std::string command = "cd " + path + " && TMPDIR=" + path;
    for (const char* file : {"OUTPUT", "ENV", "PATH", "STEP_SUMMARY"})
      command += std::string(" GITHUB_") + file + "=" + path + "/" + file;
    int status = std::system((command + " bash --noprofile --norc -e -o pipefail step.sh >log 2>&1").c_str());
    return WEXITSTATUS(status);
  }
  std::string read(const char* file) const {
    std::ostringstream text;
    text << std::ifstream(folder / file).rdbuf();
    return text.str();
  }
};

}  // namespace

TEST_CASE("github retry: tries until it succeeds, each time with fresh output files", "[github]") {
  Runner runner;
  std::string script =
      "echo try >>tries\necho \"n=$(wc -l <tries)\" >>\"$GITHUB_OUTPUT\"\n[ \"$(wc -l <tries)\" -ge 3 ]\n";
  CHECK(runner.run(retry_loop({"bash", script}, {5, 0}, {})) == 0);
  CHECK(runner.read("tries") == "try\ntry\ntry\n");
  CHECK(runner.read("OUTPUT") == "n=3\n");
}

TEST_CASE("github retry: gives the last attempt's exit status", "[github]") {
  Runner runner;
  CHECK(runner.run(retry_loop({"bash", "echo try >>tries; exit 7"}, {2, 0}, {})) == 7);
  CHECK(runner.read("tries") == "try\ntry\n");
}

TEST_CASE("github retry: the first failing command ends an attempt", "[github]") {
  Runner runner;
  CHECK(runner.run(retry_loop({"bash", "false | true\necho on >>tries\n"}, {2, 0}, {})) == 1);
  CHECK(runner.run(retry_loop({"sh", "false\necho on >>tries\n"}, {2, 0}, {})) == 1);
  CHECK(runner.read("tries").empty());
}

TEST_CASE("github retry: an attempt has its own time limit", "[github]") {
  Runner runner;
  CHECK(runner.run(retry_loop({"bash", "[ -e second ] || { touch second; sleep 30; }"}, {2, 0}, 1)) == 0);
}

TEST_CASE("github retry: no line of the script ends it early", "[github]") {
  Runner runner;
  std::string script = "cat >out <<'END_OF_SCRIPT'\n$X `y`\nEND_OF_SCRIPT\n[ \"$(cat out)\" = '$X `y`' ]";
  CHECK(runner.run(retry_loop({"bash", script}, {2, 0}, {})) == 0);
}

namespace {

graph::Poll await(graph::Seconds every, graph::Seconds within) { return {graph::Poll::Kind::await, every, within, 0}; }

graph::Poll watch(graph::Seconds every, graph::Seconds lasting, int tolerate) {
  return {graph::Poll::Kind::watch, every, lasting, tolerate};
}

// Says which probe it is, and leaves what it was in the output.
const std::string counted = "echo probe >>probes\nn=$(wc -l <probes)\necho \"n=$n\" >>\"$GITHUB_OUTPUT\"\n";

}  // namespace

TEST_CASE("github await: ends with the first probe that succeeds", "[github]") {
  Runner runner;
  CHECK(runner.run(poll_loop({"bash", counted + "exit \"$((n < 3 ? 75 : 0))\"\n"}, await(1, 20), {}, true)) == 0);
  CHECK(runner.read("OUTPUT") == "n=3\n");
}

TEST_CASE("github await: fails when the time is over, whatever a probe does", "[github]") {
  Runner runner;
  CHECK(runner.run(poll_loop({"bash", counted + "exit 7\n"}, await(1, 2), {}, true)) == 1);
  CHECK(runner.read("probes") == "probe\nprobe\nprobe\n");
  CHECK(runner.run(poll_loop({"sh", "sleep 60"}, await(1, 1), {}, true)) == 1);
  CHECK(runner.run(poll_loop({"bash", "[ -e second ] || { touch second; sleep 60; }"}, await(1, 30), 1, true)) == 0);
}

TEST_CASE("github watch: counts failures in all, and no data as none", "[github]") {
  Runner runner;
  std::string alternating = counted + "case $n in 1|3|5) exit 4 ;; 2) exit 75 ;; esac\n";
  CHECK(runner.run(poll_loop({"bash", alternating}, watch(1, 3, 2), {}, false)) == 0);
  CHECK(runner.read("probes") == "probe\nprobe\nprobe\nprobe\n");
  Runner again;
  CHECK(again.run(poll_loop({"bash", alternating}, watch(1, 3, 1), {}, false)) == 4);
  CHECK(again.read("probes") == "probe\nprobe\nprobe\n");
}

TEST_CASE("github watch: the first failing command fails a probe", "[github]") {
  Runner runner;
  CHECK(runner.run(poll_loop({"bash", "false\ntrue\n"}, watch(1, 5, 0), {}, true)) == 1);
}
