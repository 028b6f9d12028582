// What: A schedule starts in minute 0.
//
// Why: Everybody's does: GitHub starts such runs late, and drops some when it is busy.
//
// Example:
//     on schedule "0 3 * * *"
//
// Instead:
//     on schedule "17 3 * * *"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(ScheduleOnTheHour, "GitHub is late with what starts at the full hour");

}  // namespace

void schedule_on_the_hour(Context& context) {
  context.each(Word::on, [&](const Statement& on, std::size_t) {
    if (on.name.text != "schedule") return;
    for (const Expression* time : on.values)
      if (StringRef(constant_text(*time)).split(' ').first == "0")
        context.sink.report<ScheduleOnTheHour>(time->span).help("choose another minute, such as 17");
  });
}

}  // namespace sluice::lint
