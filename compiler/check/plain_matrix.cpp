#include <algorithm>

#include "check/plain.h"
#include "diagnostics/nearest.h"

namespace sluice::check {
namespace {

using ast::Entry;
using ast::Expression;

DIAGNOSTIC(ExcludesNothing, "no leg of this matrix has {}");
DIAGNOSTIC(DuplicateEntry, "`{}` is given twice");

bool is_simple(const Expression& value) {
  return value.kind == Expression::Kind::number || value.kind == Expression::Kind::boolean || plain_text(value).data();
}

bool same(const Expression& left, const Expression& right) {
  if (left.kind != right.kind) return false;
  if (left.kind == Expression::Kind::number) return left.number == right.number;
  if (left.kind == Expression::Kind::boolean) return left.text == right.text;
  return plain_text(left) == plain_text(right);
}

class Exclusions {
 public:
  Exclusions(llvm::ArrayRef<ast::Item> items, diagnostics::Sink& sink) : sink_(sink) {
    for (const ast::Item& item : items) {
      if (!item.entry) continue;
      if (item.entry->key.text == "exclude")
        excluded_ = item.entry;
      else if (item.entry->key.text != "include")
        axes_.push_back(item.entry);
    }
  }

  void check() {
    check_case();
    if (!excluded_ || excluded_->value->kind != Expression::Kind::list) return;
    for (const Expression* leg : excluded_->value->operands) {
      if (leg->kind != Expression::Kind::map) continue;
      for (std::size_t i = 0; i < leg->names.size(); ++i) check(leg->names[i], *leg->operands[i]);
    }
  }

 private:
  // GitHub does not tell `version` from `VERSION`.
  void check_case() {
    for (std::size_t i = 1; i < axes_.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        llvm::StringRef one = axes_[j]->key.text;
        llvm::StringRef other = axes_[i]->key.text;
        if (one == other || !one.equals_insensitive(other)) continue;
        sink_.report<DuplicateEntry>(axes_[i]->key.span, std::string_view(other))
            .note(axes_[j]->key.span, "first here: GitHub does not tell `{}` from `{}`", std::string_view(one),
                  std::string_view(other))
            .help("give it another name");
        return;
      }
  }

  void check(const ast::Name& name, const Expression& value) {
    auto axis = std::find_if(axes_.begin(), axes_.end(), [&](const Entry* one) { return one->key.text == name.text; });
    if (axis == axes_.end()) {
      llvm::SmallVector<llvm::StringRef, 8> known;
      for (const Entry* one : axes_) known.push_back(one->key.text);
      auto told = sink_.report<ExcludesNothing>(name.span, fmt::format("an axis `{}`", std::string_view(name.text)));
      llvm::StringRef near = diagnostics::nearest(name.text, known);
      if (!near.empty())
        told.help("did you mean `{}`?", std::string_view(near)).fix(name.span, near.str());
      else
        told.help("its axes are {}", diagnostics::list_of(known));
      return;
    }
    const Expression& values = *(*axis)->value;
    bool known = values.kind == Expression::Kind::list && is_simple(value) &&
                 std::all_of(values.operands.begin(), values.operands.end(),
                             [](const Expression* one) { return is_simple(*one); });
    if (known && std::none_of(values.operands.begin(), values.operands.end(),
                              [&](const Expression* one) { return same(*one, value); }))
      sink_.report<ExcludesNothing>(value.span, fmt::format("this `{}`", std::string_view(name.text)))
          .note(values.span, "its values")
          .help("what is excluded is one of them");
  }

  llvm::SmallVector<const Entry*, 8> axes_;
  const Entry* excluded_ = nullptr;
  diagnostics::Sink& sink_;
};

}  // namespace

void check_exclusions(const ast::Statement& statement, diagnostics::Sink& sink) {
  if (statement.block) Exclusions(statement.block->items, sink).check();
}

}  // namespace sluice::check
