#include "runtime/operations/speak.h"

#include <fmt/format.h>

#include "runtime/control/client.h"

namespace sluice::runtime {
namespace {

constexpr auto patience = std::chrono::seconds(10);

/// The answer; nothing where nobody is there who talks to us; an error where somebody is, and does not answer as one
/// should.
std::expected<std::optional<Json>, std::string> ask_at(const std::filesystem::path& path, const Json& body) {
  auto answer = ask(path, body, patience);
  using Kind = Unanswered::Kind;
  bool nobody = !answer && (answer.error().kind == Kind::unreachable || answer.error().kind == Kind::forbidden);
  if (nobody) return std::optional<Json>();
  if (!answer) return std::unexpected(answer.error().text);
  if (answer->contains("error")) return std::unexpected((*answer)["error"].get<std::string>());
  return std::optional(std::move(*answer));
}

}  // namespace

std::expected<std::optional<Json>, std::string> speak_to_run(const std::filesystem::path& state_folder,
                                                             const std::string& run, const Json& body) {
  std::error_code error;
  std::filesystem::path own = state_folder / "runs" / run / "control.sock";
  if (run.empty() || !std::filesystem::exists(own, error)) return std::optional<Json>();
  return ask_at(own, body);
}

std::expected<std::optional<Json>, std::string> speak(const std::filesystem::path& state_folder, const std::string& run,
                                                      const Json& body) {
  auto answer = speak_to_run(state_folder, run, body);
  if (!answer || *answer) return answer;
  Json addressed = body;
  addressed["run"] = run;
  return ask_at(state_folder / "serve.sock", addressed);
}

}  // namespace sluice::runtime
