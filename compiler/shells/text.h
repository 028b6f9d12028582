#pragma once
#include <llvm/ADT/StringRef.h>

#include <algorithm>

namespace sluice::shells {

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Of a variable's name.
inline bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

inline bool is_name(llvm::StringRef text) {
  return !text.empty() && !is_digit(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_name(c); });
}

/// Whether all is letters, digits, `_` and `others`, and there is something.
inline bool is_plain(llvm::StringRef text, llvm::StringRef others) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_name(c) || others.contains(c); });
}

/// Whether a word of the list, which has blanks between them, is `word`.
inline bool has_word(llvm::StringRef list, llvm::StringRef word) {
  // Asked for each command of each script: no `split`, which looks for the blank as for any text.
  for (const char* at = list.begin(); at != list.end();) {
    const char* end = std::find(at, list.end(), ' ');
    if (llvm::StringRef(at, static_cast<std::size_t>(end - at)) == word) return true;
    at = end == list.end() ? end : end + 1;
  }
  return false;
}

}  // namespace sluice::shells
