#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/system/files.h"

namespace sluice::runtime {

/// The newest records of a run, between two commits of the journal: a file mapped into memory, so that what is put
/// there outlives a kill of this process at once and costs no call of the system. It is whole up to a record that was
/// being written; what a power cut takes of it are the last milliseconds, as of the journal.
class Tail {
 public:
  static constexpr std::size_t capacity = std::size_t{256} << 10;

  /// Makes the file where it is missing, with all its blocks: a full disk is told now, not by a signal later.
  static std::expected<Tail, std::string> open(const std::filesystem::path& file);
  Tail(Tail&& other) noexcept;
  Tail& operator=(Tail&&) = delete;
  ~Tail();

  bool add(std::string_view record);  ///< false: there is no room; commit, and clear
  void clear();                       ///< what was there is in the journal now

  /// Every whole record, in order.
  void each(const std::function<void(std::string_view)>& visit) const { each_in({memory_, capacity}, visit); }
  static void each_in(std::string_view content,
                      const std::function<void(std::string_view)>& visit);  ///< of such a file

 private:
  explicit Tail(char* memory) : memory_(memory) {}
  char* memory_;
  std::size_t used_ = 0;
};

}  // namespace sluice::runtime
