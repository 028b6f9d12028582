#include "runtime/gates/votes.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

using namespace sluice::runtime;

namespace {

using State = Verdict::State;
using Texts = std::vector<std::string>;
constexpr Seconds noon = 1795608000;  // Wed 2026-11-25 12:00 UTC
constexpr Seconds hour = 3600, day = 86400;

/// A gate in a test: reached at noon, teams as a table, votes on the graph `g` and the artifacts `a`, `b`.
struct Gate {
  Conditions conditions;
  std::map<std::string, std::set<std::string>> teams;
  std::set<std::string> authors;
  std::string starter;
  std::vector<Vote> votes;
  Subject subject{"g", {"b", "a"}};

  Vote& vote(const std::string& person, Vote::Decision decision = Vote::Decision::approve) {
    votes.push_back({person, decision, "", {}, noon + 60, {"g", {"a", "b"}}});
    return votes.back();
  }
  Vote& reject(const std::string& person) { return vote(person, Vote::Decision::reject); }

  Electorate electorate() const {
    return {
        starter,
        [this](const std::string& person, const std::string& who) {
          auto team = teams.find(who);
          return team == teams.end() ? person == who : team->second.contains(person);
        },
        [this](const std::string& person) { return authors.contains(person) ? "wrote a commit of the change" : ""; }};
  }

  Verdict at(Seconds now) const {
    auto calendar = Calendar::read(conditions.windows, conditions.freezes);
    if (!calendar) FAIL(calendar.error());
    Electorate who = electorate();
    Zone zone = Zone::utc();
    return decide({conditions, *calendar, who, votes, subject, noon, now, zone});
  }
};

Gate asks(std::vector<Approval> approvals) {
  Gate gate;
  gate.conditions.approvals = std::move(approvals);
  gate.teams = {{"@acme/platform", {"ann", "bob", "cleo"}}, {"@acme/ops", {"cleo", "dan"}}};
  return gate;
}

}  // namespace

TEST_CASE("a gate without conditions is open") {
  CHECK(Gate().at(noon).state == State::open);
  CHECK_FALSE(Gate().at(noon).next_change);
}

TEST_CASE("that many different people, one vote a person also in two groups") {
  Gate gate = asks({{2, {"@acme/platform", "@acme/ops"}, false, false}});
  CHECK(gate.at(noon).missing == Texts{"2 more of @acme/platform or @acme/ops"});
  gate.vote("cleo");
  gate.vote("cleo");
  CHECK(gate.at(noon).state == State::waiting);
  CHECK(gate.at(noon).missing == Texts{"1 more of @acme/platform or @acme/ops"});
  gate.vote("ann");
  CHECK(gate.at(noon).state == State::open);
  CHECK(gate.at(noon).missing.empty());
}

TEST_CASE("one of each are two people, whoever came first") {
  Gate gate = asks({{1, {"@acme/platform"}, false, false}, {1, {"@acme/ops"}, false, false}});
  gate.vote("cleo");
  CHECK(gate.at(noon).missing == Texts{"1 more of @acme/ops"});
  gate.vote("ann");
  CHECK(gate.at(noon).state == State::open);
}

TEST_CASE("one reject rejects for good, unless it is nobody's who may vote") {
  Gate gate = asks({{1, {"@acme/platform"}, false, false}});
  gate.reject("dan");
  gate.vote("ann");
  CHECK(gate.at(noon).state == State::open);
  CHECK(gate.at(noon).ignored == Texts{"the vote of `dan` does not count: `dan` is not @acme/platform"});
  gate.reject("bob").comment = "no backup";
  gate.vote("bob");
  CHECK(gate.at(noon).state == State::rejected);
  CHECK(gate.at(noon).why == "rejected by `bob`: no backup");
  CHECK(gate.at(noon).missing.empty());
}

TEST_CASE("author and starter are left out of the approvals that say so") {
  Gate gate = asks({{1, {"@acme/platform"}, true, false}, {1, {"@acme/platform"}, false, true}});
  gate.authors = {"ann"};
  gate.starter = "bob";
  gate.vote("ann");
  gate.vote("bob");
  CHECK(gate.at(noon).state == State::open);
  gate.conditions.approvals = {{1, {"@acme/platform"}, true, true}};
  CHECK(gate.at(noon).missing == Texts{"1 more of @acme/platform"});
  CHECK(gate.at(noon).ignored ==
        Texts{"the vote of `ann` does not count: `ann` wrote a commit of the change (`not-author`)",
              "the vote of `bob` does not count: `bob` started the run (`not-starter`)"});
  CHECK(refusal(gate.conditions, gate.electorate(), "eve") == "`eve` is not @acme/platform");
  CHECK_FALSE(refusal(gate.conditions, gate.electorate(), "cleo"));
  CHECK(refusal({}, gate.electorate(), "cleo") == "`cleo` is not asked here: the gate has no `approve`");
}

