#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "source/span.h"

namespace sluice::graph {

/// A handle of `Graph::expressions`. The default one is "not given".
struct ExpressionId {
  std::uint32_t index = UINT32_MAX;
  explicit operator bool() const { return index != UINT32_MAX; }
  bool operator==(const ExpressionId&) const = default;
};

/// Where a value may not go: a secret nowhere but into `env`, `with` and credentials, what an outsider wrote never
/// where it is code.
struct Marks {
  bool secret = false;
  bool untrusted = false;
};

/// A value that the unfolding could not finish, or a constant. Operators mean what GitHub means by them.
/// Invariant: operands stand before their expression in `Graph::expressions`.
struct Expression {
  // clang-format off
  enum class Kind : std::uint8_t {
    null, boolean, number, string,  ///< constants; `text` is `true`, `3`, the string itself
    list,                           ///< operands are the elements
    map,                            ///< `names[i]` is the key of `operands[i]`
    context,                        ///< `text`: github inputs vars secrets needs steps matrix strategy env job runner
    member,                         ///< operands[0] . `text`
    index,                          ///< operands[0] [ operands[1] ]
    filter,                         ///< operands[0] .*
    call,                           ///< `text` ( operands )
    negation,                       ///< of its one operand; those that follow have two
    both, either, equal, unequal, less, less_equal, greater, greater_equal,
    fallback,                       ///< `??`; `type` says how an absent value is told and how text is decoded
    text,                           ///< operands' texts, one after the other
    by_backend,                     ///< operands[0] on GitHub, operands[1] here
  };
  // clang-format on
  /// What the value is, as far as a back end must know to read it: outputs travel as text.
  enum class Type : std::uint8_t { any, boolean, number, string, json };

  Kind kind = Kind::null;
  Type type = Type::any;
  std::string text;
  std::vector<ExpressionId> operands;
  std::vector<std::string> names;
  Marks declared;  ///< by its type: `output token: secret string`
  Marks released;  ///< by `declassify` and `trust`, whatever it reads
  source::Span span;
};

}  // namespace sluice::graph
