#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace sluice::graph {

/// `./path`: an action in the workspace, which has neither version nor commit.
inline bool is_in_workspace(const Uses& uses) { return uses.action.starts_with("./"); }

/// `docker://image@sha256:…`: its digest is its version.
inline bool is_image(const Uses& uses) { return uses.action.starts_with("docker://"); }

/// Whether a name of an image says exactly which one.
inline bool has_digest(std::string_view image) {
  constexpr std::string_view mark = "@sha256:";
  std::size_t at = image.find(mark);
  if (at == std::string_view::npos) return false;
  std::string_view digest = image.substr(at + mark.size());
  return digest.size() == 64 && digest.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace sluice::graph
