#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::runtime {

/// The values that must not be seen: as they are, line by line, and in the forms that tools make of them (base64 at
/// any offset and in lines, JSON and URL escapes, the quotes of a shell's trace). None of the forms holds a newline.
class Secrets {
 public:
  /// From now on `value` is hidden. An empty one, or one of blanks, hides nothing.
  void add(std::string_view value);

  /// `text` with every secret as `***`: itself where it holds none, else made in `buffer`. Where secrets overlap, one
  /// `***` stands for all. `text` should end where no secret can go on. The first `hidden` bytes are left out.
  std::string_view mask(std::string_view text, std::string& buffer, std::size_t hidden = 0) const;
  std::string masked(std::string_view text) const;
  bool occur_in(std::string_view text) const;

  /// Where `text` may be cut at the latest: no secret that begins before it can go on behind the end of `text`. 0: all
  /// of it must wait for what follows.
  std::size_t safe_cut(std::string_view text) const;

  /// Masks the first `cut` bytes of `text`, up to which `safe_cut` lets it be cut. `hidden` counts the bytes at the
  /// front that belong to a secret shown as `***` already; afterwards those behind the cut.
  std::string_view mask_start(std::string_view text, std::size_t cut, std::size_t& hidden, std::string& buffer) const;

 private:
  struct Match {
    std::size_t begin, end;
  };
  struct Ending {
    std::uint16_t pair;
    std::uint32_t form;
  };

  void add_form(std::string form);
  void add_encodings(std::string_view value);
  void index_forms();
  Match find(std::string_view text, std::size_t from) const;
  std::size_t match_at(std::string_view text) const;

  std::vector<std::string> forms_;  ///< longest first
  std::vector<std::uint8_t> skip_;  ///< how far to go on, by the two bytes at a window's end
  std::vector<Ending> endings_;     ///< the forms by the two bytes at the window's end, each pair's longest first
  std::size_t shortest_ = 0, longest_ = 0;
};

}  // namespace sluice::runtime
