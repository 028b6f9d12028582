#include "runtime/output/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/expressions/json.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t least_core = 8;
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
    bool plain = (letter < 0x80 && std::isalnum(letter)) || std::strchr("-_.~", letter) != nullptr;
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

/// As `set -x` writes it between quotes.
std::string shell_escaped(std::string_view text) {
  std::string out;
  for (char letter : text) out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return out;
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
      add_form(shell_escaped(line));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (value.size() >= least_part) add_encodings(value);
  index_forms();
}

void Secrets::add_encodings(std::string_view value) {
  add_form(base64(value));
  for (std::size_t offset = 0; offset < 3; ++offset) {
    if (std::string core = base64_core(value, offset); core.size() >= least_core) add_form(std::move(core));
  }
  for (std::size_t columns : {64, 76}) {  // as openssl and base64 break it into lines
    std::size_t bytes = columns / 4 * 3;
    for (std::size_t i = 0; value.size() > bytes && i < value.size(); i += bytes) {
      if (std::string line = base64_core(value.substr(i, bytes), 0); line.size() >= least_core)
        add_form(std::move(line));
    }
  }
  add_form(url_escaped(value));
  std::string escaped = to_json_line(Json(std::string(value)));
  add_form(escaped.substr(1, escaped.size() - 2));
}

/// Wu and Manber's table over pairs of bytes: a window of the shortest form's length skips most of the text.
void Secrets::index_forms() {
  std::ranges::sort(forms_, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  longest_ = forms_.front().size();
  shortest_ = forms_.back().size();
  skip_.clear();
  endings_.clear();
  if (shortest_ < 2) return;
  std::size_t furthest = std::min<std::size_t>(shortest_ - 1, 255);
  skip_.assign(std::size_t{1} << 16, static_cast<std::uint8_t>(furthest));
  for (std::uint32_t i = 0; i < forms_.size(); ++i) {
    for (std::size_t end = 2; end <= shortest_; ++end) {
      std::size_t distance = std::min(shortest_ - end, furthest);
      std::uint8_t& entry = skip_[pair_at(forms_[i].data() + end - 2)];
      entry = std::min(entry, static_cast<std::uint8_t>(distance));
    }
    endings_.push_back({pair_at(forms_[i].data() + shortest_ - 2), i});
  }
  std::ranges::stable_sort(endings_, {}, &Ending::pair);
}

/// The length of the longest form that `text` begins with, 0 for none; `text` is no shorter than the shortest.
std::size_t Secrets::match_at(std::string_view text) const {
  if (skip_.empty()) {
    auto form = std::ranges::find_if(forms_, [&](const std::string& one) { return text.starts_with(one); });
    return form == forms_.end() ? 0 : form->size();
  }
  for (const Ending& ending :
       std::ranges::equal_range(endings_, pair_at(text.data() + shortest_ - 2), {}, &Ending::pair)) {
    if (text.starts_with(forms_[ending.form])) return forms_[ending.form].size();
  }
  return 0;
}

/// The first place at or behind `from` where a form begins, with the longest of those that do.
Secrets::Match Secrets::find(std::string_view text, std::size_t from) const {
  std::size_t last = text.size() < shortest_ ? 0 : text.size() - shortest_ + 1;
  for (std::size_t begin = from; begin < last;) {
    if (!skip_.empty()) {
      const char* window = text.data() + shortest_ - 2;
      while (std::size_t skip = skip_[pair_at(window + begin)]) {
        begin += skip;
        if (begin >= last) return {text.size(), text.size()};
      }
    }
    if (std::size_t length = match_at(text.substr(begin))) return {begin, begin + length};
    ++begin;
  }
  return {text.size(), text.size()};
}

std::string_view Secrets::mask(std::string_view text, std::string& buffer, std::size_t hidden) const {
  return mask_start(text, text.size(), hidden, buffer);
}

std::string_view Secrets::mask_start(std::string_view text, std::size_t cut, std::size_t& hidden,
                                     std::string& buffer) const {
  buffer.clear();
  std::size_t shown = hidden;  // up to here everything was put out, or is hidden
  Match match{text.size(), text.size()};
  if (!forms_.empty()) match = find(text, 0);
  if (shown == 0 && match.begin >= cut) return text.substr(0, cut);
  for (; match.begin < cut; match = find(text, match.begin + 1)) {
    if (match.begin >= shown) buffer.append(text.substr(shown, match.begin - shown)).append("***");
    shown = std::max(shown, match.end);
  }
  if (shown < cut) buffer.append(text.substr(shown, cut - shown));
  hidden = shown > cut ? shown - cut : 0;
  return buffer;
}

std::string Secrets::masked(std::string_view text) const {
  std::string buffer;
  return std::string(mask(text, buffer));
}

bool Secrets::occur_in(std::string_view text) const { return !forms_.empty() && find(text, 0).begin < text.size(); }

std::size_t Secrets::safe_cut(std::string_view text) const {
  if (forms_.empty()) return text.size();
  return text.size() < longest_ ? 0 : text.size() - longest_ + 1;
}

}  // namespace sluice::runtime
