#pragma once
#include <string>
#include <string_view>

#include "check/program.h"

namespace sluice::check {

/// Whether a call of it makes steps, a service or a stage, which is no value.
bool makes_parts(Symbol::Kind kind);

/// "makes a stage", "gives a value".
std::string_view what_it_makes(Symbol::Kind kind);

/// The statement in which a call of it stands.
std::string how_to_make(Symbol::Kind kind, std::string_view name);

/// `deploy-to`, `common.deploy-to`: what is called, as it is written.
std::string callee_text(const ast::Expression& call);

/// Of `a.b` the span of `b`.
source::Span name_span(const ast::Expression& member);

}  // namespace sluice::check
