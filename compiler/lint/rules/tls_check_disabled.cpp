// What: A command switches off the check of certificates or host keys.
//
// Why: Anybody on the way can answer in the server's place, read what is sent, and give other files back.
//
// Example:
//     run "curl --insecure https://artifacts.example.com/tool -o tool"
//
// Instead:
//     run "curl --fail --cacert ca.pem https://artifacts.example.com/tool -o tool"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(TlsCheckDisabled, "`{}` switches off the check of who answers");

struct Switch {
  StringRef program;  ///< that must stand in the command too
  StringRef text;
  StringRef help;
};

constexpr StringRef trust = "take it out, and give the tool the certificate of your authority";
const Switch switches[] = {
    {"curl", "--insecure", trust},
    {"curl", "-k", trust},
    {"wget", "--no-check-certificate", trust},
    {"git", "http.sslVerify=false", trust},
    {"", "GIT_SSL_NO_VERIFY=1", trust},
    {"", "NODE_TLS_REJECT_UNAUTHORIZED=0", trust},
    {"", "StrictHostKeyChecking=no", "take it out, and write the host's key into `known_hosts`"},
};

}  // namespace

void tls_check_disabled(Context& context) {
  context.each(Word::run, [&](const Statement& run, std::size_t) {
    for (const Command& command : commands(context, run))
      for (const Switch& one : switches) {
        if (!one.program.empty() && find_word(command.text, one.program) == StringRef::npos) continue;
        std::size_t at = find_word(command.text, one.text);
        if (at == StringRef::npos) continue;
        std::uint32_t begin = command.span.begin + static_cast<std::uint32_t>(at);
        context.sink
            .report<TlsCheckDisabled>({begin, begin + static_cast<std::uint32_t>(one.text.size())},
                                      std::string_view(one.text))
            .help("{}", std::string_view(one.help));
      }
  });
}

}  // namespace sluice::lint
