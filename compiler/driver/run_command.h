#pragma once
#include <string>
#include <vector>

#include "graph/graph.h"
#include "source/source_manager.h"

namespace sluice::driver {

struct RunOptions {
  std::vector<std::string> inputs;  ///< `NAME=VALUE` each
  std::string event;                ///< GitHub's name, or `manual` and `call`; empty: the likeliest (see run_event.h)
  std::string event_file;           ///< the event's payload as JSON; what it lacks is made up from the repository
  std::string secret_file;          ///< a line `NAME=value` each, or a JSON object; empty: from the environment alone
  int jobs = 0;                     ///< stages and legs side by side; 0: one a core
  std::vector<std::string> only;    ///< stages to run, with what they need; none: all
  std::string format;               ///< `json`; `human` or empty: live on a terminal, plain lines elsewhere
  bool wait = false;                ///< stay while a gate, a lock or a long sleep is all that is waited for
  bool journal = true;              ///< false: nothing is written down, and the run dies with its process
  std::string pipe_file;            ///< where the pipeline comes from
  std::string isolate;              ///< empty: not; `offline`: with a network for each stage; else files and processes
  std::string memory;               ///< of each stage, with `isolate`: `2G`; empty: as much as there is
  double cpus = 0;                  ///< likewise; 0: all
  int pids = 0;                     ///< processes, likewise; 0: as many as the system allows
  std::string actions;              ///< a folder of checked-out actions; empty: none
  std::string root;                 ///< what `checkout` copies; empty: by the rule of run_repository.h
};

/// Runs the pipeline on this machine and shows how it goes on standard output; what stands in the way goes to the error
/// stream, with places where `sources` are given. State goes into `.sluice` of the root. Gives the exit status: 0 the
/// run succeeded, 1 it failed or was cancelled, 2 it could not be started or the outside failed.
int run(const graph::Graph& graph, const RunOptions& options, const source::SourceManager* sources = nullptr);

}  // namespace sluice::driver
