#include "check/checker.h"
#include "check/cron.h"
#include "check/plain.h"
#include "check/zone.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(MissingPiece, "`on schedule` lacks its times");
DIAGNOSTIC(BadCron, "{}");
DIAGNOSTIC(FrequentCron, "this comes again after {} minute{}");
DIAGNOSTIC(UnknownZone, "{}");

constexpr unsigned least_interval = 5;

}  // namespace

void Checker::check_schedule(const Statement& statement) {
  if (statement.values.empty())
    sink_.report<MissingPiece>(statement.header).help("for example `on schedule \"0 6 * * 1-5\"`");
  for (const Expression* cron : statement.values) {
    expect_static_text(*cron, "a cron");
    auto text = written_text(*cron);
    if (!text || text->empty()) continue;
    if (auto problem = problem_of_cron(*text)) {
      tell<BadCron>(sink_, *cron, *problem);
      continue;
    }
    unsigned minutes = least_minutes_between(*text);
    if (minutes < least_interval)
      sink_.report<FrequentCron>(cron->span, minutes, minutes == 1 ? "" : "s")
          .help("GitHub starts a pipeline every five minutes at most: write `*/5`, or minutes that are further apart");
  }
  const Expression* zone = statement.clause(ast::Clause::zone);
  if (!zone) return;
  expect_static_text(*zone, "a zone");
  auto name = written_text(*zone);
  auto problem = name ? problem_of_zone(*name) : std::nullopt;
  if (problem) tell<UnknownZone>(sink_, *zone, *problem);
}

}  // namespace sluice::check
