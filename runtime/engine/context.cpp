#include "runtime/engine/context.h"

namespace sluice::runtime {

std::string context_text(const Options& options) {
  Json github = options.github;
  if (github.is_object()) github.erase("token");
  Json context = {{"github", std::move(github)},
                  {"inputs", options.inputs},
                  {"vars", options.vars},
                  {"root", options.repository_root.string()},
                  {"jobs", options.jobs},
                  {"only", options.only},
                  {"keep_workspaces", options.keep_workspaces},
                  {"starter", options.starter},
                  {"authors", options.authors},
                  {"own", options.own}};
  return to_json_line(context);
}

void read_context(const std::string& text, Options& options) {
  Json context = parse_json(text);
  if (!context.is_object()) return;
  options.github = context.value("github", Json::object());
  options.inputs = context.value("inputs", Json::object());
  options.vars = context.value("vars", Json::object());
  options.repository_root = context.value("root", options.repository_root.string());
  options.jobs = context.value("jobs", options.jobs);
  options.only = context.value("only", options.only);
  options.keep_workspaces = context.value("keep_workspaces", options.keep_workspaces);
  options.starter = context.value("starter", "");
  options.authors = context.value("authors", options.authors);
  options.own = context.value("own", Json::object());
}

}  // namespace sluice::runtime
