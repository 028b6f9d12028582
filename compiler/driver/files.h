#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// The outside that the commands touch: which files, and writing them.
namespace sluice::driver {

/// Every `.pipe` file of the repository that holds `folder`, in order, without what begins with a dot and `build`.
std::vector<std::string> pipe_files(const std::string& folder);

/// The nearest folder at or above `folder` that holds `.git`; `folder` itself where there is none.
std::string repository_of(const std::string& folder);

/// Writes the whole file or leaves the old one: through a temporary file beside it. Makes its folder.
std::expected<void, std::string> write_file(const std::string& path, std::string_view text);

/// A unified diff of two texts with three lines around each change; empty where they are equal.
std::string unified_diff(std::string_view old_text, std::string_view new_text, const std::string& name);

/// `file` without the working folder before it, if it lies there.
std::string shown_path(const std::string& file);

}  // namespace sluice::driver
