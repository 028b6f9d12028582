// Headers: their pieces, and their clauses in the order `after`, `in`, `when`.
#include <algorithm>

#include "format/words.h"
#include "format/writer.h"

namespace sluice::format {

using ast::Piece;

namespace {

enum class Part : std::uint8_t { head, after, in, when };

// What begins at `pieces[at]`: a clause, if the piece behind it is the value of that clause.
Part part_at(const ast::Statement& statement, std::size_t at) {
  const Piece& piece = statement.pieces[at];
  if (at == 0 || at + 1 == statement.pieces.size() || piece.kind != Piece::Kind::expression) return Part::head;
  const ast::Expression* value = statement.pieces[at + 1].expression;
  if (!value) return Part::head;
  if (!statement.after.empty() && statement.after.front() == value) return Part::after;
  if (statement.clause(ast::Clause::in) == value) return Part::in;
  if (statement.clause(ast::Clause::when) == value) return Part::when;
  return Part::head;
}

bool begins_clause(const ast::Statement& statement, std::size_t at) {
  if (part_at(statement, at) != Part::head) return true;
  // `on failure` behind `when …` goes back to the front.
  const Piece& piece = statement.pieces[at];
  const ast::Expression* on = statement.clause(ast::Clause::on);
  return at > 0 && on && at + 1 < statement.pieces.size() && statement.pieces[at + 1].expression == on &&
         piece.kind == Piece::Kind::expression;
}

}  // namespace

const Doc* Writer::header(const ast::Statement& statement) {
  return has_long_header(statement) ? long_header(statement) : segment(statement.pieces);
}

const Doc* Writer::long_header(const ast::Statement& statement) {
  struct Clause {
    Part part;
    const Doc* doc;
    Parts comments;
  };
  llvm::SmallVector<Clause, 4> clauses;
  bool forced = false;
  std::size_t count = statement.pieces.size();
  for (std::size_t from = 0, to = 0; from < count; from = to) {
    for (to = from + 1; to < count && !begins_clause(statement, to);) ++to;
    Clause& clause = clauses.emplace_back();
    clause.part = part_at(statement, from);
    if (from > 0) forced |= comments_before(statement.pieces[from].span.begin, true, clause.comments).any;
    clause.doc = segment(statement.pieces.slice(from, to - from));
    forced |= to < count && clause.doc->breaks;
  }
  std::stable_sort(clauses.begin(), clauses.end(), [](const Clause& a, const Clause& b) { return a.part < b.part; });
  Parts parts;
  for (Clause& clause : llvm::drop_begin(clauses)) {
    parts.append(clause.comments.begin(), clause.comments.end());
    parts.append({clause.part == Part::head ? docs_.text(" ") : docs_.line(" "), clause.doc});
  }
  return docs_.group({clauses.front().doc, docs_.indent(4, parts)}, forced, true);
}

const Doc* Writer::segment(llvm::ArrayRef<Piece> pieces) {
  Parts parts;
  for (std::size_t from = 0, to = 0; from < pieces.size(); from = to) {
    for (to = from + 1; to < pieces.size() && pieces[to].comma;) ++to;
    if (from > 0) parts.push_back(docs_.text(" "));
    parts.push_back(to == from + 1 ? piece(pieces[from]) : comma_run(pieces.slice(from, to - from)));
  }
  return docs_.concat(parts);
}

const Doc* Writer::comma_run(llvm::ArrayRef<Piece> pieces) {
  const Doc* first = piece(pieces.front());
  Parts parts;
  bool forced = first->breaks;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    forced |= i > 1 && parts.back()->breaks;
    parts.push_back(docs_.text(","));
    Gap gap = comments_before(pieces[i].span.begin, true, parts);
    forced |= gap.any || comments_.has_newline(pieces[i - 1].span.end, pieces[i].span.begin);
    parts.append({docs_.line(" "), piece(pieces[i])});
  }
  return docs_.group({first, docs_.indent(4, parts)}, forced);
}

const Doc* Writer::piece(const Piece& piece) {
  switch (piece.kind) {
    case Piece::Kind::expression: return expression(*piece.expression);
    case Piece::Kind::typed:
      return docs_.concat({docs_.text(piece.declared->name.text), docs_.text(": "), type(*piece.declared->type)});
    case Piece::Kind::parameters: return parameters(piece);
    case Piece::Kind::returns: return docs_.concat({docs_.text("-> "), type(*piece.declared->type)});
    case Piece::Kind::assign: return docs_.text("=");
    case Piece::Kind::type: return type(*piece.declared->type);
    case Piece::Kind::arrow: return docs_.text("=>");
  }
  return nullptr;
}

const Doc* Writer::parameters(const Piece& piece) {
  llvm::SmallVector<ast::Span, 8> spans;
  for (const ast::Parameter& one : piece.declared->parameters) {
    std::uint32_t end = one.default_value ? one.default_value->span.end
                        : one.type        ? one.type->span.end
                                          : one.name.span.end;
    spans.push_back({one.name.span.begin, end});
  }
  const Doc* list = bracketed(round, {piece.declared->name.span.end + 1, piece.span.end - 1}, spans,
                              [&](std::size_t i) { return parameter(piece.declared->parameters[i]); });
  if (!piece.declared->type) return docs_.concat({docs_.text(piece.declared->name.text), list});
  return docs_.concat({docs_.text(piece.declared->name.text), list, docs_.text(": "), type(*piece.declared->type)});
}

const Doc* Writer::parameter(const ast::Parameter& parameter) {
  Parts parts{docs_.text(parameter.name.text)};
  if (parameter.type) parts.append({docs_.text(": "), type(*parameter.type)});
  if (parameter.default_value) parts.append({docs_.text(" = "), expression(*parameter.default_value)});
  return docs_.concat(parts);
}

}  // namespace sluice::format
