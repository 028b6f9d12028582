// Whether a value fits where it stands, and what to say where it does not.
#include "check/expression_checker.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(TypeMismatch, "{} is {}, but {} is needed");
DIAGNOSTIC(MissingUnit, "`{}` has no unit");
DIAGNOSTIC(TrailingZero, "`{}` is the number {}");
DIAGNOSTIC(NotStatic, "{} must be written out here");
DIAGNOSTIC(MissingReason, "`{}` lacks its reason");
DIAGNOSTIC(UnknownMember, "{} has no field `{}`");
DIAGNOSTIC(MissingField, "{} lacks its field `{}`");

// Whether the text is a value of that kind that has quotes for no reason.
bool is_bare(llvm::StringRef text, Type::Kind kind) {
  if (kind == Type::Kind::boolean) return text == "true" || text == "false";
  if (kind != Type::Kind::number && kind != Type::Kind::duration && kind != Type::Kind::percent) return false;
  auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)); };
  bool digits = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0]));
  bool unit = kind == Type::Kind::percent ? text.endswith("%") : std::any_of(text.begin(), text.end(), letter);
  return digits && unit == (kind != Type::Kind::number);
}

// A text without holes, or nothing.
std::optional<llvm::StringRef> constant_text(const Expression& expression) {
  if (expression.kind != Kind::string || expression.parts.size() > 1) return std::nullopt;
  if (expression.parts.empty()) return llvm::StringRef();
  if (expression.parts[0].hole) return std::nullopt;
  return expression.parts[0].text;
}

bool is_choice(const Type* type, const Expression& expression) {
  auto text = constant_text(expression);
  return text && std::find(type->names.begin(), type->names.end(), *text) != type->names.end();
}

}  // namespace

void ExpressionChecker::expect(const Expression& expression, const Type* wanted, llvm::StringRef what) {
  if (expect_parts(expression, wanted, what)) return;
  const Type* found = type_of(expression);
  if (types::assignable(found, wanted)) return;
  if (wanted->kind == Type::Kind::enumeration && is_choice(wanted, expression)) return;
  report_mismatch(expression, found, wanted, what);
}

void ExpressionChecker::expect(const Expression& expression, Type::Kind kind, llvm::StringRef what) {
  expect(expression, table_.simple(kind), what);
}

// What is written out is held to the wanted type part by part, so that the part that does not fit is told.
bool ExpressionChecker::expect_parts(const Expression& expression, const Type* wanted, llvm::StringRef what) {
  if (expression.kind == Kind::list && wanted->kind == Type::Kind::list) {
    for (const Expression* element : expression.operands) expect(*element, wanted->element, "the element");
    return true;
  }
  if (expression.kind != Kind::map) return false;
  if (wanted->kind == Type::Kind::map) {
    for (std::size_t i = 0; i < expression.operands.size(); ++i)
      expect(*expression.operands[i], wanted->element, fmt::format("`{}`", std::string_view(expression.names[i].text)));
    return true;
  }
  if (wanted->kind != Type::Kind::record) return false;
  expect_fields(expression, wanted, what);
  return true;
}

void ExpressionChecker::expect_fields(const Expression& map, const Type* record, llvm::StringRef what) {
  llvm::SmallVector<llvm::StringRef, 4> meant;
  for (std::size_t i = 0; i < map.operands.size(); ++i) {
    const ast::Name& name = map.names[i];
    if (const Type* field = record->field(name.text)) {
      expect(*map.operands[i], field, fmt::format("`{}`", std::string_view(name.text)));
      continue;
    }
    type_of(*map.operands[i]);
    auto told = sink_.report<UnknownMember>(name.span, std::string_view(what), std::string_view(name.text));
    llvm::StringRef near = diagnostics::nearest(name.text, record->names);
    meant.push_back(near);
    if (!near.empty())
      told.help("did you mean `{}`?", std::string_view(near)).fix(name.span, near.str());
    else
      told.help("the fields are {}", diagnostics::list_of(record->names));
  }
  for (std::size_t i = 0; i < record->names.size(); ++i) {
    llvm::StringRef name = record->names[i];
    bool given =
        std::any_of(map.names.begin(), map.names.end(), [&](const ast::Name& one) { return one.text == name; });
    // What was misspelt is told already.
    given = given || std::find(meant.begin(), meant.end(), name) != meant.end();
    if (given || record->fields[i]->optional) continue;
    sink_.report<MissingField>(map.span, std::string_view(what), std::string_view(name))
        .help("write `{}: …`, {}", std::string_view(name), types::describe_one(record->fields[i]));
  }
}

