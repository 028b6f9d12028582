#include <fmt/format.h>

#include <charconv>
#include <ctime>

#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/engine/step_run.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr auto pause_for_others = std::chrono::milliseconds(20);
constexpr std::int64_t second = 1'000'000'000;

std::int64_t nanoseconds_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * second + now.tv_nsec;
}

/// Several expressions as texts; the first that cannot be evaluated is what is wrong.
class Texts {
 public:
  explicit Texts(const Scope& scope) : scope_(scope) {}

  std::string operator()(const Expression& expression) {
    auto text = evaluate_text(expression, scope_);
    if (!text && !failure) failure = text.error();
    return text ? std::move(*text) : std::string();
  }

  std::optional<std::string> failure;

 private:
  const Scope& scope_;
};

/// Half of a cache must not be taken for the whole, nor be saved as that.
void take_back(const Entries& entries, const std::filesystem::path& workspace) {
  constexpr std::string_view base = "workspace/";
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    std::error_code kept;  // a folder that holds something else
    if (entry->path.starts_with(base)) std::filesystem::remove(workspace / entry->path.substr(base.size()), kept);
  }
}

}  // namespace

/// A piece of the job, then whatever else the event loop has to do, and so on.
Task<LegAttempt::Failure> LegAttempt::do_job(StepRun& now, Job& job) {
  Instant deadline = now.step.timeout ? Clock::now() + std::chrono::seconds(*now.step.timeout) : never;
  int seen = halts_;
  while (true) {
    auto done = job.advance();
    if (!done) co_return done.error();
    if (*done) co_return std::nullopt;
    now.stopped = out_of_time() || (halts_ != seen && halt_stops(now));
    seen = halts_;
    if (now.stopped) co_return job_status_ == Result::cancelled ? "cancelled" : reason_;
    if (Clock::now() >= deadline) {
      co_return fmt::format("timed out after {}", duration_text(std::chrono::seconds(*now.step.timeout)));
    }
    co_await wakeup_.until(job.waits() ? Clock::now() + pause_for_others : Clock::now());
  }
}

CachePlaces LegAttempt::cache_places() const {
  const std::string* home = desk_.variables().find("HOME");
  return {workspace_, home == nullptr ? std::filesystem::path() : std::filesystem::path(*home)};
}

std::expected<ArtifactRequest, std::string> LegAttempt::request_of(const StepRun& now, const Upload& upload) const {
  LegScope scope(*this);
  Texts text(scope);
  ArtifactRequest request;
  request.name = text(upload.name);
  request.path = text(upload.path);
  CachePlaces places = cache_places();
  HiddenFiles hidden = text(upload.include_hidden) == "true" ? HiddenFiles::included : HiddenFiles::left_out;
  request.rules = {places.workspace, places.home, hidden, false};
  std::string no_files = text(upload.if_no_files_found);
  if (!no_files.empty() && no_files != "error") request.no_files = ArtifactRequest::NoFiles::allowed;
  request.overwrite = text(upload.overwrite) == "true";
  request.owner = leg_.name;
  request.step = now.number;
  request.now = nanoseconds_now() / second;
  std::string keep = text(upload.keep);
  std::int64_t seconds = 0;
  auto [end, failure] = std::from_chars(keep.data(), keep.data() + keep.size(), seconds);
  if (!keep.empty() && (failure != std::errc() || seconds < 0)) {
    return std::unexpected(fmt::format("`{}` is no number of seconds to keep an artifact for", keep));
  }
  request.keep_for = seconds;
  request.limit = run_.options.artifact_limit;
  if (text.failure) return std::unexpected(*text.failure);
  return request;
}

Task<LegAttempt::Failure> LegAttempt::run_upload(StepRun& now, const Upload& upload) {
  auto request = request_of(now, upload);
  if (!request) co_return request.error();
  auto job = run_.artifacts.upload(*request);
  if (!job) co_return job.error();
  if (!*job) {
    std::string none = fmt::format("no files were found with the path: {}", request->path);
    auto how = evaluate_text(upload.if_no_files_found, LegScope(*this));
    if (how && *how == "warn")
      annotate(now, "warning", none, {});
    else
      say(now, none);
    co_return std::nullopt;
  }
  Task<Failure> uploading = do_job(now, **job);
  if (Failure failure = co_await uploading) co_return failure;
  now.outputs["artifact-digest"] = hexadecimal((*job)->manifest().digest);
  say(now, describe((*job)->manifest()));
  co_return std::nullopt;
}

