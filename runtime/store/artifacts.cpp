#include "runtime/store/artifacts.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".json";
constexpr std::size_t longest_name = 255 - ending.size();

Outcome check_name(const std::string& name) {
  if (name.empty()) return std::unexpected(std::string("an artifact has no name"));
  std::size_t bad = name.find_first_of(std::string_view("\":<>|*?\r\n\\/\0", 12));
  if (bad != std::string::npos) {
    std::string_view letter =
        name[bad] == '\n' || name[bad] == '\r' ? "a line end" : std::string_view(name).substr(bad, 1);
    return std::unexpected(
        fmt::format("`{}` cannot be the name of an artifact: {} may not be in it, nor one of \" : < > | * ? \\ /", name,
                    name[bad] == '\0' ? "NUL" : letter));
  }
  if (name.size() > longest_name) {
    return std::unexpected(fmt::format("`{}…` cannot be the name of an artifact: it has {} bytes, and {} is the most",
                                       name.substr(0, 40), name.size(), longest_name));
  }
  return {};
}

std::vector<Capture::Source> sources_of(const Found& found) {
  std::vector<Capture::Source> sources;
  std::string prefix = found.root == "/" ? "/" : found.root.string() + "/";
  for (const FoundFile& one : found.files) sources.push_back({one.file, one.path.string().substr(prefix.size())});
  return sources;
}

Outcome check_size(const Found& found, const ArtifactRequest& request) {
  if (request.limit == 0) return {};
  std::uint64_t bytes = 0;
  for (const FoundFile& one : found.files) {
    struct stat status {};
    if (lstat(one.file.c_str(), &status) == 0 && S_ISREG(status.st_mode)) bytes += status.st_size;
  }
  if (bytes <= request.limit) return {};
  return std::unexpected(fmt::format("the artifact `{}` has {} in {}; {} is the most", request.name, size_text(bytes),
                                     files_text(found.files.size()), size_text(request.limit)));
}

std::string taken_by(const Manifest& other) {
  return fmt::format("there is an artifact `{}` already, from `{}`; give it another name, or `overwrite: true`",
                     other.name, other.owner);
}

}  // namespace

ArtifactUpload::ArtifactUpload(const Contents& contents, fs::path file, std::vector<Capture::Source> sources,
                               Manifest manifest, bool overwrite)
    : contents_(contents),
      file_(std::move(file)),
      capture_(contents, std::move(sources), Capture::Durable::yes),
      manifest_(std::move(manifest)),
      overwrite_(overwrite) {}

std::expected<bool, std::string> ArtifactUpload::advance() {
  auto captured = capture_.advance();
  if (!captured || !*captured) return captured;
  manifest_.entries = capture_.take_entries();
  manifest_.digest = digest_of_entries(manifest_.entries);
  auto written =
      write_whole(contents_, file_, manifest_to_text(manifest_), overwrite_ ? Existing::replaced : Existing::kept);
  if (!written) return written;
  if (!*written)
    return std::unexpected(fmt::format("another step has made an artifact `{}` meanwhile", manifest_.name));
  return true;
}

Artifacts::Artifacts(const fs::path& state_folder, std::string run)
    : contents_(state_folder), run_(std::move(run)), folder_(state_folder / "runs" / run_ / "artifacts") {}

Outcome Artifacts::check_owner(const ArtifactRequest& request) const {
  std::error_code error;
  if (request.overwrite || !fs::exists(file(request.name), error)) return {};
  auto other = manifest(request.name);
  if (!other) return std::unexpected(other.error());
  if (other->owner == request.owner && other->step == request.step) return {};
  return std::unexpected(taken_by(*other));
}

std::expected<std::unique_ptr<ArtifactUpload>, std::string> Artifacts::upload(const ArtifactRequest& request) const {
  if (Outcome named = check_name(request.name); !named) return std::unexpected(named.error());
  if (Outcome owned = check_owner(request); !owned) return std::unexpected(owned.error());
  auto found = search_files(request.path, request.rules);
  if (!found) return std::unexpected(found.error());
  if (found->files.empty()) {
    if (request.no_files == ArtifactRequest::NoFiles::allowed) return nullptr;
    return std::unexpected(
        fmt::format("no files were found with the path: {}", fmt::join(pattern_lines(request.path), ", ")));
  }
  if (Outcome fits = check_size(*found, request); !fits) return std::unexpected(fits.error());
  Manifest manifest;
  manifest.name = request.name;
  manifest.run = run_;
  manifest.owner = request.owner;
  manifest.step = request.step;
  manifest.created = request.now;
  if (request.keep_for && *request.keep_for > 0) manifest.keep_until = request.now + *request.keep_for;
  std::error_code error;
  bool replaces = request.overwrite || fs::exists(file(request.name), error);
  return std::make_unique<ArtifactUpload>(contents_, file(request.name), sources_of(*found), std::move(manifest),
                                          replaces);
}

std::expected<std::unique_ptr<Layout>, std::string> Artifacts::download(const std::string& name,
                                                                        const fs::path& to) const {
  auto found = manifest(name);
  if (!found) return std::unexpected(found.error());
  if (Outcome made = make_folders(to, 0777); !made) return std::unexpected(made.error());
  return std::make_unique<Layout>(contents_, std::move(found->entries),
                                  [to](const Entry& entry) { return to / entry.path; });
}

std::expected<Manifest, std::string> Artifacts::manifest(const std::string& name) const {
  if (Outcome named = check_name(name); !named) return std::unexpected(named.error());
  std::error_code error;
  if (!fs::exists(file(name), error)) {
    std::vector<std::string> known = names();
    std::string has = known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "));
    return std::unexpected(fmt::format("there is no artifact `{}`; this run has: {}", name, has));
  }
  auto text = read_file(file(name));
  if (!text) return std::unexpected(text.error());
  auto manifest = manifest_from_text(*text);
  if (manifest) return manifest;
  return std::unexpected(fmt::format("`{}` is no manifest: {}", file(name).string(), manifest.error()));
}

std::vector<std::string> Artifacts::names() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name.ends_with(ending)) names.push_back(name.substr(0, name.size() - ending.size()));
  }
  std::ranges::sort(names);
  return names;
}

std::string describe(const Manifest& manifest) {
  return fmt::format("artifact `{}`: {}, {}, sha256:{}", manifest.name, files_text(manifest.files()),
                     size_text(manifest.bytes()), hexadecimal(manifest.digest).substr(0, 12));
}

}  // namespace sluice::runtime
