#include "check/scope.h"

namespace sluice::check {

// Jumps as in a skew-binary list: as far as the two jumps before together, if those were of one length.
void Scope::add(Symbol* symbol) {
  const Node& outer = nodes_[top_];
  const Node& jump = nodes_[outer.jump];
  bool doubles = outer.depth - jump.depth == jump.depth - nodes_[jump.jump].depth;
  Node node{symbol, top_, doubles ? jump.jump : top_, outer.depth + 1};
  top_ = static_cast<ScopeIndex>(nodes_.size());
  by_name_[symbol->name].push_back(top_);
  nodes_.push_back(node);
}

bool Scope::sees(ScopeIndex node) const {
  ScopeIndex at = top_;
  while (at > node) at = nodes_[at].jump >= node ? nodes_[at].jump : nodes_[at].outer;
  return at == node;
}

Symbol* Scope::find(llvm::StringRef name) const {
  auto named = by_name_.find(name);
  if (named == by_name_.end()) return nullptr;
  for (auto node = named->second.rbegin(); node != named->second.rend(); ++node)
    if (*node <= top_ && sees(*node)) return nodes_[*node].symbol;
  return nullptr;
}

// What nobody can come back to is forgotten.
void Scope::restore(ScopeIndex mark) {
  top_ = mark;
  while (nodes_.size() > std::max({mark, kept_, floor_}) + 1U) {
    by_name_.find(nodes_.back().symbol->name)->second.pop_back();
    nodes_.pop_back();
  }
}

llvm::SmallVector<Symbol*, 32> Scope::visible() const {
  llvm::SmallVector<Symbol*, 32> symbols;
  for (ScopeIndex at = top_; at != 0; at = nodes_[at].outer) symbols.push_back(nodes_[at].symbol);
  return symbols;
}

}  // namespace sluice::check
