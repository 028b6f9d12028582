#pragma once
#include <llvm/ADT/ArrayRef.h>

#include <string_view>

/// What is known of GitHub and of what people build on it: facts.def, asked.
namespace sluice::labels {

/// The names of a path behind its context, `*` for any element: `event`, `commits`, `*`, `message`.
using Path = llvm::ArrayRef<std::string_view>;

/// Who writes this part of the `github` context, or something inside it; empty where no outsider does.
std::string_view writer(Path path);

/// Whose code this part names; empty where it names nobody's.
std::string_view owner_of_code(Path path);

/// What lets an outsider start a run that has secrets; empty for other events.
std::string_view opened_by(std::string_view event);
bool brings_fork_code(std::string_view event);

bool is_code_input(std::string_view action, std::string_view input);
bool is_ref_input(std::string_view action, std::string_view input);
bool is_label_input(std::string_view action, std::string_view input);
bool is_shown_input(std::string_view action, std::string_view input);
bool is_code_variable(std::string_view name);

}  // namespace sluice::labels
