#include "check/plain.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringMap.h>

#include <algorithm>

namespace sluice::check {
namespace {

using ast::Expression;
using ast::Statement;
using ast::Word;

DIAGNOSTIC(RepeatedStatement, "`{}` is given twice");
DIAGNOSTIC(DuplicateName, "the output `{}` is given twice");
DIAGNOSTIC(DuplicateEntry, "GitHub does not tell `{}` from `{}`");
DIAGNOSTIC(MissingPiece, "`enum` lacks its choices");
DIAGNOSTIC(EmptyText, "`{}` is empty");
DIAGNOSTIC(RequiredWithDefault, "`{}` is required and has a default");
DIAGNOSTIC(MisplacedCall, "a call cannot stand here");
DIAGNOSTIC(UnknownPermission, "`{}` cannot be `{}`");
DIAGNOSTIC(ConflictingRecovery, "`idempotent` and `probe` say two things of what to do after a crash");
DIAGNOSTIC(NoBody, "this step declares an output and runs nothing");
DIAGNOSTIC(NotCallable, "this is no service");

// What a block says once; of two the first would count, or the last.
bool is_once(Word word) {
  switch (word) {
    case Word::budget:
    case Word::run_name:
    case Word::matrix:
    case Word::fail_fast:
    case Word::max_parallel:
    case Word::runs_on:
    case Word::concurrency:
    case Word::cancel_running:
    case Word::expect:
    case Word::url:
    case Word::shell:
    case Word::working_directory:
    case Word::timeout:
    case Word::grace:
    case Word::retry:
    case Word::allow_failure:
    case Word::with:
    case Word::image:
    case Word::port:
    case Word::ready:
    case Word::wait:
    case Word::lock:
    case Word::expires:
    case Word::idempotent:
    case Word::probe: return true;
    default: return false;
  }
}

bool acts(Word word) {
  switch (word) {
    case Word::call:
    case Word::run:
    case Word::uses:
    case Word::native:
    case Word::step:
    case Word::watch:
    case Word::await:
    case Word::backend:
    case Word::if_:
    case Word::else_:
    case Word::for_:
    case Word::when:
    case Word::invalid: return true;
    default: return false;
  }
}

class Plain {
 public:
  explicit Plain(diagnostics::Sink& sink) : sink_(sink) {}

  void check(llvm::ArrayRef<ast::Item> items, const Statement* owner) {
    if (owner) check_repeated(items);
    check_recovery(items);
    check_case(items);
    for (const ast::Item& item : items)
      if (item.statement) check(*item.statement, owner);
  }

 private:
  void check(const Statement& statement, const Statement* owner) {
    switch (statement.word) {
      case Word::call: check_call_place(statement, owner); break;
      case Word::runs_on: check_runner(statement, sink_); [[fallthrough]];
      case Word::run:
      case Word::uses:
      case Word::on:
      case Word::concurrency:
      case Word::confirm:
      case Word::image: check_text(statement); break;
      case Word::secret: check_secret_name(statement, sink_); break;
      case Word::env: check_variable_names(statement, sink_); [[fallthrough]];
      case Word::with: check_twins(statement); break;
      case Word::matrix: check_exclusions(statement, sink_); break;
      case Word::input: check_input(statement); break;
      case Word::permissions: check_access(statement); break;
      case Word::step: check_step(statement); break;
      case Word::service: check_service(statement); break;
      default: break;
    }
    check_choices(statement);
    if (statement.block) check(statement.block->items, &statement);
  }

  void check_repeated(llvm::ArrayRef<ast::Item> items) {
    llvm::SmallVector<const Statement*, 8> seen;
    llvm::StringMap<source::Span> outputs;
    for (const ast::Item& item : items) {
      if (!item.statement) continue;
      const Statement& statement = *item.statement;
      if (statement.word == Word::output && statement.name) {
        auto [first, fresh] = outputs.try_emplace(statement.name.text, statement.name.span);
        if (!fresh)
          sink_.report<DuplicateName>(statement.name.span, std::string_view(statement.name.text))
              .note(first->second, "first here")
              .help("take one of them away");
      }
      if (!is_once(statement.word)) continue;
      auto first =
          std::find_if(seen.begin(), seen.end(), [&](const Statement* other) { return other->word == statement.word; });
      if (first == seen.end())
        seen.push_back(&statement);
      else
        sink_.report<RepeatedStatement>(statement.keyword.span, std::string_view(statement.keyword.text))
            .note((*first)->keyword.span, "first here")
            .help("one of them counts: take the other away");
    }
  }

  void check_recovery(llvm::ArrayRef<ast::Item> items) {
    const Statement *idempotent = nullptr, *probe = nullptr;
    for (const ast::Item& item : items) {
      if (item.statement && item.statement->word == Word::idempotent) idempotent = item.statement;
      if (item.statement && item.statement->word == Word::probe) probe = item.statement;
    }
    if (idempotent && probe)
      sink_.report<ConflictingRecovery>(probe->keyword.span)
          .note(idempotent->keyword.span, "this runs the step again without asking")
          .help("keep one of them");
  }

