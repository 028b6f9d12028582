#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/capture.h"
#include "runtime/store/layout.h"

namespace sluice::runtime {

struct CacheLimits {
  std::uint64_t bytes = std::uint64_t{10} << 30;  ///< of all entries together, each counted whole
  std::int64_t unused_for = 7 * 86400;            ///< seconds
};

/// Where a cache's paths lie: below the workspace, below the home folder, or where they say.
struct CachePlaces {
  std::filesystem::path workspace, home;
};

/// An entry of the cache: `.sluice/cache/PATHS/KEY.json`, both names hashes. Its time of change is when it was last
/// used.
struct CacheEntry {
  std::string key;
  std::filesystem::path file;
  std::int64_t created = 0;  ///< nanoseconds since 1970
  std::int64_t used = 0;     ///< nanoseconds since 1970
  std::uint64_t bytes = 0;
  std::size_t files = 0;
  Digest tree{};  ///< the content in the store that lists the entry's files
};

/// One save. Until its last piece is done there is no entry.
class CacheSave final : public Job {
 public:
  CacheSave(const Contents& contents, CacheEntry entry, std::vector<Capture::Source> sources);

  std::expected<bool, std::string> advance() override;
  bool waits() const override { return capture_.waits(); }
  const CacheEntry& entry() const { return entry_; }
  bool saved() const { return saved_; }  ///< false: somebody else has saved that key meanwhile, and it stays

 private:
  Outcome write_entry();

  const Contents& contents_;
  CacheEntry entry_;
  Capture capture_;
  bool saved_ = false;
};

/// The caches of a repository, as those of GitHub: entries are found by key and paths and never change.
class Caches {
 public:
  explicit Caches(const std::filesystem::path& state_folder);

  /// What GitHub refuses: a key of more than 512 characters or with a comma, more than ten keys.
  static Outcome check(const std::string& key, const std::vector<std::string>& restore_keys);

  /// The entry of that key; else for the key and each of `restore_keys` in turn that key's own, or the newest one whose
  /// key begins with it; else nothing. Only entries of the same `paths` count.
  std::expected<std::optional<CacheEntry>, std::string> find(const std::string& key,
                                                             const std::vector<std::string>& restore_keys,
                                                             const std::string& paths) const;

  /// Lays an entry's files out, and notes that it was used. Files outside of the workspace that are there already stay.
  std::expected<std::unique_ptr<Layout>, std::string> restore(const CacheEntry& entry, const CachePlaces& places) const;

  /// Takes what `paths` names, hidden files too; null if there is nothing, or an entry of that key already.
  std::expected<std::unique_ptr<CacheSave>, std::string> save(const std::string& key, const std::string& paths,
                                                              const CachePlaces& places, std::int64_t now) const;

  std::expected<std::vector<CacheEntry>, std::string> entries() const;  ///< the one that was used last comes first

  /// Removes entries that nobody has used for long, then those used longest ago until the rest fits; gives their keys.
  /// Their contents go with the next `collect_garbage`.
  std::expected<std::vector<std::string>, std::string> evict(const CacheLimits& limits, std::int64_t now) const;

  /// What an entry holds; an error where that list is damaged or gone.
  std::expected<Entries, std::string> files(const CacheEntry& entry) const;
  Outcome remove(const CacheEntry& entry) const;

 private:
  std::filesystem::path file(const std::string& key, const std::string& paths) const;

  Contents contents_;
  std::filesystem::path folder_;
};

}  // namespace sluice::runtime
