#pragma once
#include <llvm/ADT/ArrayRef.h>

#include "shells/shell.h"

namespace sluice::shells {

/// What readers of a language share: where they are in a script, and the holes before them.
class Cursor {
 public:
  explicit Cursor(const Script& script) : text_(script.text), holes_(script.holes), places_(script.holes.size()) {}

 protected:
  /// Deeper than anybody nests. What is deeper is not read, and its holes stay closed.
  static constexpr unsigned deepest = 100;

  bool ended() const { return at_ >= text_.size(); }
  bool at_hole() const { return next_ < holes_.size() && holes_[next_] == at_; }
  bool looks_at(llvm::StringRef text) const { return text_.substr(at_).startswith(text); }
  char peek(std::size_t distance) const { return at_ + distance < text_.size() ? text_[at_ + distance] : '\n'; }
  char before() const { return at_ == 0 ? '\n' : text_[at_ - 1]; }

  Place& mark(Place::Kind kind) {
    Place& place = places_[next_++];
    place.kind = kind;
    place.escaped = escaped_;
    escaped_ = false;
    ++at_;
    return place;
  }

  /// Over a mark that takes the meaning of what follows.
  void escape() {
    ++at_;
    if (at_hole())
      escaped_ = true;
    else if (!ended())
      ++at_;
  }

  llvm::StringRef text_;
  llvm::ArrayRef<std::size_t> holes_;
  std::vector<Place> places_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;  ///< the next hole
  unsigned depth_ = 0;
  bool escaped_ = false;
};

}  // namespace sluice::shells
