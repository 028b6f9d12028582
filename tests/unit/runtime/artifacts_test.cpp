#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "store_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;
namespace fs = std::filesystem;

namespace {

GarbageOptions impatient() {
  GarbageOptions options;
  options.patience = std::chrono::milliseconds(20);
  return options;
}

}  // namespace

TEST_CASE("an artifact keeps contents, modes, times and links") {
  Store store;
  store.write("out/tool", "#!/bin/sh\n", 0755);
  store.write("out/sub/data", "data", 0640);
  fs::create_symlink("../tool", store.workspace / "out/sub/link");
  fs::create_symlink("nowhere", store.workspace / "out/dangling");
  timespec times[2] = {{0, UTIME_OMIT}, {1234567890, 5}};
  REQUIRE(utimensat(AT_FDCWD, (store.workspace / "out/tool").c_str(), times, 0) == 0);
  REQUIRE(store.upload(store.request("x", "out")).empty());
  CHECK(store.paths("x") == std::vector<std::string>{"dangling", "sub/data", "sub/link", "tool"});

  REQUIRE(store.download("x", "in").empty());
  CHECK(store.read("in/tool") == "#!/bin/sh\n");
  CHECK(store.read("in/sub/data") == "data");
  CHECK(fs::read_symlink(store.scratch.path / "in/sub/link") == "../tool");
  CHECK(fs::read_symlink(store.scratch.path / "in/dangling") == "nowhere");
  struct stat status {};
  REQUIRE(stat((store.scratch.path / "in/tool").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0755);
  CHECK(status.st_mtim.tv_sec == 1234567890);
  CHECK(status.st_mtim.tv_nsec == 5);
  REQUIRE(stat((store.scratch.path / "in/sub/data").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
}

TEST_CASE("the digest of an artifact is that of its paths, modes and contents, and not of its times") {
  Store store;
  store.write("a/f", "abc");
  store.write("b/f", "abc");
  store.write("c/f", "abc", 0755);
  timespec times[2] = {{0, UTIME_OMIT}, {1, 0}};
  REQUIRE(utimensat(AT_FDCWD, (store.workspace / "b/f").c_str(), times, 0) == 0);
  for (const char* name : {"a", "b", "c"}) REQUIRE(store.upload(store.request(name, name)).empty());
  Manifest a = *store.artifacts.manifest("a");
  CHECK(a.digest == store.artifacts.manifest("b")->digest);
  CHECK(a.digest != store.artifacts.manifest("c")->digest);
  // printf 'file 0644 %s f\0' $(printf abc | sha256sum | cut -d' ' -f1) | sha256sum
  CHECK(hexadecimal(a.digest) ==
        hexadecimal(sha256(std::string("file 0644 ba7816bf8f01cfea414140de5dae2223b00361a396177a"
                                       "9cb410ff61f20015ad f") +
                           '\0')));
  CHECK(describe(a) == "artifact `a`: 1 file, 3 B, sha256:" + hexadecimal(a.digest).substr(0, 12));
}

TEST_CASE("each content is kept once, readable by its owner alone") {
  Store store;
  store.write("a", "same");
  store.write("b", "same", 0755);
  store.write("c", "other");
  REQUIRE(store.upload(store.request("x", "a\nb")).empty());
  REQUIRE(store.upload(store.request("y", "b\nc")).empty());
  CHECK(store.blobs() == 2);
  CHECK(store.temporary() == 0);
  fs::path blob = store.contents.file(sha256("same"));
  struct stat status {};
  REQUIRE(stat(blob.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  ino_t before = status.st_ino;
  REQUIRE(store.upload(store.request("z", "a")).empty());
  REQUIRE(stat(blob.c_str(), &status) == 0);
  CHECK(status.st_ino == before);
}

TEST_CASE("large and many files come back as they were") {
  Store store;
  std::string large;
  for (int i = 0; large.size() < (5 << 20); ++i) large += std::to_string(i);
  store.write("out/large", large);
  store.write("out/one-piece", large.substr(0, 1 << 20));
  store.write("out/empty", "");
  for (int i = 0; i < 300; ++i) store.write("out/many/" + std::to_string(i), std::to_string(i));
  REQUIRE(store.upload(store.request("x", "out")).empty());
  REQUIRE(store.download("x", "in").empty());
  CHECK(store.read("in/large") == large);
  CHECK(store.read("in/one-piece") == large.substr(0, 1 << 20));
  CHECK(store.there("in/empty"));
  CHECK(store.count(store.scratch.path / "in/many") == 300);
  CHECK(store.blobs() == 303);
}

TEST_CASE("an artifact whose writer was killed is not there, and the next one is not in its way") {
  Store store;
  store.write("out/large", std::string(64 << 20, 'x'));
  for (int i = 0; i < 50; ++i) store.write("out/" + std::to_string(i), std::to_string(i));
  pid_t child = fork();
  if (child == 0) {
    auto job = store.artifacts.upload(store.request("x", "out"));
    while (store.temporary() < 50) (void)(*job)->advance();
    pause();
    _exit(0);
  }
  for (int i = 0; i < 5000 && store.temporary() < 50; ++i) usleep(1000);
  CHECK(store.temporary() >= 50);
  Garbage beside = *collect_garbage(store.state, 2000 * second, impatient());
  CHECK(beside.busy);
  CHECK(beside.temporary == 0);
  REQUIRE(kill(child, SIGKILL) == 0);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(store.artifacts.names().empty());
  CHECK(store.blobs() == 0);
  CHECK_THAT(store.download("x", "in"), Catch::Contains("there is no artifact `x`; this run has: none"));

  REQUIRE(store.upload(store.request("x", "out")).empty());
  Garbage after = *collect_garbage(store.state, 2000 * second);
  CHECK(after.temporary >= 50);
  CHECK(after.contents == 0);
  CHECK(store.temporary() == 0);
  REQUIRE(store.download("x", "in").empty());
  CHECK(store.read("in/49") == "49");
}

TEST_CASE("two writers of one content at the same time") {
  Store store;
  store.write("f", std::string(3 << 20, 'x'));
  Artifacts other(store.state, "8");
  auto first = store.artifacts.upload(store.request("x", "f")), second_job = other.upload(store.request("x", "f"));
  bool first_done = false, second_done = false;
  while (!first_done || !second_done) {
    if (!first_done) first_done = (*first)->advance().value();
    if (!second_done) second_done = (*second_job)->advance().value();
  }
  CHECK(store.blobs() == 1);
  CHECK(store.temporary() == 0);
  CHECK(other.manifest("x")->digest == store.artifacts.manifest("x")->digest);
}

TEST_CASE("a name belongs to the step that took it, unless it is overwritten") {
  Store store;
  store.write("f", "1");
  ArtifactRequest request = store.request("x", "f");
  REQUIRE(store.upload(request).empty());
  store.write("f", "2");
  REQUIRE(store.upload(request).empty());  // another attempt of the step
  CHECK(store.artifacts.manifest("x")->entries[0].digest == sha256("2"));
  request.step = 2;
  CHECK_THAT(store.upload(request), Catch::Contains("there is an artifact `x` already, from `build`"));
  request.owner = "other", request.step = 1;
  CHECK_THAT(store.upload(request), Catch::Contains("there is an artifact `x` already, from `build`"));
  request.overwrite = true;
  CHECK(store.upload(request).empty());
  CHECK(store.artifacts.manifest("x")->owner == "other");
}

TEST_CASE("of two legs that take one name at the same time the second one fails") {
  Store store;
  store.write("f", "1");
  ArtifactRequest request = store.request("x", "f");
  auto first = store.artifacts.upload(request);
  request.owner = "other";
  auto late = store.artifacts.upload(request);
  REQUIRE(finish(**first));
  Outcome outcome = finish(**late);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error() == "another step has made an artifact `x` meanwhile");
  CHECK(store.artifacts.manifest("x")->owner == "build");
}

TEST_CASE("names that GitHub refuses, nothing found, too much found") {
  Store store;
  store.write("f", std::string(3000, 'x'));
  for (const char* name : {"a/b", "a\\b", "a:b", "a\"b", "a<b", "a>b", "a|b", "a*b", "a?b", "a\nb", "a\rb", ""}) {
    CHECK_FALSE(store.upload(store.request(name, "f")).empty());
  }
  CHECK(store.upload(store.request("a b.c-ü", "f")).empty());
  CHECK(store.upload(store.request(std::string(250, 'n'), "f")).empty());
  CHECK_THAT(store.upload(store.request(std::string(251, 'n'), "f")), Catch::Contains("250 is the most"));
  CHECK(store.upload(store.request("x", "g\n!f")) == "no files were found with the path: g, !f");
  ArtifactRequest request = store.request("x", "g");
  request.no_files = ArtifactRequest::NoFiles::allowed;
  CHECK(store.upload(request) == "nothing found");
  request = store.request("x", "f");
  request.limit = 2048;
  CHECK(store.upload(request) == "the artifact `x` has 2.9 KiB in 1 file; 2 KiB is the most");
}

TEST_CASE("a content that was tampered with is found, and written anew by who has it") {
  Store store;
  store.write("f", "right");
  REQUIRE(store.upload(store.request("x", "f")).empty());
  fs::path blob = store.contents.file(sha256("right"));
  std::ofstream(blob) << "wrong";
  CHECK_THAT(store.download("x", "in"), Catch::Contains("the content of `f` is damaged in the store"));
  CHECK_FALSE(store.there("in/f"));
  REQUIRE(store.upload(store.request("x", "f")).empty());
  CHECK(store.download("x", "in").empty());
  CHECK(store.read("in/f") == "right");
}

TEST_CASE("a manifest that leads outside, or does not fit its digest, is refused") {
  Manifest manifest{"x", "7", "build", 1, 1000, {}, {}, {{Entry::Kind::file, "f", 0644, 1, sha256("1"), "", 0}}};
  manifest.digest = digest_of_entries(manifest.entries);
  REQUIRE(manifest_from_text(manifest_to_text(manifest)));
  manifest.entries[0].mode = 0755;
  CHECK_FALSE(manifest_from_text(manifest_to_text(manifest)));
  for (const char* path : {"../f", "/f", "a/../../f", "", "a//f", "./f"}) {
    manifest.entries[0].path = path;
    manifest.digest = digest_of_entries(manifest.entries);
    CHECK_FALSE(manifest_from_text(manifest_to_text(manifest)));
  }
  manifest.entries = {{Entry::Kind::link, "a", 0, 0, {}, "/etc", 0}, {Entry::Kind::file, "a/f", 0644, 1, {}, "", 0}};
  manifest.digest = digest_of_entries(manifest.entries);
  CHECK_FALSE(manifest_from_text(manifest_to_text(manifest)));
}

TEST_CASE("names of files may be any bytes") {
  Store store;
  std::string name = "f\xff\n\"";
  store.write("out/" + name, "1");
  REQUIRE(store.upload(store.request("x", "out")).empty());
  CHECK(store.paths("x") == std::vector<std::string>{name});
  REQUIRE(store.download("x", "in").empty());
  CHECK(store.read("in/" + name) == "1");
}

TEST_CASE("a download replaces what stands there and does not write through links") {
  Store store;
  store.write("f", "new");
  REQUIRE(store.upload(store.request("x", "f")).empty());
  store.write("precious", "old");
  fs::create_directories(store.scratch.path / "in");
  fs::create_symlink(store.workspace / "precious", store.scratch.path / "in/f");
  REQUIRE(store.download("x", "in").empty());
  CHECK(store.read("in/f") == "new");
  CHECK(store.read("workspace/precious") == "old");
}

TEST_CASE("garbage: artifacts past their time go, then what nothing names") {
  Store store;
  store.write("old", "old");
  store.write("both", "both");
  store.write("kept", "kept");
  ArtifactRequest request = store.request("a", "old\nboth");
  request.keep_for = day;
  REQUIRE(store.upload(request).empty());
  request = store.request("b", "both\nkept");
  request.keep_for = 2 * day;
  REQUIRE(store.upload(request).empty());
  REQUIRE(store.upload(store.request("c", "kept")).empty());  // as long as its run
  auto at = [](std::int64_t seconds) { return seconds * second; };

  Garbage early = *collect_garbage(store.state, at(1000 + day - 1));
  CHECK(early.artifacts.empty());
  CHECK(early.contents == 0);
  GarbageOptions open;
  open.is_open = [](const std::string& run) { return run == "7"; };
  CHECK(collect_garbage(store.state, at(1000 + 9 * day), open)->artifacts.empty());
  Garbage first = *collect_garbage(store.state, at(1000 + day));
  CHECK(first.artifacts == std::vector<std::string>{"7/a"});
  CHECK(first.contents == 1);
  CHECK(first.bytes == 3);
  CHECK(store.blobs() == 2);
  CHECK(collect_garbage(store.state, at(1000 + 9 * day))->artifacts == std::vector<std::string>{"7/b"});
  CHECK(store.artifacts.names() == std::vector<std::string>{"c"});
  CHECK(store.blobs() == 1);
  fs::remove_all(store.state / "runs");
  CHECK(collect_garbage(store.state, at(1000 + 9 * day))->contents == 1);
  CHECK(store.blobs() == 0);
}

TEST_CASE("garbage: nothing that an upload has just taken is removed, nor anything beside a broken manifest") {
  Store store;
  store.write("f", "abandoned");
  REQUIRE(store.upload(store.request("x", "f")).empty());
  fs::remove(store.state / "runs/7/artifacts/x.json");
  // The content is there and nobody names it: this upload takes it over, and has not written its manifest yet.
  auto job = store.artifacts.upload(store.request("y", "f"));
  Capture capture(store.contents, {{store.workspace / "f", "f"}}, Capture::Durable::no);
  REQUIRE(finish(capture));
  Garbage beside = *collect_garbage(store.state, second, impatient());
  CHECK(beside.busy);
  CHECK(store.blobs() == 1);
  REQUIRE(finish(**job));
  std::ofstream(store.state / "runs/7/artifacts/z.json") << "{";
  CHECK_THAT(collect_garbage(store.state, second).error(), Catch::Contains("z.json` is no manifest"));
}
