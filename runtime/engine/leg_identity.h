#pragma once
#include <cstddef>
#include <string>

#include "runtime/expressions/json.h"

namespace sluice::runtime {

/// Which leg of which stage, a stage without matrix having one.
struct LegIdentity {
  std::size_t stage = 0;
  int index = 0;
  std::string name;  ///< `test`, or `test (3.11)`
  Json matrix = Json::object(), strategy = Json::object();
};

}  // namespace sluice::runtime
