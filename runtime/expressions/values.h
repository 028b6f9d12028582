#pragma once
#include <string>
#include <string_view>

#include "runtime/expressions/json.h"

namespace sluice::runtime {

/// GitHub's conversions and comparisons of values (docs: "Evaluate expressions", and the runner's own source).
bool is_truthy(const Json& value);       ///< all but null, false, 0, NaN and the empty string
bool is_absent(const Json& value);       ///< null or the empty string
bool is_primitive(const Json& value);    ///< neither array nor object
double to_number(const Json& value);     ///< NaN where there is no number in it
std::string to_text(const Json& value);  ///< null is empty; an array is `Array`, an object `Object`

bool loosely_equal(const Json& left, const Json& right);
/// Whether `left < right`; values that do not compare are neither less nor greater nor equal.
bool loosely_less(const Json& left, const Json& right);

bool same_text(std::string_view left, std::string_view right);  ///< ignoring case
/// Letter by letter, as GitHub compares texts; bytes that are no UTF-8 stay as they are.
std::string upper_case(std::string_view text);
std::string_view trimmed(std::string_view text);

/// A member whose name may differ in case, or null where there is none or `object` is no object.
const Json* find_member(const Json& object, std::string_view name, bool case_sensitive = false);

}  // namespace sluice::runtime
