#pragma once
#include <map>
#include <string>

#include "runtime/engine/leg_identity.h"
#include "runtime/engine/past.h"
#include "runtime/output/status.h"

namespace sluice::runtime {

/// Reports as records of the journal, and back again.
std::string told(const StageReport& report, const Json& outputs);
std::string told(const LegReport& report, const Json& outputs);
std::string told(const StepReport& report, const Json& rest = {});  ///< `rest`: further members

void recall(const Json& data, StageReport& report);
void recall(const Json& data, LegReport& report);
void recall(const Json& data, StepReport& report);

/// What an earlier life of the run says of a leg; null: nothing.
const LegPast* leg_before(const Past& past, const LegIdentity& leg);
const Json* finished_leg(const Past& past, const LegIdentity& leg);
int attempt_before(const Past& past, const LegIdentity& leg);  ///< 0: none had begun

/// The value with the text of every secret replaced by the secret's name, as it may lie on a disk; and back again.
/// `secrets` are names with values.
Json sealed(const Json& value, const std::map<std::string, std::string>& secrets);
Json unsealed(const Json& value, const std::map<std::string, std::string>& secrets);

}  // namespace sluice::runtime
