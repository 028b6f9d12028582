#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "source/span.h"

namespace sluice::source {

/// One file's name and text; the text never moves while its manager lives.
struct File {
  std::string name;  ///< as the user gave it; the library's files are `<std>/python.pipe`
  std::string text;
  std::uint32_t base = 0;                  ///< offset of the first byte in the manager's space
  std::vector<std::uint32_t> line_starts;  ///< offsets into `text`

  Span span(std::size_t begin, std::size_t end) const {
    return {base + static_cast<std::uint32_t>(begin), base + static_cast<std::uint32_t>(end)};
  }
  std::string_view line(std::size_t number) const;  ///< 1-based, without its line ending
};

/// Where a byte stands, as people count: both from 1, columns in bytes.
struct Position {
  const File* file = nullptr;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Owns the texts of a compilation and gives each byte of them a number.
class SourceManager {
 public:
  const File& add(std::string name, std::string text);
  Position position(std::uint32_t offset) const;  ///< `file` is null where the offset is nowhere
  Position begin(Span span) const { return position(span.begin); }
  Position end(Span span) const { return position(span.end); }
  std::string_view text(Span span) const;
  const std::deque<File>& files() const { return files_; }

 private:
  std::deque<File> files_;
  std::uint32_t next_base_ = 1;
};

}  // namespace sluice::source
