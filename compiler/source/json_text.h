#pragma once
#include <string>
#include <string_view>

namespace sluice::source {

/// Appends `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Offset of the first byte that is not UTF-8, or `npos`.
std::size_t first_invalid_utf8(std::string_view text);

}  // namespace sluice::source
