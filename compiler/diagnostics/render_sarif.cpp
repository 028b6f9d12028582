#include <llvm/ADT/StringRef.h>
#include <llvm/Support/MD5.h>

#include <algorithm>

#include "diagnostics/sarif.h"
#include "source/json_text.h"
#include "source/utf16.h"

namespace sluice::diagnostics {
namespace {

using Path = std::function<std::string(const std::string&)>;

std::string quoted(std::string_view text) {
  std::string out;
  source::append_json_string(out, text);
  return out;
}

// RFC 3986: what is neither unreserved nor a slash is given by its bytes.
std::string uri(std::string_view path) {
  std::string out;
  for (char c : path) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string artifact(const std::string& path) {
  return fmt::format(R"({{"uri":{},"uriBaseId":"%SRCROOT%"}})", quoted(uri(path)));
}

std::string region(Span span, const source::SourceManager& sources) {
  source::Position begin = sources.begin(span), end = sources.end(span);
  return fmt::format(R"({{"startLine":{},"startColumn":{},"endLine":{},"endColumn":{}}})", begin.line,
                     source::utf16_column(begin.file->line(begin.line), begin.column), end.line,
                     source::utf16_column(end.file->line(end.line), end.column));
}

// The library is inside the program: no file of the project stands for it.
bool in_library(const source::File& file) { return file.name.starts_with("<std>/"); }

std::string place(Span span, const source::SourceManager& sources, const Path& path) {
  source::Position begin = sources.begin(span);
  if (in_library(*begin.file))
    return fmt::format(R"("logicalLocations":[{{"fullyQualifiedName":{},"kind":"module"}}])",
                       quoted(fmt::format("{}:{}", begin.file->name, begin.line)));
  return fmt::format(R"("physicalLocation":{{"artifactLocation":{},"region":{}}})", artifact(path(begin.file->name)),
                     region(span, sources));
}

std::string locations(const Diagnostic& diagnostic, const source::SourceManager& sources, const Path& path) {
  if (!sources.begin(diagnostic.span).file) return "";
  return fmt::format(R"("locations":[{{{}}}],)", place(diagnostic.span, sources, path));
}

std::string related(const Diagnostic& diagnostic, const source::SourceManager& sources, const Path& path) {
  std::string out;
  for (const Note& note : diagnostic.notes) {
    if (!out.empty()) out += ',';
    out += fmt::format(R"({{"id":{},"message":{{"text":{}}})", &note - diagnostic.notes.data() + 1, quoted(note.text));
    if (sources.begin(note.span).file) out += "," + place(note.span, sources, path);
    out += '}';
  }
  return out.empty() ? out : fmt::format(R"(,"relatedLocations":[{}])", out);
}

// All replacements of a diagnostic are one fix; they lie in the file that it speaks of.
std::string fix(const Diagnostic& diagnostic, const source::SourceManager& sources, const Path& path) {
  std::string out;
  for (const Fix& one : diagnostic.fixes) {
    if (!out.empty()) out += ',';
    out += fmt::format(R"({{"deletedRegion":{},"insertedContent":{{"text":{}}}}})", region(one.span, sources),
                       quoted(one.replacement));
  }
  if (out.empty()) return out;
  std::string help = diagnostic.help.empty() ? "apply the fix" : diagnostic.help;
  return fmt::format(
      R"(,"fixes":[{{"description":{{"text":{}}},"artifactChanges":[{{"artifactLocation":{},"replacements":[{}]}}]}}])",
      quoted(help), artifact(path(sources.begin(diagnostic.fixes[0].span).file->name)), out);
}

}  // namespace

std::size_t Sarif::rule_of(Kind kind) {
  auto found = std::find(rules_.begin(), rules_.end(), kind);
  if (found == rules_.end()) found = rules_.insert(found, kind);
  return static_cast<std::size_t>(found - rules_.begin());
}

// Code and text of the line, not its number; of several that are equal, which one it is.
std::string Sarif::fingerprint(const Diagnostic& diagnostic, const source::SourceManager& sources,
                               const std::string& path) {
  source::Position begin = sources.begin(diagnostic.span);
  std::string line = begin.file ? llvm::StringRef(begin.file->line(begin.line)).trim().str() : diagnostic.message;
  llvm::MD5 hash;
  hash.update(code(diagnostic.kind) + "\n" + line);
  llvm::MD5::MD5Result result;
  hash.final(result);
  std::string digest = fmt::format("{:016x}", result.high());
  return fmt::format("{}:{}", digest, ++seen_[path + "\n" + digest]);
}

void Sarif::add(const Diagnostic& diagnostic, const source::SourceManager& sources, const Path& path) {
  source::Position begin = sources.begin(diagnostic.span);
  std::string message = diagnostic.message;
  if (!diagnostic.help.empty()) message += "\n" + diagnostic.help;
  std::size_t rule = rule_of(diagnostic.kind);
  results_.push_back(fmt::format(R"({{"ruleId":{},"ruleIndex":{},"level":"{}","message":{{"text":{}}},{})"
                                 R"("partialFingerprints":{{"primaryLocationLineHash":{}}}{}{}}})",
                                 quoted(code(diagnostic.kind)), rule, name(diagnostic.severity), quoted(message),
                                 locations(diagnostic, sources, path),
                                 quoted(fingerprint(diagnostic, sources, begin.file ? path(begin.file->name) : "")),
                                 related(diagnostic, sources, path), fix(diagnostic, sources, path)));
}

std::string Sarif::rule_text(Kind kind) const {
  const KindInfo& known = info(kind);
  Explanation explanation = explain_(kind);
  return fmt::format(R"({{"id":{},"name":{},"shortDescription":{{"text":{}}},"fullDescription":{{"text":{}}},)"
                     R"("help":{{"text":{}}},"defaultConfiguration":{{"level":"{}"}}}})",
                     quoted(code(kind)), quoted(known.name), quoted(known.title), quoted(explanation.summary),
                     quoted(explanation.text), name(known.severity));
}

std::string Sarif::text() const {
  auto joined = [](const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& one : list) out += (out.empty() ? "\n    " : ",\n    ") + one;
    return out.empty() ? out : out + "\n  ";
  };
  std::vector<std::string> rules;
  for (Kind kind : rules_) rules.push_back(rule_text(kind));
  return fmt::format(
      "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\n"
      "  \"tool\":{{\"driver\":{{\"name\":\"sluice\",\"version\":{0},\"semanticVersion\":{0},\"rules\":[{1}]}}}},\n"
      "  \"columnKind\":\"utf16CodeUnits\",\n"
      "  \"originalUriBaseIds\":{{\"%SRCROOT%\":{{\"description\":{{\"text\":\"the project's folder\"}}}}}},\n"
      "  \"results\":[{2}]\n}}]}}\n",
      quoted(version_), joined(rules), joined(results_));
}

}  // namespace sluice::diagnostics
