#include "syntax/documentation.h"

#include <llvm/Support/StringSaver.h>

namespace sluice::syntax {
namespace {

class Attacher {
 public:
  explicit Attacher(ast::File& file) : file_(file), saver_(file.arena) {}

  void visit(llvm::ArrayRef<ast::Item> items) {
    for (const ast::Item& item : items) {
      std::string text = take_before(item.span().begin);
      if (next_ < file_.comments.size()) append_trailing(item, text);
      set(item, text);
      if (item.statement && item.statement->block) visit(item.statement->block->items);
    }
  }

 private:
  llvm::StringRef text_of(const ast::Comment& comment) const {
    return llvm::StringRef(file_.source->text).substr(comment.span.begin - file_.source->base, comment.span.end - comment.span.begin);
  }

  static bool documents(llvm::StringRef text) { return text.startswith("///") && !text.startswith("////"); }

  static void append(std::string& text, llvm::StringRef comment) {
    if (!text.empty()) text += '\n';
    text += comment.drop_front(3).trim(" \t");
  }

  // The `///` lines right before an item; a plain comment or a trailing one in between ends them.
  std::string take_before(std::uint32_t begin) {
    std::string text;
    for (; next_ < file_.comments.size() && file_.comments[next_].span.begin < begin; ++next_) {
      llvm::StringRef comment = text_of(file_.comments[next_]);
      if (!file_.comments[next_].trailing && documents(comment)) append(text, comment);
      else text.clear();
    }
    return text;
  }

  // The first comment behind the item's beginning, if it stands on the item's first line.
  void append_trailing(const ast::Item& item, std::string& text) {
    const ast::Comment& comment = file_.comments[next_];
    if (!comment.trailing || !documents(text_of(comment))) return;
    llvm::StringRef between = llvm::StringRef(file_.source->text)
                                  .slice(item.span().begin - file_.source->base, comment.span.begin - file_.source->base);
    if (between.contains('\n')) return;
    append(text, text_of(comment));
  }

  void set(const ast::Item& item, const std::string& text) {
    if (text.empty()) return;
    llvm::StringRef saved = saver_.save(text);
    // The tree is finished here; only its owner hands it out, as const.
    if (item.statement) const_cast<ast::Statement*>(item.statement)->documentation = saved;
    else const_cast<ast::Entry*>(item.entry)->documentation = saved;
  }

  ast::File& file_;
  llvm::StringSaver saver_;
  std::size_t next_ = 0;
};

}  // namespace

void attach_documentation(ast::File& file) { Attacher(file).visit(file.items); }

}  // namespace sluice::syntax
