// Numbers with and without units.
#include <charconv>
#include <cmath>

#include "syntax/builder.h"

namespace sluice::syntax {

using ast::Expression;

namespace {
DIAGNOSTIC(BadNumber, "`{}` is not a number");

struct Unit {
  llvm::StringLiteral spelling;
  double factor;
};

constexpr Unit duration_units[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
constexpr Unit size_units[] = {{"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0},
                               {"kB", 1e3},     {"MB", 1e6},        {"GB", 1e9}};

template <std::size_t count>
const Unit* find(const Unit (&units)[count], llvm::StringRef spelling) {
  for (const Unit& unit : units)
    if (unit.spelling == spelling) return &unit;
  return nullptr;
}

llvm::StringRef take_digits(llvm::StringRef& text) {
  std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
  llvm::StringRef digits = text.take_front(length);
  text = text.drop_front(length);
  return digits;
}

bool to_double(llvm::StringRef text, double& value) {
  if (text.startswith("0x")) {
    unsigned long long whole = 0;
    if (text.drop_front(2).getAsInteger(16, whole)) return false;
    value = static_cast<double>(whole);
    return true;
  }
  auto result = std::from_chars(text.begin(), text.end(), value);
  return result.ec == std::errc() && result.ptr == text.end();
}

// `1h30m`: the sum of its parts, or nothing.
bool read_duration(llvm::StringRef text, double& seconds) {
  seconds = 0;
  while (!text.empty()) {
    double amount = 0;
    if (!to_double(take_digits(text), amount)) return false;
    llvm::StringRef word = text.take_while([](char c) { return !(c >= '0' && c <= '9'); });
    const Unit* unit = find(duration_units, word);
    if (!unit) return false;
    seconds += amount * unit->factor;
    text = text.drop_front(word.size());
  }
  return true;
}

bool read_size(llvm::StringRef text, double& bytes) {
  double amount = 0;
  if (!to_double(take_digits(text), amount)) return false;
  const Unit* unit = find(size_units, text);
  if (unit) bytes = amount * unit->factor;
  return unit != nullptr;
}

}  // namespace

void Builder::add_number(const char* begin, const char* end) {
  llvm::StringRef text(begin, static_cast<std::size_t>(end - begin));
  Expression* number = expression(Expression::Kind::number, span(begin, end));
  push(number);
  if (text.endswith("%") && to_double(text.drop_back(), number->number)) {
    number->kind = Expression::Kind::percent;
  } else if (to_double(text, number->number)) {
    number->kind = Expression::Kind::number;
  } else if (read_duration(text, number->number)) {
    number->kind = Expression::Kind::duration;
  } else if (read_size(text, number->number)) {
    number->kind = Expression::Kind::size;
  } else {
    number->kind = Expression::Kind::invalid;
    sink_.report<BadNumber>(number->span, std::string_view(text))
        .help(
            "durations end in ms, s, m, h or d (`1h30m`), sizes in KiB, MiB, GiB, kB, MB or GB, percents in %; text "
            "has quotes");
  }
}

}  // namespace sluice::syntax
