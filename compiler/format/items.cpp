// Files, blocks, and what stands between statements.
#include "format/words.h"
#include "format/writer.h"

namespace sluice::format {

using ast::Item;

namespace {

bool has_block(const Item& item) { return item.statement && item.statement->block; }

// The `else` that stands on the line of the brace before it.
bool continues_if(const Item& before, const Item& item) {
  return item.statement && item.statement->word == ast::Word::else_ && before.statement &&
         before.statement->word == ast::Word::if_;
}

// A line that begins with a clause word would be read as part of the header above it.
bool would_be_taken_for_clause(const Item& before, const Item& item) {
  return before.statement && !before.statement->block && has_long_header(*before.statement) && item.statement &&
         is_clause_word(item.statement->keyword.text);
}

bool on_several_lines(const Doc& doc) { return doc.breaks || doc.width > last_column; }

}  // namespace

Writer::Gap Writer::comments_before(std::uint32_t offset, bool first, Parts& parts) {
  Gap gap;
  for (const ast::Comment& comment : comments_.take_before(offset)) {
    gap.any = true;
    if (in_hole_ || (comment.trailing && !gap.own_lines)) {
      parts.push_back(docs_.suffix(comments_.text(comment)));
      continue;
    }
    bool blank = comments_.blank_before(comment.span.begin) && (gap.own_lines || !first);
    gap.own_lines = true;
    parts.push_back(docs_.hard_line(blank));
    parts.push_back(docs_.text(comments_.text(comment)));
  }
  gap.blank = comments_.blank_before(offset) && (gap.own_lines || !first);
  return gap;
}

const Doc* Writer::file(const ast::File& file) {
  Parts parts;
  const Doc* last = nullptr;
  for (std::size_t i = 0; i < file.items.size(); ++i) {
    const Item& item = file.items[i];
    if (i > 0 && would_be_taken_for_clause(file.items[i - 1], item)) parts.push_back(docs_.text(";"));
    std::size_t begin = parts.size();
    Gap gap = comments_before(item.span().begin, i == 0, parts);
    parts.push_back(docs_.hard_line(gap.blank));
    const Doc* doc = this->item(item);
    bool separate =
        i > 0 && has_block(item) && has_block(file.items[i - 1]) && (on_several_lines(*doc) || on_several_lines(*last));
    if (i > 0 && !gap.any && continues_if(file.items[i - 1], item)) {
      parts.back() = docs_.text(" ");
    } else if (separate) {
      set_apart(llvm::MutableArrayRef<const Doc*>(parts).drop_front(begin));
    }
    parts.push_back(doc);
    last = doc;
  }
  comments_before(comments_.end_of_file(), file.items.empty(), parts);
  if (!parts.empty() && parts.front()->kind == Doc::Kind::hard_line) parts.erase(parts.begin());
  return docs_.concat(parts);
}

// An empty line goes in front of the comments that lead to the next item, if there is none yet.
void Writer::set_apart(llvm::MutableArrayRef<const Doc*> gap) {
  auto is_line = [](const Doc* doc) { return doc->kind == Doc::Kind::hard_line; };
  if (llvm::any_of(gap, [](const Doc* doc) { return doc->blank; })) return;
  *llvm::find_if(gap, is_line) = docs_.hard_line(true);
}

const Doc* Writer::block(const ast::Block& block) {
  bool forced = comments_.has_newline(block.span.begin, block.span.end);
  Parts parts;
  for (std::size_t i = 0; i < block.items.size(); ++i) {
    if (i > 0) {
      separate(block.items[i - 1], block.items[i], parts);
    } else {
      Gap gap = comments_before(block.items[i].span().begin, true, parts);
      parts.push_back(gap.blank ? docs_.hard_line(true) : docs_.line(" "));
    }
    parts.push_back(item(block.items[i]));
  }
  comments_before(block.span.end - 1, block.items.empty(), parts);
  if (parts.empty()) return docs_.text("{ }");
  return docs_.group({docs_.text("{"), docs_.indent(2, parts), docs_.line(" "), docs_.text("}")}, forced);
}

void Writer::separate(const Item& before, const Item& item, Parts& parts) {
  bool guarded = would_be_taken_for_clause(before, item);
  if (guarded) parts.push_back(docs_.text(";"));
  Gap gap = comments_before(item.span().begin, false, parts);
  if (!gap.any && continues_if(before, item))
    parts.push_back(docs_.text(" "));
  else if (gap.blank)
    parts.push_back(docs_.hard_line(true));
  else
    parts.push_back(docs_.line(guarded ? " " : before.entry && item.entry ? ", " : "; "));
}

const Doc* Writer::item(const Item& item) {
  if (item.statement) return statement(*item.statement);
  const Doc* value = expression(*item.entry->value);
  return docs_.concat({key(item.entry->key), docs_.text(": "), value});
}

const Doc* Writer::statement(const ast::Statement& statement) {
  const Doc* head = header(statement);
  if (!statement.block) return head;
  return docs_.concat({head, docs_.text(" "), block(*statement.block)});
}

}  // namespace sluice::format
