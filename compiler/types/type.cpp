#include "types/type.h"

#include "syntax/arena.h"

namespace sluice::types {
namespace {

using Kind = Type::Kind;

constexpr llvm::StringLiteral spellings[] = {"any",     "null",     "bool",        "number", "string", "duration",
                                             "percent", "size",     "path",        "list",   "map",    "record",
                                             "enum",    "artifact", "environment", "target", "steps",  "json"};

}  // namespace

const Type* Type::field(llvm::StringRef name) const {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (names[i] == name) return fields[i];
  return nullptr;
}

Table::Table() {
  for (std::size_t i = 0; i < std::size(simple_); ++i) simple_[i].kind = static_cast<Kind>(i);
}

Type* Table::copy(const Type& type) { return new (arena_.Allocate<Type>()) Type(type); }

const Type* Table::list_of(const Type* element) {
  Type* type = copy({});
  type->kind = Kind::list;
  type->element = element;
  return type;
}

const Type* Table::map_of(const Type* element) {
  Type* type = copy({});
  type->kind = Kind::map;
  type->element = element;
  return type;
}

const Type* Table::record(llvm::ArrayRef<llvm::StringRef> names, llvm::ArrayRef<const Type*> fields) {
  Type* type = copy({});
  type->kind = Kind::record;
  type->names = syntax::copy_into(arena_, names);
  type->fields = syntax::copy_into(arena_, fields);
  return type;
}

const Type* Table::enumeration(llvm::ArrayRef<llvm::StringRef> names) {
  Type* type = copy({});
  type->kind = Kind::enumeration;
  type->names = syntax::copy_into(arena_, names);
  return type;
}

const Type* Table::target(check::Symbol* interface, llvm::StringRef name) {
  Type* type = copy({});
  type->kind = Kind::target;
  type->interface = interface;
  type->names = syntax::copy_into(arena_, llvm::ArrayRef<llvm::StringRef>(name));
  return type;
}

const Type* Table::optional(const Type* type) {
  if (type->optional || type->kind == Kind::any) return type;
  Type* result = copy(*type);
  result->optional = true;
  return result;
}

const Type* Table::without_optional(const Type* type) {
  if (!type->optional) return type;
  Type* result = copy(*type);
  result->optional = false;
  return result;
}

const Type* Table::secret(const Type* type) {
  Type* result = copy(*type);
  result->secret = true;
  return result;
}

const Type* Table::without_secret(const Type* type) {
  if (!type->secret) return type;
  Type* result = copy(*type);
  result->secret = false;
  return result;
}

std::string describe(const Type* type) {
  std::string text = type->secret ? "secret " : "";
  text += type->kind == Kind::target ? type->names[0] : spellings[static_cast<std::size_t>(type->kind)];
  if (type->element) text += "<" + describe(type->element) + ">";
  if (type->kind == Kind::enumeration) {
    text += '(';
    for (llvm::StringRef name : type->names) text += (text.back() == '(' ? "\"" : ", \"") + name.str() + '"';
    text += ')';
  }
  if (type->optional) text += '?';
  return text;
}

std::string describe_one(const Type* type) {
  if (type->kind == Kind::steps) return describe(type);
  if (type->kind == Kind::target) return "a target of " + describe(type);
  std::string text = describe(type);
  bool vowel = text[0] == 'a' || text[0] == 'e';
  return (vowel ? "an " : "a ") + text;
}

const Type* builtin(llvm::StringRef name, const Table& table) {
  for (std::size_t i = static_cast<std::size_t>(Kind::boolean); i < std::size(spellings); ++i) {
    auto kind = static_cast<Kind>(i);
    if (kind == Kind::record || kind == Kind::enumeration || kind == Kind::target) continue;
    if (spellings[i] == name) return table.simple(kind);
  }
  return nullptr;
}

}  // namespace sluice::types
