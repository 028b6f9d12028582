#pragma once
#include <expected>
#include <string>

#include "runtime/journal/database.h"

namespace sluice::runtime {

/// Brings the file to the newest version, one migration after the other, each whole or not at all. A file of a newer
/// version than this program knows is an error: an older program would not keep its promises.
std::expected<void, std::string> migrate(Database& database);

/// The version of a file that is up to date.
int newest_schema();

}  // namespace sluice::runtime
