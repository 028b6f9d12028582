#include "syntax/documentation.h"

#include <llvm/Support/StringSaver.h>

namespace sluice::syntax {
namespace {

class Attacher {
 public:
  explicit Attacher(ast::File& file) : file_(file), saver_(file.arena) {}

  void visit(llvm::ArrayRef<ast::Item> items) {
    for (const ast::Item& item : items) {
      if (next_ == file_.comments.size()) return;
      std::string text = take_before(item.span().begin);
      const ast::Statement* statement = item.statement;
      skip_to(statement ? statement->header.end : item.span().end);
      if (statement && statement->block) {
        take_behind(statement->block->span.begin + 1, text);
        visit(statement->block->items);
        skip_to(statement->block->span.end);
      }
      take_behind(item.span().end, text);
      set(item, text);
    }
  }

 private:
  llvm::StringRef text_of(const ast::Comment& comment) const {
    return llvm::StringRef(file_.source->text)
        .substr(comment.span.begin - file_.source->base, comment.span.end - comment.span.begin);
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
      if (!file_.comments[next_].trailing && documents(comment))
        append(text, comment);
      else
        text.clear();
    }
    return text;
  }

  void skip_to(std::uint32_t end) {
    while (next_ < file_.comments.size() && file_.comments[next_].span.begin < end) ++next_;
  }

  // The comment right behind an item, or right behind the brace that opens its block.
  void take_behind(std::uint32_t end, std::string& text) {
    if (next_ == file_.comments.size() || !documents(text_of(file_.comments[next_]))) return;
    std::uint32_t base = file_.source->base;
    llvm::StringRef between =
        llvm::StringRef(file_.source->text).slice(end - base, file_.comments[next_].span.begin - base);
    if (between.find_first_not_of(" \t;,") == llvm::StringRef::npos) append(text, text_of(file_.comments[next_++]));
  }

  void set(const ast::Item& item, const std::string& text) {
    if (text.empty()) return;
    llvm::StringRef saved = saver_.save(text);
    // The tree is finished here; only its owner hands it out, as const.
    if (item.statement)
      const_cast<ast::Statement*>(item.statement)->documentation = saved;
    else
      const_cast<ast::Entry*>(item.entry)->documentation = saved;
  }

  ast::File& file_;
  llvm::StringSaver saver_;
  std::size_t next_ = 0;
};

}  // namespace

void attach_documentation(ast::File& file) { Attacher(file).visit(file.items); }

}  // namespace sluice::syntax
