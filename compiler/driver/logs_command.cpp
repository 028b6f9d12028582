#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "driver/commands.h"
#include "driver/report.h"
#include "driver/run_repository.h"
#include "runtime/expressions/json.h"
#include "runtime/output/log_reader.h"

namespace sluice::driver {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 7;

/// The runs that there are, the oldest first; those with a name of their own before all.
std::vector<std::string> known_runs(const fs::path& runs) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(runs, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename());
  }
  auto number_of = [](const std::string& name) {
    int number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    return number;
  };
  std::ranges::sort(names, [&](const std::string& one, const std::string& other) {
    return std::pair(number_of(one), one) < std::pair(number_of(other), other);
  });
  return names;
}

std::expected<fs::path, std::string> find_run(const fs::path& runs, const std::string& name) {
  std::vector<std::string> known = known_runs(runs);
  if (known.empty()) return std::unexpected(fmt::format("there are no runs in `{}`", runs.string()));
  if (name == "last") return runs / known.back();
  if (std::ranges::find(known, name) != known.end()) return runs / name;
  std::size_t shown = std::min(known.size(), most_named);
  std::vector<std::string> newest(known.end() - static_cast<std::ptrdiff_t>(shown), known.end());
  return std::unexpected(fmt::format("there is no run `{}`; {} {}", name,
                                     shown < known.size() ? "the newest are" : "there are", fmt::join(newest, ", ")));
}

/// The stages in the run's order, as far as it has come: they are known at its end.
std::vector<std::string> stages_of(const fs::path& run) {
  std::vector<std::string> stages;
  auto text = runtime::read_file(run / "result.json");
  runtime::Json result = text ? runtime::parse_json(*text) : runtime::Json();
  if (!result.is_object() || !result.contains("stages")) return stages;
  for (const auto& [id, stage] : result["stages"].items()) stages.push_back(id);
  return stages;
}

}  // namespace

int logs(const LogsOptions& options) {
  auto run = find_run(find_root("", options.root) / ".sluice" / "runs", options.run);
  if (!run) return complain(run.error());
  runtime::LogFilter filter{stages_of(*run), options.stage, {}, options.text};
  if (options.step) filter.step = static_cast<std::size_t>(*options.step);
  bool known = filter.stage.empty() || filter.stages.empty() || fs::exists(*run / "logs" / filter.stage) ||
               std::ranges::find(filter.stages, filter.stage) != filter.stages.end();
  if (!known) {
    return complain(fmt::format("there is no stage `{}` in run {}; there are {}", filter.stage,
                                run->filename().string(), fmt::join(filter.stages, ", ")));
  }
  auto printer = runtime::log_printer({runtime::find_screen(1), options.times, options.fold});
  auto read = options.follow ? runtime::follow_log(*run, filter, *printer) : runtime::read_log(*run, filter, *printer);
  if (!read) return complain(read.error());
  return *read == 0 && !options.text.empty() ? 1 : 0;
}

}  // namespace sluice::driver
