#include "runtime/gates/people.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace sluice::runtime;

namespace {

Groups machine() {
  return {[](const std::string& user) {
            return user == "dan" ? std::vector<std::string>{"dan", "wheel"} : std::vector<std::string>{user};
          },
          [](const std::string& group) { return group == "wheel" || group == "dan"; }};
}

People people(std::string_view text) {
  auto read = People::read(text, "teams", machine());
  if (!read) FAIL(read.error());
  return *read;
}

std::string problem(std::string_view text) {
  auto read = People::read(text, "teams", machine());
  return read ? "none" : read.error();
}

constexpr std::string_view teams = R"(
# the platform
@acme/platform = ann, bob, @acme/ops   # and who is on duty
@acme/ops=cleo,@wheel

ann = Ann Lee <ann@example.com>, <ann@home.example>
bob = Bob <bob@example.com>
)";

}  // namespace

TEST_CASE("a user is himself, his teams however deep, and his groups") {
  People read = people(teams);
  CHECK(read.is("ann", "ann"));
  CHECK_FALSE(read.is("ann", "bob"));
  CHECK(read.is("ann", "@acme/platform"));
  CHECK_FALSE(read.is("ann", "@acme/ops"));
  CHECK(read.is("cleo", "@acme/platform"));
  CHECK(read.is("dan", "@acme/platform"));
  CHECK(read.is("dan", "@wheel"));
  CHECK_FALSE(read.is("eve", "@acme/platform"));
  CHECK_FALSE(read.is("@acme/ops", "ann"));
  CHECK_FALSE(read.is("@acme/ops", "@acme/platform"));
}

TEST_CASE("a team of the file hides a group of its name") {
  People read = people("@wheel = ann");
  CHECK(read.is("ann", "@wheel"));
  CHECK_FALSE(read.is("dan", "@wheel"));
}

TEST_CASE("teams that are nowhere are found, also below others") {
  People read = people("@a = ann, @b\n@b = @wheel, @gone");
  CHECK(read.unknown_teams({"@a", "@lost", "ann", "@wheel"}) == std::vector<std::string>{"@gone", "@lost"});
  CHECK(read.unknown_teams({"@wheel", "ann"}).empty());
}

TEST_CASE("teams in a circle are refused with the way around") {
  CHECK(problem("@a = ann, @b\n@b = @c\n@c = bob, @b") == "teams:3: teams in a circle: @b = @c = @b");
  CHECK(problem("@a = @a") == "teams:1: teams in a circle: @a = @a");
  CHECK(problem("@a = @b, @c\n@b = @d\n@c = @d\n@d = ann") == "none");
}

TEST_CASE("many teams that share their members are read and asked at once") {
  std::string text = "@t60 = zoe\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("@t{} = @t{}, @t{}, user{}\n", i, i + 1, i + 1, i);
  People read = people(text);
  CHECK(read.is("zoe", "@t0"));
  CHECK_FALSE(read.is("eve", "@t0"));
  CHECK_FALSE(read.is("user3", "@t4"));
}

TEST_CASE("a line that is none is told") {
  CHECK(problem("ann") == "teams:1: write `@TEAM = USER, @TEAM`, or `USER = NAME <MAIL>`");
  CHECK(problem("\n= ann") == "teams:2: write `@TEAM = USER, @TEAM`, or `USER = NAME <MAIL>`");
  CHECK(problem("@a = ann,") == "teams:1: `` is neither a user nor a team; write `ann` or `@acme/ops`");
  CHECK(problem("@a = Ann Lee") == "teams:1: `Ann Lee` is neither a user nor a team; write `ann` or `@acme/ops`");
  CHECK(problem("@a = ann <a@b.c>").starts_with("teams:1: `ann <a@b.c>` is neither"));
  CHECK(problem("ann = Lee, Ann <a@b.c>") == "teams:1: `Lee` has no e-mail; write `Ann Lee <ann@example.com>`");
  CHECK(problem("ann = bob") == "teams:1: `bob` has no e-mail; write `Ann Lee <ann@example.com>`");
  CHECK(problem("@a = ann\n\n@a = bob") == "teams:3: `@a` has a line above already");
}

TEST_CASE("an author is known by e-mail, or by name") {
  People read = people(teams);
  std::string wrote = "wrote a commit of the change";
  CHECK(read.why_author("ann", {"Somebody <ANN@home.example>"}) == wrote);
  CHECK(read.why_author("ann", {"Bob <bob@example.com>", "ann lee <other@example.com>"}) == wrote);
  CHECK(read.why_author("bob", {"Ann Lee <ann@example.com>"}).empty());
  CHECK(read.why_author("cleo", {"Ann Lee <ann@example.com>"}).empty());
  CHECK(read.why_author("cleo", {}).empty());
}

TEST_CASE("an author whom nobody knows may be anybody without an e-mail") {
  People read = people(teams);
  CHECK(read.why_author("bob", {"Eve <eve@example.com>"}).empty());
  CHECK(read.why_author("cleo", {"Ann <ann@example.com>", "Eve <eve@example.com>"}) ==
        "may be `Eve <eve@example.com>`, who wrote a commit: the user has no e-mail in `teams`");
}

TEST_CASE("the electorate asks the file") {
  People read = people(teams);
  Electorate electorate = read.electorate("cleo", {"Ann Lee <ann@example.com>"});
  Conditions conditions;
  conditions.approvals = {{1, {"@acme/platform"}, true, true}};
  CHECK(refusal(conditions, electorate, "ann") == "`ann` wrote a commit of the change (`not-author`)");
  CHECK(refusal(conditions, electorate, "cleo") == "`cleo` started the run (`not-starter`)");
  CHECK_FALSE(refusal(conditions, electorate, "bob"));
}

TEST_CASE("users and groups of this machine") {
  CHECK(name_of_user(0) == "root");
  Groups groups = groups_of_this_machine();
  auto of_root = groups.of_user("root");
  CHECK(std::ranges::find(of_root, "root") != of_root.end());
  CHECK(groups.exists("root"));
  CHECK_FALSE(groups.exists("no-such-group"));
  CHECK(groups.of_user("no-such-user").empty());
  CHECK(name_of_user(3'999'999'999) ==
        std::unexpected<std::string>("this machine knows no user with the number 3999999999"));
}
