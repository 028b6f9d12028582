// The patterns of a trigger's filters: each by itself, and what one takes from the others.
#include "check/checker.h"
#include "check/pattern.h"
#include "check/plain.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(BadPattern, "{}");
DIAGNOSTIC(NeverMatches, "{}");
DIAGNOSTIC(UselessPattern, "{}");
DIAGNOSTIC(EmptyText, "`{}` is empty");

Matched matched_by(Word word) {
  switch (word) {
    case Word::branches:
    case Word::branches_ignore: return Matched::branch;
    case Word::tags:
    case Word::tags_ignore: return Matched::tag;
    case Word::paths:
    case Word::paths_ignore: return Matched::path;
    default: return Matched::text;
  }
}

void tell_pattern(diagnostics::Sink& sink, const Expression& value, const PatternProblem& problem) {
  switch (problem.kind) {
    case PatternProblem::Kind::refused: return tell<BadPattern>(sink, value, problem);
    case PatternProblem::Kind::never: return tell<NeverMatches>(sink, value, problem);
    case PatternProblem::Kind::useless: return tell<UselessPattern>(sink, value, problem);
  }
}

bool takes_all(llvm::StringRef taken) { return taken == "**" || taken == "**/*" || taken == "**/**"; }

/// Patterns are read in their order: the last one that fits decides.
void check_order(const Statement& filter, diagnostics::Sink& sink) {
  llvm::StringMap<const Expression*> chosen;
  const Expression* taken_before = nullptr;  ///< a `!` that stands in front of all that it could take away
  const Expression* overtaken = nullptr;     ///< by a `!**`, and others come behind it
  const Expression* last = nullptr;          ///< of those that choose
  bool alive = false;
  for (const Expression* value : filter.values) {
    auto written = written_text(*value);
    if (!written) return;
    llvm::StringRef text = *written;
    if (!text.consume_front("!")) {
      auto [first, fresh] = chosen.try_emplace(text, value);
      if (!fresh)
        sink.report<UselessPattern>(value->span, fmt::format("`{}` stands here twice", std::string_view(text)))
            .note(first->second->span, "first here")
            .help("take one of them away");
      alive = true;
      last = value;
      continue;
    }
    if (!alive && !taken_before) taken_before = value;
    auto same = chosen.find(text);
    if (same != chosen.end())
      sink.report<NeverMatches>(same->second->span, fmt::format("`{}` is taken away again", std::string_view(text)))
          .note(value->span, "by this one")
          .help("keep one of them");
    if (same != chosen.end()) chosen.erase(same);
    if (takes_all(text) && alive) overtaken = last;
    if (takes_all(text)) alive = false;
  }
  if (alive && overtaken)
    sink.report<NeverMatches>(overtaken->span, "a pattern behind this one takes everything away")
        .help("write it behind that one");
  if (!alive)
    sink.report<NeverMatches>(filter.keyword.span, "these patterns take everything away")
        .help("write first what counts, such as `\"**\"`, or use `{}-ignore`", std::string_view(filter.keyword.text));
  else if (taken_before)
    sink.report<UselessPattern>(taken_before->span, "there is nothing that this takes away")
        .help("patterns are read in their order: write it behind those from which it takes");
}

}  // namespace

void Checker::check_patterns(const Statement& filter) {
  std::size_t before = sink_.all().size();
  for (const Expression* value : filter.values) {
    auto text = written_text(*value);
    if (!text) continue;
    if (text->empty())
      sink_.report<EmptyText>(value->span, std::string_view(filter.keyword.text))
          .help("for example `{}`", std::string_view(ast::info(filter.word).example));
    else if (filter.word != Word::workflows)
      if (auto problem = problem_of_pattern(*text, matched_by(filter.word))) tell_pattern(sink_, *value, *problem);
  }
  bool chooses = filter.word == Word::branches || filter.word == Word::tags || filter.word == Word::paths;
  if (chooses && !filter.values.empty() && sink_.all().size() == before) check_order(filter, sink_);
}

}  // namespace sluice::check