void ExpressionChecker::report_mismatch(const Expression& expression, const Type* found, const Type* wanted,
                                        llvm::StringRef what) {
  if (wanted->kind == Type::Kind::duration && expression.kind == Kind::number) {
    sink_.report<MissingUnit>(expression.span, std::string_view(expression.text))
        .help("write `{}m` for minutes or `{}s` for seconds", std::string_view(expression.text),
              std::string_view(expression.text));
    return;
  }
  bool zero = expression.kind == Kind::number && expression.text.contains('.') && expression.text.endswith("0");
  if (zero && wanted->kind == Type::Kind::string) {
    sink_.report<TrailingZero>(expression.span, std::string_view(expression.text), expression.number)
        .help("write \"{}\" for a version", std::string_view(expression.text))
        .fix(expression.span, fmt::format("\"{}\"", std::string_view(expression.text)));
    return;
  }
  auto told = sink_.report<TypeMismatch>(expression.span, std::string_view(what), types::describe_one(found),
                                         types::describe_one(wanted));
  auto text = constant_text(expression);
  if (found->optional && !wanted->optional && types::assignable(table_.without_optional(found), wanted)) {
    explain_absence(told, expression, wanted);
  } else if (text && wanted->kind == Type::Kind::enumeration) {
    offer_choice(told, expression, wanted);
  } else if (wanted->kind == Type::Kind::percent && expression.kind == Kind::number) {
    told.help("write `{}%`", std::string_view(expression.text)).fix(expression.span, expression.text.str() + "%");
  } else if (text && is_bare(*text, wanted->kind)) {
    told.help("write it without quotes").fix(expression.span, text->str());
  } else if (wanted->kind == Type::Kind::string && expression.kind == Kind::number) {
    told.help("write \"{}\"", std::string_view(expression.text))
        .fix(expression.span, fmt::format("\"{}\"", std::string_view(expression.text)));
  }
}

// "did you mean", or what there is to choose from.
void ExpressionChecker::offer_choice(diagnostics::Builder& told, const Expression& text, const Type* choices) {
  llvm::StringRef near = diagnostics::nearest(text.parts.empty() ? "" : text.parts[0].text, choices->names);
  if (!near.empty())
    told.help("did you mean \"{}\"?", std::string_view(near))
        .fix(text.span, fmt::format("\"{}\"", std::string_view(near)));
  else
    told.help("the choices are {}", diagnostics::list_of(choices->names));
}

void ExpressionChecker::expect_static_text(const Expression& expression, llvm::StringRef what) {
  bool holes = std::any_of(expression.parts.begin(), expression.parts.end(),
                           [](const ast::StringPart& part) { return part.hole; });
  if (expression.kind == Kind::string && holes)
    sink_.report<NotStatic>(expression.span, std::string_view(what)).help("write the text out");
  else
    expect(expression, Type::Kind::string, what);
}

// Whoever makes an exception says why, for those who read it later.
void ExpressionChecker::expect_reason(const Expression* reason, Span span, llvm::StringRef what) {
  auto text = reason ? constant_text(*reason) : std::nullopt;
  if (text && !text->trim().empty()) return;
  auto told = sink_.report<MissingReason>(span, std::string_view(what));
  if (what == "unsafe run")
    told.help("write `because \"…\"` behind the script");
  else
    told.help("write it behind the value: `{}(…, because \"…\")`", std::string_view(what));
}

}  // namespace sluice::check
