#pragma once
#include <deque>
#include <expected>
#include <string>

#include "compilation/compilation.h"
#include "driver/report.h"

namespace sluice::driver {

/// Holds the compilations of one command until the process ends: taking them apart would only cost time.
class Session {
 public:
  /// `format` is how findings are printed.
  explicit Session(std::string format = "human") : reporter_(std::move(format)) {}

  /// The file, ready to be compiled, or the exit status after saying why it cannot be read.
  std::expected<compilation::Compilation*, int> open(const std::string& path);
  /// The file's text alone, or the same.
  std::expected<std::string, int> read(const std::string& path);
  /// A compilation of that text as if it stood in the file.
  compilation::Compilation& add(const std::string& path, std::string text);

  Reporter& reporter() { return reporter_; }

 private:
  Reporter reporter_;
  std::deque<compilation::Compilation> compilations_;
};

}  // namespace sluice::driver
