#include "syntax/operators.h"

namespace sluice::ast {

StringRef sign_of(Operator op) {
  using enum Operator;
  switch (op) {
    case either: return "||";
    case both: return "&&";
    case equal: return "==";
    case unequal: return "!=";
    case less: return "<";
    case less_equal: return "<=";
    case greater: return ">";
    case greater_equal: return ">=";
    case fallback: return "??";
    case add: return "+";
    case subtract: return "-";
    case multiply: return "*";
    case divide: return "/";
  }
  return "";
}

int precedence(Operator op) {
  using enum Operator;
  switch (op) {
    case either: return 1;
    case both: return 2;
    case equal:
    case unequal: return 3;
    case less:
    case less_equal:
    case greater:
    case greater_equal: return 4;
    case add:
    case subtract: return 5;
    case multiply:
    case divide: return 6;
    case fallback: return 7;
  }
  return 0;
}

}  // namespace sluice::ast
