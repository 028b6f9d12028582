#pragma once
#include <string>

#include "simulate/subject.h"

namespace sluice::simulate {

/// Whether all that a `must` speaks of is there; what is not is reported.
bool check_claim(const Model& model, const ast::Statement& must, diagnostics::Sink& sink);

struct Verdict {
  bool holds = true;
  std::string seen;  ///< where it does not: `result is failed, production is mixed`
};

/// Of a `must` that was checked.
Verdict judge(const Model& model, const ast::Statement& must, const Outcome& outcome);

}  // namespace sluice::simulate
