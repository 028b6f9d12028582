#include <catch2/catch.hpp>

#include "backends/github/emit.h"
#include "builder.h"

namespace graph = sluice::graph;
using namespace sluice::github;
using namespace sluice::github::test;

namespace {

/// The lines of a job from `needs` to `runs-on`, both left out if missing.
std::string rule(const Builder& b, const std::string& id) {
  std::string text = emit(b.graph).text;
  std::size_t job = text.find("\n  " + id + ":\n");
  if (job == std::string::npos) return "absent";
  std::size_t begin = text.find('\n', text.find("    name: ", job)) + 1;
  return text.substr(begin, text.find("    runs-on", begin) - begin);
}

graph::Stage& plain(Builder& b, const std::string& id, const std::vector<std::string>& after = {}) {
  graph::Stage& stage = b.stage(id, after);
  b.run(stage, "Go", "true");
  return stage;
}

graph::Stage& conditional(Builder& b, const std::string& id, const std::vector<std::string>& after = {}) {
  graph::Stage& stage = plain(b, id, after);
  stage.condition = b.path("inputs.x");
  return stage;
}

void asking(graph::Stage& stage, Id condition) {
  stage.condition = condition;
  stage.asks_status = true;
}

}  // namespace

TEST_CASE("github conditions: GitHub's own rule where nothing may be skipped", "[github]") {
  Builder b = pipeline();
  plain(b, "a");
  plain(b, "b", {"a"});
  conditional(b, "c", {"a", "b"});
  CHECK(rule(b, "a").empty());
  CHECK(rule(b, "b") == "    needs: a\n");
  CHECK(rule(b, "c") == "    needs: [a, b]\n    if: inputs.x\n");
}

TEST_CASE("github conditions: a skipped stage satisfies order, a blocked one does not", "[github]") {
  Builder b = pipeline();
  plain(b, "a");
  conditional(b, "b", {"a"});
  plain(b, "c", {"b"});
  plain(b, "d", {"c"});
  CHECK(rule(b, "c") ==
        "    needs: [a, b]\n"
        "    if: >-\n"
        "      !cancelled()\n"
        "      && needs.a.result == 'success'\n"
        "      && contains(fromJSON('[\"success\",\"skipped\"]'), needs.b.result)\n");
  CHECK(rule(b, "d") == "    needs: c\n    if: ${{ !cancelled() && needs.c.result == 'success' }}\n");
}

TEST_CASE("github conditions: an author's alternative is kept together", "[github]") {
  Builder b = pipeline();
  conditional(b, "a");
  graph::Stage& last = plain(b, "b", {"a"});
  last.condition = b.either(b.path("inputs.y"), b.path("inputs.z"));
  CHECK(rule(b, "b") ==
        "    needs: a\n"
        "    if: >-\n"
        "      !cancelled()\n"
        "      && contains(fromJSON('[\"success\",\"skipped\"]'), needs.a.result)\n"
        "      && (inputs.y || inputs.z)\n");
}

TEST_CASE("github conditions: status functions are emitted as written", "[github]") {
  Builder b = pipeline();
  conditional(b, "a");
  asking(plain(b, "b", {"a"}), b.call("always"));
  asking(plain(b, "c", {"a"}), b.both(b.negation(b.call("cancelled")), b.path("inputs.y")));
  asking(plain(b, "d", {"a"}), b.either(b.boolean(true), b.call("failure")));
  asking(plain(b, "e", {"a"}), b.either(b.both(b.boolean(false), b.call("success")), b.path("inputs.y")));
  CHECK(rule(b, "b") == "    needs: a\n    if: always()\n");
  CHECK(rule(b, "c") == "    needs: a\n    if: ${{ !cancelled() && inputs.y }}\n");
  CHECK(rule(b, "d") == "    needs: a\n    if: always()\n");
  CHECK(rule(b, "e") == "    needs: a\n    if: always() && inputs.y\n");
}

TEST_CASE("github conditions: behind a handler everything before it counts", "[github]") {
  Builder b = pipeline();
  plain(b, "a");
  asking(plain(b, "handler", {"a"}), b.call("failure"));
  plain(b, "c", {"handler"});
  CHECK(rule(b, "c").find("needs: [a, handler]") != std::string::npos);
  CHECK(rule(b, "c").find("needs.a.result == 'success'") != std::string::npos);
}

TEST_CASE("github conditions: constants leave no trace", "[github]") {
  Builder b = pipeline();
  plain(b, "a");
  plain(b, "never", {"a"}).condition = b.boolean(false);
  plain(b, "always", {"a"}).condition = b.boolean(true);
  graph::Stage& last = plain(b, "b", {"never"});
  last.condition = b.equal(b.path("needs.never.result", Type::string), b.text("skipped"));
  last.steps[0].env = {{"X", b.path("needs.never.outputs.x", Type::string)}};
  CHECK(rule(b, "never") == "absent");
  CHECK(rule(b, "always") == "    needs: a\n");
  CHECK(rule(b, "b") == "    needs: a\n");
  CHECK(emit(b.graph).text.find("X: \"\"") != std::string::npos);
}

TEST_CASE("github conditions: steps", "[github]") {
  Builder b = pipeline();
  graph::Stage& stage = b.stage("a");
  b.run(stage, "one", "true").condition = b.path("inputs.x");
  b.run(stage, "two", "true").condition = b.boolean(true);
  graph::Step& never = b.run(stage, "three", "true");
  never.condition = b.boolean(false);
  never.id = "three";
  b.run(stage, "four", "true").condition = b.equal(b.path("steps.three.outcome", Type::string), b.path("github.x"));
  b.run(stage, "five", "true").condition = b.equal(b.text("a: b"), b.path("github.x"));
  std::string text = emit(b.graph).text;
  CHECK(text.substr(text.find("    steps:")) ==
        "    steps:\n"
        "      - name: one\n"
        "        if: inputs.x\n"
        "        shell: bash\n"
        "        run: \"true\"\n"
        "      - name: two\n"
        "        shell: bash\n"
        "        run: \"true\"\n"
        "      - name: four\n"
        "        if: ${{ 'skipped' == github.x }}\n"
        "        shell: bash\n"
        "        run: \"true\"\n"
        "      - name: five\n"
        "        if: \"${{ 'a: b' == github.x }}\"\n"
        "        shell: bash\n"
        "        run: \"true\"\n");
}
