#pragma once
#include "runtime/engine/runner.h"
#include "runtime/gates/people.h"

namespace sluice::runtime {

/// Who may vote in a run: the team file of its repository, the groups of this machine, who started it and who wrote its
/// commits.
std::expected<People, std::string> read_people(const Options& options);

/// Teams that a gate asks for and nobody is in, for neither the team file nor this machine has them: misspelt, mostly.
std::vector<std::string> unknown_teams(const Conditions& conditions, const Options& options);

/// What a gate decides on.
Subject subject_of(const std::filesystem::path& run_folder, const std::string& plan_hash);

/// A vote as the journal keeps it, and back again.
Json told(const Vote& vote);
Vote read_vote(const Json& data);

/// The votes that a run has on one gate.
std::expected<std::vector<Vote>, std::string> votes_on(Journal& journal, std::int64_t run, const std::string& gate);

/// What a gate says at a moment. The calendar and the people must outlive nothing: all is asked and answered here.
std::expected<Verdict, std::string> verdict_on(const Conditions& conditions, const Options& options,
                                               const std::vector<Vote>& votes, const Subject& subject,
                                               std::int64_t reached, std::int64_t now);

}  // namespace sluice::runtime
