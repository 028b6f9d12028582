#pragma once
#include "grammar/lexical.h"

/// One struct a production, its example above it. Alternatives are told apart by their first characters, so nothing
/// that was built is ever taken back. The rules that end in `_begin` and `_end` match nothing: actions stand there.
/// `guarded`, `raw_string` and `recovering_hole` are told how to match by syntax/parse.cpp, which also holds the loop
/// over the items of a block, because that is where reading goes on after a mistake.
namespace sluice::grammar {

struct expression;
struct type;

// Counts how deep the reader is nested: the C++ stack is finite.
template <typename Rule>
struct guarded;

// """raw text, as many quotes as it takes, ${{ holes }}"""
struct raw_string;

// ---- strings

// ${{ github.ref }}
struct hole : pegtl::seq<hole_open, newlines, pegtl::must<expression>, newlines, pegtl::must<hole_close>> {};
struct recovering_hole;

// "deploy ${{ inputs.version }}\n"
struct string_close : pegtl::one<'"'> {};
struct double_string : pegtl::seq<quote, pegtl::star<pegtl::sor<string_text, string_escape, recovering_hole>>,
                                  pegtl::must<string_close>> {};

// 'it''s'
struct single_close : pegtl::one<'\''> {};
struct single_string : pegtl::seq<apostrophe, single_text, pegtl::must<single_close>> {};

// ---- expressions

struct comma : pegtl::seq<newlines, pegtl::one<','>, newlines> {};
template <typename Rule>
struct comma_list : pegtl::opt<Rule, pegtl::star<comma, Rule>, pegtl::opt<comma>> {};

// ["3.11", "3.12"]
struct list_open : pegtl::one<'['> {};
struct list_close : pegtl::one<']'> {};
struct element : pegtl::seq<pegtl::not_at<pegtl::one<']'>>, pegtl::must<expression>> {};
struct list : pegtl::seq<list_open, newlines, comma_list<element>, newlines, pegtl::must<list_close>> {};

// { os: "ubuntu-24.04", "quoted key": 1 }
struct map_open : pegtl::one<'{'> {};
struct map_close : pegtl::one<'}'> {};
struct key_name : name {};
struct key_string
    : pegtl::sor<pegtl::seq<pegtl::one<'"'>, pegtl::star<pegtl::not_one<'"', '\\', '\n', '\r'>>, pegtl::one<'"'>>,
                 pegtl::seq<pegtl::one<'\''>, pegtl::star<pegtl::not_one<'\'', '\n', '\r'>>, pegtl::one<'\''>>> {};
struct key : pegtl::seq<pegtl::sor<key_name, key_string>, blanks, pegtl::one<':'>> {};
struct map_separator : pegtl::star<pegtl::sor<pegtl::plus<pegtl::one<' ', '\t', '\n', '\r', ',', ';'>>, comment>> {};
struct map_entry : pegtl::seq<pegtl::at<key>, key, newlines, pegtl::must<expression>> {};
struct map : pegtl::seq<map_open, map_separator, pegtl::star<map_entry, map_separator>, pegtl::must<map_close>> {};

// (a ?? 1)
struct parenthesis_open : pegtl::one<'('> {};
struct parenthesis_close : pegtl::one<')'> {};
struct parenthesized
    : pegtl::seq<parenthesis_open, newlines, pegtl::must<expression>, newlines, pegtl::must<parenthesis_close>> {};

struct name_literal : name {};
struct number_literal : number {};
struct primary
    : pegtl::sor<name_literal, raw_string, double_string, number_literal, list, parenthesized, single_string, map> {};

// .result  .*
struct member_name : name {};
struct member_all : pegtl::one<'*'> {};
struct member : pegtl::seq<pegtl::one<'.'>, pegtl::must<pegtl::sor<member_name, member_all>>> {};

// [0]  [*]
struct index_open : pegtl::one<'['> {};
struct index_all : pegtl::one<'*'> {};
struct index_close : pegtl::one<']'> {};
struct index : pegtl::seq<index_open, newlines, pegtl::must<pegtl::sor<index_all, expression>>, newlines,
                          pegtl::must<index_close>> {};

// ("coverage.xml", keep: 14d)  (inputs.name, because "only maintainers start it")
struct arguments_open : pegtl::one<'('> {};
struct arguments_close : pegtl::one<')'> {};
struct argument_name : pegtl::seq<name, pegtl::at<blanks, pegtl::one<':'>>> {};
struct argument_reason
    : pegtl::seq<TAO_PEGTL_STRING("because"), pegtl::at<pegtl::plus<pegtl::blank>, pegtl::one<'"', '\''>>> {};
struct positional : pegtl::success {};
struct argument : pegtl::seq<pegtl::not_at<pegtl::one<')'>>,
                             pegtl::sor<pegtl::seq<argument_name, blanks, pegtl::one<':'>, newlines>,
                                        pegtl::seq<argument_reason, pegtl::plus<pegtl::blank>>, positional>,
                             pegtl::must<expression>> {};
struct arguments : pegtl::seq<arguments_open, newlines, comma_list<argument>, newlines, pegtl::must<arguments_close>> {
};

// python.setup("3.11").version
struct fewer_parts : pegtl::failure {};
struct too_many_parts : pegtl::seq<pegtl::at<pegtl::one<'.', '(', '['>>, pegtl::must<fewer_parts>> {};
struct postfix
    : pegtl::seq<primary, pegtl::rep_opt<200, pegtl::sor<member, arguments, index>>, pegtl::opt<too_many_parts>> {};

// !cancelled()
struct operand;
struct negation_sign : pegtl::seq<pegtl::one<'!'>, pegtl::not_at<pegtl::one<'='>>> {};
struct negation : pegtl::seq<negation_sign, blanks, pegtl::must<guarded<operand>>> {};
struct operand : pegtl::sor<postfix, negation> {};

// ||  &&  ==  !=  <=  >=  <  >  ??  and, with blanks on both sides, + - * /
struct arithmetic_sign : pegtl::seq<pegtl::one<'+', '-', '*', '/'>, pegtl::at<pegtl::one<' ', '\t', '\n', '\r'>>> {};
struct operator_sign : pegtl::sor<pegtl::two<'&'>, pegtl::two<'|'>, pegtl::two<'='>, pegtl::string<'!', '='>,
                                  pegtl::two<'?'>, pegtl::seq<pegtl::one<'<', '>'>, pegtl::opt<pegtl::one<'='>>>> {};
struct spaced_arithmetic : pegtl::seq<pegtl::plus<pegtl::blank>, arithmetic_sign> {};
struct binary_operator : pegtl::sor<pegtl::seq<blanks, operator_sign>, spaced_arithmetic> {};
// A `{` behind an operator opens the block of a header that lacks an operand, not a map.
struct right_operand : pegtl::seq<pegtl::not_at<pegtl::one<'{'>>, operand> {};
struct operation : pegtl::seq<binary_operator, newlines, pegtl::must<right_operand>> {};

// lint.result == "success" && !cancelled()
struct expression_begin : pegtl::success {};
struct expression_end : pegtl::success {};
struct fewer_operators : pegtl::failure {};
struct too_many_operators : pegtl::seq<pegtl::at<binary_operator>, blanks, pegtl::must<fewer_operators>> {};
struct plain_expression : pegtl::seq<expression_begin, operand, pegtl::rep_opt<1000, operation>,
                                     pegtl::opt<too_many_operators>, expression_end> {};
struct expression : guarded<plain_expression> {};

// ---- types

struct type_qualifier : pegtl::seq<pegtl::sor<TAO_PEGTL_STRING("secret"), TAO_PEGTL_STRING("untrusted")>, word_end,
                                   pegtl::plus<pegtl::blank>, pegtl::at<pegtl::sor<letter, pegtl::one<'{'>>>> {};
struct type_name : pegtl::list<name, pegtl::one<'.'>> {};
struct type_begin : pegtl::success {};
struct type_end : pegtl::success {};
struct type_optional : pegtl::one<'?'> {};

// list<string>
struct type_arguments : pegtl::seq<pegtl::one<'<'>, blanks, pegtl::must<type>, pegtl::star<comma, pegtl::must<type>>,
                                   newlines, pegtl::must<pegtl::one<'>'>>> {};

// enum("dev", "prod")
struct choice : pegtl::seq<pegtl::not_at<pegtl::one<')'>>, pegtl::must<expression>> {};
struct type_choices
    : pegtl::seq<arguments_open, newlines, comma_list<choice>, newlines, pegtl::must<parenthesis_close>> {};

// { percent: number, lines: number }
struct field_name : name {};
struct field : pegtl::seq<field_name, blanks, pegtl::one<':'>, blanks, pegtl::must<type>> {};
struct record : pegtl::seq<map_open, map_separator, pegtl::star<field, map_separator>, pegtl::must<map_close>> {};
struct plain_type
    : pegtl::seq<type_begin, pegtl::star<type_qualifier>,
                 pegtl::sor<record, pegtl::seq<type_name, pegtl::opt<pegtl::sor<type_arguments, type_choices>>>>,
                 pegtl::opt<type_optional>, type_end> {};
struct type : guarded<plain_type> {};

// ---- statements

// (version: string, packages: list<string> = [])
struct parameter_name : name {};
struct parameter_type : pegtl::seq<blanks, pegtl::one<':'>, blanks, pegtl::must<type>> {};
struct assignment_sign : pegtl::seq<pegtl::one<'='>, pegtl::not_at<pegtl::one<'=', '>'>>> {};
struct parameter_default : pegtl::seq<blanks, assignment_sign, newlines, pegtl::must<expression>> {};
struct parameter : pegtl::seq<parameter_name, pegtl::opt<parameter_type>, pegtl::opt<parameter_default>> {};
struct parameters
    : pegtl::seq<arguments_open, newlines, comma_list<parameter>, newlines, pegtl::must<parenthesis_close>> {};

// The pieces of a header.
struct returns_piece : pegtl::seq<pegtl::string<'-', '>'>, blanks, pegtl::must<type>> {};
struct assign_piece : assignment_sign {};
struct arrow_piece : pegtl::string<'=', '>'> {};
struct typed_name : pegtl::seq<name, pegtl::at<blanks, pegtl::one<':'>>> {};
struct typed_piece : pegtl::seq<typed_name, blanks, pegtl::one<':'>, blanks, pegtl::must<type>> {};
struct signature_name : name {};
struct signature_piece : pegtl::seq<pegtl::at<name, pegtl::one<'('>>, signature_name, parameters> {};
struct expression_piece : pegtl::seq<pegtl::not_at<pegtl::one<'{'>>, expression> {};

// A map may stand right behind `=`: no block can open there.
struct assigned_map : pegtl::seq<pegtl::at<pegtl::one<'{'>>, expression> {};
struct assigned_pieces : pegtl::seq<assign_piece, pegtl::opt<blanks, assigned_map>> {};
struct piece : pegtl::sor<typed_piece, expression_piece, assigned_pieces, returns_piece, arrow_piece> {};

// `step install(slot: string)`: behind these words a name that touches `(` declares
struct declaring_word
    : pegtl::seq<pegtl::sor<TAO_PEGTL_STRING("step"), TAO_PEGTL_STRING("stage"), TAO_PEGTL_STRING("service"),
                            TAO_PEGTL_STRING("strategy"), TAO_PEGTL_STRING("let")>,
                 word_end> {};
struct declaration_start : pegtl::seq<pegtl::at<declaring_word, pegtl::plus<pegtl::blank>, name, pegtl::one<'('>>,
                                      expression_piece, blanks, signature_piece> {};

// `target web(port: number): slots`
struct signature_type : pegtl::seq<blanks, pegtl::one<':'>, blanks, pegtl::must<type>> {};
struct target_word : pegtl::seq<TAO_PEGTL_STRING("target"), word_end> {};
struct target_start : pegtl::seq<pegtl::at<target_word, pegtl::plus<pegtl::blank>, name, pegtl::one<'('>>,
                                 expression_piece, blanks, signature_piece, pegtl::opt<signature_type>> {};

// `type share = { slot: string }`: only a type can stand behind this `=`.
struct type_word : pegtl::seq<TAO_PEGTL_STRING("type"), word_end> {};
struct aliased_type : type {};
struct type_start
    : pegtl::seq<pegtl::at<type_word, pegtl::plus<pegtl::blank>, name, blanks, assignment_sign>, expression_piece,
                 blanks, expression_piece, blanks, assign_piece, blanks, pegtl::must<aliased_type>> {};

// A header of one of these words goes on over a newline if the next line begins with `after`, `in` or `when`. Others do
// not: behind them a line that begins with `when` is a statement of its own.
struct long_header_word
    : pegtl::seq<pegtl::sor<TAO_PEGTL_STRING("stage"), TAO_PEGTL_STRING("step"), TAO_PEGTL_STRING("gate"),
                            TAO_PEGTL_STRING("notify"), TAO_PEGTL_STRING("phase")>,
                 word_end, pegtl::not_at<pegtl::one<'.', '(', '['>>> {};
struct clause_word
    : pegtl::seq<pegtl::sor<TAO_PEGTL_STRING("after"), TAO_PEGTL_STRING("in"), TAO_PEGTL_STRING("when")>, word_end> {};
struct continuation
    : pegtl::seq<pegtl::opt<comment>, pegtl::eol, newlines, pegtl::at<clause_word, pegtl::plus<pegtl::blank>>> {};
struct piece_comma : pegtl::seq<pegtl::one<','>, newlines, pegtl::not_at<pegtl::one<'}'>>, pegtl::not_at<pegtl::eof>> {
};
struct next_piece : pegtl::seq<blanks, pegtl::sor<pegtl::seq<piece_comma, pegtl::must<piece>>, piece>> {};
struct continued_piece
    : pegtl::seq<blanks, pegtl::opt<continuation>, pegtl::sor<pegtl::seq<piece_comma, pegtl::must<piece>>, piece>> {};

// stage test "Tests" after lint when github.ref == "refs/heads/main"
struct long_header
    : pegtl::seq<pegtl::at<long_header_word>, pegtl::sor<declaration_start, piece>, pegtl::star<continued_piece>> {};
struct short_header
    : pegtl::seq<pegtl::sor<declaration_start, type_start, target_start, piece>, pegtl::star<next_piece>> {};
struct header : pegtl::sor<long_header, short_header> {};

// keep: 14d
struct entry_value : pegtl::seq<blanks, pegtl::must<expression>> {};

// { a statement; another one }
struct separator : pegtl::star<pegtl::sor<pegtl::plus<pegtl::one<' ', '\t', '\n', '\r', ',', ';'>>, comment>> {};
struct entry_start : pegtl::at<key> {};
struct item_end
    : pegtl::seq<blanks, pegtl::at<pegtl::sor<pegtl::one<'\n', '\r', ',', ';', '}'>, pegtl::two<'/'>, pegtl::eof,
                                              pegtl::seq<TAO_PEGTL_STRING("else"), word_end>>>> {};

}  // namespace sluice::grammar
