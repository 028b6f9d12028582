#pragma once
#include <string>
#include <string_view>

namespace sluice::runtime {

/// A line as it may be shown on a screen: nothing in it moves a terminal's cursor, sets its title or asks it something.
/// Escape sequences and control characters are left out, but for tabs and, with `colour`, colours (which end with the
/// line). Of what was written over with `\r` the last is shown. Bytes that are no UTF-8 become U+FFFD.
void append_shown(std::string_view line, bool colour, std::string& out);
std::string shown(std::string_view line, bool colour = false);

/// Whether there is nothing but printable ASCII, tabs and newlines, so that all of it may be shown as it is.
bool is_plain(std::string_view text);

/// How far a line reaches: cut to a number of columns. What stands in `line` may be shown; a character is one column.
std::string fitted(std::string_view line, std::size_t columns);

}  // namespace sluice::runtime
