// What: `curl` fetches into a file, a pipe or a variable without `--fail`.
//
// Why: Without it, curl takes the page of an error for the file and ends with 0: the step goes on with a page that
// says `Not Found`.
//
// Example:
//     run "curl -L https://example.com/tool -o tool"
//
// Instead:
//     run "curl --fail -L https://example.com/tool -o tool"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UncheckedDownload, "`curl` takes the page of an error for the file");

bool is_begin(StringRef before) {
  before = before.rtrim();
  if (before.empty() || before.endswith("(") || before.endswith("|") || before.endswith("&") || before.endswith(";"))
    return true;
  for (StringRef word : {"if", "then", "do", "else", "sudo", "time", "!", "`"})
    if (before.endswith(word)) return true;
  return false;
}

// At the beginning of a command, and what comes is used: no `apt-get install curl`, no question for a status.
bool fetches(StringRef command, std::size_t at) {
  if (!is_begin(command.take_front(at))) return false;
  StringRef rest = command.substr(at + 4);
  return rest.contains("://") && !rest.contains("http_code") && !rest.contains("--head") && !rest.contains(" -I");
}

// `--fail`, `--fail-with-body`, or an `f` among short options.
bool fails(StringRef command) {
  llvm::SmallVector<StringRef, 16> words;
  command.split(words, ' ', -1, false);
  for (StringRef word : words) {
    if (word.startswith("--fail")) return true;
    if (word.startswith("-") && !word.startswith("--") && word.contains('f')) return true;
  }
  return false;
}

}  // namespace

void unchecked_download(Context& context) {
  context.each(Word::run, [&](const Statement& run, std::size_t) {
    for (const Command& command : commands(context, run)) {
      std::size_t at = find_word(command.text, "curl");
      if (at == StringRef::npos || !fetches(command.text, at) || fails(command.text.substr(at))) continue;
      std::uint32_t begin = command.span.begin + static_cast<std::uint32_t>(at);
      context.sink.report<UncheckedDownload>({begin, begin + 4})
          .help("write `curl --fail`")
          .fix({begin + 4, begin + 4}, " --fail");
    }
  });
}

}  // namespace sluice::lint
