#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Allocator.h>

#include <cstdint>
#include <vector>

#include "source/source_manager.h"
#include "syntax/words.h"

/// The tree of a `.pipe` file: plain structs in an arena, referring to the source text. One shape serves all
/// statements; what a statement's word gives meaning to stands in slots, filled by the word's line in
/// grammar/keywords.def.
namespace sluice::ast {

using llvm::ArrayRef;
using llvm::StringRef;
using source::Span;

/// A name where it stands. Empty text: there is none.
struct Name {
  StringRef text;
  Span span;
  explicit operator bool() const { return !text.empty(); }
};

struct Expression;
struct Block;

/// Text or a hole of a string. In text, escapes are resolved and a raw string's indentation is gone.
struct StringPart {
  StringRef text;
  const Expression* hole = nullptr;
  Span span;
};

enum class Operator : std::uint8_t {
  either,
  both,
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  fallback,
  add,
  subtract,
  multiply,
  divide
};

struct Expression {
  enum class Kind : std::uint8_t {
    invalid,  ///< did not parse; a diagnostic has been given
    null,
    boolean,
    number,
    duration,  ///< `number` in seconds
    percent,
    size,      ///< `number` in bytes
    string,    ///< `parts`
    name,      ///< `text`
    member,    ///< operands[0] . `text`
    filter,    ///< operands[0] .*
    index,     ///< operands[0] [ operands[1] ]
    wildcard,  ///< the `*` of `test[*]`
    call,      ///< operands[0] ( the others ); names[i] belongs to operands[i + 1]
    negation,
    binary,  ///< operands[0] op operands[1]
    list,
    map,  ///< names[i] is the key of operands[i]
  };
  enum class Quotes : std::uint8_t { doubled, single, raw };

  Kind kind = Kind::invalid;
  Operator op = Operator::either;
  Quotes quotes = Quotes::doubled;
  bool parenthesized = false;
  Span span;
  Span bare;       ///< without parentheses around it
  StringRef text;  ///< name, member; for literals the source text
  double number = 0;
  ArrayRef<const Expression*> operands;
  ArrayRef<Name> names;
  ArrayRef<StringPart> parts;
};

/// `list<string>?`, `{ percent: number }`, `enum("a", "b")`, `secret string`.
struct Type {
  Name name;  ///< empty for a record
  ArrayRef<const Type*> arguments;
  ArrayRef<Name> fields;                ///< a record's; `arguments` are their types
  ArrayRef<const Expression*> choices;  ///< an enum's
  bool optional = false;
  bool secret = false;
  bool untrusted = false;
  Span span;
};

struct Parameter {
  Name name;
  const Type* type = nullptr;  ///< null in `let f(x) = …`
  const Expression* default_value = nullptr;
};

/// What a piece declares: `name: type`, `name(…)`, `-> type`.
struct Declarator {
  Name name;
  const Type* type = nullptr;
  ArrayRef<Parameter> parameters;
};

/// What a statement is made of, in source order.
struct Piece {
  enum class Kind : std::uint8_t { expression, typed, parameters, returns, assign, type, arrow };
  Kind kind = Kind::expression;
  bool comma = false;  ///< a comma stands before it
  Span span;
  const Expression* expression = nullptr;
  const Declarator* declared = nullptr;  ///< of typed, parameters, returns and type
};

/// `every 10s`: a clause of a header with its value.
struct ClauseValue {
  Clause clause = Clause::count;
  const Expression* value = nullptr;
};

struct Statement {
  Word word = Word::invalid;
  Span span;    ///< from its first piece to the end of its block
  Span header;  ///< without the block
  ArrayRef<Piece> pieces;
  const Block* block = nullptr;
  StringRef documentation;  ///< its `///` lines, joined by newlines

  // Slots, filled as the word's signature says.
  Name keyword;
  Name name;
  const Expression* index = nullptr;  ///< of a family: `test[py]`
  bool has_parameters = false;
  ArrayRef<Parameter> parameters;
  const Type* type = nullptr;
  const Type* returns = nullptr;
  const Expression* title = nullptr;
  const Expression* value = nullptr;   ///< behind `=`, or the one value of the word
  ArrayRef<const Expression*> values;  ///< of words that take several; also holds `value`
  ArrayRef<const Expression*> after;
  ArrayRef<ClauseValue> clauses;
  std::uint32_t flags = 0;  ///< bit per Flag

  const Expression* clause(Clause which) const {
    for (const ClauseValue& one : clauses)
      if (one.clause == which) return one.value;
    return nullptr;
  }
  bool flag(Flag which) const { return flags >> static_cast<unsigned>(which) & 1U; }
};

/// `key: value`.
struct Entry {
  Name key;
  const Expression* value = nullptr;
  StringRef documentation;
  Span span;
};

struct Item {
  const Statement* statement = nullptr;
  const Entry* entry = nullptr;
  Span span() const { return statement ? statement->span : entry->span; }
};

struct Block {
  Span span;  ///< with its braces
  ArrayRef<Item> items;
};

struct Comment {
  Span span;              ///< from `//` to the end of the line
  bool trailing = false;  ///< code stands before it on its line
};

/// One parsed file. `items` hold all that could be read, whatever was wrong with the rest.
struct File {
  const source::File* source = nullptr;
  ArrayRef<Item> items;
  std::vector<Comment> comments;  ///< in source order, documentation included
  llvm::BumpPtrAllocator arena;
};

}  // namespace sluice::ast
