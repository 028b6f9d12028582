#include <algorithm>

#include "check/plain.h"
#include "diagnostics/nearest.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(RetiredRunner, "GitHub has no runner `{}` any more");
DIAGNOSTIC(UnknownRunner, "GitHub has no runner `{}`");
DIAGNOSTIC(ConflictingRunners, "no runner is both `{}` and `{}`");

// docs.github.com: choosing the runner for a job; actions/runner-images for what is gone.
constexpr llvm::StringLiteral hosted[] = {
    "ubuntu-latest",  "ubuntu-24.04",    "ubuntu-24.04-arm",   "ubuntu-22.04",        "ubuntu-22.04-arm",
    "ubuntu-slim",    "windows-latest",  "windows-2025",       "windows-2022",        "windows-11-arm",
    "macos-latest",   "macos-26",        "macos-26-intel",     "macos-26-large",      "macos-26-xlarge",
    "macos-15",       "macos-15-intel",  "macos-15-large",     "macos-15-xlarge",     "macos-14",
    "macos-14-large", "macos-14-xlarge", "macos-latest-large", "macos-latest-xlarge", "windows-2025-vs2026"};
constexpr llvm::StringLiteral retired[] = {"ubuntu-20.04", "ubuntu-18.04",   "ubuntu-16.04",    "windows-2019",
                                           "windows-2016", "macos-13",       "macos-13-large",  "macos-13-xlarge",
                                           "macos-12",     "macos-12-large", "macos-12-xlarge", "macos-11",
                                           "macos-11.0",   "macos-10.15",    "macos-10.14",     "macos-10"};

template <std::size_t N>
bool has(const llvm::StringLiteral (&labels)[N], llvm::StringRef label) {
  return std::find(std::begin(labels), std::end(labels), label) != std::end(labels);
}

llvm::StringRef system_of(llvm::StringRef label) { return label.split('-').first; }

// Larger runners have names that only their owner knows; those of a family are GitHub's.
bool looks_hosted(llvm::StringRef label) {
  llvm::StringRef system = system_of(label);
  return (system == "ubuntu" || system == "windows" || system == "macos") && label != system && !label.contains("core");
}

}  // namespace

void check_runner(const ast::Statement& statement, diagnostics::Sink& sink) {
  for (const ast::Expression* value : statement.values)
    if (plain_text(*value) == "self-hosted") return;
  llvm::StringRef first;
  for (const ast::Expression* value : statement.values) {
    llvm::StringRef label = plain_text(*value);
    if (has(retired, label)) {
      sink.report<RetiredRunner>(value->span, std::string_view(label))
          .help("take `{}-latest`", std::string_view(system_of(label)));
    } else if (!has(hosted, label)) {
      if (!looks_hosted(label)) continue;
      auto told = sink.report<UnknownRunner>(value->span, std::string_view(label));
      llvm::SmallVector<llvm::StringRef, 32> known(std::begin(hosted), std::end(hosted));
      llvm::StringRef near = diagnostics::nearest(label, known);
      if (!near.empty())
        told.help("did you mean `{}`? A runner of your own is named together with `self-hosted`",
                  std::string_view(near));
      else
        told.help("a runner of your own is named together with `self-hosted`");
    } else if (first.empty()) {
      first = label;
    } else if (first != label) {
      sink.report<ConflictingRunners>(value->span, std::string_view(first), std::string_view(label))
          .help("for a leg on each, write `matrix {{ os: [\"{}\", \"{}\"] }}` and `runs-on matrix.os`",
                std::string_view(first), std::string_view(label));
    }
  }
}

}  // namespace sluice::check
