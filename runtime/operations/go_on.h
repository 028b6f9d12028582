#pragma once
#include "runtime/operations/operations.h"
#include "runtime/operations/state.h"

namespace sluice::runtime {

/// Goes on with a run in this process, shown as `asked` says; gives the exit status.
int go_on(State& state, const RunEntry& entry, const Asked& asked, const ResumeOptions& options = {});

/// The exit status for how a run ended.
int status_of(RunOutcome outcome);

/// Somebody who watches a run as `format` says.
std::unique_ptr<Status> watcher(const std::string& format);

/// Whether the process of a run died: it is not finished, does not wait, and nobody is at work on it.
bool is_interrupted(const State& state, const RunEntry& entry);

/// Whether a run that waits may go on by now: a time has come, a gate is open, a lock is free.
bool may_go_on(State& state, const RunEntry& entry);

}  // namespace sluice::runtime
