#include "syntax/shape.h"

#include <llvm/ADT/SmallVector.h>

#include <array>
#include <optional>

#include "diagnostics/nearest.h"
#include "syntax/arena.h"
#include "syntax/recovery.h"
#include "syntax/signature.h"

namespace sluice::syntax {
namespace {

using ast::Expression;
using ast::Piece;
using ast::Place;
using ast::Statement;
using ast::Word;

DIAGNOSTIC(UnknownWord, "unknown word `{}` in {}");
DIAGNOSTIC(MisplacedWord, "`{}` cannot stand in {}");
DIAGNOSTIC(UnknownClause, "unknown clause `{}`");
DIAGNOSTIC(MissingPiece, "`{}` lacks {}");
DIAGNOSTIC(ExtraPiece, "`{}` takes no further value");
DIAGNOSTIC(MissingBlock, "`{}` lacks its block");
DIAGNOSTIC(UnexpectedBlock, "`{}` takes no block");
DIAGNOSTIC(MisplacedEntry, "`{}:` stands where a statement is expected");

bool is_bare_name(const Piece& piece) {
  return piece.kind == Piece::Kind::expression && piece.expression->kind == Expression::Kind::name;
}

std::optional<ast::Clause> clause_of(const Piece& piece) {
  if (!is_bare_name(piece)) return std::nullopt;
  for (unsigned i = 0; i < static_cast<unsigned>(ast::Clause::count); ++i)
    if (ast::spelling(static_cast<ast::Clause>(i)) == piece.expression->text) return static_cast<ast::Clause>(i);
  return std::nullopt;
}

/// Takes the pieces of one header one after the other, as the signature of its word lists them.
class Shaper {
 public:
  Shaper(Statement& statement, bool broken, llvm::BumpPtrAllocator& arena, diagnostics::Sink& sink)
      : statement_(statement), broken_(broken), arena_(arena), sink_(sink), signature_(signature_of(statement.word)) {}

  void fill() {
    refuse_comma();
    take_name();
    for (const Slot slot : signature_.slots) take(slot);
    take_clauses();
    refuse_rest();
    if (values_.size() > 0) statement_.values = copy_into<const Expression*>(arena_, values_);
    if (clauses_.size() > 0) statement_.clauses = copy_into<ast::ClauseValue>(arena_, clauses_);
  }

 private:
  // `run, "x"`: a comma stands between values only.
  void refuse_comma() {
    if (broken_ || statement_.pieces.size() < 2 || !statement_.pieces[1].comma) return;
    report_unexpected({statement_.keyword.span.end, statement_.pieces[1].span.begin}, "a value", "`,`", sink_)
        .help("commas stand between values: `{}`", std::string_view(ast::info(statement_.word).example));
    broken_ = true;
  }

  const Piece* peek() const { return at_ < statement_.pieces.size() ? &statement_.pieces[at_] : nullptr; }

  // A clause word of this statement begins the clauses; before that it may be an ordinary value.
  bool at_clause() const {
    const Piece* piece = peek();
    if (!piece || !is_bare_name(*piece) || piece->comma) return false;
    llvm::StringRef text = piece->expression->text;
    if (text == "after" && signature_.after) return true;
    if (flag_at(text)) return true;
    auto clause = clause_of(*piece);
    return clause && signature_.has(*clause);
  }

  std::optional<ast::Flag> flag_at(llvm::StringRef text) const {
    for (unsigned i = 0; i < signature_flags; ++i) {
      auto flag = static_cast<ast::Flag>(i);
      if (signature_.has(flag) && ast::spelling(flag) == text) return flag;
    }
    return std::nullopt;
  }

  const Expression* take_expression() {
    const Piece* piece = peek();
    if (!piece || piece->kind != Piece::Kind::expression) return nullptr;
    ++at_;
    return piece->expression;
  }

  void lack(llvm::StringRef what) {
    if (broken_) return;
    std::uint32_t end = at_ > 0 ? statement_.pieces[at_ - 1].span.end : statement_.header.end;
    sink_
        .report<MissingPiece>({statement_.keyword.span.begin, end}, std::string_view(statement_.keyword.text),
                              std::string_view(what))
        .help("for example `{}`", std::string_view(ast::info(statement_.word).example));
    broken_ = true;
  }

  void take_name() {
    if (signature_.name == Need::no) return;
    const Piece* piece = peek();
    if (piece && !at_clause() && take_name_of(*piece)) {
      ++at_;
      return;
    }
    if (signature_.name == Need::yes) lack("a name");
  }

