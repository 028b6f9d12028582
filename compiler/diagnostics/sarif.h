#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "diagnostics/diagnostic.h"
#include "source/source_manager.h"

namespace sluice::diagnostics {

/// The long texts of a kind.
struct Explanation {
  std::string summary;  ///< one line
  std::string text;
};

/// One SARIF 2.1.0 log with one run, of findings in many files. Regions count lines from 1 and columns in UTF-16 code
/// units; files are relative to `%SRCROOT%`, the project; fingerprints stay while lines move.
class Sarif {
 public:
  /// `version` is the program's.
  Sarif(std::string version, std::function<Explanation(Kind)> explain)
      : version_(std::move(version)), explain_(std::move(explain)) {}

  /// `path` gives the file's place in its project.
  void add(const Diagnostic& diagnostic, const source::SourceManager& sources,
           const std::function<std::string(const std::string&)>& path);

  /// The whole log, with a line end.
  std::string text() const;

 private:
  std::size_t rule_of(Kind kind);
  std::string rule_text(Kind kind) const;
  std::string fingerprint(const Diagnostic& diagnostic, const source::SourceManager& sources, const std::string& path);

  std::string version_;
  std::function<Explanation(Kind)> explain_;
  std::vector<Kind> rules_;
  std::vector<std::string> results_;
  std::map<std::string, unsigned> seen_;  ///< how often the same was said of the same text in a file
};

}  // namespace sluice::diagnostics
