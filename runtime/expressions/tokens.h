#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::runtime {

/// A piece of an expression's text. `mark` is an operator or a bracket, which `text` holds.
struct Token {
  enum class Kind { mark, name, number, string, end };
  Kind kind = Kind::end;
  std::string_view text;     ///< as written, quotes included
  std::size_t position = 0;  ///< of its first byte
};

/// All tokens and one `end`, which stands at the last token's place; an error is GitHub's text.
std::expected<std::vector<Token>, std::string> split_tokens(std::string_view text);

/// `Unexpected symbol: 'x'. Located at position 3 within expression: …`
std::string mistake_at(std::string_view what, const Token& token, std::string_view expression);

}  // namespace sluice::runtime