  bool take_name_of(const Piece& piece) {
    switch (piece.kind) {
      case Piece::Kind::typed:
        statement_.name = piece.declared->name;
        statement_.type = piece.declared->type;
        return true;
      case Piece::Kind::parameters:
        statement_.name = piece.declared->name;
        statement_.type = piece.declared->type;
        statement_.has_parameters = true;
        statement_.parameters = piece.declared->parameters;
        return true;
      case Piece::Kind::expression: return take_name_of(*piece.expression);
      case Piece::Kind::returns:
      case Piece::Kind::assign:
      case Piece::Kind::type:
      case Piece::Kind::arrow: return false;
    }
    return false;
  }

  bool take_name_of(const Expression& expression) {
    if (expression.kind == Expression::Kind::name || expression.kind == Expression::Kind::null ||
        expression.kind == Expression::Kind::boolean) {
      statement_.name = {expression.text, expression.span};
      return true;
    }
    if (signature_.indexed && expression.kind == Expression::Kind::index &&
        expression.operands[0]->kind == Expression::Kind::name) {
      statement_.name = {expression.operands[0]->text, expression.operands[0]->span};
      statement_.index = expression.operands[1];
      return true;
    }
    return false;
  }

  void take(Slot slot) {
    const Piece* piece = peek();
    switch (slot.kind) {
      case Slot::Kind::title:
        if (piece && piece->kind == Piece::Kind::expression && piece->expression->kind == Expression::Kind::string)
          statement_.title = take_expression();
        else if (slot.need == Need::yes)
          lack("a title in quotes");
        return;
      case Slot::Kind::type:
        if (!statement_.type && slot.need == Need::yes) lack("a type: `name: type`");
        return;
      case Slot::Kind::returns:
        if (piece && piece->kind == Piece::Kind::returns) statement_.returns = piece->declared->type, ++at_;
        return;
      case Slot::Kind::assigned: return take_assigned(slot);
      case Slot::Kind::aliased: return take_aliased();
      case Slot::Kind::value: return take_value(slot);
      case Slot::Kind::values: return take_values(slot);
    }
  }

  void take_assigned(Slot slot) {
    // Flags may stand between the type and the default: `input x: string required = "v"`.
    take_flags();
    const Piece* piece = peek();
    if (!piece || piece->kind != Piece::Kind::assign) {
      if (slot.need == Need::yes) lack("`= value`");
      return;
    }
    ++at_;
    statement_.value = take_expression();
    if (!statement_.value) lack("a value behind `=`");
  }

  void take_aliased() {
    const Piece* piece = peek();
    if (!piece || piece->kind != Piece::Kind::assign) return lack("`= type`");
    ++at_;
    piece = peek();
    if (!piece || piece->kind != Piece::Kind::type) return lack("a type behind `=`");
    statement_.type = piece->declared->type;
    ++at_;
  }

  void take_value(Slot slot) {
    const Expression* value = at_clause() ? nullptr : take_expression();
    if (value) {
      values_.push_back(value);
      if (!statement_.value) statement_.value = value;
    } else if (slot.need == Need::yes) {
      lack("a value");
    }
  }

  void take_values(Slot slot) {
    if (!at_clause())
      take_value({Slot::Kind::value, slot.need});
    else if (slot.need == Need::yes)
      lack("a value");
    while (peek() && peek()->comma) {
      const Expression* value = take_expression();
      if (!value) return;
      values_.push_back(value);
    }
  }

  void take_flags() {
    while (const Piece* piece = peek()) {
      if (!is_bare_name(*piece) || piece->comma) return;
      auto flag = flag_at(piece->expression->text);
      if (!flag) return;
      statement_.flags |= 1U << static_cast<unsigned>(*flag);
      ++at_;
    }
  }

  void take_clauses() {
    for (take_flags(); at_clause(); take_flags()) {
      const Piece& word = *peek();
      ++at_;
      if (word.expression->text == "after")
        take_after();
      else
        take_clause(*clause_of(word), word);
    }
  }

  void take_after() {
    llvm::SmallVector<const Expression*, 4> names;
    do {
      const Expression* name = take_expression();
      if (!name) return lack("the name of a stage behind `after`");
      names.push_back(name);
    } while (peek() && peek()->comma);
    statement_.after = copy_into<const Expression*>(arena_, names);
  }

