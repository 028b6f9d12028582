#include "backends/github/delivery_scripts.h"

#include <fmt/format.h>

namespace sluice::github {

// VOTES: a list of {environment, asks, people, not_author, not_starter, wait}, `people` null where teams are among
// them; GH_TOKEN. The change is what the event brought: of a push, or of a pull request; else the commit of the run. An
// approval is told with the names of its environments, not with its time or the attempt of the run. So no two of them
// may have an approver in common, and nobody who is excluded may be among them, whichever attempt it was.
const std::string_view votes_script = R"bash(refuse() {
  echo "::error title=The gate stays shut::$1"
  exit 1
}
ask() { # what the API says, asked three times
  for _ in 1 2 3; do
    if gh api "repos/${GITHUB_REPOSITORY}/$1"; then return 0; fi
    sleep 5
  done
  return 1
}
given="$(ask "actions/runs/${GITHUB_RUN_ID}/approvals")" || refuse "the approvals of this run cannot be read"
authors='[]'
if jq -e 'any(.[]; .not_author)' <<<"${VOTES}" >/dev/null; then
  base="$(jq -r '.pull_request.base.sha // .before // ""' "${GITHUB_EVENT_PATH}")"
  head="$(jq -r '.pull_request.head.sha // env.GITHUB_SHA' "${GITHUB_EVENT_PATH}")"
  if [[ -z "${base}" || "${base}" =~ ^0+$ ]]; then
    change="$(ask "commits/${head}")" || refuse "the commit ${head} cannot be read"
    change="$(jq '{total_commits: 1, commits: [.]}' <<<"${change}")"
  else
    change="$(ask "compare/${base}...${head}")" || refuse "the commits from ${base} to ${head} cannot be read"
  fi
  if jq -e '.total_commits != (.commits | length)' <<<"${change}" >/dev/null; then
    refuse "the change has more commits than GitHub tells at once: nobody knows who wrote them"
  fi
  if jq -e 'any(.commits[]; .author.login == null)' <<<"${change}" >/dev/null; then
    refuse "a commit was written by somebody whom GitHub does not know: it may be the approver"
  fi
  authors="$(jq -c '[.commits[].author.login | ascii_downcase] | unique' <<<"${change}")"
fi
for environment in $(jq -r '.[] | select(.wait > 0) | .environment | @uri' <<<"${VOTES}"); do
  guard="$(ask "environments/${environment}")" || refuse "the environment ${environment} cannot be read"
  if ! jq -en --argjson votes "${VOTES}" --argjson guard "${guard}" --arg name "${environment}" '
    [$votes[] | select((.environment | @uri) == $name) | .wait][0] as $wait
    | any($guard.protection_rules[]?; .type == "wait_timer" and .wait_timer >= $wait)' >/dev/null; then
    refuse "the wait timer of the environment ${environment} is not as sluice settings says"
  fi
done
wrong="$(jq -rn --argjson votes "${VOTES}" --argjson given "${given}" --argjson authors "${authors}" \
  --arg starters "${GITHUB_ACTOR} ${GITHUB_TRIGGERING_ACTOR}" '
  def names: ascii_downcase;
  ($starters | names | split(" ")) as $starters
  | def by($name): [$given[] | select(.state == "approved")
      | select(any(.environments[]; (.name | names) == ($name | names)))
      | .user.login | names] | unique;
    [$votes[] | select(.asks) | . + {by: by(.environment)}]
  | . as $all
  | (.[] | . as $vote
      | if .by == [] then "nobody has approved \(.environment): it must have required reviewers" else empty end,
        (.by[] | . as $who
          | if $vote.people != null and ([$vote.people[] | names] | index([$who]) == null)
            then "\($who) is none of those who may approve \($vote.environment)" else empty end,
            if $vote.not_author and ($authors | index([$who]) != null)
            then "\($who) wrote a part of the change and approved \($vote.environment)" else empty end,
            if $vote.not_starter and ($starters | index([$who]) != null)
            then "\($who) started the run and approved \($vote.environment)" else empty end)),
    (range(0; $all | length) as $one | range($one + 1; $all | length) as $other
      | $all[$one].by[] | select(. as $who | $all[$other].by | index([$who]) != null)
      | "\(.) approved \($all[$one].environment) and \($all[$other].environment): each person counts once")')"
if [[ -n "${wrong}" ]]; then refuse "$(head -n 1 <<<"${wrong}")"; fi
jq -r '.[] | select(.state == "approved") | .user.login + " approved " + ([.environments[].name] | join(", "))' \
  <<<"${given}"
)bash";

