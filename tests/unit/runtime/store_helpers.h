#pragma once
#include <sys/stat.h>

#include <ctime>

#include "run_helpers.h"
#include "runtime/store/artifacts.h"
#include "runtime/store/caches.h"
#include "runtime/store/garbage.h"

namespace sluice::runtime::test {

constexpr std::int64_t day = 86400, second = 1'000'000'000;

/// A workspace, a home folder and a state folder, with what is often asked of them.
struct Store {
  Scratch scratch;
  std::filesystem::path workspace = scratch.path / "workspace", home = scratch.path / "home";
  std::filesystem::path state = scratch.path / ".sluice";
  Artifacts artifacts{state, "7"};
  Caches caches{state};
  Contents contents{state};

  Store() {
    std::filesystem::create_directories(workspace);
    std::filesystem::create_directories(home);
  }

  void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    std::filesystem::path file = workspace / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    REQUIRE(chmod(file.c_str(), mode) == 0);
  }
  std::string read(const std::filesystem::path& file) const {
    std::ifstream stream(scratch.path / file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  bool there(const std::filesystem::path& file) const {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(scratch.path / file, error));
  }

  ArtifactRequest request(const std::string& name, const std::string& path) const {
    ArtifactRequest request;
    request.name = name;
    request.path = path;
    request.rules = {workspace, home};
    request.owner = "build";
    request.step = 1;
    request.now = 1000;
    return request;
  }

  /// What went wrong, or nothing.
  std::string upload(const ArtifactRequest& request) const {
    auto job = artifacts.upload(request);
    if (!job) return job.error();
    if (!*job) return "nothing found";
    Outcome done = finish(**job);
    return done ? "" : done.error();
  }
  std::string download(const std::string& name, const std::filesystem::path& to) const {
    auto job = artifacts.download(name, scratch.path / to);
    if (!job) return job.error();
    Outcome done = finish(**job);
    return done ? "" : done.error();
  }

  std::vector<std::string> paths(const std::string& name) const {
    std::vector<std::string> paths;
    auto manifest = artifacts.manifest(name);
    REQUIRE(manifest);
    for (const Entry& entry : manifest->entries) paths.push_back(entry.path);
    return paths;
  }

  std::size_t count(const std::filesystem::path& folder) const {
    std::size_t count = 0;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator entry(folder, error), end; entry != end; ++entry) {
      count += entry->is_regular_file();
    }
    return count;
  }
  std::size_t blobs() const { return count(contents.blobs()); }
  std::size_t temporary() const { return count(contents.temporary()); }
};

}  // namespace sluice::runtime::test