  void take_clause(ast::Clause clause, const Piece& word) {
    const Expression* value = at_clause() ? nullptr : take_expression();
    if (!value) return lack(fmt::format("a value behind `{}`", std::string_view(word.expression->text)));
    clauses_.push_back({clause, value});
    // `approve 2 of "a", "b"`, `notify on failure, cancelled`: the clause and all that follows it with commas.
    if (clause != ast::Clause::of && clause != ast::Clause::on && clause != ast::Clause::by) return;
    values_.push_back(value);
    while (peek() && peek()->comma) {
      const Expression* more = take_expression();
      if (!more) return;
      values_.push_back(more);
    }
  }

  void refuse_rest() {
    const Piece* piece = peek();
    if (!piece || broken_) return;
    if (is_bare_name(*piece) && !signature_.words.empty()) {
      llvm::StringRef text = piece->expression->text;
      auto told = sink_.report<UnknownClause>(piece->span, std::string_view(text));
      llvm::StringRef near = diagnostics::nearest(text, signature_.words);
      if (!near.empty())
        told.help("did you mean `{}`?", std::string_view(near)).fix(piece->span, near.str());
      else
        told.help("`{}` takes {}", std::string_view(statement_.keyword.text), diagnostics::list_of(signature_.words));
      return;
    }
    auto told = sink_.report<ExtraPiece>(piece->span, std::string_view(statement_.keyword.text));
    if (piece->kind == Piece::Kind::assign && !signature_.words.empty()) {
      told.help("`= …` stands before {}", diagnostics::list_of(signature_.words));
      return;
    }
    bool negative = piece->kind == Piece::Kind::expression && piece->expression->text.startswith("-");
    if (negative)
      told.help("a difference has blanks on both sides: write `- {}`",
                std::string_view(piece->expression->text.drop_front()));
    else
      told.help("for example `{}`", std::string_view(ast::info(statement_.word).example));
  }

