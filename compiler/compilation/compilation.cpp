#include "compilation/compilation.h"

#include <algorithm>

#include "compilation/read_file.h"
#include "diagnostics/check.h"
#include "diagnostics/nearest.h"
#include "graph/verify.h"
#include "lower/lower.h"
#include "source/json_text.h"
#include "stdlib/embedded.h"
#include "syntax/parse.h"

namespace sluice::compilation {
namespace {

DIAGNOSTIC(InvalidText, "{}");
DIAGNOSTIC(FileTooLarge, "this file has {} bytes, the most is {}");
DIAGNOSTIC(UnknownModule, "there is no module `{}`");
DIAGNOSTIC(ModuleCycle, "`{}` uses itself");

constexpr std::size_t largest = 64U << 20U;

std::string_view library_file(std::string_view name) {
  for (const stdlib::EmbeddedFile& file : stdlib::files())
    if (file.name == name) return file.text;
  return {};
}

// `std.python` of `use std.python(…)`, `./common.pipe` of `use "./common.pipe"`.
std::string module_name(const ast::Expression& value) {
  const ast::Expression& path = value.kind == ast::Expression::Kind::call ? *value.operands[0] : value;
  if (path.kind == ast::Expression::Kind::string) return path.parts.empty() ? "" : path.parts[0].text.str();
  if (path.kind == ast::Expression::Kind::member) return path.operands[0]->text.str() + "." + path.text.str();
  return path.text.str();
}

std::string folder_of(const std::string& file) {
  std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

bool breaks_the_tree(const diagnostics::Diagnostic& diagnostic) {
  return diagnostics::info(diagnostic.kind).number < 200;
}

// A statement that could not be read may have declared something: what is missing then follows from it.
bool loses_a_name(const diagnostics::Diagnostic& diagnostic) {
  switch (diagnostic.kind) {
    case diagnostics::Kind::UnknownWord: return diagnostic.fixes.empty();
    case diagnostics::Kind::MisplacedWord:
    case diagnostics::Kind::MissingPiece:
    case diagnostics::Kind::ExtraPiece:
    case diagnostics::Kind::MissingBlock:
    case diagnostics::Kind::MisplacedEntry: return true;
    default: return false;
  }
}

bool follows_from_a_lost_name(const diagnostics::Diagnostic& diagnostic) {
  // What is nearly the name of something else is misspelt.
  if (!diagnostic.fixes.empty()) return false;
  switch (diagnostic.kind) {
    case diagnostics::Kind::UnknownName:
    case diagnostics::Kind::UnknownMember:
    case diagnostics::Kind::UnknownStage:
    case diagnostics::Kind::UnknownModule:
    case diagnostics::Kind::UnknownFunction:
    case diagnostics::Kind::UnknownArgument:
    case diagnostics::Kind::UndeclaredSecret:
    case diagnostics::Kind::UnknownFilter:
    case diagnostics::Kind::NoTrigger:
    case diagnostics::Kind::NoStages:
    case diagnostics::Kind::NoSteps:
    case diagnostics::Kind::NoBody: return true;
    default: return false;
  }
}

}  // namespace

Compilation::Compilation(std::string name, std::string text, std::string shown)
    : name_(std::move(name)), shown_(std::move(shown)), text_(std::move(text)) {}

bool Compilation::readable(const source::File& file) {
  if (file.text.size() > largest) {
    sink_.report<FileTooLarge>(file.span(0, 0), file.text.size(), largest);
    return false;
  }
  std::size_t nul = file.text.find('\0');
  std::size_t invalid = source::first_invalid_utf8(file.text);
  std::size_t at = std::min(nul, invalid);
  if (at == std::string::npos) return true;
  sink_
      .report<InvalidText>(file.span(at, at + 1), at == nul ? "there is a NUL byte here" : "the byte here is not UTF-8")
      .help("a `.pipe` file is text in UTF-8");
  return false;
}

const ast::File& Compilation::parse() {
  const source::File& source = sources_.add(name_, text_);
  if (readable(source))
    files_.push_back(syntax::parse(source, sink_));
  else
    files_.push_back(std::make_unique<ast::File>());
  files_.back()->source = &source;
  return *files_.back();
}

std::size_t Compilation::load(std::string name, std::string text, bool library) {
  const source::File& source = sources_.add(library ? "<std>/" + name : name, std::move(text));
  if (!readable(source))
    files_.push_back(std::make_unique<ast::File>());
  else
    files_.push_back(syntax::parse(source, sink_));
  files_.back()->source = &source;
  const ast::File& file = *files_.back();
  check::Unit unit;
  unit.name = library ? "std." + name.substr(0, name.find('.')) : name;
  unit.file = &file;
  unit.library = library;
  loading_.push_back(unit.name);
  load_uses(file, unit);
  loading_.pop_back();
  units_.push_back(std::move(unit));
  return units_.size() - 1;
}

void Compilation::load_uses(const ast::File& file, check::Unit& unit) {
  for (const ast::Item& item : file.items) {
    if (!item.statement || item.statement->word != ast::Word::use || !item.statement->value) continue;
    std::size_t index = load_module(*item.statement, file.source->name);
    if (index != SIZE_MAX) unit.uses[item.statement] = index;
  }
}

std::size_t Compilation::load_module(const ast::Statement& use, const std::string& user) {
  std::string name = module_name(*use.value);
  bool library = name.starts_with("std.");
  std::string path = library ? name : folder_of(user) + name;
  for (std::size_t i = 0; i < units_.size(); ++i)
    if (units_[i].name == path) return i;
  if (std::find(loading_.begin(), loading_.end(), path) != loading_.end()) {
    sink_.report<ModuleCycle>(use.value->span, name).help("move what both need into a module of its own");
    return SIZE_MAX;
  }
  if (library) {
    std::string_view text = library_file(name.substr(4) + ".pipe");
    if (text.data()) return load(name.substr(4) + ".pipe", std::string(text), true);
  } else if (auto text = read_file(path)) {
    return load(path, std::move(*text), false);
  }
  auto told = sink_.report<UnknownModule>(use.value->span, name);
  llvm::SmallVector<std::string, 16> names;
  for (const stdlib::EmbeddedFile& file : stdlib::files())
    if (file.name.ends_with(".pipe") && file.name != "prelude.pipe")
      names.push_back("std." + std::string(file.name.substr(0, file.name.size() - 5)));
  llvm::SmallVector<llvm::StringRef, 16> known(names.begin(), names.end());
  llvm::StringRef near = diagnostics::nearest(name, known);
  if (!near.empty())
    told.help("did you mean `{}`?", std::string_view(near));
  else
    told.help("the library has {}; a file is written with quotes and its path", diagnostics::list_of(known));
  return SIZE_MAX;
}

const std::vector<graph::Graph>& Compilation::compile() {
  load("prelude.pipe", std::string(library_file("prelude.pipe")), true);
  std::size_t main = load(name_, text_, false);
  // Where the syntax is broken names may be missing; a wrong word or module is told, and then left aside.
  if (std::any_of(sink_.all().begin(), sink_.all().end(), breaks_the_tree)) return graphs_;
  bool incomplete = std::any_of(sink_.all().begin(), sink_.all().end(), loses_a_name);
  program_ = check::check(units_, sink_);
  if (incomplete) sink_.drop(follows_from_a_lost_name);
  // A module of steps and services is checked as it is.
  bool is_module =
      std::none_of(units_[main].file->items.begin(), units_[main].file->items.end(),
                   [](const ast::Item& item) { return item.statement && item.statement->word == ast::Word::pipeline; });
  if (sink_.has_errors() || is_module) return graphs_;
  lower::Pins pins{library_file("pins.tsv")};
  graphs_ = lower::lower(*program_, pins, sources_, sink_);
  if (sink_.has_errors()) return graphs_;
  if (!shown_.empty())
    for (graph::Graph& graph : graphs_) graph.file = shown_;
  for (const graph::Graph& graph : graphs_) {
    std::vector<std::string> broken = graph::verify(graph);
    // Our mistake, not the author's: nothing may be made of such a graph.
    for (const std::string& promise : broken) std::fprintf(stderr, "sluice: internal error: %s\n", promise.c_str());
    if (!broken.empty()) std::_Exit(2);
  }
  return graphs_;
}

}  // namespace sluice::compilation
