#include "compilation/modules.h"

#include <llvm/ADT/STLExtras.h>

#include <algorithm>
#include <filesystem>

#include "compilation/read_file.h"
#include "diagnostics/nearest.h"
#include "source/json_text.h"
#include "stdlib/embedded.h"
#include "syntax/parse.h"

namespace sluice::compilation {
namespace {

DIAGNOSTIC(InvalidText, "{}");
DIAGNOSTIC(FileTooLarge, "this file has {} bytes, the most is {}");
DIAGNOSTIC(UnreadableFile, "the module `{}` cannot be read: {}");
DIAGNOSTIC(UnknownModule, "there is no module `{}`");
DIAGNOSTIC(ModuleCycle, "{}");

constexpr std::size_t largest = 64U << 20U;
constexpr std::size_t most_told = 6;

// `std.python` of `use std.python(…)`, `"./common.pipe"` of `use "./common.pipe"`.
const ast::Expression& module_path(const ast::Statement& use) {
  return use.value->kind == ast::Expression::Kind::call ? *use.value->operands[0] : *use.value;
}

std::string module_name(const ast::Expression& path) {
  if (path.kind == ast::Expression::Kind::string) return path.parts.empty() ? "" : path.parts[0].text.str();
  if (path.kind == ast::Expression::Kind::member) return path.operands[0]->text.str() + "." + path.text.str();
  return path.text.str();
}

// One file has one path, by whatever way it is named.
std::string plain_path(const std::string& path) { return std::filesystem::path(path).lexically_normal().string(); }

std::string folder_of(const std::string& file) {
  std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

// What is read under that name, by whoever uses it.
std::string path_of(const std::string& module, const std::string& user) {
  return llvm::StringRef(module).startswith("std.") ? module : plain_path(folder_of(user) + module);
}

// Whether an action is named somewhere: only then what the library knows of actions is read.
bool names_action(llvm::ArrayRef<ast::Item> items) {
  return std::any_of(items.begin(), items.end(), [](const ast::Item& item) {
    if (!item.statement) return false;
    if (item.statement->word == ast::Word::uses) return true;
    return item.statement->block && names_action(item.statement->block->items);
  });
}

llvm::SmallVector<std::string, 16> library_modules() {
  llvm::SmallVector<std::string, 16> names;
  for (const stdlib::EmbeddedFile& file : stdlib::files())
    if (file.name.ends_with(".pipe") && file.name != "prelude.pipe")
      names.push_back("std." + std::string(file.name.substr(0, file.name.size() - 5)));
  return names;
}

// The `.pipe` files beside `path`, spelled as it is.
llvm::SmallVector<std::string, 16> files_beside(const std::string& path, const std::string& user_folder) {
  llvm::SmallVector<std::string, 16> names;
  std::string folder = folder_of(path);
  std::error_code failed;
  std::filesystem::directory_iterator entries(user_folder + (folder.empty() ? "./" : folder), failed);
  for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed))
    if (entries->path().extension() == ".pipe") names.push_back(folder + entries->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string_view library_file(std::string_view name) {
  for (const stdlib::EmbeddedFile& file : stdlib::files())
    if (file.name == name) return file.text;
  return {};
}

bool Modules::readable(const source::File& file) {
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

const ast::File& Modules::parse(const std::string& name, std::string text) {
  const source::File& source = sources_.add(name, std::move(text));
  files_.push_back(readable(source) ? syntax::parse(source, sink_) : std::make_unique<ast::File>());
  files_.back()->source = &source;
  return *files_.back();
}

Modules::Opened Modules::open(const std::string& path, std::string text, bool library, const ast::Statement* use) {
  Opened opened;
  opened.path = path;
  opened.use = use;
  opened.unit.library = library;
  opened.unit.name = path;
  std::string file = library ? "<std>/" + path.substr(4) + ".pipe" : path;
  opened.unit.file = &parse(file, std::move(text));
  return opened;
}

const check::Unit& Modules::load(const std::string& name, std::string text) {
  Opened opened = open(name, std::move(text), false, nullptr);
  opened.path = plain_path(name);
  read_all(std::move(opened));
  return units_.back();
}

void Modules::load_library(llvm::StringRef name) {
  std::string path = "std." + name.str();
  if (!read_.count(path) && !open_.count(path))
    read_all(open(path, std::string(library_file(name.str() + ".pipe")), true, nullptr));
}

// A stack of its own instead of a recursion: modules may use each other in a chain of any length.
void Modules::read_all(Opened first) {
  std::size_t floor = opened_.size();
  open_[first.path] = floor;
  opened_.push_back(std::move(first));
  while (opened_.size() > floor) {
    Opened& top = opened_.back();
    llvm::ArrayRef<ast::Item> items = top.unit.file->items;
    if (top.next == items.size()) {
      close();
      continue;
    }
    const ast::Statement* statement = items[top.next++].statement;
    if (!statement || statement->word != ast::Word::use || !statement->value) continue;
    for (Opened& module : resolve(*statement)) {
      open_[module.path] = opened_.size();
      opened_.push_back(std::move(module));
    }
  }
}

void Modules::close() {
  Opened done = std::move(opened_.back());
  opened_.pop_back();
  open_.erase(done.path);
  if (!done.unit.library && names_action(done.unit.file->items)) load_library("actions");
  read_[done.path] = units_.size();
  if (done.use) opened_.back().unit.uses[done.use] = units_.size();
  units_.push_back(std::move(done.unit));
}

// The module that has to be read for the `use`; none where it was read before, or where something is wrong with it.
std::vector<Modules::Opened> Modules::resolve(const ast::Statement& use) {
  std::string name = module_name(module_path(use));
  bool library = llvm::StringRef(name).startswith("std.");
  std::string path = path_of(name, opened_.back().path);
  if (auto known = read_.find(path); known != read_.end()) {
    opened_.back().unit.uses[&use] = known->second;
    return {};
  }
  if (auto waiting = open_.find(path); waiting != open_.end()) {
    report_cycle(use, waiting->second);
    return {};
  }
  std::vector<Opened> found;
  if (library) {
    std::string_view text = library_file(name.substr(4) + ".pipe");
    if (text.data()) found.push_back(open(path, std::string(text), true, &use));
  } else if (auto text = read_file(path)) {
    found.push_back(open(path, std::move(*text), false, &use));
  } else if (std::error_code failed; std::filesystem::exists(path, failed)) {
    sink_.report<UnreadableFile>(module_path(use).span, name, text.error()).help("a module is a `.pipe` file");
    return {};
  }
  if (found.empty()) report_missing(use);
  return found;
}

void Modules::report_cycle(const ast::Statement& use, std::size_t from) {
  std::string way;
  for (std::size_t at = from; at < opened_.size(); ++at)
    if (at - from < most_told) way += fmt::format("`{}` -> ", opened_[at].path);
  std::size_t length = opened_.size() - from;
  if (length > most_told) way += fmt::format("{} more -> ", length - most_told);
  way += fmt::format("`{}`", opened_[from].path);
  auto told =
      sink_.report<ModuleCycle>(module_path(use).span, length == 1 ? fmt::format("`{}` uses itself", opened_[from].path)
                                                                   : "modules use each other: " + way);
  for (std::size_t at = from + 1; at < opened_.size() && at - from <= most_told; ++at)
    told.note(module_path(*opened_[at].use).span, "`{}` uses `{}`", opened_[at - 1].path, opened_[at].path);
  told.help("{}", length == 1 ? "take it out: what a file declares it has without `use`"
                              : "move what both need into a module of its own");
}

// A second `use` of the same module would bring its name twice.
bool Modules::is_used_here(const std::string& path) const {
  const Opened& user = opened_.back();
  return llvm::any_of(user.unit.file->items, [&](const ast::Item& item) {
    bool use = item.statement && item.statement->word == ast::Word::use && item.statement->value;
    return use && path_of(module_name(module_path(*item.statement)), user.path) == path;
  });
}

void Modules::report_missing(const ast::Statement& use) {
  const ast::Expression& path = module_path(use);
  std::string name = module_name(path);
  const std::string& user = opened_.back().path;
  bool file = path.kind == ast::Expression::Kind::string && !llvm::StringRef(name).startswith("std.");
  auto told = sink_.report<UnknownModule>(path.span, name);
  auto names = file ? files_beside(name, folder_of(user)) : library_modules();
  // A file does not use itself.
  llvm::erase_if(names, [&](const std::string& one) { return path_of(one, user) == user; });
  llvm::SmallVector<llvm::StringRef, 16> known(names.begin(), names.end());
  std::string near = diagnostics::nearest(name, known).str();
  for (llvm::StringRef one : known)
    if (near.empty() && (one == name + ".pipe" || one == "std." + name)) near = one.str();
  std::error_code failed;
  if (near.empty() && !file && std::filesystem::exists(folder_of(user) + name + ".pipe", failed)) {
    near = "./" + name + ".pipe";
    file = true;
  }
  if (!near.empty()) {
    std::string spelling = file ? fmt::format("\"{}\"", near) : near;
    told.help("did you mean `{}`?", spelling);
    if (!is_used_here(path_of(near, user))) told.fix(path.span, spelling);
  } else if (!file) {
    told.help("the library has {}; a file is written with quotes and its path", diagnostics::list_of(known));
  } else if (known.empty()) {
    told.help("there is no other `.pipe` file in that folder; the path is relative to this file");
  } else {
    told.help("in that folder there is {}; the path is relative to this file", diagnostics::list_of(known));
  }
}

}  // namespace sluice::compilation
