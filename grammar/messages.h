#pragma once
#include "grammar/productions.h"

namespace sluice::grammar {

/// What to say was expected when a piece that must follow is missing. A rule without a line here does not compile.
template <typename Rule>
inline constexpr const char* expected = nullptr;

template <> inline constexpr const char* expected<expression> = "a value";
template <> inline constexpr const char* expected<fewer_parts> = "at most 200 names, calls and indexes in a row";
template <> inline constexpr const char* expected<fewer_operators> = "at most 1,000 operators in one expression";
template <> inline constexpr const char* expected<right_operand> = "a value";
template <> inline constexpr const char* expected<guarded<operand>> = "a value";
template <> inline constexpr const char* expected<pegtl::sor<index_all, expression>> = "an index or `*`";
template <> inline constexpr const char* expected<pegtl::sor<member_name, member_all>> = "a name or `*`";
template <> inline constexpr const char* expected<hole_close> = "`}}`";
template <> inline constexpr const char* expected<string_close> = "`\"`";
template <> inline constexpr const char* expected<single_close> = "`'`";
template <> inline constexpr const char* expected<list_close> = "`,` or `]`";
template <> inline constexpr const char* expected<index_close> = "`]`";
template <> inline constexpr const char* expected<map_close> = "`key: value` or `}`";
template <> inline constexpr const char* expected<parenthesis_close> = "`)`";
template <> inline constexpr const char* expected<arguments_close> = "`,` or `)`";
template <> inline constexpr const char* expected<type> = "a type";
template <> inline constexpr const char* expected<aliased_type> = "a type";
template <> inline constexpr const char* expected<pegtl::one<'>'>> = "`>`";
template <> inline constexpr const char* expected<piece> = "a value";

}  // namespace sluice::grammar
