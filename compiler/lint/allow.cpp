#include "lint/allow.h"

namespace sluice::lint {
namespace {

using llvm::StringRef;

std::uint32_t line_of(const source::File& file, std::size_t offset) {
  auto next = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), offset);
  return static_cast<std::uint32_t>(next - file.line_starts.begin());
}

// The first line at or behind `line` that holds more than a comment.
std::uint32_t next_code(const source::File& file, std::uint32_t line) {
  while (line < file.line_starts.size()) {
    StringRef text = StringRef(file.line(line)).trim();
    if (!text.empty() && !text.startswith("//")) break;
    ++line;
  }
  return line;
}

void read(const source::File& file, const ast::Comment& comment, std::vector<Allow>& found) {
  std::size_t begin = comment.span.begin - file.base;
  StringRef text = StringRef(file.text).slice(begin, comment.span.end - file.base);
  StringRef rest = text;
  if (text.startswith("///") || !rest.consume_front("//")) return;
  rest = rest.ltrim();
  if (!rest.consume_front("allow(")) return;
  auto [names, reason] = rest.split(')');
  std::uint32_t line = line_of(file, begin);
  if (!comment.trailing) line = next_code(file, line + 1);
  bool several = names.contains(',');
  do {
    auto [name, others] = names.split(',');
    name = name.trim();
    std::size_t at = static_cast<std::size_t>(name.data() - file.text.data());
    found.push_back({name, file.span(at, at + name.size()), comment.span, reason.trim(), line, several});
    names = others;
  } while (!names.empty());
}

}  // namespace

std::vector<Allow> allows_of(const ast::File& file) {
  std::vector<Allow> found;
  for (const ast::Comment& comment : file.comments) read(*file.source, comment, found);
  return found;
}

}  // namespace sluice::lint
