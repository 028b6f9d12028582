#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::runtime {

/// The values that must not be seen: as they are, line by line, and in the forms that tools make of them (base64 at
/// any offset, JSON and URL escapes).
class Secrets {
 public:
  /// From now on `value` is hidden. An empty one, or one of blanks, hides nothing.
  void add(std::string_view value);

  /// Appends `text` to `out` with every secret as `***`. `text` should end where no secret can go on.
  void append_masked(std::string_view text, std::string& out) const;
  std::string masked(std::string_view text) const;
  bool occur_in(std::string_view text) const;

  /// Where `text` may be cut so that no secret is cut; 0 where all of it must wait for what follows.
  std::size_t safe_cut(std::string_view text) const;

 private:
  struct Match {
    std::size_t begin, end;
  };

  void add_form(std::string form);
  void index_forms();
  Match find(std::string_view text, std::size_t from) const;

  std::vector<std::string> forms_;  ///< longest first
  std::vector<std::uint8_t> skip_;  ///< how far to go on, by the two bytes at a window's end
  std::size_t shortest_ = 0, longest_ = 0;
};

}  // namespace sluice::runtime
