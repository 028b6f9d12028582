#pragma once
#include "types/type.h"

namespace sluice::types {

/// Whether a value of type `value` may stand where `wanted` is asked for.
bool assignable(const Type* value, const Type* wanted);

/// Whether `==`, `<` and their like may stand between the two.
bool comparable(const Type* left, const Type* right);

/// Whether a value of this type has one text: what may stand in a string, an `env` entry, a command.
bool is_scalar(const Type* type);

}  // namespace sluice::types
