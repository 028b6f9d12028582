#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "changes/comparison.h"

namespace sluice::changes {
namespace {

/// Events that people from outside bring about while the run has the repository's secrets.
constexpr std::array<std::string_view, 5> outsiders = {"pull_request_target", "workflow_run", "issue_comment", "issues",
                                                       "discussion_comment"};

bool is_from_outside(const std::string& event) { return std::ranges::find(outsiders, event) != outsiders.end(); }

}  // namespace

void Comparison::compare_triggers() {
  auto name = [](const Json& trigger) { return shown(at(trigger, "event")); };
  match(
      at(before_, "triggers"), at(now_, "triggers"), "event",
      [this](const Json& before, const Json& now) { compare_trigger(before, now); },
      [&](const Json& gone) {
        add(Severity::changes, "trigger-removed", fmt::format("no longer runs on `{}`", name(gone)));
      },
      [&](const Json& added) {
        bool outside = is_from_outside(name(added));
        add(outside ? Severity::weakens : Severity::changes, "trigger-added",
            fmt::format("runs on `{}`{}", name(added), outside ? ", which outsiders bring about" : ""));
      });
}

void Comparison::compare_trigger(const Json& before, const Json& now) {
  std::string event = shown(at(now, "event"));
  const Json &old_filters = at(before, "filters"), &new_filters = at(now, "filters");
  if (old_filters != new_filters)
    add(Severity::changes, "filter-changed",
        fmt::format("on `{}` it was filtered by {}, now by {}", event, shown(old_filters), shown(new_filters)));
  if (at(before, "schedules") != at(now, "schedules"))
    add(Severity::changes, "schedule-changed",
        fmt::format("its times were {}, now {}", shown(at(before, "schedules")), shown(at(now, "schedules"))));
  auto input = [](const Json& one) { return shown(at(one, "name")); };
  match(
      at(before, "inputs"), at(now, "inputs"), "name",
      [&](const Json& old, const Json& one) {
        if (old != one)
          add(Severity::changes, "input-changed",
              fmt::format("the input `{}` is another: {}, was {}", input(one), shown(one), shown(old)));
      },
      [&](const Json& gone) {
        add(Severity::changes, "input-removed", fmt::format("on `{}` the input `{}` is gone", event, input(gone)));
      },
      [&](const Json& added) {
        bool required = !at(added, "required").is_null();
        add(required ? Severity::changes : Severity::harmless, "input-added",
            fmt::format("on `{}` there is an input `{}`{}", event, input(added),
                        required ? ", which must be given" : ""));
      });
}

/// One that only changed the place that it is of has moved.
void Comparison::compare_secrets() {
  auto name = [](const Json& secret) { return shown(at(secret, "name")); };
  auto place = [](const Json& secret) {
    const Json& environment = at(secret, "environment");
    return environment.is_null() ? std::string("the file") : fmt::format("`{}`", shown(environment));
  };
  auto with = [&](const Json& list, const Json& wanted, bool same_place) {
    return std::find_if(list.begin(), list.end(), [&](const Json& one) {
      return name(one) == name(wanted) && (place(one) == place(wanted)) == same_place;
    });
  };
  const Json &before = at(before_, "secrets"), &now = at(now_, "secrets");
  for (const Json& one : now) {
    auto same = with(before, one, true), moved = with(before, one, false);
    if (same != before.end()) {
      if (at(*same, "optional") != at(one, "optional"))
        add(Severity::changes, "secret-changed",
            fmt::format("the secret `{}` {}", name(one),
                        at(one, "optional").is_null() ? "must be there" : "may be missing"));
    } else if (moved != before.end() && with(now, *moved, true) == now.end()) {
      add(at(one, "environment").is_null() ? Severity::weakens : Severity::changes, "secret-moved",
          fmt::format("the secret `{}` was of {}, now of {}", name(one), place(*moved), place(one)));
    } else {
      add(Severity::changes, "secret-added", fmt::format("reads the secret `{}` of {}", name(one), place(one)));
    }
  }
  for (const Json& one : before)
    if (with(now, one, true) == now.end() && with(now, one, false) == now.end())
      add(Severity::harmless, "secret-removed",
          fmt::format("the secret `{}` of {} is not read any more", name(one), place(one)));
}

void Comparison::compare_environments() {
  auto lock_of = [](const Json& environment) { return shown(at(at(environment, "lock"), "name")); };
  match(
      at(before_, "environments"), at(now_, "environments"), "name",
      [&](const Json& old, const Json& one) {
        subject_ = "environment " + shown(at(one, "name"));
        const Json &was = at(old, "lock"), &is = at(one, "lock");
        if (!was.is_null() && is.is_null())
          add(Severity::weakens, "lock-removed",
              fmt::format("its lock `{}` is gone: runs may meet in there", lock_of(old)));
        else if (was.is_null() && !is.is_null())
          add(Severity::harmless, "lock-added", fmt::format("it has the lock `{}`", lock_of(one)));
        else if (was != is)
          add(Severity::changes, "lock-changed", fmt::format("its lock was {}, now {}", shown(was), shown(is)));
        if (!at(old, "entry").is_null() && at(one, "entry").is_null())
          add(Severity::weakens, "entry-removed", "nothing is asked of those who enter it");
      },
      [&](const Json& gone) {
        subject_ = "environment " + shown(at(gone, "name"));
        add(Severity::changes, "environment-removed", "no stage works in it any more");
      },
      [&](const Json& added) {
        subject_ = "environment " + shown(at(added, "name"));
        add(Severity::changes, "environment-added", "stages work in it");
      });
  subject_.clear();
}

void Comparison::compare_rest() {
  auto tell = [&](const char* key, Severity severity, const char* kind, const char* what) {
    const Json &before = at(before_, key), &now = at(now_, key);
    if (before != now) add(severity, kind, fmt::format("{}: {}, was {}", what, shown(now), shown(before)));
  };
  tell("title", Severity::harmless, "title-changed", "its title");
  tell("run_name", Severity::harmless, "title-changed", "what its runs are called");
  tell("budget", Severity::changes, "budget-changed", "its budget");
  tell("env", Severity::changes, "env-changed", "its variables");
  tell("concurrency", Severity::changes, "concurrency-changed", "its concurrency");
  tell("artifacts", Severity::changes, "artifacts-changed", "its artifacts");
}

}  // namespace sluice::changes
