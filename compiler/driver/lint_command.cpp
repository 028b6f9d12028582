#include <algorithm>

#include "compilation/read_file.h"
#include "driver/commands.h"
#include "driver/files.h"
#include "driver/report.h"
#include "driver/session.h"
#include "lint/lint.h"

namespace sluice::driver {
namespace {

using compilation::Compilation;
using diagnostics::Fix;

// Each round mends what the one before uncovered: a `let` that only an unused `let` read.
constexpr int most_rounds = 8;

struct Linted {
  Compilation* compilation;
  diagnostics::Sink found;
};

Linted lint_text(Session& session, const std::string& path, std::string text) {
  Linted linted{&session.add(path, std::move(text)), {}};
  linted.compilation->compile();
  if (!linted.compilation->sink().has_errors()) lint::lint(linted.compilation->program(), linted.found);
  return linted;
}

struct Mended {
  std::string text;
  std::size_t count = 0;
};

// The fixes of as many findings as do not touch each other, the first ones first.
Mended mended_text(const Linted& linted, const std::string& text) {
  const source::File& file = *linted.compilation->program().main().file->source;
  std::vector<const Fix*> chosen;
  Mended mended{text, 0};
  std::uint32_t free = file.base;
  for (const diagnostics::Diagnostic* one : linted.found.sorted()) {
    std::vector<const Fix*> fixes;
    for (const Fix& fix : one->fixes) fixes.push_back(&fix);
    std::sort(fixes.begin(), fixes.end(), [](auto* left, auto* right) { return left->span.begin < right->span.begin; });
    if (fixes.empty() || fixes.front()->span.begin < free) continue;
    free = fixes.back()->span.end;
    chosen.insert(chosen.end(), fixes.begin(), fixes.end());
    ++mended.count;
  }
  for (auto fix = chosen.rbegin(); fix != chosen.rend(); ++fix)
    mended.text.replace((*fix)->span.begin - file.base, (*fix)->span.end - (*fix)->span.begin, (*fix)->replacement);
  return mended;
}

/// Mends a file as far as it goes; gives what is left to say of it.
class Mender {
 public:
  Mender(Session& session, const std::string& path, std::string text)
      : session_(session), path_(path), original_(std::move(text)) {}

  int run() {
    Linted linted = lint_text(session_, path_, original_);
    std::string text = original_;
    std::size_t count = 0;
    for (int round = 0; round < most_rounds && !linted.compilation->sink().has_errors(); ++round) {
      Mended mended = mended_text(linted, text);
      if (mended.count == 0) break;
      Linted next = lint_text(session_, path_, mended.text);
      if (next.compilation->sink().has_errors()) {
        std::fprintf(stderr, "sluice: mending `%s` further would break it\n", path_.c_str());
        break;
      }
      text = std::move(mended.text);
      count += mended.count;
      linted = std::move(next);
    }
    int status = count > 0 ? write(text, count) : 0;
    return std::max(status, tell(session_, linted));
  }

  static int tell(Session& session, const Linted& linted) {
    const Compilation& compilation = *linted.compilation;
    bool errors = session.reporter().add(compilation.sink(), compilation.sources());
    session.reporter().add(linted.found, compilation.sources());
    return errors || !linted.found.all().empty() ? 1 : 0;
  }

 private:
  int write(const std::string& text, std::size_t count) {
    auto now = compilation::read_file(path_);
    if (!now || *now != original_) return complain(fmt::format("`{}` changed meanwhile and is left alone", path_));
    if (auto written = write_file(path_, text); !written)
      return complain(fmt::format("cannot write `{}`: {}", path_, written.error()));
    std::fprintf(stderr, "mended %zu finding%s in %s\n", count, count == 1 ? "" : "s", path_.c_str());
    return 0;
  }

  Session& session_;
  const std::string& path_;
  std::string original_;
};

}  // namespace

int lint(Session& session, const LintOptions& options) {
  std::vector<std::string> files = options.files.empty() ? pipe_files(".") : options.files;
  if (files.empty()) return complain("there is no `.pipe` file in this repository");
  if (options.fix && std::find(files.begin(), files.end(), "-") != files.end())
    return complain("standard input cannot be mended: give a file to `--fix`");
  int status = 0;
  for (const std::string& file : files) {
    auto text = session.read(file);
    if (!text) {
      status = std::max(status, text.error());
      continue;
    }
    status = std::max(status, options.fix ? Mender(session, file, std::move(*text)).run()
                                          : Mender::tell(session, lint_text(session, file, std::move(*text))));
  }
  if (status == 0 && session.reporter().for_people())
    std::fprintf(stderr, "%zu file%s: nothing to say\n", files.size(), files.size() == 1 ? "" : "s");
  return std::max(status, session.reporter().finish());
}

}  // namespace sluice::driver
