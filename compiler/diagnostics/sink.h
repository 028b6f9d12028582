#pragma once
#include <vector>

#include "diagnostics/diagnostic.h"

namespace sluice::diagnostics {

/// Collects what the passes find. Order is that of reporting; `sorted` gives the order for people.
class Sink {
 public:
  template <typename Declared, typename... Args>
  Builder report(Span span, const Args&... args) {
    // The wording is a constant of `Declared`, so that a wrong argument count is an error of the compiler.
    constexpr fmt::format_string<const Args&...> wording(Declared::text);
    add(Declared::kind, span, fmt::format(wording, args...));
    return Builder(diagnostics_.back());
  }

  /// Adds what another sink holds, behind what is here.
  void append(Sink&& other);

  /// Takes out what the function says so of; of warnings only.
  template <typename Predicate>
  void drop_if(Predicate drop) {
    std::erase_if(diagnostics_, [&](const Diagnostic& one) { return one.severity != Severity::error && drop(one); });
  }
  /// Forgets what only follows from something else that was reported.
  void drop(bool (*follows)(const Diagnostic&));

  bool has_errors() const { return errors_ > 0; }
  std::size_t error_count() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return diagnostics_; }

  /// By place, then by code; one of each pair that says the same at the same place. That a name is unknown is told
  /// where it is met first.
  std::vector<const Diagnostic*> sorted() const;

 private:
  void add(Kind kind, Span span, std::string message);

  std::vector<Diagnostic> diagnostics_;
  std::size_t errors_ = 0;
};

}  // namespace sluice::diagnostics
