#include "diagnostics/nearest.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "explain/explain.h"

namespace sluice::driver {
namespace {

int list() {
  std::string text;
  for (const std::string& topic : explain::topics())
    text += fmt::format("{:<6} {}\n", topic, diagnostics::info(*explain::find(topic)).title);
  return print(text);
}

int unknown(const std::string& topic) {
  std::vector<std::string> topics = explain::topics();
  llvm::SmallVector<llvm::StringRef, 128> known(topics.begin(), topics.end());
  // Codes are in upper case, the names of rules in lower case: the nearest of either spelling is meant.
  llvm::StringRef near = diagnostics::nearest(llvm::StringRef(topic).upper(), known);
  if (near.empty()) near = diagnostics::nearest(llvm::StringRef(topic).lower(), known);
  std::string help =
      near.empty() ? "`sluice explain` lists them" : fmt::format("did you mean `{}`?", std::string_view(near));
  return complain(fmt::format("there is no finding `{}`; {}", topic, help));
}

}  // namespace

int explain(const std::string& topic) {
  if (topic.empty()) return list();
  auto kind = explain::find(topic);
  return kind ? print(explain::text(*kind)) : unknown(topic);
}

}  // namespace sluice::driver