  Statement& statement_;
  bool broken_;
  llvm::BumpPtrAllocator& arena_;
  diagnostics::Sink& sink_;
  const Signature& signature_;
  std::size_t at_ = 1;
  llvm::SmallVector<const Expression*, 8> values_;
  llvm::SmallVector<ast::ClauseValue, 4> clauses_;
};

bool is_outside_table(Word word) { return word < Word::use; }

const ast::WordInfo* find_here(llvm::StringRef spelling, Place place) {
  for (const ast::WordInfo& info : ast::words())
    if (info.spelling == spelling && (place == Place::nowhere || (info.places >> static_cast<unsigned>(place) & 1U)))
      return &info;
  return nullptr;
}

std::string places_of(const ast::WordInfo& info) {
  std::string text;
  for (unsigned i = 0; i < static_cast<unsigned>(Place::nowhere); ++i) {
    // What stands in a stage may stand in a made one, or may not: it goes without saying.
    if (!(info.places >> i & 1U) || static_cast<Place>(i) == Place::made) continue;
    if (!text.empty()) text += " or ";
    text += ast::description(static_cast<Place>(i));
  }
  return text;
}

// The word that was meant, for reading its block; invalid where nobody can tell.
const ast::WordInfo* report_unknown(const ast::Name& keyword, Place place, diagnostics::Sink& sink) {
  if (const ast::WordInfo* elsewhere = find_here(keyword.text, Place::nowhere)) {
    sink.report<MisplacedWord>(keyword.span, std::string_view(keyword.text), std::string_view(ast::description(place)))
        .help("`{}` stands in {}", std::string_view(keyword.text), places_of(*elsewhere));
    return elsewhere;
  }
  llvm::SmallVector<llvm::StringRef, 32> candidates;
  for (const ast::WordInfo& info : ast::words())
    if (info.places >> static_cast<unsigned>(place) & 1U) candidates.push_back(info.spelling);
  auto told =
      sink.report<UnknownWord>(keyword.span, std::string_view(keyword.text), std::string_view(ast::description(place)));
  llvm::StringRef near = diagnostics::nearest(keyword.text, candidates);
  if (near.empty()) {
    told.help("{} takes {}", std::string_view(ast::description(place)), diagnostics::list_of(candidates));
    return nullptr;
  }
  told.help("did you mean `{}`?", std::string_view(near)).fix(keyword.span, near.str());
  return find_here(near, place);
}

// `body { … }` behind a call or a stage of a template: whether there is such a parameter the checker knows. Words of
// other places mean what they mean there, and what is nearly an option with entries is one that is misspelt.
bool names_steps(const Statement& statement, Place place) {
  if (statement.pieces.size() > 1 || (place != Place::options && place != Place::made)) return false;
  if (find_here(statement.keyword.text, Place::nowhere)) return false;
  llvm::SmallVector<llvm::StringRef, 4> entries;
  for (const ast::WordInfo& info : ast::words())
    if (info.opens == Place::entries && (info.places >> static_cast<unsigned>(place) & 1U))
      entries.push_back(info.spelling);
  return diagnostics::nearest(statement.keyword.text, entries).empty();
}

void report_no_statement(const Piece& first, diagnostics::Sink& sink) {
  llvm::StringRef found = first.kind == Piece::Kind::expression ? "a value"
                          : first.kind == Piece::Kind::assign   ? "`=`"
                          : first.kind == Piece::Kind::arrow    ? "`=>`"
                          : first.kind == Piece::Kind::returns  ? "`->`"
                                                                : "a declaration";
  report_unexpected(first.span, "a statement", found, sink)
      .help("a statement begins with a word, such as `run`, or is a call, such as `checkout()`");
}

}  // namespace

void shape(Statement& statement, Place place, bool broken, bool block, llvm::BumpPtrAllocator& arena,
           diagnostics::Sink& sink) {
  const Piece& first = statement.pieces.front();
  if (first.kind != Piece::Kind::expression && !broken) return report_no_statement(first, sink);
  if (first.kind != Piece::Kind::expression || first.expression->kind == Expression::Kind::invalid) return;
  const Expression& word = *first.expression;
  if (word.kind == Expression::Kind::call) {
    statement.word = Word::call;
    statement.value = &word;
    if (statement.pieces.size() > 1 && !broken)
      report_unexpected(statement.pieces[1].span, "the end of the statement", "a value", sink)
          .help("behind a call comes only a block with its options");
    return;
  }
  if (word.kind != Expression::Kind::name) {
    if (!broken) report_no_statement(first, sink);
    return;
  }
  statement.keyword = {word.text, word.span};
  const ast::WordInfo* info = find_here(word.text, place);
  bool known = info != nullptr;
  if (!known && block && names_steps(statement, place)) {
    statement.word = Word::given;
    return;
  }
  if (!known) info = report_unknown(statement.keyword, place, sink);
  if (!info) return;
  statement.word = info->word;
  Shaper(statement, broken || !known, arena, sink).fill();
}

void check_block(const Statement& statement, diagnostics::Sink& sink) {
  if (is_outside_table(statement.word)) return;
  Need need = signature_of(statement.word).block;
  if (statement.word == Word::stage && !statement.value) need = Need::yes;
  std::string_view keyword = statement.keyword.text;
  if (need == Need::yes && !statement.block)
    sink.report<MissingBlock>(statement.header, keyword)
        .help("for example `{}`", std::string_view(ast::info(statement.word).example));
  if (need == Need::no && statement.block)
    sink.report<UnexpectedBlock>({statement.block->span.begin, statement.block->span.begin + 1}, keyword)
        .help("for example `{}`", std::string_view(ast::info(statement.word).example));
}

bool takes_block(const Statement& statement) {
  if (is_outside_table(statement.word)) return true;
  return signature_of(statement.word).block != Need::no;
}

Place place_inside(const Statement& statement, Place outer) {
  if (statement.word == Word::invalid) return Place::nowhere;
  if (statement.word == Word::call) return Place::options;
  if (statement.word == Word::given) return Place::step;
  if (statement.word == Word::stage && statement.value) return Place::made;
  Place opens = ast::info(statement.word).opens;
  return opens == Place::nowhere ? outer : opens;
}

void check_place(const ast::Entry& entry, Place place, diagnostics::Sink& sink) {
  if (place == Place::entries || place == Place::nowhere) return;
  auto told = sink.report<MisplacedEntry>(entry.key.span, std::string_view(entry.key.text));
  if (find_here(entry.key.text, place)) {
    told.help("write `{}` without the colon", std::string_view(entry.key.text))
        .fix({entry.key.span.end, entry.key.span.end + 1}, "");
  } else {
    told.help("`key: value` stands in the blocks of `env`, `with`, `matrix` and `permissions`");
  }
}

}  // namespace sluice::syntax
