#pragma once
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "runtime/plan/plan.h"

namespace sluice::runtime {

struct SecretValues {
  std::map<std::string, std::string> values;  ///< all of the file, and what the pipeline names of the environment
  std::string token;                          ///< `github.token`: GITHUB_TOKEN, empty where nobody gives one
  std::vector<std::string> warnings;
};

/// Secrets from the file, which is either a JSON object of texts or a line `NAME=value` each (`#` begins a comment;
/// quotes around a whole value are taken off); what it lacks from variables of the same name, `declared` being all that
/// the file of the pipeline names. The lack of one that the plan must have is an error.
std::expected<SecretValues, std::string> read_secrets(const Plan& plan, const std::vector<std::string>& declared,
                                                      const std::string& file);

}  // namespace sluice::runtime
