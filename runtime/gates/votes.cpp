#include "runtime/gates/votes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sluice::runtime {
namespace {

std::string listed(const Approval& approval) { return fmt::format("{}", fmt::join(approval.who, " or ")); }

/// Why a person does not count for an approval; empty where he does.
std::string exclusion(const Approval& approval, const Electorate& electorate, const std::string& person) {
  auto is = [&](const std::string& who) { return electorate.is(person, who); };
  if (std::ranges::none_of(approval.who, is)) return "is not " + listed(approval);
  if (approval.not_starter && person == electorate.starter) return "started the run (`not-starter`)";
  std::string author = approval.not_author ? electorate.why_author(person) : "";
  return author.empty() ? "" : author + " (`not-author`)";
}

/// Why a person counts for no approval; empty where he does for one.
std::string reason_against(const Conditions& conditions, const Electorate& electorate, const std::string& person) {
  std::vector<std::string> reasons;
  for (const Approval& approval : conditions.approvals) {
    std::string reason = exclusion(approval, electorate, person);
    if (reason.empty()) return "";
    if (std::ranges::find(reasons, reason) == reasons.end()) reasons.push_back(reason);
  }
  if (reasons.empty()) return "is not asked here: the gate has no `approve`";
  return fmt::format("{}", fmt::join(reasons, ", and "));
}

/// Gives each place of the approvals a person of its own, as many as can be (augmenting paths).
class Matching {
 public:
  Matching(const Conditions& conditions, const Electorate& electorate, const std::vector<std::string>& people)
      : taken_(people.size()) {
    for (const Approval& approval : conditions.approvals) {
      std::vector<std::size_t> fit;
      for (std::size_t i = 0; i < people.size(); ++i) {
        if (exclusion(approval, electorate, people[i]).empty()) fit.push_back(i);
      }
      int filled = 0;
      for (int place = 0; place < approval.count; ++place) {
        fit_.push_back(fit);
        seen_.assign(people.size(), false);
        filled += fill(fit_.size() - 1);
      }
      lacks_.push_back(approval.count - filled);
    }
  }

  const std::vector<int>& lacks() const { return lacks_; }  ///< of each approval

 private:
  bool fill(std::size_t place) {
    for (std::size_t person : fit_[place]) {
      if (seen_[person]) continue;
      seen_[person] = true;
      if (taken_[person] && !fill(*taken_[person])) continue;
      taken_[person] = place;
      return true;
    }
    return false;
  }

  std::vector<std::vector<std::size_t>> fit_;  // who fits a place
  std::vector<std::optional<std::size_t>> taken_;
  std::vector<bool> seen_;
  std::vector<int> lacks_;
};

/// The votes that count, and what is said of the others.
struct Count {
  std::vector<const Vote*> approved;  ///< one a person, in the order of votes
  const Vote* rejected = nullptr;
  std::vector<std::string> ignored;
};

std::string void_reason(const Question& question, const Vote& vote, std::optional<Seconds> deadline) {
  if (vote.subject.graph != question.subject.graph) return "the graph has changed since";
  if (!std::ranges::is_permutation(vote.subject.artifacts, question.subject.artifacts)) {
    return "the artifacts have changed since";
  }
  std::string against = reason_against(question.conditions, question.electorate, vote.person);
  if (!against.empty()) return fmt::format("`{}` {}", vote.person, against);
  bool is_approval = vote.decision == Vote::Decision::approve;
  return is_approval && deadline && vote.at >= *deadline ? "it came too late" : "";
}

Count count(const Question& question, std::optional<Seconds> deadline) {
  Count counted;
  std::map<std::string, std::size_t> place;
  for (const Vote& vote : question.votes) {
    std::string reason = void_reason(question, vote, deadline);
    if (!reason.empty()) {
      counted.ignored.push_back(fmt::format("the vote of `{}` does not count: {}", vote.person, reason));
    } else if (vote.decision == Vote::Decision::reject) {
      if (!counted.rejected) counted.rejected = &vote;
    } else if (auto [found, is_new] = place.emplace(vote.person, counted.approved.size()); is_new) {
      counted.approved.push_back(&vote);
    } else {
      counted.approved[found->second] = &vote;
    }
  }
  return counted;
}

std::vector<std::string> missing_votes(const Question& question, const Count& counted) {
  std::vector<std::string> people, missing;
  for (const Vote* vote : counted.approved) people.push_back(vote->person);
  Matching matching(question.conditions, question.electorate, people);
  for (std::size_t i = 0; i < matching.lacks().size(); ++i) {
    int lacks = matching.lacks()[i];
    if (lacks > 0) missing.push_back(fmt::format("{} more of {}", lacks, listed(question.conditions.approvals[i])));
  }
  for (const std::string& text : question.conditions.confirm) {
    auto is_ticked = [&](const Vote* vote) { return std::ranges::find(vote->ticked, text) != vote->ticked.end(); };
    if (std::ranges::none_of(counted.approved, is_ticked)) missing.push_back(fmt::format("tick `{}`", text));
  }
  return missing;
}

/// What is left but votes; the instant is when the last of it may hold.
void add_times(const Question& question, Verdict& verdict) {
  std::optional<Seconds> waits;
  if (question.conditions.wait) waits = question.reached + *question.conditions.wait;
  if (waits && question.now < *waits) {
    verdict.missing.push_back("wait until " + question.zone.text(*waits));
    verdict.next_change = waits;
  }
  if (std::string closed = question.calendar.why_closed(question.now); !closed.empty()) {
    verdict.missing.push_back(closed);
    auto opens = question.calendar.next_opening(question.now);
    if (opens && (!verdict.next_change || *opens < *verdict.next_change)) verdict.next_change = opens;
  }
}

std::string rejection(const Vote& vote) {
  return vote.comment.empty() ? fmt::format("rejected by `{}`", vote.person)
                              : fmt::format("rejected by `{}`: {}", vote.person, vote.comment);
}

}  // namespace

std::optional<std::string> refusal(const Conditions& conditions, const Electorate& electorate,
                                   const std::string& person) {
  std::string against = reason_against(conditions, electorate, person);
  if (against.empty()) return std::nullopt;
  return fmt::format("`{}` {}", person, against);
}

Verdict decide(const Question& question) {
  std::optional<Seconds> deadline;
  if (question.conditions.expires) deadline = question.reached + *question.conditions.expires;
  Count counted = count(question, deadline);
  Verdict verdict;
  verdict.ignored = counted.ignored;
  verdict.missing = missing_votes(question, counted);
  bool lacks_votes = !verdict.missing.empty();
  // Who rejects what had all its votes in time, and waits for its window, is never too late.
  if (counted.rejected && !(lacks_votes && deadline && counted.rejected->at >= *deadline)) {
    verdict.state = Verdict::State::rejected;
    verdict.why = rejection(*counted.rejected);
    verdict.missing.clear();
    return verdict;
  }
  if (lacks_votes && deadline && question.now >= *deadline) {
    verdict.state = Verdict::State::expired;
    verdict.why = fmt::format("expired {}: {}", question.zone.text(*deadline), fmt::join(verdict.missing, "; "));
    verdict.missing.clear();
    return verdict;
  }
  add_times(question, verdict);
  if (lacks_votes && deadline && (!verdict.next_change || *deadline < *verdict.next_change)) {
    verdict.next_change = deadline;
  }
  if (verdict.missing.empty()) verdict.state = Verdict::State::open;
  return verdict;
}

}  // namespace sluice::runtime
