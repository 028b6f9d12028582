// Languages of which no place is known.
#include "shells/languages.h"
#include "shells/text.h"

namespace sluice::shells {

std::vector<Place> Unknown::places(const Script& script) const { return std::vector<Place>(script.holes.size()); }

// In cmd `=`, `,` and `;` separate, and `%` and `!` begin variables.
bool Unknown::quote(const Constant& value, const Place& /*place*/, std::string& out) const {
  if (!is_plain(value.text, cmd_ ? "@+:./-" : "@%+=:,./-")) return false;
  out += value.text;
  return true;
}

bool Unknown::reference(llvm::StringRef /*variable*/, Sort /*sort*/, const Place& /*place*/,
                        std::string& /*out*/) const {
  return false;
}

ListForm Unknown::list_form(const Place& /*place*/) const { return {"", " ", ""}; }

// With delayed expansion a value is put in after the line was read.
std::string Unknown::read_variable(llvm::StringRef variable) const {
  return cmd_ ? "!" + variable.str() + "!` behind `setlocal EnableDelayedExpansion" : "";
}

}  // namespace sluice::shells
