// What: A script fetches from an address that begins with `http://`.
//
// Why: Anybody on the way can read it and change it.
//
// Example:
//     run "curl --fail http://example.com/tool.tar.gz -o tool.tar.gz"
//
// Instead:
//     run "curl --fail https://example.com/tool.tar.gz -o tool.tar.gz"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(PlainHttp, "what comes over `http` can be changed on its way");

// This machine, its services, and hosts that have no name outside.
bool is_near(StringRef address) {
  StringRef host = address.take_until([](char c) { return c == '/' || c == ':' || c == ' ' || c == '"'; });
  return host == "localhost" || host.startswith("127.") || host.startswith("$") || host.endswith(".internal") ||
         host.endswith(".local") || !host.contains('.');
}

}  // namespace

void plain_http(Context& context) {
  context.each(Word::run, [&](const Statement& run, std::size_t) {
    for (const Command& command : commands(context, run)) {
      bool fetches = false;
      for (StringRef tool : {"curl", "wget", "git", "pip", "npm"})
        fetches = fetches || find_word(command.text, tool) != StringRef::npos;
      for (std::size_t at = command.text.find("http://"); fetches && at != StringRef::npos;
           at = command.text.find("http://", at + 1)) {
        if (is_near(command.text.substr(at + 7))) continue;
        std::uint32_t begin = command.span.begin + static_cast<std::uint32_t>(at);
        context.sink.report<PlainHttp>({begin, begin + 7}).help("write `https://`");
      }
    }
  });
}

}  // namespace sluice::lint
