#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Allocator.h>
#include <llvm/Support/StringSaver.h>

#include <cstdint>
#include <string>

namespace sluice::format {

/// A piece of a layout: text, and places where lines may end. What is built here is laid out by `lay_out`.
struct Doc {
  enum class Kind : std::uint8_t {
    text,
    line,       ///< `text` where its group is on one line, else a new line
    hard_line,  ///< always a new line, behind an empty one if `blank`
    if_broken,  ///< `text` where its group is on several lines
    suffix,     ///< a comment: stands at the end of the line it is on
    raw,        ///< a raw string of several lines: `text` between `quotes` quotes, each line indented
    verbatim,   ///< text of several lines, as it is
    concat,
    group,   ///< on one line if that fits, else each of its own `line`s is a new line
    indent,  ///< new lines in it stand `amount` columns deeper, if its group is on several lines
  };
  Kind kind = Kind::text;
  bool blank = false;
  bool forced = false;  ///< a group that is on several lines, whatever fits
  bool whole = false;   ///< a group that fits only if all of it fits on one line, forced groups in it included
  bool breaks = false;  ///< a new line is certain somewhere in it
  unsigned amount = 0;  ///< of an indent; the quotes of a raw string
  unsigned width = 0;   ///< on one line
  llvm::StringRef text;
  llvm::ArrayRef<const Doc*> children;
};

using DocList = llvm::ArrayRef<const Doc*>;

/// Columns of a text: its UTF-8 characters.
unsigned width_of(llvm::StringRef text);

/// Makes docs and owns them. Texts are not copied, except by `owned`.
class Docs {
 public:
  const Doc* text(llvm::StringRef text);
  const Doc* owned(llvm::StringRef text) { return this->text(saver_.save(text)); }
  const Doc* line(llvm::StringRef flat) { return leaf(Doc::Kind::line, flat); }
  const Doc* hard_line(bool blank);
  const Doc* if_broken(llvm::StringRef text);
  const Doc* suffix(llvm::StringRef comment);
  const Doc* raw(llvm::StringRef text, unsigned quotes);
  const Doc* verbatim(llvm::StringRef text);
  const Doc* concat(DocList children) { return node(Doc::Kind::concat, children); }
  const Doc* group(DocList children, bool forced = false, bool whole = false);
  const Doc* indent(unsigned amount, DocList children);

 private:
  Doc* leaf(Doc::Kind kind, llvm::StringRef text);
  Doc* node(Doc::Kind kind, DocList children);

  llvm::BumpPtrAllocator arena_;
  llvm::StringSaver saver_{arena_};
};

constexpr unsigned last_column = 100;

/// The text of a doc; ends in a newline if it is not empty.
std::string lay_out(const Doc& doc);

/// Appends the text of a doc as one line, without its comments, which are added to `suffixes`.
void flatten(const Doc& doc, std::string& out, llvm::SmallVectorImpl<const Doc*>& suffixes);

}  // namespace sluice::format
