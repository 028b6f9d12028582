#include "lower/pins.h"

#include <llvm/ADT/SmallVector.h>

namespace sluice::lower {

Pins::Pins(llvm::StringRef table) {
  while (!table.empty()) {
    auto [line, rest] = table.split('\n');
    table = rest;
    if (line.empty() || line.startswith("#")) continue;
    llvm::SmallVector<llvm::StringRef, 4> fields;
    line.split(fields, '\t');
    if (fields.size() < 3) continue;
    pins_[fields[0]].push_back({fields[1], fields[2], fields.size() > 3 ? fields[3] : ""});
  }
}

const Pin* Pins::find(llvm::StringRef action, llvm::StringRef ref) const {
  auto known = pins_.find(action);
  if (known == pins_.end()) return nullptr;
  // The table lists an action's versions from the newest down. Some tag `2.35.5` and move `v2`.
  for (const Pin& pin : known->second) {
    llvm::StringRef version = pin.version;
    llvm::StringRef wanted = ref;
    if (!version.startswith("v")) wanted.consume_front("v");
    bool prefix = version.startswith(wanted) && (version.size() == wanted.size() || version[wanted.size()] == '.');
    if ((prefix && !wanted.empty()) || pin.commit == ref) return &pin;
  }
  return nullptr;
}

}  // namespace sluice::lower
