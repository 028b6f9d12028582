#include "runtime/store/caches.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/store/search.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int format = 1;
constexpr std::size_t longest_key = 512, most_keys = 10;
constexpr std::int64_t second = 1'000'000'000;

bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// Paths begin with the place that they are relative to: another leg has another workspace.
std::string entry_path(const fs::path& path, const CachePlaces& places) {
  if (lies_in(path, places.workspace)) return ("workspace" / path.lexically_relative(places.workspace)).string();
  if (!places.home.empty() && lies_in(path, places.home))
    return ("home" / path.lexically_relative(places.home)).string();
  return ("root" / path.relative_path()).string();
}

fs::path place_of(const Entry& entry, const CachePlaces& places) {
  std::string_view path = entry.path;
  std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {};
  std::string_view base = path.substr(0, slash), rest = path.substr(slash + 1);
  if (base == "workspace") return places.workspace / rest;
  if (base == "home" && places.home.empty()) return {};
  fs::path place = (base == "home" ? places.home : fs::path("/")) / rest;
  std::error_code error;
  bool there = entry.kind != Entry::Kind::folder && fs::exists(fs::symlink_status(place, error));
  return there ? fs::path() : place;
}

std::expected<std::vector<Capture::Source>, std::string> cache_sources(const std::string& paths,
                                                                       const CachePlaces& places) {
  auto found = search_files(paths, {places.workspace, places.home, HiddenFiles::included, true});
  if (!found) return std::unexpected(found.error());
  std::vector<Capture::Source> sources;
  for (const FoundFile& one : found->files) {
    std::string path = entry_path(one.path, places);
    // The workspace and the home folder themselves are there anyhow.
    if (!path.ends_with("/.")) sources.push_back({one.file, std::move(path)});
  }
  return sources;
}

std::expected<CacheEntry, std::string> read_entry(const fs::path& file) {
  auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return system_error("read", file);
  CacheEntry entry;
  entry.file = file;
  entry.used = std::int64_t{status.st_mtim.tv_sec} * second + status.st_mtim.tv_nsec;
  try {
    Json json = Json::parse(*text);
    entry.key = json.at("key").get<std::string>();
    entry.created = json.at("created").get<std::int64_t>();
    entry.bytes = json.at("bytes").get<std::uint64_t>();
    entry.files = json.at("files").get<std::size_t>();
    auto tree = digest_of(json.at("tree").get<std::string>());
    if (json.at("format") == format && tree) {
      entry.tree = *tree;
      return entry;
    }
  } catch (const Json::exception&) {
    // Falls through to what is said of every unreadable entry.
  }
  return std::unexpected(fmt::format("`{}` is no entry of a cache", file.string()));
}

/// The entries of a folder; what another run removes meanwhile is not there.
Outcome read_entries(const fs::path& folder, std::vector<CacheEntry>& entries) {
  std::error_code error;
  for (fs::directory_iterator one(folder, error), end; !error && one != end; one.increment(error)) {
    if (one->path().extension() != ".json") continue;
    auto entry = read_entry(one->path());
    std::error_code gone;
    if (!entry && !fs::exists(one->path(), gone)) continue;
    if (!entry) return std::unexpected(entry.error());
    entries.push_back(std::move(*entry));
  }
  return {};
}

}  // namespace

CacheSave::CacheSave(const Contents& contents, CacheEntry entry, std::vector<Capture::Source> sources)
    : contents_(contents), entry_(std::move(entry)), capture_(contents, std::move(sources), Capture::Durable::no) {}

std::expected<bool, std::string> CacheSave::advance() {
  auto captured = capture_.advance();
  if (!captured || !*captured) return captured;
  if (Outcome written = write_entry(); !written) return std::unexpected(written.error());
  return true;
}

/// The list of files is a content too: finding an entry by a prefix reads small files only.
Outcome CacheSave::write_entry() {
  Entries entries = capture_.take_entries();
  std::string tree = entries_to_json(entries).dump(-1, ' ', false, Json::error_handler_t::replace);
  entry_.tree = sha256(tree);
  entry_.bytes = count_bytes(entries);
  entry_.files = count_files(entries);
  auto listed = write_whole(contents_, contents_.file(entry_.tree), tree, Existing::replaced);
  if (!listed) return std::unexpected(listed.error());
  Json json = {{"format", format},      {"key", entry_.key},     {"created", entry_.created},
               {"bytes", entry_.bytes}, {"files", entry_.files}, {"tree", hexadecimal(entry_.tree)}};
  std::string text = json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  auto written = write_whole(contents_, entry_.file, text, Existing::kept);
  if (!written) return std::unexpected(written.error());
  saved_ = *written;
  return {};
}

Caches::Caches(const fs::path& state_folder) : contents_(state_folder), folder_(state_folder / "cache") {}

fs::path Caches::file(const std::string& key, const std::string& paths) const {
  std::string version;
  for (const std::string& line : pattern_lines(paths)) version += line + "\n";
  return folder_ / hexadecimal(sha256(version)).substr(0, 16) / (hexadecimal(sha256(key)) + ".json");
}

