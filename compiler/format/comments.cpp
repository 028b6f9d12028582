#include "format/comments.h"

namespace sluice::format {

llvm::ArrayRef<ast::Comment> Comments::take_before(std::uint32_t offset) {
  std::size_t first = next_;
  while (next_ < file_.comments.size() && file_.comments[next_].span.begin < offset) ++next_;
  return llvm::ArrayRef<ast::Comment>(file_.comments).slice(first, next_ - first);
}

llvm::StringRef Comments::text(ast::Span span) const {
  return text_.slice(span.begin - file_.source->base, span.end - file_.source->base);
}

bool Comments::blank_before(std::uint32_t offset) const {
  unsigned newlines = 0;
  for (std::size_t at = offset - file_.source->base; at > 0 && newlines < 2; --at) {
    char before = text_[at - 1];
    if (before == '\n')
      ++newlines;
    else if (before != ' ' && before != '\t' && before != '\r' && before != ';' && before != ',')
      break;
  }
  return newlines == 2;
}

}  // namespace sluice::format
