#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace sluice::runtime {

/// What the processes of a leg see of the file system. All of it can be read and none of it written but for this:
struct View {
  std::filesystem::path own;                    ///< its folders `tmp`, `var-tmp` and `home` are those that they see
  std::filesystem::path home;                   ///< where the home is, which they see empty at first
  std::vector<std::filesystem::path> hidden;    ///< folders that are empty there
  std::vector<std::filesystem::path> readable;  ///< what can be read all the same; what is missing is left out
  std::vector<std::filesystem::path> writable;  ///< files and folders that are the real ones
};

/// bubblewrap's arguments for a view, without the command. A later mount lies over those before it.
std::vector<std::string> bubblewrap_arguments(const View& view, bool offline);

}  // namespace sluice::runtime
