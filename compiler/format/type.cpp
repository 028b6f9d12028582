// Types as they are written in parameters, inputs and outputs.
#include "format/writer.h"

namespace sluice::format {

const Doc* Writer::type(const ast::Type& type) {
  Parts parts;
  if (type.secret) parts.push_back(docs_.text("secret "));
  if (type.untrusted) parts.push_back(docs_.text("untrusted "));
  if (!type.name) {
    parts.push_back(record(type));
  } else {
    // `deploy . slots` cannot be written: a type's name has no blanks in it.
    parts.push_back(docs_.text(type.name.text));
    type_arguments(type, parts);
  }
  if (type.optional) parts.push_back(docs_.text("?"));
  return docs_.concat(parts);
}

void Writer::type_arguments(const ast::Type& type, Parts& parts) {
  if (!type.arguments.empty()) {
    for (const ast::Type* argument : type.arguments) {
      parts.push_back(docs_.text(argument == type.arguments.front() ? "<" : ", "));
      parts.push_back(this->type(*argument));
    }
    parts.push_back(docs_.text(">"));
    return;
  }
  std::uint32_t end = type.span.end - (type.optional ? 1 : 0);
  if (end == type.name.span.end) return;
  llvm::SmallVector<ast::Span, 8> spans;
  for (const ast::Expression* choice : type.choices) spans.push_back(choice->span);
  parts.push_back(bracketed(round, {type.name.span.end + 1, end - 1}, spans,
                            [&](std::size_t i) { return expression(*type.choices[i]); }));
}

const Doc* Writer::record(const ast::Type& type) {
  std::uint32_t end = type.span.end - (type.optional ? 1 : 0);
  std::uint32_t begin = end;
  llvm::SmallVector<ast::Span, 8> spans;
  for (std::size_t i = 0; i < type.fields.size(); ++i)
    spans.push_back({type.fields[i].span.begin, type.arguments[i]->span.end});
  // The first field's line decides; what stands before it are blanks and qualifiers.
  if (!spans.empty()) begin = spans.front().begin;
  while (source({begin - 1, begin}) != "{") --begin;
  return bracketed(curly, {begin, end - 1}, spans, [&](std::size_t i) {
    return docs_.concat({docs_.text(type.fields[i].text), docs_.text(": "), this->type(*type.arguments[i])});
  });
}

}  // namespace sluice::format
