#include "source/json_text.h"

#include <fmt/core.h>
#include <llvm/Support/ConvertUTF.h>

namespace sluice::source {
namespace {

// Length of the UTF-8 sequence at `at`, 0 where there is none.
std::size_t sequence_length(std::string_view text, std::size_t at) {
  auto first = reinterpret_cast<const llvm::UTF8*>(text.data() + at);
  auto end = reinterpret_cast<const llvm::UTF8*>(text.data() + text.size());
  unsigned length = llvm::getNumBytesForUTF8(*first);
  return first + length <= end && llvm::isLegalUTF8Sequence(first, end) ? length : 0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      std::size_t length = sequence_length(text, i);
      out += length ? text.substr(i, length) : std::string_view("\\ufffd");
      i += length ? length : 1;
      continue;
    }
    if (c == '"' || c == '\\')
      (out += '\\') += static_cast<char>(c);
    else if (c == '\n')
      out += "\\n";
    else if (c < ' ' || c == 0x7f)
      out += fmt::format("\\u{:04x}", c);
    else
      out += static_cast<char>(c);
    ++i;
  }
  out += '"';
}

std::size_t first_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    std::size_t length = sequence_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace sluice::source
