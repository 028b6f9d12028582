// What: A text in the file looks like a key or a token of a known provider, or begins a private key.
//
// Why: Whoever can read the repository, its history or the emitted workflow has it, and it is never masked in a
// log.
//
// Example:
//     env { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" }
//
// Instead:
//     env { AWS_ACCESS_KEY_ID: secrets.AWS_ACCESS_KEY_ID }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(HardCodedCredential, "this looks like {}");

struct Shape {
  StringRef prefix;
  std::size_t length;  ///< of what follows, letters and digits at least
  StringRef owner;
};

const Shape shapes[] = {
    {"AKIA", 16, "an access key of AWS"},
    {"ASIA", 16, "an access key of AWS"},
    {"ghp_", 36, "a token of GitHub"},
    {"gho_", 36, "a token of GitHub"},
    {"ghs_", 36, "a token of GitHub"},
    {"github_pat_", 22, "a token of GitHub"},
    {"glpat-", 20, "a token of GitLab"},
    {"xoxb-", 10, "a token of Slack"},
    {"xoxp-", 10, "a token of Slack"},
    {"sk_live_", 16, "a key of Stripe"},
    {"npm_", 36, "a token of npm"},
    {"pypi-AgEIcHlwaS5vcmc", 16, "a token of PyPI"},
    {"AIza", 35, "a key of Google"},
    {"-----BEGIN PRIVATE KEY", 0, "a private key"},
    {"-----BEGIN RSA PRIVATE KEY", 0, "a private key"},
    {"-----BEGIN OPENSSH PRIVATE KEY", 0, "a private key"},
};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::size_t find(StringRef text, const Shape& shape) {
  for (std::size_t at = text.find(shape.prefix); at != StringRef::npos; at = text.find(shape.prefix, at + 1)) {
    if (at > 0 && is_letter(text[at - 1])) continue;
    StringRef rest = text.substr(at + shape.prefix.size());
    if (rest.take_while(is_letter).size() >= shape.length) return at;
  }
  return StringRef::npos;
}

}  // namespace

void hard_coded_credential(Context& context) {
  for (const Node& node : context.nodes)
    each_expression(*node.statement, [&](const Expression& one) {
      if (one.kind != Expression::Kind::string) return;
      StringRef text = context.source(one.span);
      for (const Shape& shape : shapes) {
        std::size_t at = find(text, shape);
        if (at == StringRef::npos) continue;
        std::uint32_t begin = one.span.begin + static_cast<std::uint32_t>(at);
        Span span{begin, begin + static_cast<std::uint32_t>(shape.prefix.size() + shape.length)};
        context.sink.report<HardCodedCredential>(span, std::string_view(shape.owner))
            .help("revoke it, declare a `secret`, and read that");
      }
    });
}

}  // namespace sluice::lint
