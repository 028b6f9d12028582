#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What GitHub's expressions make of constants, so that none is left for GitHub to compute.
namespace sluice::github {

struct Constant {
  enum class Kind : std::uint8_t { null, boolean, number, string, json };
  Kind kind = Kind::null;
  std::string text;  ///< as GitHub prints it (null: nothing); json: a list or map as JSON
};

bool is_true(const Constant& constant);

enum class Relation : std::uint8_t { equal, unequal, less, less_equal, greater, greater_equal };

/// None where only GitHub knows exactly (letters outside ASCII, lists and maps).
std::optional<bool> compare(Relation relation, const Constant& left, const Constant& right);

/// The value of a pure function of constants; none for the functions that are left to GitHub.
std::optional<Constant> call(std::string_view function, std::span<const Constant> arguments);

/// Function names are equal without regard to case, as are strings.
bool same_ignoring_case(std::string_view left, std::string_view right);

void append_json_string(std::string_view text, std::string& out);

/// The constant as JSON.
std::string to_json(const Constant& constant);

/// The constant in an expression: `'it''s'`, `5`, `fromJSON('[1]')`.
std::string to_expression(const Constant& constant);

}  // namespace sluice::github
