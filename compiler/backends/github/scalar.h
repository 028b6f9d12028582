#pragma once
#include <optional>
#include <string>
#include <string_view>

/// How a string is spelled in YAML so that every reader, of YAML 1.1 and of 1.2, gives back exactly that string.
namespace sluice::github::yaml {

/// Appends the string on one line: as it is where that is safe, quoted otherwise. Bytes that are no UTF-8 become
/// U+FFFD.
void append_scalar(std::string_view text, std::string& out);

/// Whether the string may stand without quotes as a value or a key.
bool is_plain(std::string_view text);

/// Whether a YAML 1.1 or 1.2 reader would take the plain text for something else than a string.
bool resolves_to_other(std::string_view text);

/// The header of a block scalar (`|`, `|-`, `|2`) that gives the text back exactly; none where there is no such form.
std::optional<std::string_view> block_header(std::string_view text);

/// Whether the text is one that YAML may hold without escapes: no control characters but newline and tab.
bool is_printable(std::string_view text);

}  // namespace sluice::github::yaml
