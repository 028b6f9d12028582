#include <fcntl.h>

#include <catch2/catch.hpp>

#include "store_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;
namespace fs = std::filesystem;

namespace {

struct CacheStore : Store {
  /// What went wrong, or nothing.
  std::string save(const std::string& key, const std::string& paths = "deps", std::int64_t now = second) const {
    auto job = caches.save(key, paths, {workspace, home}, now);
    if (!job) return job.error();
    if (!*job) return "nothing to save";
    Outcome done = finish(**job);
    if (!done) return done.error();
    return (*job)->saved() ? "" : "somebody else has saved it";
  }
  std::string find(const std::string& key, std::vector<std::string> restore_keys = {},
                   const std::string& paths = "deps") const {
    auto found = caches.find(key, restore_keys, paths);
    if (!found) return "error: " + found.error();
    return *found ? (*found)->key : "none";
  }
  std::string restore(const std::string& key, const CachePlaces& places, const std::string& paths = "deps") const {
    auto found = caches.find(key, {}, paths);
    REQUIRE(found);
    REQUIRE(*found);
    auto job = caches.restore(**found, places);
    if (!job) return job.error();
    Outcome done = finish(**job);
    return done ? "" : done.error();
  }
  void used(const std::string& key, std::int64_t seconds) const {
    auto found = caches.find(key, {}, "deps");
    REQUIRE(*found);
    timespec times[2] = {{0, UTIME_OMIT}, {seconds, 0}};
    REQUIRE(utimensat(AT_FDCWD, (*found)->file.c_str(), times, 0) == 0);
  }
};

}  // namespace

TEST_CASE("a cache brings files, hidden files, empty folders, links and modes back into another workspace") {
  CacheStore store;
  store.write("deps/bin/tool", "tool", 0755);
  store.write("deps/.hidden", "hidden", 0600);
  fs::create_directories(store.workspace / "deps/empty");
  fs::create_symlink("bin/tool", store.workspace / "deps/link");
  REQUIRE(chmod((store.workspace / "deps/bin").c_str(), 0555) == 0);
  REQUIRE(store.save("k").empty());
  CHECK(store.temporary() == 0);
  fs::path other = store.scratch.path / "other";
  REQUIRE(store.restore("k", {other, store.home}).empty());
  CHECK(store.read("other/deps/bin/tool") == "tool");
  CHECK(store.read("other/deps/.hidden") == "hidden");
  CHECK(fs::is_directory(other / "deps/empty"));
  CHECK(fs::read_symlink(other / "deps/link") == "bin/tool");
  CHECK((fs::status(other / "deps/bin").permissions() & fs::perms::mask) == fs::perms(0555));
  CHECK((fs::status(other / "deps/.hidden").permissions() & fs::perms::mask) == fs::perms(0600));
  REQUIRE(chmod((store.workspace / "deps/bin").c_str(), 0755) == 0);
  REQUIRE(chmod((other / "deps/bin").c_str(), 0755) == 0);
}

TEST_CASE("a cache is found by its key, then by beginnings in their order, the newest first") {
  CacheStore store;
  store.write("deps/f", "1");
  REQUIRE(store.save("linux-1", "deps", 1 * second).empty());
  REQUIRE(store.save("linux-3", "deps", 3 * second).empty());
  REQUIRE(store.save("linux-2", "deps", 2 * second).empty());
  REQUIRE(store.save("mac-9", "deps", 9 * second).empty());
  CHECK(store.find("linux-1", {"linux-"}) == "linux-1");
  CHECK(store.find("linux-4", {"linux-", "mac-"}) == "linux-3");
  CHECK(store.find("linux-4", {"bsd-", "mac-", "linux-"}) == "mac-9");
  CHECK(store.find("linux-4", {"linux-2", "linux-"}) == "linux-2");
  CHECK(store.find("linux-") == "linux-3");
  CHECK(store.find("linux-4") == "none");
  CHECK(store.find("linux-1", {}, "deps\nmore") == "none");
  CHECK(store.find("linux-1", {}, "  deps  \n\n") == "linux-1");
}

TEST_CASE("an entry of a cache never changes, whoever comes second") {
  CacheStore store;
  store.write("deps/f", "first");
  auto late = store.caches.save("k", "deps", {store.workspace, store.home}, second);
  REQUIRE(store.save("k").empty());
  store.write("deps/f", "second");
  CHECK(store.save("k") == "nothing to save");
  REQUIRE(finish(**late));
  CHECK_FALSE((*late)->saved());
  REQUIRE(store.restore("k", {store.workspace, store.home}).empty());
  CHECK(store.read("workspace/deps/f") == "first");
}

