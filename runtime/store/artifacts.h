#pragma once
#include <expected>
#include <filesystem>
#include <map>
#include <string>

#include "runtime/system/files.h"

namespace sluice::runtime {

/// The artifacts of one run: a folder each, with the files below the deepest folder that holds all of what was asked
/// for.
class Artifacts {
 public:
  explicit Artifacts(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Keeps what the lines of `path` name in the workspace and gives back how many files. Nothing found is an error, and
  /// so is a name that another leg has taken; files whose names begin with a dot are left out, as on GitHub.
  std::expected<std::size_t, std::string> upload(const std::string& name, const std::string& path,
                                                 const std::filesystem::path& workspace, const std::string& owner);

  /// Puts the files of an artifact into a folder, which is made where it is missing.
  std::expected<std::size_t, std::string> download(const std::string& name, const std::filesystem::path& to) const;

 private:
  std::filesystem::path folder_;
  std::map<std::string, std::string> owners_;
};

}  // namespace sluice::runtime