  // What GitHub finds by a name, without telling `token` from `TOKEN`.
  void check_case(llvm::ArrayRef<ast::Item> items) {
    llvm::StringMap<const ast::Name*> inputs, outputs, secrets, environments;
    for (const ast::Item& item : items) {
      if (!item.statement || !item.statement->name) continue;
      switch (item.statement->word) {
        case Word::input: compare(item.statement->name, inputs); break;
        case Word::output: compare(item.statement->name, outputs); break;
        case Word::secret: compare(item.statement->name, secrets); break;
        case Word::environment: compare(item.statement->name, environments); break;
        default: break;
      }
    }
  }

  // GitHub does not tell `path` from `PATH`: of two such entries it keeps one. Equal ones are told elsewhere.
  void check_twins(const Statement& statement) {
    if (!statement.block) return;
    llvm::StringMap<const ast::Name*> seen;
    for (const ast::Item& item : statement.block->items)
      if (item.entry) compare(item.entry->key, seen);
  }

  void compare(const ast::Name& name, llvm::StringMap<const ast::Name*>& seen) {
    auto [first, fresh] = seen.try_emplace(name.text.lower(), &name);
    if (fresh || first->second->text == name.text) return;
    sink_.report<DuplicateEntry>(name.span, std::string_view(name.text), std::string_view(first->second->text))
        .note(first->second->span, "first here")
        .help("give it another name");
  }

  void check_choices(const Statement& statement) {
    if (statement.type && statement.type->name.text == "enum" && statement.type->choices.empty())
      sink_.report<MissingPiece>(statement.type->span).help("write them: `enum(\"low\", \"high\")`");
  }

  // Steps stand in stages and steps; of a file, a pipeline and blocks of options a call would be forgotten.
  void check_call_place(const Statement& statement, const Statement* owner) {
    bool refused = !owner;
    if (owner) {
      switch (owner->word) {
        case Word::pipeline:
        case Word::concurrency:
        case Word::environment:
        case Word::action:
        case Word::service:
        case Word::uses:
        case Word::run:
        case Word::call: refused = true; break;
        default: break;
      }
    }
    if (refused) sink_.report<MisplacedCall>(statement.header).help("a call stands in a stage or in a step");
  }

  void check_text(const Statement& statement) {
    for (const Expression* value : statement.values) {
      if (value->kind != Expression::Kind::string || !value->parts.empty()) continue;
      sink_.report<EmptyText>(value->span, std::string_view(statement.keyword.text))
          .help("for example `{}`", std::string_view(ast::info(statement.word).example));
    }
  }

  void check_input(const Statement& statement) {
    if (!statement.flag(ast::Flag::required) || !statement.value) return;
    sink_.report<RequiredWithDefault>(statement.name.span, std::string_view(statement.name.text))
        .note(statement.value->span, "the default, which nobody would get")
        .help("take `required` or the default away");
  }

  void check_access(const Statement& statement) {
    if (!statement.block) return;
    for (const ast::Item& item : statement.block->items) {
      if (!item.entry) continue;
      llvm::StringRef scope = item.entry->key.text;
      llvm::StringRef access = item.entry->value->text;
      bool wrong = (scope == "id-token" && access == "read") || (scope == "models" && access == "write");
      if (!wrong) continue;
      sink_.report<UnknownPermission>(item.entry->value->span, std::string_view(scope), std::string_view(access))
          .help("write `{}` or `none`", scope == "id-token" ? "write" : "read");
    }
  }

  void check_step(const Statement& statement) {
    if (!statement.block) return;
    const Statement* output = nullptr;
    for (const ast::Item& item : statement.block->items) {
      if (!item.statement) continue;
      if (acts(item.statement->word)) return;
      if (item.statement->word == Word::output && !item.statement->value) output = item.statement;
    }
    if (output)
      sink_.report<NoBody>(output->name.span).help("an output is what a script writes: give the step its `run`");
  }

  void check_service(const Statement& statement) {
    if (!statement.value || statement.value->kind == Expression::Kind::call ||
        statement.value->kind == Expression::Kind::invalid)
      return;
    sink_.report<NotCallable>(statement.value->span)
        .help("for example `{}`", std::string_view(ast::info(Word::service).example));
  }

  diagnostics::Sink& sink_;
};

}  // namespace

llvm::StringRef plain_text(const Expression& expression) {
  if (expression.kind != Expression::Kind::string || expression.parts.size() != 1 || expression.parts[0].hole)
    return {};
  return expression.parts[0].text;
}

std::optional<std::string> written_text(const Expression& expression) {
  if (expression.kind != Expression::Kind::string) return std::nullopt;
  std::string text;
  for (const ast::StringPart& part : expression.parts) {
    if (part.hole) return std::nullopt;
    text += part.text;
  }
  return text;
}

source::Span span_in(const Expression& literal, std::size_t begin, std::size_t end) {
  if (begin == end || literal.parts.size() != 1) return literal.span;
  const ast::StringPart& part = literal.parts[0];
  if (part.span.end - part.span.begin != part.text.size()) return literal.span;
  return {part.span.begin + static_cast<std::uint32_t>(begin), part.span.begin + static_cast<std::uint32_t>(end)};
}

void check_plainly(const ast::File& file, diagnostics::Sink& sink) { Plain(sink).check(file.items, nullptr); }

}  // namespace sluice::check
