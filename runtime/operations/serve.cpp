#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <set>

#include "runtime/control/client.h"
#include "runtime/control/server.h"
#include "runtime/engine/run_setup.h"
#include "runtime/operations/go_on.h"
#include "runtime/system/process.h"

namespace sluice::runtime {
namespace {

constexpr auto settle_for = std::chrono::milliseconds(200);  // changes of the journal come in crowds
constexpr auto look_again = std::chrono::seconds(60);        // windows open, and locks are left by the dead

/// Goes on with runs in processes of their own, and takes the votes of whoever may speak to it.
class Server {
 public:
  Server(State& state, EventLoop& loop, SignalGuard& signals, Asked asked)
      : state_(state), loop_(loop), signals_(signals), asked_(std::move(asked)), processes_(loop) {}

  Outcome open(bool share);
  Outcome run();

 private:
  Json answer(const ControlRequest& request);
  Outcome watch_journal();
  void look_soon();
  void look();
  void look_regularly();
  void start(const RunEntry& entry);
  void end();
  void take_signals();

  State& state_;
  EventLoop& loop_;
  SignalGuard& signals_;
  Asked asked_;
  ProcessTable processes_;
  std::unique_ptr<ControlServer> control_;
  Descriptor changes_;
  std::map<std::int64_t, std::unique_ptr<Process>> running_;
  std::set<std::int64_t> failed_;  ///< runs that could not be gone on with
  bool looking_ = false, ending_ = false;
};

Outcome Server::open(bool share) {
  auto control = ControlServer::open(loop_, state_.folder / "serve.sock", share ? 0666 : 0600,
                                     [this](const ControlRequest& request) { return answer(request); });
  if (!control) return std::unexpected(control.error());
  control_ = std::move(*control);
  // Others need to come as far as the socket; nothing else there can be read by them.
  if (share && chmod(state_.folder.c_str(), 0711) != 0) return system_error("open up", state_.folder);
  return watch_journal();
}

Outcome Server::watch_journal() {
  changes_ = Descriptor(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!changes_ || inotify_add_watch(changes_.get(), state_.folder.c_str(), IN_MODIFY | IN_CREATE) < 0) {
    return system_error("watch", state_.folder);
  }
  return loop_.watch(changes_.get(), [this] {
    char events[4096];
    while (read(changes_.get(), events, sizeof events) > 0) {
    }
    look_soon();
  });
}

void Server::look_soon() {
  if (looking_) return;
  looking_ = true;
  loop_.at(Clock::now() + settle_for, [this] { look(); });
}

void Server::look_regularly() {
  look_soon();
  loop_.at(Clock::now() + look_again, [this] { look_regularly(); });
}

/// Every run that may go on gets a process; one that died is gone on with as well.
void Server::look() {
  looking_ = false;
  if (ending_) return;
  auto runs = state_.journal.runs();
  if (!runs) return;
  for (const RunEntry& entry : *runs) {
    if (entry.phase == RunPhase::finished || running_.contains(entry.id) || failed_.contains(entry.id)) continue;
    if (RunFolder::is_taken(state_.folder, entry.id)) {
      // Its process closes the lock's file, however it ends.
      std::string folder = state_.folder / "runs" / std::to_string(entry.id);
      inotify_add_watch(changes_.get(), folder.c_str(), IN_CLOSE_WRITE);
      continue;
    }
    if (is_interrupted(state_, entry) || may_go_on(state_, entry)) start(entry);
    if (entry.phase != RunPhase::waiting || entry.wake_at == 0) continue;
    auto until = std::chrono::milliseconds(std::max<std::int64_t>(0, entry.wake_at - wall_clock()));
    if (until < look_again) loop_.at(Clock::now() + until, [this] { look_soon(); });
  }
}

void Server::start(const RunEntry& entry) {
  std::error_code error;
  Command command{std::filesystem::read_symlink("/proc/self/exe", error),
                  {"sluice", "resume", std::to_string(entry.id), "--root", state_.folder.parent_path().string()},
                  current_environment(),
                  state_.folder.parent_path()};
  std::int64_t id = entry.id;
  fmt::print("run {} goes on\n", id);
  auto show = [id](std::string_view chunk) {
    for (std::size_t end = 0; !chunk.empty(); chunk.remove_prefix(end)) {
      end = std::min(chunk.find('\n'), chunk.size() - 1) + 1;
      fmt::print("run {} │ {}", id, chunk.substr(0, end));
    }
    std::fflush(stdout);
  };
  auto ended = [this, id] {
    loop_.post([this, id] {
      if (running_[id]->exit_code() == 2) failed_.insert(id);  // it will not get better by itself
      running_.erase(id);
      look_soon();
    });
  };
  auto process = processes_.start(command, show, ended);
  if (process)
    running_[id] = std::move(*process);
  else
    fmt::print("run {} cannot go on: {}\n", id, process.error());
  std::fflush(stdout);
}

/// Runs that live are told what was written down for them.
Json Server::answer(const ControlRequest& request) {
  auto entry = state_.find(request.body.value("run", ""));
  if (!entry) return {{"error", entry.error()}};
  auto run = load(state_, *entry);
  if (!run) return {{"error", run.error()}};
  std::string what = request.body.value("do", "");
  if (what == "gates") return waiting_gates(run->subject(state_));
  if (what != "vote") return {{"error", fmt::format("the server does not `{}`; ask whoever owns the run", what)}};
  failed_.erase(entry->id);
  Json answered = cast_vote(run->subject(state_), request.peer.user, request.body);
  (void)ask(state_.folder / "runs" / std::to_string(entry->id) / "control.sock", {{"do", "look"}},
            std::chrono::milliseconds(200));
  look_soon();
  return answered;
}

/// To be told to end is no reason to cancel what runs: that is waited for, unless we are told twice.
void Server::end() {
  if (ending_) {
    for (auto& [id, process] : running_) kill(process->pid(), SIGTERM);
  } else if (!running_.empty()) {
    fmt::print("waiting for {} of the runs; once more cancels them\n", running_.size());
    std::fflush(stdout);
  }
  ending_ = true;
}

void Server::take_signals() {
  while (int number = signals_.next()) {
    if (number == SIGCHLD)
      processes_.reap();
    else
      end();
  }
}

Outcome Server::run() {
  if (Outcome watched = loop_.watch(signals_.descriptor(), [this] { take_signals(); }); !watched) return watched;
  look_regularly();
  Outcome looped = loop_.run([this] { return ending_ && running_.empty(); });
  loop_.forget(signals_.descriptor());
  return looped;
}

}  // namespace

int serve(const Asked& asked, const ServeOptions& options) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto loop = EventLoop::open();
  if (!loop) return refuse(loop.error());
  auto signals = SignalGuard::take();
  if (!signals) return refuse(signals.error());
  Server server(*state, **loop, **signals, asked);
  if (Outcome opened = server.open(options.share); !opened) return refuse(opened.error());
  fmt::print("serving `{}`; Ctrl-C ends it\n", state->folder.string());
  std::fflush(stdout);
  Outcome ran = server.run();
  return ran ? 0 : refuse(ran.error());
}

}  // namespace sluice::runtime
