#pragma once
#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::runtime {

using Outcome = std::expected<void, std::string>;  ///< nothing, or what the outside world refused to do

/// Files and folders made here belong to the user alone (0700, 0600) unless a mode is given.
Outcome make_folders(const std::filesystem::path& folder, mode_t mode = 0700);
Outcome write_file(const std::filesystem::path& file, std::string_view text, mode_t mode = 0600);
/// The same for a file that is written again and again: it is cut to its length behind the text, never emptied first,
/// for ext4 brings a file that was emptied to the disk as soon as it is closed (auto_da_alloc).
Outcome overwrite_file(const std::filesystem::path& file, std::string_view text, mode_t mode = 0600);
Outcome append_file(const std::filesystem::path& file, std::string_view text);
std::expected<std::string, std::string> read_file(const std::filesystem::path& file);
Outcome remove_folder(const std::filesystem::path& folder);  ///< with all that is in it, also what is write-protected

/// Copies a file or a symbolic link with its mode and its times; never a hard link. Shares blocks where it can.
Outcome copy_entry(const std::filesystem::path& from, const std::filesystem::path& to);

/// The end of a text file: at most `count` lines and 64 KiB.
std::vector<std::string> last_lines(const std::filesystem::path& file, std::size_t count);

/// A descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

/// Writes all of it, or says why not: `No space left on device`.
Outcome write_all(int descriptor, std::string_view text);

/// `cannot WHAT PATH: REASON`, the reason taken from errno.
std::unexpected<std::string> system_error(std::string_view what, const std::filesystem::path& path);

}  // namespace sluice::runtime
