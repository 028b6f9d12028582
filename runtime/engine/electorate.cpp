#include "runtime/engine/electorate.h"

#include "runtime/store/artifacts.h"
#include "runtime/system/sha256.h"

namespace sluice::runtime {

std::expected<People, std::string> read_people(const Options& options) {
  std::filesystem::path file = options.repository_root / teams_path;
  std::error_code error;
  std::string text;
  if (std::filesystem::exists(file, error)) {
    auto read = read_file(file);
    if (!read) return std::unexpected(read.error());
    text = std::move(*read);
  }
  return People::read(text, std::string(teams_path), groups_of_this_machine());
}

std::vector<std::string> unknown_teams(const Conditions& conditions, const Options& options) {
  auto people = read_people(options);
  if (!people) return {};  // told where the gate asks for a verdict
  std::vector<std::string> who;
  for (const Approval& approval : conditions.approvals) {
    who.insert(who.end(), approval.who.begin(), approval.who.end());
  }
  return people->unknown_teams(who);
}

Subject subject_of(const std::filesystem::path& run_folder, const std::string& plan_hash) {
  Subject subject{plan_hash, {}};
  Artifacts artifacts(run_folder.parent_path().parent_path(), run_folder.filename());
  for (const std::string& name : artifacts.names()) {
    auto manifest = artifacts.manifest(name);
    // One that cannot be read is none that was voted on.
    subject.artifacts.push_back(name + " " + (manifest ? hexadecimal(manifest->digest) : std::string("unreadable")));
  }
  return subject;
}

Json told(const Vote& vote) {
  return {{"decision", vote.decision == Vote::Decision::approve ? "approve" : "reject"},
          {"comment", vote.comment},
          {"ticked", vote.ticked},
          {"at", vote.at},
          {"graph", vote.subject.graph},
          {"artifacts", vote.subject.artifacts}};
}

Vote read_vote(const Json& data) {
  Vote vote;
  vote.person = data.value("person", "");
  vote.decision = data.value("decision", "") == "approve" ? Vote::Decision::approve : Vote::Decision::reject;
  vote.comment = data.value("comment", "");
  vote.ticked = data.value("ticked", std::vector<std::string>());
  vote.at = data.value("at", Seconds{0});
  vote.subject = {data.value("graph", ""), data.value("artifacts", std::vector<std::string>())};
  return vote;
}

std::expected<std::vector<Vote>, std::string> votes_on(Journal& journal, std::int64_t run, const std::string& gate) {
  auto entries = journal.votes_of(run);
  if (!entries) return std::unexpected(entries.error());
  std::vector<Vote> votes;
  for (const VoteEntry& entry : *entries) {
    if (entry.gate != gate) continue;
    votes.push_back(read_vote(entry.data));
    votes.back().person = entry.person;
  }
  return votes;
}

std::expected<Verdict, std::string> verdict_on(const Conditions& conditions, const Options& options,
                                               const std::vector<Vote>& votes, const Subject& subject,
                                               std::int64_t reached, std::int64_t now) {
  auto calendar = Calendar::read(conditions.windows, conditions.freezes);
  if (!calendar) return std::unexpected(calendar.error());
  auto people = read_people(options);
  if (!people) return std::unexpected(people.error());
  Electorate electorate = people->electorate(options.starter, options.authors);
  Zone zone = Zone::of_this_machine();
  return decide({conditions, *calendar, electorate, votes, subject, reached / 1000, now / 1000, zone});
}

}  // namespace sluice::runtime
