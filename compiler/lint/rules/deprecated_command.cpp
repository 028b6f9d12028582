// What: A script prints `::set-output`, `::save-state`, `::set-env` or `::add-path`.
//
// Why: What a program prints could give itself outputs and variables, so GitHub ignores or refuses these commands.
//
// Example:
//     run "echo ::set-output name=version::1.2"
//
// Instead:
//     run """echo version=1.2 >> "$GITHUB_OUTPUT""""
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(DeprecatedCommand, "GitHub does not take `{}` any more");

struct Old {
  StringRef text;
  StringRef file;
};

const Old olds[] = {
    {"::set-output", "GITHUB_OUTPUT"},
    {"::save-state", "GITHUB_STATE"},
    {"::set-env", "GITHUB_ENV"},
    {"::add-path", "GITHUB_PATH"},
};

}  // namespace

void deprecated_command(Context& context) {
  context.each(Word::run, [&](const Statement& run, std::size_t) {
    for (const Command& command : commands(context, run))
      for (const Old& old : olds) {
        std::size_t at = command.text.find(old.text);
        if (at == StringRef::npos) continue;
        std::uint32_t begin = command.span.begin + static_cast<std::uint32_t>(at);
        context.sink
            .report<DeprecatedCommand>({begin, begin + static_cast<std::uint32_t>(old.text.size())},
                                       std::string_view(old.text))
            .help("write to the file `${}`", std::string_view(old.file));
      }
  });
}

}  // namespace sluice::lint
