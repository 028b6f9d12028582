// What: A script has a hole with a secret in it.
//
// Why: The value becomes a word of a command. Every process of the machine can read the words of another's command
// line, and tools print them in their messages and debug logs.
//
// Example:
//     stage release { run "deploy --token ${{ secrets.DEPLOY_TOKEN }}" }
//
// Instead:
//     stage release {
//       run "deploy --token-from-env TOKEN" { env { TOKEN: secrets.DEPLOY_TOKEN } }
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(SecretInCommand, "the secret `{}` stands in the text of a script");

}  // namespace

void secret_in_command(Context& context) {
  context.each(Word::run, [&](const Statement& run, std::size_t) {
    if (!run.value || run.value->kind != Expression::Kind::string) return;
    for (const ast::StringPart& part : run.value->parts) {
      if (!part.hole) continue;
      each_expression(*part.hole, [&](const Expression& one) {
        bool secret = one.kind == Expression::Kind::member && one.operands[0]->kind == Expression::Kind::name &&
                      one.operands[0]->text == "secrets";
        if (secret)
          context.sink.report<SecretInCommand>(one.span, std::string_view(one.text))
              .help("give it to the step: `env {{ {}: secrets.{} }}`, and let the tool read it there",
                    std::string_view(one.text), std::string_view(one.text));
      });
    }
  });
}

}  // namespace sluice::lint
