#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"

/// The long texts of the findings: docs/diagnostics.md for the codes, its opening comment for a lint rule.
namespace sluice::explain {

/// What can be explained, as `code` spells it: `S0213`, `unused-let`; in the order of the tables.
std::vector<std::string> topics();

/// The kind that is called so, in any case of letters.
std::optional<diagnostics::Kind> find(std::string_view topic);

/// Title and severity, why it is said, an example that is refused and one that is mended, for a terminal of 100 columns
/// and more. Ends in a newline.
std::string text(diagnostics::Kind kind);

/// The first paragraph of that, on one line; the title where there is none.
std::string summary(diagnostics::Kind kind);

}  // namespace sluice::explain