TEST_CASE("a vote on another graph or other artifacts is void") {
  Gate gate = asks({{1, {"ann"}, false, false}});
  gate.vote("ann").subject.graph = "h";
  gate.vote("ann").subject.artifacts = {"a"};
  gate.reject("ann").subject.artifacts = {"a", "c"};
  CHECK(gate.at(noon).state == State::waiting);
  CHECK(gate.at(noon).ignored == Texts{"the vote of `ann` does not count: the graph has changed since",
                                       "the vote of `ann` does not count: the artifacts have changed since",
                                       "the vote of `ann` does not count: the artifacts have changed since"});
  gate.vote("ann");
  CHECK(gate.at(noon).state == State::open);
}

TEST_CASE("each text is ticked by somebody who counts, in the last of their votes") {
  Gate gate = asks({{1, {"@acme/platform"}, false, false}});
  gate.conditions.confirm = {"backup is done", "users are told"};
  gate.vote("ann").ticked = {"backup is done", "users are told"};
  gate.vote("ann").ticked = {"backup is done"};
  gate.vote("dan").ticked = {"users are told"};
  CHECK(gate.at(noon).missing == Texts{"tick `users are told`"});
  gate.vote("bob").ticked = {"users are told"};
  CHECK(gate.at(noon).state == State::open);
}

TEST_CASE("silence expires, and a vote that comes too late changes nothing") {
  Gate gate = asks({{2, {"@acme/platform"}, false, false}});
  gate.conditions.expires = hour;
  gate.vote("ann");
  CHECK(gate.at(noon + hour - 1).state == State::waiting);
  CHECK(gate.at(noon).next_change == noon + hour);
  gate.vote("bob").at = noon + hour;
  Verdict late = gate.at(noon + hour);
  CHECK(late.state == State::expired);
  CHECK(late.why == "expired Wed 2026-11-25 13:00 UTC: 1 more of @acme/platform");
  CHECK(late.ignored == Texts{"the vote of `bob` does not count: it came too late"});
  gate.reject("cleo").at = noon + hour + 1;
  CHECK(gate.at(noon + day).state == State::expired);
  gate.reject("cleo").at = noon + hour - 1;
  gate.votes.erase(gate.votes.end() - 2);
  CHECK(gate.at(noon + day).state == State::rejected);
}

TEST_CASE("a gate with its votes in time waits for its window, and may still be rejected") {
  Gate gate = asks({{1, {"ann", "bob"}, false, false}});
  gate.conditions.expires = hour;
  gate.conditions.windows = {{"Mon 09:00-10:00", "Europe/Berlin"}};
  gate.vote("ann");
  Verdict waits = gate.at(noon + 2 * hour);
  CHECK(waits.state == State::waiting);
  CHECK(waits.missing == Texts{"outside of its window Mon 09:00-10:00 Europe/Berlin; opens Mon 2026-11-30 09:00 CET"});
  REQUIRE(waits.next_change);
  CHECK(gate.at(*waits.next_change - 1).state == State::waiting);
  CHECK(gate.at(*waits.next_change).state == State::open);
  gate.reject("bob").at = noon + 2 * hour;
  CHECK(gate.at(noon + 2 * hour).state == State::rejected);
}

TEST_CASE("a gate waits beside the humans") {
  Gate gate = asks({{1, {"ann"}, false, false}});
  gate.conditions.wait = 5 * 60;
  CHECK(gate.at(noon).missing == Texts{"1 more of ann", "wait until Wed 2026-11-25 12:05 UTC"});
  CHECK(gate.at(noon).next_change == noon + 300);
  CHECK(gate.at(noon + 300).missing == Texts{"1 more of ann"});
  CHECK_FALSE(gate.at(noon + 300).next_change);
  gate.vote("ann");
  CHECK(gate.at(noon + 299).state == State::waiting);
  CHECK(gate.at(noon + 300).state == State::open);
}

