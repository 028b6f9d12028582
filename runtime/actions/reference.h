#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace sluice::runtime {

/// What stands behind `uses`.
struct ActionReference {
  enum class Kind {
    local,       ///< `./path`: in the workspace
    repository,  ///< `owner/name/path@ref`
    image,       ///< `docker://name:tag`
  };
  Kind kind = Kind::local;
  std::string repository;  ///< `owner/name`
  std::string path;        ///< of a local one, or inside of the repository; empty: its top
  std::string ref;
  std::string image;
};

std::expected<ActionReference, std::string> parse_reference(std::string_view uses);

/// Where actions are found.
struct ActionFolders {
  std::filesystem::path workspace;    ///< of `./path`
  std::filesystem::path checked_out;  ///< of all others; empty: there are none
};

/// The action's folder. Below `checked_out` an action of `owner/name` lies in `owner/name@ref`, in `owner/name/ref`, as
/// the official runner has its `_actions`, or, whatever the ref, in `owner/name`.
std::expected<std::filesystem::path, std::string> find_action(const ActionReference& reference,
                                                              const ActionFolders& folders);

/// Whether there is an action in the folder.
bool holds_action(const std::filesystem::path& folder);

}  // namespace sluice::runtime
