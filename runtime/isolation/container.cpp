#include "runtime/isolation/container.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice::runtime {
namespace {

constexpr const char* run_label = "sluice.run";

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    std::size_t end = std::min(text.find_first_of(" \n\t"), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

std::filesystem::path find_container_engine(const Variables& environment) {
  for (const char* name : {"docker", "podman"}) {
    auto program = find_program(name, environment);
    if (!program) continue;
    // The client of an engine that is not there has a version too: the server is asked for its own.
    const char* question = std::string_view(name) == "docker" ? "{{.Server.Version}}" : "{{.Client.Version}}";
    if (capture({std::filesystem::absolute(*program), {name, "version", "--format", question}, environment, "/"}))
      return std::filesystem::absolute(*program);
  }
  return {};
}

std::vector<std::string> run_arguments(const Container& container) {
  std::vector<std::string> arguments = {
      "run", "--rm", "--name", container.name, "--label", fmt::format("{}={}", run_label, container.run_token)};
  for (const auto& [own, here] : container.ports) {
    arguments.emplace_back("--publish");
    arguments.push_back(fmt::format("127.0.0.1:{}:{}", here, own));
  }
  for (const std::string& name : container.variables) {
    arguments.emplace_back("--env");
    arguments.push_back(name);
  }
  const Limits& limits = container.limits;
  if (limits.memory) arguments.push_back(fmt::format("--memory={}", *limits.memory));
  if (limits.cpus) arguments.push_back(fmt::format("--cpus={}", *limits.cpus));
  if (limits.pids) arguments.push_back(fmt::format("--pids-limit={}", *limits.pids));
  arguments.insert(arguments.end(), container.options.begin(), container.options.end());
  arguments.push_back(container.image);
  return arguments;
}

Health read_health(std::string_view answer) {
  std::vector<std::string> words = words_of(answer);
  if (words.empty() || words[0] != "running") return Health::starting;
  if (words.size() == 1 || words[1] == "healthy" || words[1] == "none") return Health::ready;
  return words[1] == "unhealthy" ? Health::unhealthy : Health::starting;
}

bool is_the_engines_own(std::string_view variable) {
  constexpr std::array names = {"PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"};
  return std::ranges::find(names, variable) != names.end() || variable.starts_with("DOCKER_") ||
         variable.starts_with("CONTAINER") || variable.starts_with("XDG_") || variable.starts_with("LD_");
}

std::vector<std::string> split_quoted(std::string_view text) {
  std::vector<std::string> words;
  bool within = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char letter = text[i];
    bool blank = quote == 0 && (letter == ' ' || letter == '\t' || letter == '\n');
    if (blank) {
      within = false;
      continue;
    }
    if (!within) words.emplace_back();
    within = true;
    if (letter == '\\' && quote != '\'' && i + 1 < text.size())
      words.back() += text[++i];
    else if (quote == 0 && (letter == '"' || letter == '\''))
      quote = letter;
    else if (letter == quote)
      quote = 0;
    else
      words.back() += letter;
  }
  return words;
}

std::vector<std::string> removal_arguments(const std::filesystem::path& engine) {
  std::vector<std::string> arguments = {engine.filename(), "rm", "--force", "--volumes"};
  // Docker kills at once; podman would first ask politely for ten seconds.
  if (engine.filename() == "podman") arguments.insert(arguments.end(), {"--time", "0"});
  return arguments;
}

Outcome remove_dead_containers(const std::filesystem::path& engine, const std::string& run_token,
                               const Variables& environment) {
  std::string name = engine.filename();
  auto listed = capture({engine,
                         {name, "ps", "--all", "--quiet", "--filter", fmt::format("label={}={}", run_label, run_token)},
                         environment,
                         "/"});
  if (!listed) return std::unexpected(listed.error());
  std::vector<std::string> arguments = removal_arguments(engine);
  std::vector<std::string> dead = words_of(*listed);
  if (dead.empty()) return {};
  arguments.insert(arguments.end(), dead.begin(), dead.end());
  auto removed = capture({engine, std::move(arguments), environment, "/"});
  if (!removed) return std::unexpected(removed.error());
  return {};
}

}  // namespace sluice::runtime