TEST_CASE("caches of places outside of the workspace fill in what is missing there") {
  CacheStore store;
  fs::create_directories(store.home / ".tool");
  std::ofstream(store.home / ".tool/a") << "cached";
  std::ofstream(store.home / ".tool/b") << "cached";
  fs::path elsewhere = store.scratch.path / "elsewhere";
  fs::create_directories(elsewhere);
  std::ofstream(elsewhere / "c") << "cached";
  std::string paths = "~/.tool\n" + elsewhere.string();
  REQUIRE(store.save("k", paths).empty());
  fs::remove_all(elsewhere);
  fs::remove(store.home / ".tool/b");
  std::ofstream(store.home / ".tool/a") << "mine";
  REQUIRE(store.restore("k", {store.workspace, store.home}, paths).empty());
  CHECK(store.read("home/.tool/a") == "mine");
  CHECK(store.read("home/.tool/b") == "cached");
  CHECK(store.read("elsewhere/c") == "cached");
  fs::path other_home = store.scratch.path / "other-home";
  REQUIRE(store.restore("k", {store.workspace, other_home}, paths).empty());
  CHECK(store.read("other-home/.tool/a") == "cached");
}

TEST_CASE("keys that GitHub refuses, and nothing to save") {
  CacheStore store;
  CHECK(store.save("k") == "nothing to save");
  store.write("deps/f", "1");
  CHECK_THAT(store.save("a,b"), Catch::Contains("has a comma"));
  CHECK_THAT(store.save(std::string(513, 'k')), Catch::Contains("512 is the most"));
  CHECK(store.save(std::string(512, 'k')).empty());
  CHECK_THAT(store.find(""), Catch::Contains("has no key"));
  CHECK(store.find("k1", std::vector<std::string>(9, "no")) == "none");
  CHECK_THAT(store.find("k1", std::vector<std::string>(10, "no")), Catch::Contains("10 is the most"));
}

TEST_CASE("caches go: the unused ones, then those used longest ago, until the rest fits") {
  CacheStore store;
  for (const char* key : {"a", "b", "c", "d"}) {
    store.write("deps/f", std::string(100, *key));
    REQUIRE(store.save(key).empty());
  }
  store.used("a", 100 * day);
  store.used("b", 98 * day);
  store.used("c", 99 * day);
  store.used("d", 93 * day - 1);
  using Keys = std::vector<std::string>;
  CHECK(*store.caches.evict({400, 7 * day}, 100 * day * second) == Keys{"d"});
  CHECK(store.caches.evict({300, 7 * day}, 100 * day * second)->empty());
  CHECK(*store.caches.evict({299, 7 * day}, 100 * day * second) == Keys{"b"});
  // Using one makes it the last to go.
  REQUIRE(store.restore("c", {store.workspace, store.home}).empty());
  CHECK(*store.caches.evict({100, 10000 * day}, 100 * day * second) == Keys{"a"});
  CHECK(store.find("c") == "c");
  CHECK(store.blobs() == 8);
  CHECK(collect_garbage(store.state, second)->contents == 6);
  REQUIRE(store.restore("c", {store.workspace, store.home}).empty());
  CHECK(store.read("workspace/deps/f") == std::string(100, 'c'));
}

TEST_CASE("a damaged cache is told from a full disk, and garbage collection drops one whose list is lost") {
  CacheStore store;
  store.write("deps/f", "right");
  REQUIRE(store.save("k").empty());
  std::ofstream(store.contents.file(sha256("right"))) << "wrong";
  auto job = store.caches.restore(**store.caches.find("k", {}, "deps"), {store.workspace, store.home});
  Outcome outcome = finish(**job);
  REQUIRE_FALSE(outcome);
  CHECK((*job)->damaged());
  job->reset();
  CacheEntry entry = **store.caches.find("k", {}, "deps");
  std::ofstream(store.contents.file(entry.tree)) << "[";
  CHECK_THAT(store.restore("k", {store.workspace, store.home}), Catch::Contains("is damaged"));
  REQUIRE(collect_garbage(store.state, second));
  CHECK(store.find("k") == "none");
}

TEST_CASE("artifacts and caches share their contents") {
  CacheStore store;
  store.write("deps/f", "shared");
  REQUIRE(store.upload(store.request("x", "deps")).empty());
  std::size_t before = store.blobs();
  REQUIRE(store.save("k").empty());
  CHECK(store.blobs() == before + 1);  // the list of files
  CHECK(collect_garbage(store.state, second)->contents == 0);
}
