#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// The outside that the commands touch: which files, and writing them.
namespace sluice::driver {

/// Every `.pipe` file of the repository that holds `folder`, in order, without what begins with a dot and `build`.
std::vector<std::string> pipe_files(const std::string& folder);

/// The project that `folder` lies in: the nearest folder at or above it that holds `.git` or `.github`; `folder` itself
/// where there is none. So a project inside a larger repository is one by having workflows of its own.
std::string project_of(const std::string& folder);

/// `file` as seen from the folder of its project: what an emitted file says of its source, wherever one stands.
std::string path_in_project(const std::string& file);

/// Writes the whole file or leaves the old one: through a temporary file beside it. Makes its folder.
std::expected<void, std::string> write_file(const std::string& path, std::string_view text);

/// A unified diff of two texts with three lines around each change; empty where they are equal.
std::string unified_diff(std::string_view old_text, std::string_view new_text, const std::string& name);

/// `file` without the working folder before it, if it lies there.
std::string shown_path(const std::string& file);

}  // namespace sluice::driver
