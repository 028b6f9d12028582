#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace sluice::runtime {

/// Values as GitHub's expressions know them; objects keep the order in which their keys were written.
using Json = nlohmann::ordered_json;

/// The text of `toJSON`: two blanks a level, numbers as `to_text` writes them; bytes that are no UTF-8 become U+FFFD.
std::string to_json_text(const Json& value);

/// The same on one line, for files that are read by line.
std::string to_json_line(const Json& value);

/// A text as JSON, comments allowed; `discarded` where it is none.
Json parse_json(std::string_view text);

}  // namespace sluice::runtime
