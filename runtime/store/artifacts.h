#pragma once
#include <memory>
#include <string>
#include <vector>

#include "runtime/store/capture.h"
#include "runtime/store/layout.h"
#include "runtime/store/search.h"

namespace sluice::runtime {

struct ArtifactRequest {
  std::string name;
  std::string path;  ///< lines: paths and patterns, see `search_files`
  SearchRules rules;
  enum class NoFiles { error, allowed };
  NoFiles no_files = NoFiles::error;
  bool overwrite = false;  ///< takes the place of an artifact of that name, whoever made it
  std::string owner;       ///< the leg; it may upload again in the same step, another attempt of which it is
  std::size_t step = 0;
  std::int64_t now = 0;                  ///< seconds since 1970
  std::optional<std::int64_t> keep_for;  ///< seconds; nothing or 0: as long as the run
  std::uint64_t limit = 0;               ///< of all files, in bytes; 0: none
};

/// One upload. When the last piece is done the artifact is there, whole and durable; before, it is not.
class ArtifactUpload final : public Job {
 public:
  ArtifactUpload(const Contents& contents, std::filesystem::path file, std::vector<Capture::Source> sources,
                 Manifest manifest, bool overwrite);

  std::expected<bool, std::string> advance() override;
  bool waits() const override { return capture_.waits(); }
  const Manifest& manifest() const { return manifest_; }  ///< complete at the end

 private:
  const Contents& contents_;
  std::filesystem::path file_;
  Capture capture_;
  Manifest manifest_;
  bool overwrite_;
};

/// The artifacts of one run: a manifest each, `.sluice/runs/7/artifacts/NAME.json`; the contents are in the store. All
/// that is known of them is in these files, so that a run that is taken up again finds its artifacts.
class Artifacts {
 public:
  Artifacts(const std::filesystem::path& state_folder, std::string run);

  /// An error: a name that GitHub refuses, one that another step has taken, too many bytes, no files; null where there
  /// may be none.
  std::expected<std::unique_ptr<ArtifactUpload>, std::string> upload(const ArtifactRequest& request) const;

  /// Lays the artifact's files out below `to`, which is made where it is missing.
  std::expected<std::unique_ptr<Layout>, std::string> download(const std::string& name,
                                                               const std::filesystem::path& to) const;

  std::expected<Manifest, std::string> manifest(const std::string& name) const;
  std::vector<std::string> names() const;  ///< in the order of their bytes

 private:
  Outcome check_owner(const ArtifactRequest& request) const;
  std::filesystem::path file(const std::string& name) const { return folder_ / (name + ".json"); }

  Contents contents_;
  std::string run_;
  std::filesystem::path folder_;
};

/// `artifact `x`: 3 files, 12 KiB, sha256:ab12cd34ef56`: what a log says of it.
std::string describe(const Manifest& manifest);

}  // namespace sluice::runtime
