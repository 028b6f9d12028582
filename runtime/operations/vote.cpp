#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "runtime/operations/go_on.h"
#include "runtime/operations/speak.h"

namespace sluice::runtime {
namespace {

/// Whoever answers: the run, the server, or this process for its own user.
class Ballot {
 public:
  Ballot(std::filesystem::path folder, std::string run) : folder_(std::move(folder)), run_(std::move(run)) {}

  std::expected<Json, std::string> ask(const Json& body) {
    auto answer = speak(folder_, run_, body);
    if (!answer) return std::unexpected(answer.error());
    answered_elsewhere_ = answer->has_value();
    if (*answer) return std::move(**answer);
    return ask_here(body);
  }

  bool answered_elsewhere() const { return answered_elsewhere_; }

 private:
  std::expected<Json, std::string> ask_here(const Json& body) {
    auto state = State::open(folder_);
    if (!state) return std::unexpected(state.error());
    auto entry = state->find(run_);
    if (!entry) return std::unexpected(entry.error());
    auto run = load(*state, *entry);
    if (!run) return std::unexpected(run.error());
    RequestSubject subject = run->subject(*state);
    Json answer = body["do"] == "gates" ? waiting_gates(subject) : cast_vote(subject, geteuid(), body);
    if (answer.contains("error")) return std::unexpected(answer["error"].get<std::string>());
    return answer;
  }

  std::filesystem::path folder_;
  std::string run_;
  bool answered_elsewhere_ = false;
};

/// A person at a terminal ticks one line after the other; whoever ticks nothing approves without that line.
void ask_for_ticks(const Json& gates, VoteOptions& options) {
  if (!options.approve || isatty(0) == 0 || isatty(1) == 0) return;
  for (const Json& gate : gates.value("gates", Json::array())) {
    if (!options.gate.empty() && gate["gate"] != options.gate) continue;
    for (const Json& item : gate["confirm"]) {
      std::string text = item.get<std::string>(), line;
      if (std::ranges::find(options.ticked, text) != options.ticked.end()) continue;
      fmt::print("[ ] {} (y/N) ", text);
      std::fflush(stdout);
      std::getline(std::cin, line);
      if (line == "y" || line == "Y" || line == "yes") options.ticked.push_back(text);
    }
  }
}

void show_answer(const Json& answer, bool approved) {
  fmt::print("{} {} `{}`\n", answer.value("person", ""), approved ? "approves" : "rejects", answer.value("gate", ""));
  for (const Json& missing : answer.value("missing", Json::array())) {
    fmt::print("  missing: {}\n", missing.get<std::string>());
  }
  if (std::string why = answer.value("why", ""); !why.empty()) fmt::print("  {}\n", why);
}

}  // namespace

int vote(const Asked& asked, const VoteOptions& given) {
  VoteOptions options = given;
  std::string run = asked.run;
  if (run.empty() || run == "last") {
    auto state = State::open(asked.state_folder);
    if (!state) return refuse(state.error());
    auto entry = state->find(run);
    if (!entry) return refuse(entry.error());
    run = std::to_string(entry->id);
  }
  Ballot ballot(asked.state_folder, run);
  auto gates = ballot.ask({{"do", "gates"}});
  if (!gates) return refuse(gates.error());
  ask_for_ticks(*gates, options);
  Json body = {{"do", "vote"},
               {"gate", options.gate},
               {"decision", options.approve ? "approve" : "reject"},
               {"comment", options.comment},
               {"ticked", options.ticked}};
  auto answer = ballot.ask(body);
  if (!answer) return refuse(answer.error());
  show_answer(*answer, options.approve);
  bool waits = answer->value("state", "") == "waiting";
  if (waits || ballot.answered_elsewhere() || options.later) return 0;
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto entry = state->find(run);
  return entry ? go_on(*state, *entry, asked) : refuse(entry.error());
}

}  // namespace sluice::runtime
