// Languages of which no place is known.
#include "shells/languages.h"
#include "shells/text.h"

namespace sluice::shells {

// What cmd puts in for `%NAME%` it reads as it reads the script.
std::vector<Place> Unknown::places(const Script& script) const {
  std::vector<Place> places(script.holes.size());
  for (Place& place : places)
    if (cmd_) place.use = Use::code, place.reader = "cmd";
  return places;
}

std::vector<VariableRead> Unknown::variables(llvm::StringRef script) const {
  std::vector<VariableRead> reads;
  for (std::size_t at = cmd_ ? script.find('%') : script.npos; at < script.size(); at = script.find('%', at + 1)) {
    llvm::StringRef name = script.substr(at + 1).take_while([](char c) { return is_name(c); });
    std::size_t behind = at + 1 + name.size();
    std::size_t end = script.substr(behind).startswith(":") ? script.find('%', behind) : behind;
    if (is_name(name) && end < script.size() && script[end] == '%') reads.push_back({name.str(), at, end + 1});
  }
  return reads;
}

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