Outcome Caches::check(const std::string& key, const std::vector<std::string>& restore_keys) {
  if (key.empty()) return std::unexpected(std::string("the cache has no key"));
  if (restore_keys.size() >= most_keys) {
    return std::unexpected(
        fmt::format("the cache has {} keys, and {} is the most", restore_keys.size() + 1, most_keys));
  }
  std::vector<std::string> keys = restore_keys;
  keys.insert(keys.begin(), key);
  for (const std::string& one : keys) {
    if (one.size() > longest_key) {
      return std::unexpected(
          fmt::format("the key `{}…` has {} bytes, and {} is the most", one.substr(0, 40), one.size(), longest_key));
    }
    if (one.find(',') != std::string::npos) {
      return std::unexpected(fmt::format("the key `{}` has a comma in it, which GitHub does not allow", one));
    }
  }
  return {};
}

std::expected<std::optional<CacheEntry>, std::string> Caches::find(const std::string& key,
                                                                   const std::vector<std::string>& restore_keys,
                                                                   const std::string& paths) const {
  if (Outcome checked = check(key, restore_keys); !checked) return std::unexpected(checked.error());
  std::vector<CacheEntry> entries;
  if (Outcome read = read_entries(file(key, paths).parent_path(), entries); !read) return std::unexpected(read.error());
  std::ranges::sort(entries, [](const CacheEntry& a, const CacheEntry& b) {
    return std::pair(b.created, std::string_view(a.key)) < std::pair(a.created, std::string_view(b.key));
  });
  std::vector<std::string> keys = restore_keys;
  keys.insert(keys.begin(), key);
  for (const std::string& wanted : keys) {
    auto found = std::ranges::find(entries, wanted, &CacheEntry::key);
    if (found == entries.end())
      found = std::ranges::find_if(entries, [&](const CacheEntry& entry) { return entry.key.starts_with(wanted); });
    if (found != entries.end()) return std::move(*found);
  }
  return std::nullopt;
}

std::expected<Entries, std::string> Caches::files(const CacheEntry& entry) const {
  auto text = read_file(contents_.file(entry.tree));
  if (!text) return std::unexpected(text.error());
  Json json = Json::parse(*text, nullptr, false);
  bool whole = sha256(*text) == entry.tree && !json.is_discarded();
  auto entries = whole ? entries_from_json(json) : std::unexpected(std::string("the list of its files is damaged"));
  if (!entries) return std::unexpected(fmt::format("the cache `{}` cannot be read: {}", entry.key, entries.error()));
  return entries;
}

std::expected<std::unique_ptr<Layout>, std::string> Caches::restore(const CacheEntry& entry,
                                                                    const CachePlaces& places) const {
  auto entries = files(entry);
  if (!entries) return std::unexpected(entries.error());
  (void)utimensat(AT_FDCWD, entry.file.c_str(), nullptr, 0);  // gone meanwhile: its contents are still there
  return std::make_unique<Layout>(contents_, std::move(*entries),
                                  [places](const Entry& one) { return place_of(one, places); });
}

std::expected<std::unique_ptr<CacheSave>, std::string> Caches::save(const std::string& key, const std::string& paths,
                                                                    const CachePlaces& places, std::int64_t now) const {
  if (Outcome checked = check(key, {}); !checked) return std::unexpected(checked.error());
  CacheEntry entry;
  entry.key = key;
  entry.file = file(key, paths);
  entry.created = entry.used = now;
  std::error_code error;
  if (fs::exists(entry.file, error)) return nullptr;
  auto sources = cache_sources(paths, places);
  if (!sources) return std::unexpected(sources.error());
  if (sources->empty()) return nullptr;
  return std::make_unique<CacheSave>(contents_, std::move(entry), std::move(*sources));
}

std::expected<std::vector<CacheEntry>, std::string> Caches::entries() const {
  std::vector<CacheEntry> entries;
  std::error_code error;
  for (fs::directory_iterator one(folder_, error), end; !error && one != end; one.increment(error)) {
    if (Outcome read = read_entries(one->path(), entries); !read) return std::unexpected(read.error());
  }
  std::ranges::sort(entries, [](const CacheEntry& a, const CacheEntry& b) {
    return std::tuple(b.used, std::string_view(a.key), a.file) < std::tuple(a.used, std::string_view(b.key), b.file);
  });
  return entries;
}

std::expected<std::vector<std::string>, std::string> Caches::evict(const CacheLimits& limits, std::int64_t now) const {
  auto all = entries();
  if (!all) return std::unexpected(all.error());
  std::vector<std::string> evicted;
  std::uint64_t bytes = 0;
  bool full = false;
  for (const CacheEntry& entry : *all) {
    bytes += entry.bytes;
    full = full || bytes > limits.bytes;
    if (!full && (now - entry.used) / second <= limits.unused_for) continue;
    if (Outcome removed = remove(entry); !removed) return std::unexpected(removed.error());
    evicted.push_back(entry.key);
  }
  return evicted;
}

Outcome Caches::remove(const CacheEntry& entry) const {
  if (unlink(entry.file.c_str()) == 0 || errno == ENOENT) return {};
  return system_error("remove", entry.file);
}

}  // namespace sluice::runtime
