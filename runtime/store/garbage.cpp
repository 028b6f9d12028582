#include "runtime/store/garbage.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <set>

#include "runtime/store/artifacts.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    entries.push_back(entry->path());
  }
  std::ranges::sort(entries);
  return entries;
}

class Collector {
 public:
  Collector(const fs::path& state_folder, std::int64_t now, const GarbageOptions& options)
      : state_(state_folder), now_(now), options_(options), contents_(state_folder), caches_(state_folder) {}

  std::expected<Garbage, std::string> collect() {
    if (Outcome removed = remove_old_artifacts(); !removed) return std::unexpected(removed.error());
    auto evicted = caches_.evict(options_.caches, now_);
    if (!evicted) return std::unexpected(evicted.error());
    garbage_.caches = std::move(*evicted);
    std::ranges::sort(garbage_.caches);
    std::error_code error;
    if (!fs::exists(contents_.blobs().parent_path(), error)) return garbage_;
    auto lock = lock_alone();
    if (!lock) return std::unexpected(lock.error());
    garbage_.busy = !*lock;
    if (!garbage_.busy) {
      if (Outcome swept = sweep(); !swept) return std::unexpected(swept.error());
    }
    return garbage_;
  }

 private:
  Outcome each_manifest(const std::function<Outcome(const std::string&, const fs::path&, const Manifest&)>& visit) {
    for (const fs::path& run : entries_of(state_ / "runs")) {
      Artifacts artifacts(state_, run.filename().string());
      for (const std::string& name : artifacts.names()) {
        auto manifest = artifacts.manifest(name);
        std::error_code error;
        fs::path file = run / "artifacts" / (name + ".json");
        if (!manifest && !fs::exists(file, error)) continue;
        if (!manifest) return std::unexpected(manifest.error());
        if (Outcome visited = visit(run.filename().string(), file, *manifest); !visited) return visited;
      }
    }
    return {};
  }

  Outcome remove_old_artifacts() {
    std::int64_t seconds = now_ / 1'000'000'000;
    return each_manifest([&](const std::string& run, const fs::path& file, const Manifest& manifest) -> Outcome {
      bool old = manifest.keep_until && *manifest.keep_until <= seconds;
      if (!old || (options_.is_open && options_.is_open(run))) return {};
      if (unlink(file.c_str()) != 0 && errno != ENOENT) return system_error("remove", file);
      garbage_.artifacts.push_back(run + "/" + manifest.name);
      return {};
    });
  }

  std::expected<std::optional<Descriptor>, std::string> lock_alone() {
    auto end = Clock::now() + options_.patience;
    while (true) {
      auto lock = contents_.lock(Contents::Share::alone);
      if (!lock || *lock || Clock::now() >= end) return lock;
      usleep(10'000);
    }
  }

  Outcome sweep() {
    std::set<Digest> named;
    auto name_all = [&](const Entries& entries) {
      for (const Entry& entry : entries) {
        if (entry.kind == Entry::Kind::file) named.insert(entry.digest);
      }
    };
    Outcome artifacts = each_manifest([&](const std::string&, const fs::path&, const Manifest& manifest) -> Outcome {
      name_all(manifest.entries);
      return {};
    });
    if (!artifacts) return artifacts;
    auto caches = caches_.entries();
    if (!caches) return std::unexpected(caches.error());
    for (const CacheEntry& cache : *caches) {
      named.insert(cache.tree);
      auto files = caches_.files(cache);
      if (files)
        name_all(*files);
      else if (Outcome removed = caches_.remove(cache); !removed)
        return removed;
    }
    if (Outcome removed = remove_temporary(); !removed) return removed;
    return remove_contents(named);
  }

  Outcome remove_temporary() {
    for (const fs::path& file : entries_of(contents_.temporary())) {
      if (Outcome removed = remove(file); !removed) return removed;
      ++garbage_.temporary;
    }
    return {};
  }

  Outcome remove_contents(const std::set<Digest>& named) {
    for (const fs::path& folder : entries_of(contents_.blobs())) {
      for (const fs::path& file : entries_of(folder)) {
        auto digest = digest_of(folder.filename().string() + file.filename().string());
        if (digest && named.contains(*digest)) continue;
        if (Outcome removed = remove(file); !removed) return removed;
        ++garbage_.contents;
      }
      (void)rmdir(folder.c_str());  // fails where something is left in it
    }
    return {};
  }

  Outcome remove(const fs::path& file) {
    struct stat status {};
    if (lstat(file.c_str(), &status) == 0) garbage_.bytes += static_cast<std::uint64_t>(status.st_size);
    if (unlink(file.c_str()) != 0) return system_error("remove", file);
    return {};
  }

  fs::path state_;
  std::int64_t now_;
  const GarbageOptions& options_;
  Contents contents_;
  Caches caches_;
  Garbage garbage_;
};

}  // namespace

std::expected<Garbage, std::string> collect_garbage(const fs::path& state_folder, std::int64_t now,
                                                    const GarbageOptions& options) {
  return Collector(state_folder, now, options).collect();
}

}  // namespace sluice::runtime
