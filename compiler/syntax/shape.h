#pragma once
#include "diagnostics/sink.h"
#include "syntax/ast.h"

namespace sluice::syntax {

/// Looks up the word of `statement` for the block it stands in and fills its slots from its pieces. `broken` headers,
/// about which a diagnostic has been given, are not told what they lack. `block` says whether one follows; its items
/// are not touched.
void shape(ast::Statement& statement, ast::Place place, bool broken, bool block, llvm::BumpPtrAllocator& arena,
           diagnostics::Sink& sink);

/// Whether the statement has a block where its word needs one, and none where it takes none.
void check_block(const ast::Statement& statement, diagnostics::Sink& sink);

/// Whether a block may follow the statement's header.
bool takes_block(const ast::Statement& statement);

/// `key: value` stands only where a block is a list of entries.
void check_place(const ast::Entry& entry, ast::Place place, diagnostics::Sink& sink);

/// The place that the items of a statement's block stand in.
ast::Place place_inside(const ast::Statement& statement, ast::Place outer);

}  // namespace sluice::syntax
