#pragma once
#include <string>

#include "diagnostics/sarif.h"
#include "diagnostics/sink.h"
#include "source/source_manager.h"

namespace sluice::driver {

/// Prints findings in one form: `human` on the error stream; `json`, `github` and `sarif` on the output. SARIF is one
/// document over all files, and comes with `finish`.
class Reporter {
 public:
  explicit Reporter(std::string format = "human");

  /// Gives whether there was an error.
  bool add(const diagnostics::Sink& sink, const source::SourceManager& sources);
  /// Gives 2 if the output cannot take it, otherwise 0.
  int finish();

  bool for_people() const { return format_ == "human"; }

 private:
  std::string format_;
  diagnostics::Sarif sarif_;
};

/// For people, at once.
bool report(const diagnostics::Sink& sink, const source::SourceManager& sources);

/// `sluice: …` on the error stream; gives the exit status of misuse.
int complain(const std::string& message);

/// Writes all of it to standard output; gives 2 if that cannot take it.
int print(std::string_view text);

}  // namespace sluice::driver