Task<LegAttempt::Failure> LegAttempt::run_download(StepRun& now, const Download& download) {
  LegScope scope(*this);
  Texts text(scope);
  std::string name = text(download.name), to = text(download.to);
  if (text.failure) co_return text.failure;
  auto manifest = run_.artifacts.manifest(name);
  if (!manifest) co_return manifest.error();
  auto job = run_.artifacts.download(name, (workspace_ / to).lexically_normal());
  if (!job) co_return job.error();
  Task<Failure> downloading = do_job(now, **job);
  if (Failure failure = co_await downloading) co_return failure;
  say(now, describe(*manifest));
  co_return std::nullopt;
}

Task<LegAttempt::Failure> LegAttempt::run_cache(StepRun& now, const Cache& cache) {
  LegScope scope(*this);
  Texts text(scope);
  PostWork save{now.report.title, now.report.log, text(cache.key), text(cache.path)};
  std::vector<std::string> restore_keys = pattern_lines(text(cache.restore_keys));
  if (text.failure) co_return text.failure;
  auto found = run_.caches.find(save.key, restore_keys, save.path);
  if (!found) co_return found.error();
  bool exact = *found && (*found)->key == save.key;
  if (!*found) say(now, fmt::format("cache `{}`: there is none", save.key));
  if (*found) {
    const CacheEntry& entry = **found;
    auto job = run_.caches.restore(entry, cache_places());
    Failure failure = job ? std::nullopt : Failure(job.error());
    bool damaged = !job;
    if (job) {
      Task<Failure> restoring = do_job(now, **job);
      failure = co_await restoring;
      damaged = (*job)->damaged();
      if (damaged) take_back((*job)->entries(), workspace_);
    }
    if (failure && !damaged) co_return failure;
    if (damaged) {
      // A cache may always be missing: what is broken is thrown away, and made anew.
      exact = false;
      annotate(now, "warning", fmt::format("{}; the cache is thrown away", *failure), {});
      if (Outcome removed = run_.caches.remove(entry); !removed) co_return removed.error();
    } else {
      std::string which = exact ? "" : fmt::format(" for `{}`", save.key);
      say(now, fmt::format("cache `{}`{}: {}, {}", entry.key, which, files_text(entry.files), size_text(entry.bytes)));
    }
  }
  now.outputs["cache-hit"] = exact ? "true" : "false";
  if (!exact) post_work_.push_back(std::move(save));
  co_return std::nullopt;
}

/// The last step's first. A cache that cannot be saved is no reason to fail.
Task<Done> LegAttempt::run_post_work() {
  while (!post_work_.empty()) {
    PostWork work = std::move(post_work_.back());
    post_work_.pop_back();
    if (job_status_ != Result::success) continue;
    Task<std::string> saving = save_cache(work);
    std::string said = run_.secrets.masked(co_await saving) + "\n";
    if (Outcome written = append_file(work.log, said); !written) run_.break_off(written.error());
    run_.status.lines(leg_.name, work.title, said);
  }
  co_return Done{};
}

/// What is to be said of it.
Task<std::string> LegAttempt::save_cache(const PostWork& work) {
  auto failed = [&](const std::string& why) { return fmt::format("cache `{}` is not saved: {}", work.key, why); };
  auto job = run_.caches.save(work.key, work.path, cache_places(), nanoseconds_now());
  if (!job) co_return failed(job.error());
  auto there = run_.caches.find(work.key, {}, work.path);
  bool late = there && *there && (*there)->key == work.key;
  if (!*job) co_return failed(late ? "it was saved meanwhile" : "no files were found with its path");
  while (true) {
    auto done = (*job)->advance();
    if (!done) co_return failed(done.error());
    if (*done) break;
    if (out_of_time() || job_status_ != Result::success) co_return failed("the stage has been stopped");
    co_await wakeup_.until((*job)->waits() ? Clock::now() + pause_for_others : Clock::now());
  }
  if (!(*job)->saved()) co_return failed("it was saved meanwhile");
  CacheEntry entry = (*job)->entry();
  job->reset();
  auto evicted = run_.caches.evict({run_.options.cache_limit}, nanoseconds_now());
  std::string less = evicted && !evicted->empty() ? fmt::format("; {} had to go", fmt::join(*evicted, ", ")) : "";
  co_return fmt::format("cache `{}` is saved: {}, {}{}", entry.key, files_text(entry.files), size_text(entry.bytes),
                        less);
}

}  // namespace sluice::runtime
