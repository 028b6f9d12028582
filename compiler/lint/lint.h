#pragma once
#include "check/program.h"
#include "diagnostics/sink.h"

namespace sluice::lint {

/// What every rule of diagnostics/rules.def has to say of the program's main file, which has no errors, without what
/// `// allow(rule) reason` in it allows. Findings are warnings.
void lint(const check::Program& program, diagnostics::Sink& sink);

}  // namespace sluice::lint
