#include "runtime/output/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/expressions/json.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t least_part = 3;  // shorter lines of a secret, such as `{`, tell nothing and would hide everything

std::string base64(std::string_view bytes) {
  constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k <= count; ++k) text += letters[group >> (18 - 6 * k) & 63];
  }
  return text;
}

std::string url_escaped(std::string_view text) {
  std::string out;
  for (unsigned char letter : text) {
    bool plain = std::isalnum(letter) || std::strchr("-_.~", letter) != nullptr;
    out += plain ? std::string(1, static_cast<char>(letter)) : fmt::format("%{:02X}", letter);
  }
  return out;
}

/// What of the base64 of anything that holds the bytes does not depend on what stands before and behind them.
std::string base64_core(std::string_view bytes, std::size_t offset) {
  bytes.remove_prefix(std::min(bytes.size(), (3 - offset) % 3));
  bytes.remove_suffix(bytes.size() % 3);
  return base64(bytes);
}

std::uint16_t pair_at(const char* bytes) {
  std::uint16_t pair;
  std::memcpy(&pair, bytes, 2);
  return pair;
}

}  // namespace

void Secrets::add_form(std::string form) {
  if (trimmed(form).empty() || std::ranges::find(forms_, form) != forms_.end()) return;
  forms_.push_back(std::move(form));
}

void Secrets::add(std::string_view value) {
  if (trimmed(value).empty()) return;
  for (std::string_view rest = value; !rest.empty();) {
    std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.size() == value.size() || trimmed(line).size() >= least_part) {
      add_form(std::string(line));
      if (trimmed(line).size() != line.size()) add_form(std::string(trimmed(line)));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (value.size() >= least_part) {
    add_form(base64(value));
    for (std::size_t offset = 0; offset < 3; ++offset) {
      if (std::string core = base64_core(value, offset); core.size() >= 8) add_form(std::move(core));
    }
    add_form(url_escaped(value));
    std::string escaped = to_json_line(Json(std::string(value)));
    add_form(escaped.substr(1, escaped.size() - 2));
  }
  index_forms();
}

/// Wu and Manber's table over pairs of bytes: a window of the shortest form's length skips most of the text.
void Secrets::index_forms() {
  std::ranges::sort(forms_, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  longest_ = forms_.front().size();
  shortest_ = forms_.back().size();
  skip_.clear();
  if (shortest_ < 2) return;
  std::size_t furthest = std::min<std::size_t>(shortest_ - 1, 255);
  skip_.assign(std::size_t{1} << 16, static_cast<std::uint8_t>(furthest));
  for (const std::string& form : forms_) {
    for (std::size_t end = 2; end <= shortest_; ++end) {
      std::size_t distance = std::min(shortest_ - end, furthest);
      std::uint8_t& entry = skip_[pair_at(form.data() + end - 2)];
      entry = std::min(entry, static_cast<std::uint8_t>(distance));
    }
  }
}

Secrets::Match Secrets::find(std::string_view text, std::size_t from) const {
  for (std::size_t begin = from; begin + shortest_ <= text.size();) {
    if (!skip_.empty()) {
      if (std::size_t skip = skip_[pair_at(text.data() + begin + shortest_ - 2)]; skip > 0) {
        begin += skip;
        continue;
      }
    }
    for (const std::string& form : forms_) {
      if (text.substr(begin).starts_with(form)) return {begin, begin + form.size()};
    }
    ++begin;
  }
  return {text.size(), text.size()};
}

void Secrets::append_masked(std::string_view text, std::string& out) const {
  if (forms_.empty()) {
    out += text;
    return;
  }
  for (std::size_t position = 0; position < text.size();) {
    Match match = find(text, position);
    out += text.substr(position, match.begin - position);
    if (match.begin < match.end) out += "***";
    position = match.end;
  }
}

std::string Secrets::masked(std::string_view text) const {
  std::string out;
  append_masked(text, out);
  return out;
}

bool Secrets::occur_in(std::string_view text) const { return !forms_.empty() && find(text, 0).begin < text.size(); }

std::size_t Secrets::safe_cut(std::string_view text) const {
  if (forms_.empty()) return text.size();
  if (text.size() < longest_) return 0;
  std::size_t cut = text.size() - longest_ + 1;
  for (std::size_t position = 0; position < cut;) {
    Match match = find(text, position);
    if (match.begin >= cut) return cut;
    if (match.end >= cut) return match.end;
    position = match.end;
  }
  return cut;
}

}  // namespace sluice::runtime
