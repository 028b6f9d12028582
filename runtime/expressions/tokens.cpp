#include "runtime/expressions/tokens.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

bool is_blank(char letter) { return letter == ' ' || (letter >= '\t' && letter <= '\r'); }

bool ends_token(char letter) {
  return is_blank(letter) || std::string_view("()[],.!<>=&|").find(letter) != std::string_view::npos;
}

bool is_name(std::string_view text) {
  auto plain = [](char letter) { return std::isalnum(static_cast<unsigned char>(letter)) || letter == '_'; };
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-') return false;
  for (char letter : text) {
    if (!plain(letter) && letter != '-') return false;
  }
  return true;
}

/// Whether a value may begin behind that token: then a dot or a sign begins a number.
bool value_may_follow(const Token* last) {
  if (last == nullptr) return true;
  return last->kind == Token::Kind::mark && last->text != ")" && last->text != "]" && last->text != "." &&
         last->text != "*";
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::expected<std::vector<Token>, std::string> all() {
    while (skip_blanks()) {
      if (!take()) return std::unexpected(mistake_at("Unexpected symbol", tokens_.back(), text_));
    }
    Token end = tokens_.empty() ? Token{} : tokens_.back();
    end.kind = Token::Kind::end;
    tokens_.push_back(end);
    return std::move(tokens_);
  }

 private:
  bool skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size();
  }

  void add(Token::Kind kind, std::size_t length) {
    tokens_.push_back({kind, text_.substr(at_, length), at_});
    at_ += length;
  }

  /// False: the token that was added last is none.
  bool take() {
    char letter = text_[at_];
    const Token* last = tokens_.empty() ? nullptr : &tokens_.back();
    bool behind_dot = last != nullptr && last->kind == Token::Kind::mark && last->text == ".";
    if (letter == '\'') return take_string();
    for (std::string_view mark : {"&&", "||", "==", "!=", "<=", ">=", "(", ")", "[", "]", ",", "!", "<", ">", "*"}) {
      if (!text_.substr(at_).starts_with(mark)) continue;
      add(Token::Kind::mark, mark.size());
      return true;
    }
    if (letter == '.' && !value_may_follow(last)) {
      add(Token::Kind::mark, 1);
      return true;
    }
    bool number = std::isdigit(static_cast<unsigned char>(letter)) || letter == '.' || letter == '+' || letter == '-';
    std::size_t length = 1;
    while (at_ + length < text_.size() && (!ends_token(text_[at_ + length]) || (number && text_[at_ + length] == '.')))
      ++length;
    add(number ? Token::Kind::number : Token::Kind::name, length);
    std::string_view token = tokens_.back().text;
    if (!number) return is_name(token);
    if (behind_dot) return true;
    return token != "+" && token != "-" && !std::isnan(to_number(Json(token)));
  }

  bool take_string() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (text_[end] != '\'' || (end + 1 < text_.size() && text_[end + 1] == '\'')))
      end += text_[end] == '\'' ? 2 : 1;
    bool closed = end < text_.size();
    add(Token::Kind::string, std::min(end + 1, text_.size()) - at_);
    return closed;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::expected<std::vector<Token>, std::string> split_tokens(std::string_view text) { return Splitter(text).all(); }

std::string mistake_at(std::string_view what, const Token& token, std::string_view expression) {
  return fmt::format("{}: '{}'. Located at position {} within expression: {}", what, token.text, token.position + 1,
                     expression);
}

}  // namespace sluice::runtime
