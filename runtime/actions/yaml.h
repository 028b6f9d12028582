#pragma once
#include <expected>
#include <string>

#include "runtime/expressions/json.h"

namespace sluice::runtime {

/// One YAML document as GitHub reads it (actions/runner, YamlObjectReader.cs): the core schema of YAML 1.2, so `on` and
/// `yes` are texts; aliases are copied; no tags, no merge keys, no key twice, whatever its case. At most 1 MiB, 50,000
/// values once aliases are copied, 50 levels. An error names its line.
std::expected<Json, std::string> read_yaml(const std::string& text);

}  // namespace sluice::runtime
