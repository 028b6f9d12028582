#include "diagnostics/sink.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

namespace sluice::diagnostics {
namespace {

constexpr KindInfo kinds[] = {
#define DIAGNOSTIC_KIND(name, number, severity, title) {#name, number, Severity::severity, title},
#include "diagnostics/kinds.def"
};

struct Advice {
  Kind kind;
  std::string_view text;
};

constexpr Advice advices[] = {
#define ADVICE(name, text) {Kind::name, text},
#include "diagnostics/advice.def"
};

std::string_view advice(Kind kind) {
  auto found =
      std::find_if(std::begin(advices), std::end(advices), [&](const Advice& one) { return one.kind == kind; });
  return found == std::end(advices) ? "" : found->text;
}

// A name that nothing declares: the mistake is one, however often the name is used. What is misspelt may be so twice.
bool tells_of_a_name(const Diagnostic& diagnostic) {
  if (!diagnostic.fixes.empty()) return false;
  Kind kind = diagnostic.kind;
  return kind == Kind::UnknownName || kind == Kind::UnknownMember || kind == Kind::UnknownStage ||
         kind == Kind::UnknownFunction || kind == Kind::UndeclaredSecret;
}

auto rank(const Diagnostic& diagnostic) {
  return std::tuple(diagnostic.span.begin, diagnostic.kind, std::string_view(diagnostic.message));
}

}  // namespace

const KindInfo& info(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

std::string code(Kind kind) {
  const KindInfo& known = info(kind);
  if (known.number != 0) return fmt::format("S{:04}", known.number);
  std::string text;
  for (char c : known.name) {
    bool upper = c >= 'A' && c <= 'Z';
    if (upper && !text.empty()) text += '-';
    text += static_cast<char>(upper ? c - 'A' + 'a' : c);
  }
  return text;
}

void Sink::add(Kind kind, Span span, std::string message) {
  Severity severity = info(kind).severity;
  if (severity == Severity::error) ++errors_;
  diagnostics_.push_back({kind, severity, span, std::move(message), {}, std::string(advice(kind)), {}});
}

void Sink::append(Sink&& other) {
  errors_ += other.errors_;
  std::move(other.diagnostics_.begin(), other.diagnostics_.end(), std::back_inserter(diagnostics_));
}

void Sink::drop(bool (*follows)(const Diagnostic&)) {
  auto gone = std::remove_if(diagnostics_.begin(), diagnostics_.end(), follows);
  diagnostics_.erase(gone, diagnostics_.end());
  errors_ =
      static_cast<std::size_t>(std::count_if(diagnostics_.begin(), diagnostics_.end(),
                                             [](const Diagnostic& left) { return left.severity == Severity::error; }));
}

std::vector<const Diagnostic*> Sink::sorted() const {
  std::vector<const Diagnostic*> result;
  for (const Diagnostic& diagnostic : diagnostics_) result.push_back(&diagnostic);
  std::stable_sort(result.begin(), result.end(),
                   [](const Diagnostic* left, const Diagnostic* right) { return rank(*left) < rank(*right); });
  auto same = [](const Diagnostic* left, const Diagnostic* right) { return rank(*left) == rank(*right); };
  result.erase(std::unique(result.begin(), result.end(), same), result.end());
  std::set<std::pair<Kind, std::string_view>> told;
  std::erase_if(result, [&](const Diagnostic* diagnostic) {
    return tells_of_a_name(*diagnostic) && !told.insert({diagnostic->kind, diagnostic->message}).second;
  });
  return result;
}

}  // namespace sluice::diagnostics
