// What: What `curl` or `wget` fetches goes straight into a shell or an interpreter.
//
// Why: The server, or whoever stands in for it, runs what it likes with the job's token and secrets; half a
// download runs too. Nothing is pinned, so tomorrow it may be another program.
//
// Example:
//     run "curl -fsSL https://example.com/install.sh | sh"
//
// Instead:
//     run """
//       curl -fsSL https://example.com/releases/v1.2.3/install.sh -o install.sh
//       echo "5e0c…9f  install.sh" | sha256sum --check
//       sh install.sh
//       """
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(DownloadPipedToShell, "what is fetched here is run without a look at it");

// `curl … | sudo bash`, `bash <(curl …)` is written the other way round and not seen here.
bool runs_it(StringRef command) {
  llvm::SmallVector<StringRef, 4> parts;
  command.split(parts, '|');
  for (StringRef part : llvm::ArrayRef<StringRef>(parts).drop_front()) {
    part = part.ltrim();
    part.consume_front("sudo ");
    StringRef program = part.ltrim().take_until([](char c) { return c == ' ' || c == ';' || c == '\n' || c == '"'; });
    for (StringRef shell : {"sh", "bash", "zsh", "dash", "python", "python3", "perl", "ruby", "node"})
      if (program == shell) return true;
  }
  return false;
}

}  // namespace

void download_piped_to_shell(Context& context) {
  context.each(Word::run, [&](const Statement& run, std::size_t) {
    for (const Command& command : commands(context, run)) {
      std::size_t fetch = std::min(find_word(command.text, "curl"), find_word(command.text, "wget"));
      if (fetch == StringRef::npos || !runs_it(command.text.substr(fetch))) continue;
      context.sink.report<DownloadPipedToShell>(command.span)
          .help("fetch a fixed version into a file, compare its checksum, then run it");
    }
  });
}

}  // namespace sluice::lint
