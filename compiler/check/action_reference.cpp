#include "check/action_reference.h"

#include <fmt/core.h>

#include <algorithm>

namespace sluice::check {
namespace {

bool is_plain(llvm::StringRef text) {
  auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || llvm::StringRef("._-").contains(c); };
  return !text.empty() && std::all_of(text.begin(), text.end(), plain);
}

// `owner/repository`, perhaps with the folder of the action in it.
bool is_action_name(llvm::StringRef name) {
  if (!name.contains('/')) return false;
  while (!name.empty()) {
    auto [part, rest] = name.split('/');
    if (!is_plain(part) || (rest.empty() && name.endswith("/"))) return false;
    name = rest;
  }
  return true;
}

bool is_ref(llvm::StringRef ref) {
  return std::all_of(ref.begin(), ref.end(),
                     [](char c) { return c > ' ' && !llvm::StringRef("~^:?*[\\").contains(c); });
}

bool is_commit(llvm::StringRef ref) {
  return ref.size() == 40 && ref.find_first_not_of("0123456789abcdefABCDEF") == llvm::StringRef::npos;
}

bool is_workflow(llvm::StringRef name) {
  return name.contains("/.github/workflows/") && (name.endswith(".yml") || name.endswith(".yaml"));
}

bool is_local(llvm::StringRef text) {
  return text.startswith("./") || text.startswith("../") || text.startswith(".\\") || text.startswith("$/");
}

// `./path`, as GitHub writes it, that stays in the repository.
bool is_path(llvm::StringRef text) {
  if (!text.consume_front("./") || text.contains('\\') || text.contains('@')) return false;
  while (!text.empty()) {
    auto [part, rest] = text.split('/');
    if (part == "..") return false;
    text = rest;
  }
  return true;
}

}  // namespace

ActionReference read_reference(llvm::StringRef text) {
  auto [action, ref] = text.split('@');
  return {action, ref};
}

std::optional<ReferenceMistake> mistake_in(llvm::StringRef text) {
  std::string_view shown = text;
  auto [action, ref] = read_reference(text);
  if (text.startswith("docker://")) {
    if (shown.size() > std::string_view("docker://").size()) return std::nullopt;
    return ReferenceMistake{fmt::format("`{}` names no image", shown), "write `docker://name@sha256:…`"};
  }
  if (is_workflow(action) || (is_local(text) && text.contains(".github/workflows/")))
    return ReferenceMistake{fmt::format("`{}` is a workflow, and a step cannot call one", shown),
                            "write its steps as a `step` with parameters, here or in a module, and call that"};
  if (is_path(text)) return std::nullopt;
  if (is_local(text))
    return ReferenceMistake{fmt::format("`{}` is no path in the workspace", shown),
                            "write `./` and the folder of the action, as it is below the top of the repository"};
  if (is_plain(action))
    return ReferenceMistake{fmt::format("`{}` names no owner", shown), "write `owner/repository@version`", false, true};
  if (!is_action_name(action))
    return ReferenceMistake{fmt::format("`{}` is no name of an action", std::string_view(action)),
                            "write `owner/repository@version`"};
  if (ref.empty())
    return ReferenceMistake{fmt::format("`{}` names no version", shown),
                            fmt::format("write the version or the commit behind it: `{}@v1`", std::string_view(action)),
                            true};
  if (!is_ref(ref))
    return ReferenceMistake{fmt::format("`{}` is no version", std::string_view(ref)),
                            "write a tag such as `v1`, or a commit"};
  return std::nullopt;
}

std::optional<unsigned> major_of(llvm::StringRef ref) {
  if (is_commit(ref)) return std::nullopt;
  llvm::StringRef version = ref.rsplit('/').second.empty() ? ref : ref.rsplit('/').second;
  version.consume_front("v");
  unsigned major = 0;
  llvm::StringRef digits = version.take_while([](char c) { return c >= '0' && c <= '9'; });
  llvm::StringRef rest = version.drop_front(digits.size());
  if (digits.getAsInteger(10, major) || !(rest.empty() || rest.startswith("."))) return std::nullopt;
  return major;
}

}  // namespace sluice::check
