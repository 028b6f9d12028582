#pragma once
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringMap.h>

#include "types/type.h"

namespace sluice::check {

/// The types of events' payloads: payloads.def, of which a line is read when something first asks for it.
class Payloads {
 public:
  explicit Payloads(types::Table& table) : table_(table) {}

  /// The payload of one of GitHub's events and one of its activity types, or "" for an event without types. A record;
  /// `json` where the payload is a caller's, or is not described.
  const types::Type* of(llvm::StringRef event, llvm::StringRef activity);

  /// The events that have a field of that name in a payload, in the order of their names.
  static llvm::SmallVector<llvm::StringRef, 8> events_with(llvm::StringRef field);

  /// The type of values of either: of two records the fields of both, where one that the other lacks may be absent.
  const types::Type* unite(const types::Type* left, const types::Type* right);

 private:
  const types::Type* object(llvm::StringRef name);
  const types::Type* record(llvm::StringRef fields);
  const types::Type* field(llvm::StringRef type);
  const types::Type* unite_records(const types::Type* left, const types::Type* right);

  types::Table& table_;
  llvm::StringMap<const types::Type*> objects_;
  llvm::StringMap<const types::Type*> payloads_;  ///< by their fields as written
};

}  // namespace sluice::check
