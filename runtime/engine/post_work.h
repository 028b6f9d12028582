#pragma once
#include <filesystem>
#include <string>

namespace sluice::runtime {

/// What a step has left to do when all steps have ended: to save a cache.
struct PostWork {
  std::string title;  ///< the step's
  std::filesystem::path log;
  std::string key, path;
};

}  // namespace sluice::runtime
