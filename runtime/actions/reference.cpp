#include "runtime/actions/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

bool is_plain(std::string_view part) {
  return !part.empty() && part != "." && part != ".." && std::ranges::all_of(part, [](unsigned char letter) {
    return std::isalnum(letter) || letter == '.' || letter == '_' || letter == '-';
  });
}

/// Whether a path stays in its folder.
bool stays_inside(const fs::path& path) {
  fs::path normal = path.lexically_normal();
  return !normal.is_absolute() && !normal.empty() && *normal.begin() != "..";
}

std::expected<ActionReference, std::string> repository_of(std::string_view uses) {
  auto wrong = [&] {
    return std::unexpected(
        fmt::format("`{}` names no action; write `./path`, `owner/repository@ref` or `docker://image`", uses));
  };
  std::size_t at = uses.find('@');
  if (at == std::string_view::npos || at + 1 == uses.size()) return wrong();
  std::string_view name = uses.substr(0, at);
  std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return wrong();
  std::size_t end = std::min(name.find('/', slash + 1), name.size());
  ActionReference reference{ActionReference::Kind::repository, std::string(name.substr(0, end)), {}, {}, {}};
  reference.ref = uses.substr(at + 1);
  if (end < name.size()) reference.path = name.substr(end + 1);
  bool named = is_plain(name.substr(0, slash)) && is_plain(name.substr(slash + 1, end - slash - 1));
  bool inside = (reference.path.empty() || stays_inside(reference.path)) && stays_inside(reference.ref);
  if (!named || !inside) return wrong();
  return reference;
}

}  // namespace

std::expected<ActionReference, std::string> parse_reference(std::string_view uses) {
  constexpr std::string_view image = "docker://";
  if (uses.starts_with(image)) {
    if (uses.size() == image.size()) return std::unexpected(std::string("`docker://` names no image"));
    return ActionReference{ActionReference::Kind::image, {}, {}, {}, std::string(uses.substr(image.size()))};
  }
  if (!uses.starts_with("./") && uses != ".") return repository_of(uses);
  if (!stays_inside(uses)) return std::unexpected(fmt::format("`{}` leaves the workspace", uses));
  return ActionReference{ActionReference::Kind::local, {}, std::string(uses), {}, {}};
}

bool holds_action(const fs::path& folder) {
  std::error_code error;
  return std::ranges::any_of(std::to_array({"action.yml", "action.yaml", "Dockerfile", "dockerfile"}),
                             [&](const char* name) { return fs::is_regular_file(folder / name, error); });
}

std::expected<fs::path, std::string> find_action(const ActionReference& reference, const ActionFolders& folders) {
  if (reference.kind == ActionReference::Kind::local) {
    fs::path folder = (folders.workspace / reference.path).lexically_normal();
    if (holds_action(folder)) return folder;
    return std::unexpected(
        fmt::format("there is no `action.yml`, `action.yaml` or `Dockerfile` in `{}`", reference.path));
  }
  std::string name = reference.repository + (reference.path.empty() ? "" : "/" + reference.path) + "@" + reference.ref;
  if (folders.checked_out.empty()) return std::unexpected(fmt::format("`{}` is not on this machine", name));
  fs::path top = folders.checked_out / reference.repository;
  for (const fs::path& repository : {fs::path(top.string() + "@" + reference.ref), top / reference.ref, top}) {
    fs::path folder = reference.path.empty() ? repository : repository / reference.path;
    if (holds_action(folder)) return folder;
  }
  return std::unexpected(fmt::format("`{}` is not in `{}`", name, folders.checked_out.string()));
}

}  // namespace sluice::runtime
