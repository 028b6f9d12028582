#pragma once
#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "source/span.h"

/// What a check says about a program. A check declares its diagnostic beside itself and reports it into a `Sink`:
///
///     DIAGNOSTIC(UnknownStage, "there is no stage `{}`");
///     sink.report<UnknownStage>(name.span, name.text).help("the stages are {}", list);
///
/// An unregistered name, or arguments that do not fit the text, do not compile.
namespace sluice::diagnostics {

using source::Span;

enum class Severity : std::uint8_t { error, warning, note };

enum class Kind : std::uint16_t {
#define DIAGNOSTIC_KIND(name, number, severity, title) name,
#include "diagnostics/kinds.def"
};

/// One line of kinds.def or rules.def.
struct KindInfo {
  std::string_view name;
  int number;  ///< 0 for a lint rule
  Severity severity;
  std::string_view title;
};

const KindInfo& info(Kind kind);
std::string_view name(Severity severity);  ///< `error`
std::string code(Kind kind);               ///< `S0211`; of a lint rule `unused-let`

struct Note {
  Span span;  ///< of what caused the mistake
  std::string text;
};

/// Replace the text of `span`; what a tool may do without asking.
struct Fix {
  Span span;
  std::string replacement;
};

struct Diagnostic {
  Kind kind;
  Severity severity;
  Span span;
  std::string message;  ///< what was seen
  std::vector<Note> notes;
  std::string help;  ///< what to do; first what advice.def says of the kind
  std::vector<Fix> fixes;
};

/// Names a kind of kinds.def where it is found, with its wording; arguments are checked where it is reported.
#define DIAGNOSTIC(name, wording)                                                          \
  struct name {                                                                            \
    static constexpr ::sluice::diagnostics::Kind kind = ::sluice::diagnostics::Kind::name; \
    static constexpr std::string_view text = wording;                                      \
  }

/// Adds to the diagnostic that was just reported; use it in the same expression.
class Builder {
 public:
  explicit Builder(Diagnostic& diagnostic) : diagnostic_(diagnostic) {}

  template <typename... Args>
  Builder& note(Span span, fmt::format_string<Args...> text, Args&&... args) {
    diagnostic_.notes.push_back({span, fmt::format(text, std::forward<Args>(args)...)});
    return *this;
  }
  template <typename... Args>
  Builder& help(fmt::format_string<Args...> text, Args&&... args) {
    diagnostic_.help = fmt::format(text, std::forward<Args>(args)...);
    return *this;
  }
  Builder& fix(Span span, std::string replacement) {
    diagnostic_.fixes.push_back({span, std::move(replacement)});
    return *this;
  }

 private:
  Diagnostic& diagnostic_;
};

}  // namespace sluice::diagnostics
