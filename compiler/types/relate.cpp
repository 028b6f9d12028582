#include "types/relate.h"

#include <algorithm>

namespace sluice::types {
namespace {

using Kind = Type::Kind;

bool is_dynamic(const Type* type) { return type->kind == Kind::any || type->kind == Kind::json; }
bool is_text(const Type* type) {
  return type->kind == Kind::string || type->kind == Kind::path || type->kind == Kind::enumeration;
}

bool all_choices_in(const Type* value, const Type* wanted) {
  for (llvm::StringRef name : value->names)
    if (std::find(wanted->names.begin(), wanted->names.end(), name) == wanted->names.end()) return false;
  return true;
}

bool record_fits(const Type* value, const Type* wanted) {
  for (std::size_t i = 0; i < wanted->fields.size(); ++i) {
    const Type* field = value->field(wanted->names[i]);
    if (field ? !assignable(field, wanted->fields[i]) : !wanted->fields[i]->optional) return false;
  }
  return true;
}

}  // namespace

bool assignable(const Type* value, const Type* wanted) {
  if (is_dynamic(value) || is_dynamic(wanted)) return true;
  if (value->kind == Kind::null) return wanted->optional;
  if (value->optional && !wanted->optional) return false;
  switch (wanted->kind) {
    case Kind::string:
    case Kind::path: return is_text(value);
    case Kind::enumeration: return value->kind == Kind::enumeration && all_choices_in(value, wanted);
    case Kind::list: return value->kind == Kind::list && assignable(value->element, wanted->element);
    case Kind::map:
      if (value->kind != Kind::record) return value->kind == Kind::map && assignable(value->element, wanted->element);
      return std::all_of(value->fields.begin(), value->fields.end(),
                         [&](const Type* field) { return assignable(field, wanted->element); });
    case Kind::record: return value->kind == Kind::record && record_fits(value, wanted);
    case Kind::target: return value->kind == Kind::target && value->interface == wanted->interface;
    default: return value->kind == wanted->kind;
  }
}

bool comparable(const Type* left, const Type* right) {
  if (is_dynamic(left) || is_dynamic(right)) return true;
  if (left->kind == Kind::null || right->kind == Kind::null) return true;
  if (left->kind == Kind::target) return false;
  return left->kind == right->kind || (is_text(left) && is_text(right));
}

bool is_scalar(const Type* type) {
  switch (type->kind) {
    case Kind::list:
    case Kind::map:
    case Kind::record:
    case Kind::artifact:
    case Kind::environment:
    case Kind::target:
    case Kind::steps: return false;
    default: return true;
  }
}

}  // namespace sluice::types
