#include "runtime/operations/secret_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>

#include "runtime/expressions/json.h"
#include "runtime/expressions/values.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

using Values = std::map<std::string, std::string>;

std::expected<Values, std::string> from_json(const Json& object, const std::string& file) {
  Values values;
  for (const auto& [name, value] : object.items()) {
    if (!is_primitive(value)) return std::unexpected(fmt::format("the secret `{}` in `{}` is no text", name, file));
    values[name] = to_text(value);
  }
  return values;
}

std::string_view unquoted(std::string_view text) {
  bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::expected<Values, std::string> from_lines(std::string_view text, const std::string& file) {
  Values values;
  for (int number = 1; !text.empty(); ++number) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    std::size_t equals = line.find('=');
    // The line itself may be a part of a secret: it is not shown.
    if (equals == 0 || equals == std::string_view::npos)
      return std::unexpected(fmt::format("{}:{}: this is no line `NAME=value`", file, number));
    std::string name(trimmed(line.substr(0, equals)));
    values[name] = unquoted(trimmed(line.substr(equals + 1)));
  }
  return values;
}

std::expected<Values, std::string> read_secret_file(const std::string& file, std::vector<std::string>& warnings) {
  if (file.empty()) return Values();
  auto text = read_file(file);
  if (!text) return std::unexpected(text.error());
  struct stat status {};
  if (stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0)
    warnings.push_back(fmt::format("others can read `{}`; `chmod 600` makes it yours alone", file));
  Json json = parse_json(*text);
  return json.is_object() ? from_json(json, file) : from_lines(*text, file);
}

void add_from_environment(Values& values, const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value != nullptr && *value != '\0') values.emplace(name, value);
}

}  // namespace

std::expected<SecretValues, std::string> read_secrets(const Plan& plan, const std::vector<std::string>& declared,
                                                      const std::string& file) {
  SecretValues secrets;
  auto values = read_secret_file(file, secrets.warnings);
  if (!values) return std::unexpected(values.error());
  // Empty is the same as absent, so that the environment may still know better.
  std::erase_if(*values, [](const auto& entry) { return entry.second.empty(); });
  for (const std::string& name : declared) add_from_environment(*values, name);
  add_from_environment(*values, "GITHUB_TOKEN");
  secrets.values = std::move(*values);
  if (auto token = secrets.values.find("GITHUB_TOKEN"); token != secrets.values.end()) secrets.token = token->second;
  std::vector<std::string> missing;
  for (const std::string& name : plan.secrets)
    if (!secrets.values.contains(name)) missing.push_back(name);
  if (missing.empty()) return secrets;
  bool one = missing.size() == 1;
  return std::unexpected(
      fmt::format("the pipeline `{}` needs the {} `{}`; set {} in the environment or in a file for "
                  "`--secret-file`",
                  plan.pipeline, one ? "secret" : "secrets", fmt::join(missing, "`, `"), one ? "it" : "them"));
}

}  // namespace sluice::runtime
