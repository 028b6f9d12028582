#pragma once
#include "runtime/expressions/expression.h"

namespace sluice::runtime {

/// Keep files of the workspace as the artifact `name`. `path` may hold several lines, each a path or a glob.
struct Upload {
  Expression name;
  Expression path;
  Expression keep = {};               ///< seconds; null or 0: as long as the run
  Expression if_no_files_found = {};  ///< `error`, `warn` or `ignore`; null is `error`
  Expression include_hidden = {};     ///< a boolean
  Expression overwrite = {};          ///< a boolean
};

/// Put the files of the artifact `name` of this run into the folder `to` of the workspace.
struct Download {
  Expression name;
  Expression to;
};

/// Put the files that `path` names back as the entry `key` of the cache has them, else the newest one whose key begins
/// with a line of `restore_keys`. If there was no entry `key`, keep them as that when the leg has succeeded. The step's
/// output `cache-hit` is whether there was one.
struct Cache {
  Expression key;
  Expression path;
  Expression restore_keys = {};
};

}  // namespace sluice::runtime
