#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Allocator.h>

#include <cstdint>
#include <string>

namespace sluice::check {
struct Symbol;
}

namespace sluice::types {

/// The type of a value. Made by a `Table`, which outlives it.
struct Type {
  enum class Kind : std::uint8_t {
    any,  ///< poison: stands for a value about which a diagnostic was given; fits everywhere, silently
    null,
    boolean,
    number,
    string,
    duration,
    percent,
    size,
    path,
    list,         ///< of `element`
    map,          ///< of text to `element`
    record,       ///< `names` with `fields`
    enumeration,  ///< one of `names`
    artifact,
    environment,
    target,  ///< of `interface`, whose name is in `names`
    steps,
    json,  ///< known when it runs: members and comparisons are not checked
  };
  Kind kind = Kind::any;
  bool optional = false;  ///< may be absent
  bool secret = false;
  const Type* element = nullptr;
  llvm::ArrayRef<llvm::StringRef> names;
  llvm::ArrayRef<const Type*> fields;
  check::Symbol* interface = nullptr;

  const Type* field(llvm::StringRef name) const;
};

/// Makes types and keeps them.
class Table {
 public:
  Table();
  const Type* simple(Type::Kind kind) const { return &simple_[static_cast<std::size_t>(kind)]; }
  const Type* list_of(const Type* element);
  const Type* map_of(const Type* element);
  const Type* record(llvm::ArrayRef<llvm::StringRef> names, llvm::ArrayRef<const Type*> fields);
  const Type* enumeration(llvm::ArrayRef<llvm::StringRef> names);
  const Type* target(check::Symbol* interface, llvm::StringRef name);
  const Type* optional(const Type* type);
  const Type* without_optional(const Type* type);
  const Type* secret(const Type* type);
  const Type* without_secret(const Type* type);
  llvm::BumpPtrAllocator& arena() { return arena_; }

 private:
  Type* copy(const Type& type);
  llvm::BumpPtrAllocator arena_;
  Type simple_[static_cast<std::size_t>(Type::Kind::json) + 1];
};

/// As an author writes it: `list<string>?`.
std::string describe(const Type* type);
/// With its article: `a number`, `an artifact`.
std::string describe_one(const Type* type);

/// The built-in type of that name, or null.
const Type* builtin(llvm::StringRef name, const Table& table);

}  // namespace sluice::types
