// What: A pipeline's or a stage's `env` holds a secret.
//
// Why: Every step gets it, those of others' actions too. One that prints or sends its environment has it.
//
// Example:
//     stage publish {
//       env { TOKEN: secrets.NPM_TOKEN }
//       run "npm ci"
//       run "npm publish"
//     }
//
// Instead:
//     stage publish {
//       run "npm ci"
//       run "npm publish" { env { TOKEN: secrets.NPM_TOKEN } }
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(SecretInWideEnv, "every step sees the secret `{}`");

// How many of its statements do something: the environment of a single step is nobody else's.
std::size_t acts(const Statement& around) {
  std::size_t count = 0;
  for (const ast::Item& item : around.block->items) {
    if (!item.statement) continue;
    Word word = item.statement->word;
    count += word == Word::run || word == Word::uses || word == Word::step || word == Word::call ||
             word == Word::stage || word == Word::when || word == Word::for_ || word == Word::if_;
  }
  return count;
}

}  // namespace

void secret_in_wide_env(Context& context) {
  context.each(Word::env, [&](const Statement& env, std::size_t index) {
    std::size_t parent = context.nodes[index].parent;
    if (!env.block || parent == SIZE_MAX) return;
    const Statement& around = *context.nodes[parent].statement;
    if ((around.word != Word::stage && around.word != Word::pipeline) || acts(around) < 2) return;
    for (const ast::Item& item : env.block->items) {
      if (!item.entry) continue;
      each_expression(*item.entry->value, [&](const Expression& one) {
        if (one.kind == Expression::Kind::member && one.operands[0]->text == "secrets")
          context.sink.report<SecretInWideEnv>(one.span, std::string_view(one.text))
              .help("give it to the step that needs it: `run \"…\" {{ env {{ … }} }}`");
      });
    }
  });
}

}  // namespace sluice::lint
