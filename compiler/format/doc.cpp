#include "format/doc.h"

#include <llvm/ADT/SmallVector.h>

#include "syntax/arena.h"

namespace sluice::format {

unsigned width_of(llvm::StringRef text) {
  unsigned width = 0;
  for (char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return width;
}

Doc* Docs::leaf(Doc::Kind kind, llvm::StringRef text) {
  Doc* doc = new (arena_.Allocate<Doc>()) Doc();
  doc->kind = kind;
  doc->text = text;
  doc->width = width_of(text);
  return doc;
}

Doc* Docs::node(Doc::Kind kind, DocList children) {
  Doc* doc = new (arena_.Allocate<Doc>()) Doc();
  doc->kind = kind;
  doc->children = syntax::copy_into(arena_, children);
  for (const Doc* child : children) {
    doc->width += child->width;
    doc->breaks |= child->breaks;
  }
  return doc;
}

const Doc* Docs::text(llvm::StringRef text) { return leaf(Doc::Kind::text, text); }

const Doc* Docs::hard_line(bool blank) {
  Doc* doc = leaf(Doc::Kind::hard_line, {});
  doc->blank = blank;
  doc->breaks = true;
  return doc;
}

const Doc* Docs::if_broken(llvm::StringRef text) {
  Doc* doc = leaf(Doc::Kind::if_broken, text);
  doc->width = 0;
  return doc;
}

const Doc* Docs::suffix(llvm::StringRef comment) {
  Doc* doc = leaf(Doc::Kind::suffix, comment);
  doc->width = 0;
  return doc;
}

const Doc* Docs::raw(llvm::StringRef text, unsigned quotes) {
  Doc* doc = leaf(Doc::Kind::raw, saver_.save(text));
  doc->amount = quotes;
  doc->width = quotes;
  doc->breaks = true;
  return doc;
}

const Doc* Docs::verbatim(llvm::StringRef text) {
  Doc* doc = leaf(Doc::Kind::verbatim, text);
  doc->width = width_of(text.split('\n').first);
  doc->breaks = true;
  return doc;
}

const Doc* Docs::group(DocList children, bool forced, bool whole) {
  Doc* doc = node(Doc::Kind::group, children);
  doc->forced = forced;
  doc->whole = whole;
  doc->breaks |= forced;
  return doc;
}

const Doc* Docs::indent(unsigned amount, DocList children) {
  Doc* doc = node(Doc::Kind::indent, children);
  doc->amount = amount;
  return doc;
}

void flatten(const Doc& doc, std::string& out, llvm::SmallVectorImpl<const Doc*>& suffixes) {
  switch (doc.kind) {
    case Doc::Kind::text:
    case Doc::Kind::line: out += doc.text; return;
    case Doc::Kind::suffix: suffixes.push_back(&doc); return;
    case Doc::Kind::hard_line:
    case Doc::Kind::if_broken:
    case Doc::Kind::raw:
    case Doc::Kind::verbatim: return;
    case Doc::Kind::concat:
    case Doc::Kind::group:
    case Doc::Kind::indent:
      for (const Doc* child : doc.children) flatten(*child, out, suffixes);
      return;
  }
}

}  // namespace sluice::format
