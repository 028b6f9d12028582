// Variables that a script reads as code once more. Each read of one becomes a hole, and the holes' places tell.
#include <algorithm>
#include <map>

#include "shells/shell.h"

namespace sluice::shells {
namespace {

/// The variable of the environment that a value comes from.
struct Origin {
  std::string variable;
  bool rewritten = false;  ///< by a command: what that leaves may be a number
};

/// Names that hold a value.
using Origins = std::map<std::string, Origin, std::less<>>;

// Copies of copies, as far as anybody makes them, and shells in shells.
constexpr unsigned most_rounds = 8, deepest = 3;

class Reader {
 public:
  Reader(const Shell& shell, llvm::StringRef text) : shell_(shell), text_(text), variables_(shell.variables(text)) {
    std::stable_sort(variables_.begin(), variables_.end(),
                     [](const VariableRead& left, const VariableRead& right) { return left.begin < right.begin; });
  }

  void read(Origins origins, std::size_t offset, unsigned depth, std::vector<Reread>& found) {
    for (unsigned round = 0; round < most_rounds; ++round) {
      mark(origins);
      places_ = shell_.places(marked_);
      if (!follow(origins)) break;
    }
    for (std::size_t hole = 0; hole < places_.size(); ++hole)
      if (is_reread(places_[hole], origins_[hole]))
        found.push_back({origins_[hole].variable, offset + begins_[hole], offset + ends_[hole], places_[hole]});
    if (depth < deepest) read_inner(origins, offset, depth, found);
  }

 private:
  static bool is_reread(const Place& place, const Origin& origin) {
    bool number = place.kind == Place::Kind::arithmetic || place.kind == Place::Kind::name;
    if (place.requoted || (number && origin.rewritten)) return false;
    return number || place.use != Use::none || !place.assigns.empty();
  }

  // The script with a hole for each read of a name that holds a value.
  void mark(const Origins& origins) {
    marked_ = {};
    begins_.clear();
    ends_.clear();
    origins_.clear();
    std::size_t at = 0;
    for (const VariableRead& read : variables_) {
      auto origin = origins.find(read.name);
      if (origin == origins.end() || read.begin < at) continue;
      marked_.text += text_.slice(at, read.begin);
      marked_.add_hole();
      begins_.push_back(read.begin);
      ends_.push_back(read.end);
      origins_.push_back(origin->second);
      at = read.end;
    }
    marked_.text += text_.substr(at);
  }

  // Whether there are more names now.
  bool follow(Origins& origins) const {
    std::size_t before = origins.size();
    for (std::size_t hole = 0; hole < places_.size(); ++hole) {
      llvm::StringRef names = places_[hole].assigns;
      if (places_[hole].requoted) continue;
      for (; !names.empty(); names = names.split(' ').second)
        origins.emplace(names.split(' ').first,
                        Origin{origins_[hole].variable, places_[hole].rewritten || origins_[hole].rewritten});
    }
    return origins.size() > before;
  }

  void read_inner(const Origins& origins, std::size_t offset, unsigned depth, std::vector<Reread>& found) const {
    for (const InnerScript& inner : shell_.inner_scripts(marked_)) {
      Origins known = origins;
      known.erase("@");
      if (inner.arguments) known.emplace("@", origins_.front());
      // No hole stands in it, so what it is in the text is found by those before it.
      std::size_t begin = inner.begin + before(inner.begin);
      llvm::StringRef text = text_.substr(begin, inner.end - inner.begin);
      Reader(shell_, text).read(std::move(known), offset + begin, depth + 1, found);
    }
  }

  // How much longer the text is than the one with holes, up to there.
  std::size_t before(std::size_t at) const {
    std::size_t longer = 0;
    for (std::size_t hole = 0; hole < marked_.holes.size() && marked_.holes[hole] < at; ++hole)
      longer += ends_[hole] - begins_[hole] - 1;
    return longer;
  }

  const Shell& shell_;
  llvm::StringRef text_;
  std::vector<VariableRead> variables_;
  Script marked_;
  std::vector<Place> places_;
  std::vector<std::size_t> begins_, ends_;  ///< of each hole, in `text_`
  std::vector<Origin> origins_;             ///< of each hole
};

}  // namespace

std::vector<Reread> rereads(llvm::StringRef shell, llvm::StringRef script, llvm::ArrayRef<std::string> names) {
  Origins origins;
  for (const std::string& name : names) origins.emplace(name, Origin{name});
  std::vector<Reread> found;
  Reader(language_of(shell), script).read(std::move(origins), 0, 0, found);
  return found;
}

}  // namespace sluice::shells
