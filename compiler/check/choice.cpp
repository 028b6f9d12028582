// `if … else …` and `match … { case … }`: what belongs together, and whether every case is there.
#include "check/checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(MisplacedWord, "`{}` stands behind no `{}`");
DIAGNOSTIC(MisplacedStatement, "`{}` stands where a `case` is expected");
DIAGNOSTIC(DuplicateEntry, "the case {} is given twice");
DIAGNOSTIC(MissingCase, "this `match` leaves {} out");

/// What the cases of one `match` say.
struct Cases {
  llvm::StringMap<Span> seen;  ///< by the value's text
  bool otherwise = false;
};

std::string text_of(const Expression& value) {
  if (value.kind != Expression::Kind::string) return value.text.str();
  return value.parts.empty() ? "\"\"" : fmt::format("\"{}\"", std::string_view(value.parts[0].text));
}

bool is_choice(const Type* type, llvm::StringRef quoted) {
  return std::any_of(type->names.begin(), type->names.end(),
                     [&](llvm::StringRef name) { return quoted == "\"" + name.str() + "\""; });
}

Cases cases_of(const Statement& match) {
  Cases cases;
  for (const ast::Item& item : match.block->items) {
    if (!item.statement) continue;
    cases.otherwise |= item.statement->word == Word::else_;
    if (item.statement->word != Word::case_) continue;
    for (const Expression* value : item.statement->values) cases.seen.try_emplace(text_of(*value), value->span);
  }
  return cases;
}

}  // namespace

void Checker::check_siblings(llvm::ArrayRef<ast::Item> items) {
  Word before = Word::invalid;
  for (const ast::Item& item : items) {
    Word word = item.statement ? item.statement->word : Word::invalid;
    if (word == Word::else_ && before != Word::if_ && before != Word::invalid)
      sink_.report<MisplacedWord>(item.statement->keyword.span, "else", "if")
          .help("write `if CONDITION {{ … }} else {{ … }}`");
    if (word == Word::case_)
      sink_.report<MisplacedWord>(item.statement->keyword.span, "case", "match")
          .help("write `match VALUE {{ case \"a\" {{ … }} }}`");
    before = word;
  }
}

void Checker::check_match(const Statement& match, llvm::function_ref<void(const ast::Block&)> check_case) {
  const Type* type = match.value ? type_of(*match.value) : table_.simple(Type::Kind::any);
  if (!match.block) return;
  llvm::StringMap<Span> seen;
  for (const ast::Item& item : match.block->items) {
    const Statement* part = item.statement;
    if (!part || part->word == Word::invalid) continue;
    if (part->word != Word::case_ && part->word != Word::else_) {
      sink_
          .report<MisplacedStatement>(part->keyword ? part->keyword.span : part->header,
                                      std::string_view(part->keyword ? part->keyword.text : "this call"))
          .help("write it into a `case`, or before the `match`");
      continue;
    }
    for (const Expression* value : part->word == Word::case_ ? part->values : llvm::ArrayRef<const Expression*>()) {
      expect(*value, type, "the case");
      auto [first, added] = seen.try_emplace(text_of(*value), value->span);
      if (!added) sink_.report<DuplicateEntry>(value->span, text_of(*value)).note(first->second, "given here first");
    }
    if (part->block) check_case(*part->block);
  }
  check_exhaustive(match, type);
}

// A choice or a bool has all its cases; whatever has more values than can be written has an `else`.
void Checker::check_exhaustive(const Statement& match, const Type* type) {
  Cases cases = cases_of(match);
  if (cases.otherwise || type->kind == Type::Kind::any) return;
  // What is misspelt was told, and may be the one that is missing.
  for (const auto& one : cases.seen)
    if (type->kind == Type::Kind::enumeration && !is_choice(type, one.first())) return;
  std::string missing;
  auto need = [&](std::string text) {
    if (cases.seen.count(text)) return;
    missing += (missing.empty() ? "" : ", ") + text;
  };
  if (type->kind == Type::Kind::enumeration)
    for (llvm::StringRef name : type->names) need(fmt::format("\"{}\"", std::string_view(name)));
  else if (type->kind == Type::Kind::boolean)
    need("true"), need("false");
  else
    missing = "other values";
  if (missing.empty() && type->optional) need("null");
  if (missing.empty()) return;
  auto told = sink_.report<MissingCase>(match.keyword.span, missing);
  if (missing == "other values")
    told.help("add `else {{ … }}`");
  else
    told.help("add `case {} {{ … }}`, or `else {{ … }}`", missing);
}

}  // namespace sluice::check
