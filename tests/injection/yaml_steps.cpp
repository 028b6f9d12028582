// yaml_steps FILE…: the steps of GitHub workflows, one JSON object a line: `file`, `job`, `step` (from 0), and what it
// has of `name`, `shell`, `run`, `uses`, `env` and `with`. Read by yaml-cpp, which knows nothing of us.
#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <string>

namespace {

std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\')
      json += '\\', json += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c)), json += escaped;
    else
      json += c;
  }
  return json + '"';
}

std::string map_of(const YAML::Node& node) {
  std::string json = "{";
  for (const auto& entry : node)
    json += (json.size() > 1 ? "," : "") + quoted(entry.first.as<std::string>()) + ":" +
            quoted(entry.second.IsScalar() ? entry.second.as<std::string>() : "");
  return json + "}";
}

void print(const std::string& file, const std::string& job, std::size_t number, const YAML::Node& step) {
  std::string json = "{\"file\":" + quoted(file) + ",\"job\":" + quoted(job) + ",\"step\":" + std::to_string(number);
  for (const char* key : {"name", "shell", "run", "uses"})
    if (step[key]) json += "," + quoted(key) + ":" + quoted(step[key].as<std::string>());
  for (const char* key : {"env", "with"})
    if (step[key]) json += "," + quoted(key) + ":" + map_of(step[key]);
  std::printf("%s}\n", json.c_str());
}

}  // namespace

int main(int count, char** arguments) {
  try {
    for (int i = 1; i < count; ++i)
      for (const auto& job : YAML::LoadFile(arguments[i])["jobs"]) {
        std::size_t number = 0;
        for (const YAML::Node& step : job.second["steps"])
          print(arguments[i], job.first.as<std::string>(), number++, step);
      }
  } catch (const YAML::Exception& wrong) {
    return std::fprintf(stderr, "%s\n", wrong.what()), 1;
  }
}
