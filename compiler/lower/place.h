#pragma once
#include <llvm/ADT/StringRef.h>

#include <cstdint>

#include "types/time.h"

namespace sluice::lower {

/// Where a value may stand: places.def.
enum class Place : std::uint8_t {
#define PLACE(id, name, latest, functions, key, advice) id,
#include "lower/places.def"
};

/// The functions that only some places have.
enum class Functions : std::uint8_t {
  none = 0,
  status = 1,  ///< success, failure, always, cancelled
  files = 2,   ///< hashFiles
  both = 3,
};

struct PlaceInfo {
  llvm::StringRef name;  ///< as in a message: the title of a stage
  types::Time latest;    ///< when its value is needed
  Functions functions;
  llvm::StringRef advice;  ///< what to do with a value that is known later; empty: it depends on the value
};

const PlaceInfo& info(Place place);

}  // namespace sluice::lower
