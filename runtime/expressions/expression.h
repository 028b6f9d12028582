#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sluice::runtime {

/// What is left of an expression when the run starts. A tree with GitHub's operators and GitHub's meaning of them.
struct Expression {
  enum class Kind {
    literal,   ///< `text` is a JSON text: `null`, `true`, `3`, `"x"`, `["a"]`
    context,   ///< `text` is a root name: github, inputs, needs, steps, matrix, env, secrets, job, runner, vars,
               ///< strategy
    member,    ///< operands[0] `.text`
    index,     ///< operands[0] `[` operands[1] `]`
    filter,    ///< operands[0] `.*`
    call,      ///< `text` is the function: contains, format, join, success, always, hashFiles … ; operands are its
               ///< arguments
    negation,  ///< `!`
    both,      ///< `&&`, gives back an operand as GitHub does
    either,    ///< `||`
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    fallback,  ///< `??`: operands[0], unless it is absent (null or the empty string), then operands[1]
    text,      ///< the operands' texts, one after the other
  };
  Kind kind = Kind::literal;
  std::string text = "null";
  std::vector<Expression> operands;
};

}  // namespace sluice::runtime
