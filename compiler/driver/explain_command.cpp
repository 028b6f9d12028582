#include <algorithm>

#include "diagnostics/nearest.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "explain/explain.h"

namespace sluice::driver {
namespace {

int list() {
  std::vector<std::string> topics = explain::topics();
  std::size_t width = 0;
  for (const std::string& topic : topics) width = std::max(width, topic.size());
  std::string text;
  for (const std::string& topic : topics)
    text += fmt::format("{:<{}}  {}\n", topic, width, diagnostics::info(*explain::find(topic)).title);
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
