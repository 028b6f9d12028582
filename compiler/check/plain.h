#pragma once
#include "check/text_problem.h"
#include "diagnostics/sink.h"
#include "syntax/ast.h"

namespace sluice::check {

/// Reports what the text of a statement shows to be wrong by itself, without names and types: one that is given twice,
/// an empty text where something must stand, a runner that GitHub does not have, an exclusion that excludes nothing.
void check_plainly(const ast::File& file, diagnostics::Sink& sink);

/// The part of it that is about `runs-on`.
void check_runner(const ast::Statement& statement, diagnostics::Sink& sink);

/// The part of it that is about `matrix`.
void check_exclusions(const ast::Statement& statement, diagnostics::Sink& sink);

/// The part of it that is about the names of secrets, and of the variables in an `env`.
void check_secret_name(const ast::Statement& secret, diagnostics::Sink& sink);
void check_variable_names(const ast::Statement& env, diagnostics::Sink& sink);
/// Whether no secret and no variable of a repository can have the name.
bool is_kept_by_github(llvm::StringRef name);

/// The text of a literal without holes; null data where `expression` is none.
llvm::StringRef plain_text(const ast::Expression& expression);

/// The text of a literal without holes, its escapes resolved.
std::optional<std::string> written_text(const ast::Expression& expression);

/// Where these bytes of the text of a literal stand in the file; the whole literal where escapes shift them.
source::Span span_in(const ast::Expression& literal, std::size_t begin, std::size_t end);

/// Reports what is wrong in a literal's text, at the part that is.
template <typename Declared>
void tell(diagnostics::Sink& sink, const ast::Expression& literal, const TextProblem& problem) {
  source::Span span = span_in(literal, problem.begin, problem.end);
  auto told = sink.report<Declared>(span, problem.seen);
  told.help("{}", problem.help);
  if (problem.replacement && span.begin != literal.span.begin) told.fix(span, *problem.replacement);
}

}  // namespace sluice::check