// WINDOWS: lines `ZONE DAYS BEGIN END`, DAYS seven digits from Sunday on, the others minutes from midnight; FREEZES:
// lines `ZONE FROM TO REASON`, local times, the last one excluded.
const std::string_view clock_script = R"bash(refuse() {
  echo "::error title=Not at this time::$1"
  exit 1
}
knows() {
  [[ "$1" == UTC || -e "/usr/share/zoneinfo/$1" ]] || refuse "this runner does not know the time zone $1"
}
open=false
while read -r zone days begin end; do
  [[ -n "${zone}" ]] || continue
  knows "${zone}"
  read -r day hour minute <<<"$(TZ="${zone}" date '+%w %H %M')"
  now=$((10#${hour} * 60 + 10#${minute}))
  before=$(((day + 6) % 7))
  if [[ "${days:day:1}" == 1 ]] && ((now >= begin && now < end)); then open=true; fi
  if [[ "${days:before:1}" == 1 ]] && ((now + 1440 >= begin && now + 1440 < end)); then open=true; fi
done <<<"${WINDOWS}"
if [[ -n "${WINDOWS}" && "${open}" == false ]]; then
  refuse "it is outside of the window ${SHOWN}: run it again when it is open"
fi
while read -r zone from to reason; do
  [[ -n "${zone}" ]] || continue
  knows "${zone}"
  now="$(TZ="${zone}" date '+%Y-%m-%dT%H:%M')"
  if [[ ! "${now}" < "${from}" && "${now}" < "${to}" ]]; then
    refuse "nothing goes there from ${from} to ${to} (${zone}): ${reason}"
  fi
done <<<"${FREEZES}"
)bash";

// GATE_RESULT, GATE_ATTEMPT: of the job that was asked.
const std::string_view fence_script =
    R"bash(if [[ "${GATE_RESULT}" != skipped && "${GATE_ATTEMPT}" != "${GITHUB_RUN_ATTEMPT}" ]]; then
  echo "::error title=Nobody was asked::${GATE} was passed in attempt ${GATE_ATTEMPT} of the run: re-run all jobs"
  exit 1
fi
)bash";

// ARMED, ATTEMPT: of a stage that is rolled back when this one fails.
const std::string_view undone_script =
    R"bash(if [[ "${ARMED}" == true && "${ATTEMPT}" != "${GITHUB_RUN_ATTEMPT}" ]]; then
  echo "::error title=It was rolled back::${STAGE} ran in attempt ${ATTEMPT} of the run: re-run all jobs"
  exit 1
fi
)bash";

// CONFIRM: what is to be looked at, a line each.
const std::string_view asked_script = R"bash({
  echo "### ${GATE} waits for an answer"
  while IFS= read -r line; do
    if [[ -n "${line}" ]]; then echo "- [ ] ${line}"; fi
  done <<<"${CONFIRM}"
} >>"${GITHUB_STEP_SUMMARY}"
echo "at=$(date +%s)" >>"${GITHUB_OUTPUT}"
)bash";

// ASKED_AT: seconds since 1970; EXPIRES: seconds.
const std::string_view expired_script = R"bash(passed=$(($(date +%s) - ASKED_AT))
if ((passed > EXPIRES)); then
  echo "::error title=Too late::the answer came after ${passed} s, and it was wanted within ${EXPIRES} s"
  exit 1
fi
)bash";

const std::string_view clear_script = R"bash(find "${GITHUB_WORKSPACE}" -mindepth 1 -delete)bash";

namespace {

constexpr std::string_view newest_script = R"bash(ask() { # what the API says, asked three times
  local path="repos/${GITHUB_REPOSITORY}/$1"
  for _ in 1 2 3; do
    if gh api --method GET "${path}" "${@:2}"; then return 0; fi
    sleep 5
  done
  echo "::error title=Nothing is rolled back::nobody knows who has deployed to ${ENVIRONMENT} since" >&2
  return 1
}
# The newest deployment that began: by which run, if it says so.
newest=
known="$(ask deployments -f "environment=${ENVIRONMENT}" -F per_page=30)"
for deployment in $(jq -r '.[].id' <<<"${known}"); do
  statuses="$(ask "deployments/${deployment}/statuses" -F per_page=100)"
  jq -e 'any(.[]; .state == "in_progress")' <<<"${statuses}" >/dev/null || continue
  run='[.[] | .log_url // .target_url // "" | capture("/actions/runs/(?<run>[0-9]+)").run][0] // ""'
  newest="$(jq -r "${run}" <<<"${statuses}")"
  break
done
if [[ -n "${newest}" && "${newest}" != "${GITHUB_RUN_ID}" ]]; then
  echo "::warning title=Superseded::run ${newest} has deployed to ${ENVIRONMENT} since: nothing is touched"
  echo "superseded=true" >>"${GITHUB_OUTPUT}"
  exit 0
fi
)bash";

constexpr std::string_view lost_script = R"bash(if [[ "${LOST}" == true ]]; then
  echo "::error title=Nothing is rolled back::what is needed for it was lost with the runner: somebody must put it back"
  exit 1
fi
)bash";

}  // namespace

std::string rollback_script(const RollbackScript& options) {
  std::string text;
  std::string any, each;
  for (std::size_t number = 1; number <= options.rollbacks; ++number) {
    std::string holds = fmt::format("\"${{READY_{}}}\" {}", number, options.ready);
    any += (any.empty() ? "" : " || ") + holds;
    each += fmt::format("if [[ {} ]]; then echo \"undo-{}=true\" >>\"${{GITHUB_OUTPUT}}\"; fi\n", holds, number);
  }
  text += fmt::format("if ! [[ {} ]]; then\n  echo \"nothing is armed\"\n  exit 0\nfi\n", any);
  if (options.asks) text += newest_script;
  if (options.reads) text += lost_script;
  return text + each;
}

}  // namespace sluice::github