namespace {

/// Whether the people can be given to the approvals, tried in every way.
bool can_fill(const std::vector<std::vector<bool>>& fits, std::vector<int> lacks, std::size_t person) {
  bool is_filled = std::ranges::all_of(lacks, [](int lack) { return lack <= 0; });
  if (is_filled || person == fits.size()) return is_filled;
  for (std::size_t i = 0; i < lacks.size(); ++i) {
    if (!fits[person][i] || lacks[i] == 0) continue;
    --lacks[i];
    if (can_fill(fits, lacks, person + 1)) return true;
    ++lacks[i];
  }
  return can_fill(fits, lacks, person + 1);
}

const Texts everybody = {"ann", "bob", "cleo", "dan", "eve", "fay"};

Gate random_gate(std::mt19937& random) {
  auto under = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
  Gate gate;
  for (const char* team : {"@a", "@b", "@c"}) {
    gate.teams[team];
    for (const std::string& person : everybody)
      if (under(2) == 0) gate.teams[team].insert(person);
  }
  for (const std::string& person : everybody)
    if (under(5) == 0) gate.authors.insert(person);
  gate.starter = everybody[under(6)];
  const Texts who = {"@a", "@b", "@c", "ann", "fay"};
  for (unsigned i = 0, count = 1 + under(3); i < count; ++i) {
    Approval approval{static_cast<int>(1 + under(2)), {who[under(5)]}, under(3) == 0, under(3) == 0};
    if (under(2) == 0) approval.who.push_back(who[under(5)]);
    gate.conditions.approvals.push_back(approval);
  }
  gate.conditions.confirm = Texts(under(2), "done");
  if (under(2) == 0) gate.conditions.expires = hour;
  for (unsigned i = 0, count = under(9); i < count; ++i) {
    Vote& vote = gate.vote(everybody[under(6)], under(20) == 0 ? Vote::Decision::reject : Vote::Decision::approve);
    vote.at = noon + static_cast<Seconds>(i) * 600;
    if (under(2) == 0) vote.ticked = {"done"};
    if (under(8) == 0) vote.subject.graph = "old";
  }
  return gate;
}

/// The rules once more, as plainly as can be.
State expected(const Gate& gate, Seconds now) {
  Electorate electorate = gate.electorate();
  std::map<std::string, Vote> last;
  std::map<std::string, std::vector<bool>> fits;
  std::optional<Seconds> rejected;
  for (const Vote& vote : gate.votes) {
    std::vector<bool> fit;
    for (const Approval& approval : gate.conditions.approvals) {
      bool is_asked = false;
      for (const std::string& who : approval.who) is_asked |= electorate.is(vote.person, who);
      fit.push_back(is_asked && !(approval.not_author && gate.authors.contains(vote.person)) &&
                    !(approval.not_starter && gate.starter == vote.person));
    }
    if (vote.subject.graph != "g" || std::ranges::find(fit, true) == fit.end()) continue;
    fits[vote.person] = fit;
    if (vote.decision == Vote::Decision::reject) {
      rejected = std::min(rejected.value_or(vote.at), vote.at);
    } else if (!gate.conditions.expires || vote.at < noon + *gate.conditions.expires) {
      last[vote.person] = vote;
    }
  }
  std::vector<std::vector<bool>> approvers;
  std::size_t unticked = gate.conditions.confirm.size();
  for (const auto& [person, vote] : last) {
    approvers.push_back(fits[person]);
    if (!vote.ticked.empty()) unticked = 0;
  }
  std::vector<int> counts;
  for (const Approval& approval : gate.conditions.approvals) counts.push_back(approval.count);
  bool is_filled = can_fill(approvers, counts, 0) && unticked == 0;
  bool is_late = gate.conditions.expires && now >= noon + *gate.conditions.expires;
  if (rejected && (is_filled || !gate.conditions.expires || *rejected < noon + *gate.conditions.expires)) {
    return State::rejected;
  }
  return is_filled ? State::open : is_late ? State::expired : State::waiting;
}

}  // namespace

TEST_CASE("random electorates are decided as by trying every way") {
  std::mt19937 random(11);
  std::map<State, int> seen;
  for (int i = 0; i < 20'000; ++i) {
    Gate gate = random_gate(random);
    Seconds now = noon + 5400;
    Verdict verdict = gate.at(now);
    REQUIRE(verdict.state == expected(gate, now));
    REQUIRE(verdict.missing.empty() == (verdict.state != State::waiting));
    ++seen[verdict.state];
  }
  for (State state : {State::waiting, State::open, State::rejected, State::expired}) CHECK(seen[state] > 500);
}

TEST_CASE("what is missing is as little as opens the gate") {
  std::mt19937 random(13);
  int checked = 0;
  while (checked < 2'000) {
    Gate gate = random_gate(random);
    gate.conditions.confirm.clear();
    gate.conditions.expires.reset();
    Verdict verdict = gate.at(noon);
    if (verdict.state != State::waiting) continue;
    ++checked;
    // Somebody new for each place that is said to lack opens it; one fewer does not.
    std::vector<std::string> joined;
    for (const std::string& text : verdict.missing) {
      int lacks = text.front() - '0';
      std::string who = text.substr(text.find("of ") + 3);
      who = who.substr(0, who.find(" or "));
      for (int i = 0; i < lacks; ++i) {
        joined.push_back(fmt::format("new{}", joined.size()));
        if (!gate.teams.contains(who)) gate.teams[who] = {who};
        gate.teams[who].insert(joined.back());
      }
    }
    for (std::size_t i = 0; i < joined.size(); ++i) {
      REQUIRE(gate.at(noon).state == State::waiting);
      gate.vote(joined[i]);
    }
    REQUIRE(gate.at(noon).state == State::open);
  }
}
