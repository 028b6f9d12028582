#pragma once
#include <tao/pegtl.hpp>

/// Letters, words, numbers and the pieces of strings. See README.md for the same in EBNF.
namespace sluice::grammar {

namespace pegtl = tao::pegtl;

// Between tokens of one line.
struct blanks : pegtl::star<pegtl::blank> {};

// `// why`, `/// what it is`, to the end of the line
struct comment : pegtl::seq<pegtl::two<'/'>, pegtl::star<pegtl::not_one<'\n', '\r'>>> {};

// Where newlines are free: behind operators, inside brackets, around the items of a block.
struct newlines : pegtl::star<pegtl::sor<pegtl::plus<pegtl::one<' ', '\t', '\n', '\r'>>, comment>> {};

struct letter : pegtl::ranges<'a', 'z', 'A', 'Z', '_', '_'> {};
struct letter_or_digit : pegtl::ranges<'a', 'z', 'A', 'Z', '0', '9', '_', '_'> {};
struct dashed_part : pegtl::seq<pegtl::plus<pegtl::one<'-'>>, pegtl::plus<letter_or_digit>> {};

// Here a word ends: `in-progress` and `index` do not begin with the word `in`.
struct word_end : pegtl::not_at<pegtl::sor<letter_or_digit, dashed_part>> {};

// `python-version`; no dash at the end
struct name : pegtl::seq<letter, pegtl::star<letter_or_digit>, pegtl::star<dashed_part>> {};

// `30`, `1.5`, `0x1f`, `1e-3`, `1h30m`, `10%`, `512MiB`; what it is, and whether it is one, is decided when it is read
struct exponent : pegtl::seq<pegtl::one<'e', 'E'>, pegtl::one<'+', '-'>, pegtl::at<pegtl::digit>> {};
struct fraction_point : pegtl::seq<pegtl::one<'.'>, pegtl::at<pegtl::digit>> {};
struct number
    : pegtl::seq<pegtl::opt<pegtl::one<'-'>>, pegtl::digit,
                 pegtl::star<pegtl::sor<exponent, letter_or_digit, fraction_point>>, pegtl::opt<pegtl::one<'%'>>> {};

// `${{ expression }}`
struct hole_open : pegtl::string<'$', '{', '{'> {};
struct hole_close : pegtl::string<'}', '}'> {};
struct dollar : pegtl::seq<pegtl::one<'$'>, pegtl::not_at<pegtl::string<'{', '{'>>> {};

// "text with \n escapes and ${{ holes }}"
struct quote : pegtl::one<'"'> {};
struct string_text : pegtl::plus<pegtl::sor<pegtl::not_one<'"', '\\', '$', '\n', '\r'>, dollar>> {};
struct string_escape : pegtl::seq<pegtl::one<'\\'>, pegtl::not_one<'\n', '\r'>> {};

// 'text as it is, with '' for one quote'
struct apostrophe : pegtl::one<'\''> {};
struct single_text : pegtl::star<pegtl::sor<pegtl::two<'\''>, pegtl::not_one<'\'', '\n', '\r'>>> {};

}  // namespace sluice::grammar
