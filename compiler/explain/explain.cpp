#include "explain/explain.h"

#include <llvm/ADT/StringRef.h>

#include "explain/embedded.h"

namespace sluice::explain {
namespace {

using diagnostics::Kind;
using llvm::StringRef;

StringRef file(StringRef name) {
  for (const EmbeddedFile& one : files())
    if (StringRef(one.name) == name) return one.text;
  return {};
}

// What stands between `### S0213 title` and the next heading.
StringRef section(const std::string& code) {
  StringRef page = file("diagnostics.md");
  std::size_t at = page.find("\n### " + code + " ");
  if (at == StringRef::npos) return {};
  StringRef text = page.substr(page.find('\n', at + 1) + 1);
  return text.substr(0, std::min(text.find("\n### "), text.find("\n## "))).trim();
}

// The comment of unused_let.cpp for `unused-let`, without its slashes.
std::string opening(std::string name) {
  for (char& c : name)
    if (c == '-') c = '_';
  std::string text;
  StringRef rest = file(name + ".cpp");
  while (!rest.empty()) {
    auto [line, after] = rest.split('\n');
    line.consume_front("//");
    line.consume_front(" ");
    text += line.rtrim().str() + "\n";
    rest = after;
  }
  return text;
}

void append_fence(std::string& out, StringRef language) {
  if (language == "pipe fail")
    out += "refused:\n\n";
  else if (language == "pipe ok")
    out += "mended:\n\n";
  else if (language.consume_front("pipe file "))
    out += fmt::format("with `{}`:\n\n", std::string_view(language));
}

// Markdown as text: what a fence holds is indented, and its language says what it is.
std::string plain(StringRef markdown) {
  std::string out;
  bool fenced = false;
  while (!markdown.empty()) {
    auto [line, rest] = markdown.split('\n');
    StringRef fence = line;
    if (fence.consume_front("```")) {
      if (!fenced) append_fence(out, fence);
      fenced = !fenced;
    } else {
      out += (fenced && !line.empty() ? "    " : "") + line.str() + "\n";
    }
    markdown = rest;
  }
  return out;
}

bool is_rule(Kind kind) { return diagnostics::info(kind).number == 0; }

std::string body(Kind kind) {
  std::string code = diagnostics::code(kind);
  return is_rule(kind) ? opening(code) : plain(section(code));
}

constexpr Kind kinds[] = {
#define DIAGNOSTIC_KIND(name, number, severity, title) Kind::name,
#include "diagnostics/kinds.def"
};

}  // namespace

std::vector<std::string> topics() {
  std::vector<std::string> result;
  for (Kind kind : kinds) result.push_back(diagnostics::code(kind));
  return result;
}

std::optional<Kind> find(std::string_view topic) {
  for (Kind kind : kinds)
    if (StringRef(diagnostics::code(kind)).equals_insensitive(topic)) return kind;
  return std::nullopt;
}

std::string text(Kind kind) {
  const diagnostics::KindInfo& info = diagnostics::info(kind);
  return fmt::format("{}: {} ({})\n\n{}", diagnostics::code(kind), info.title, diagnostics::name(info.severity),
                     body(kind));
}

std::string summary(Kind kind) {
  std::string all = body(kind);
  StringRef first = StringRef(all).split("\n\n").first.trim();
  first.consume_front("What: ");
  if (first.empty()) return std::string(diagnostics::info(kind).title);
  std::string line;
  for (char c : first) line += c == '\n' ? ' ' : c;
  return line;
}

}  // namespace sluice::explain
