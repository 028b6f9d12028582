#include "runtime/store/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sluice::runtime {
namespace {

constexpr int format = 1;

/// JSON knows texts only; a name of other bytes is written as their hexadecimal digits under another key.
void put_bytes(Json& json, const std::string& key, const std::string& bytes) {
  try {
    (void)Json(bytes).dump();
    json[key] = bytes;
  } catch (const Json::exception&) {
    std::string hexadecimal;
    for (unsigned char byte : bytes) hexadecimal += fmt::format("{:02x}", byte);
    json[key + "-bytes"] = hexadecimal;
  }
}

std::string get_bytes(const Json& json, const std::string& key) {
  if (json.contains(key)) return json.at(key).get<std::string>();
  std::string hexadecimal = json.at(key + "-bytes").get<std::string>(), bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(hexadecimal.data() + i, hexadecimal.data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

Digest get_digest(const Json& json) {
  std::string text = json.at("digest").get<std::string>();
  auto digest = text.starts_with("sha256:") ? digest_of(std::string_view(text).substr(7)) : std::nullopt;
  if (!digest) throw Json::other_error::create(500, "`" + text + "` is no digest", &json);
  return *digest;
}

Json entry_to_json(const Entry& entry) {
  Json json = Json::object();
  put_bytes(json, "path", entry.path);
  if (entry.kind == Entry::Kind::link) {
    put_bytes(json, "link", entry.target);
    return json;
  }
  if (entry.kind == Entry::Kind::folder) json["folder"] = true;
  json["mode"] = fmt::format("{:04o}", entry.mode);
  if (entry.kind == Entry::Kind::file) {
    json["size"] = entry.size;
    json["digest"] = "sha256:" + hexadecimal(entry.digest);
  }
  json["modified"] = entry.modified;
  return json;
}

Entry entry_from_json(const Json& json) {
  Entry entry;
  entry.path = get_bytes(json, "path");
  if (json.contains("link") || json.contains("link-bytes")) {
    entry.kind = Entry::Kind::link;
    entry.target = get_bytes(json, "link");
    return entry;
  }
  if (json.contains("folder")) entry.kind = Entry::Kind::folder;
  std::string mode = json.at("mode").get<std::string>();
  unsigned bits = 0;
  std::from_chars(mode.data(), mode.data() + mode.size(), bits, 8);
  entry.mode = bits & 0777;
  if (entry.kind == Entry::Kind::file) {
    entry.size = json.at("size").get<std::uint64_t>();
    entry.digest = get_digest(json);
  }
  entry.modified = json.at("modified").get<std::int64_t>();
  return entry;
}

bool stays_inside(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  while (true) {
    std::size_t slash = std::min(path.find('/'), path.size());
    std::string_view name = path.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return false;
    if (slash == path.size()) return true;
    path.remove_prefix(slash + 1);
  }
}

/// A path that cannot be laid out as it should be; nothing if all can.
const Entry* misplaced(const Entries& entries) {
  std::vector<std::string_view> no_folders;
  for (const Entry& entry : entries) {
    if (!stays_inside(entry.path)) return &entry;
    if (entry.kind != Entry::Kind::folder) no_folders.push_back(entry.path);
  }
  std::ranges::sort(no_folders);
  for (const Entry& entry : entries) {
    for (std::size_t slash = entry.path.find('/'); slash != std::string::npos;
         slash = entry.path.find('/', slash + 1)) {
      if (std::ranges::binary_search(no_folders, std::string_view(entry.path).substr(0, slash))) return &entry;
    }
  }
  return nullptr;
}

std::string dump(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

Digest digest_of_entries(const Entries& entries) {
  Sha256 hash;
  for (const Entry& entry : entries) {
    switch (entry.kind) {
      case Entry::Kind::file:
        hash.add(fmt::format("file {:04o} {} {}", entry.mode, hexadecimal(entry.digest), entry.path));
        break;
      case Entry::Kind::link: hash.add("link " + entry.path + '\0' + entry.target); break;
      case Entry::Kind::folder: hash.add(fmt::format("folder {:04o} {}", entry.mode, entry.path)); break;
    }
    hash.add({"\0", 1});
  }
  return hash.finish();
}

Json entries_to_json(const Entries& entries) {
  Json json = Json::array();
  for (const Entry& entry : entries) json.push_back(entry_to_json(entry));
  return json;
}

std::expected<Entries, std::string> entries_from_json(const Json& json) {
  Entries entries;
  try {
    for (const Json& entry : json) entries.push_back(entry_from_json(entry));
  } catch (const Json::exception& problem) {
    return std::unexpected(std::string(problem.what()));
  }
  if (const Entry* bad = misplaced(entries)) return std::unexpected(fmt::format("`{}` leads outside", bad->path));
  return entries;
}

std::string manifest_to_text(const Manifest& manifest) {
  Json json = {{"format", format},        {"name", manifest.name}, {"run", manifest.run},
               {"owner", manifest.owner}, {"step", manifest.step}, {"created", manifest.created}};
  if (manifest.keep_until) json["keep-until"] = *manifest.keep_until;
  json["digest"] = "sha256:" + hexadecimal(manifest.digest);
  json["bytes"] = manifest.bytes();
  json["entries"] = entries_to_json(manifest.entries);
  return dump(json);
}

std::expected<Manifest, std::string> manifest_from_text(std::string_view text) {
  Manifest manifest;
  Json entries;
  try {
    Json json = Json::parse(text);
    if (json.at("format") != format) return std::unexpected("it is of another version of sluice");
    manifest.name = json.at("name").get<std::string>();
    manifest.run = json.at("run").get<std::string>();
    manifest.owner = json.at("owner").get<std::string>();
    manifest.step = json.at("step").get<std::size_t>();
    manifest.created = json.at("created").get<std::int64_t>();
    if (json.contains("keep-until")) manifest.keep_until = json.at("keep-until").get<std::int64_t>();
    manifest.digest = get_digest(json);
    entries = std::move(json.at("entries"));
  } catch (const Json::exception& problem) {
    return std::unexpected(std::string(problem.what()));
  }
  auto read = entries_from_json(entries);
  if (!read) return std::unexpected(read.error());
  manifest.entries = std::move(*read);
  if (digest_of_entries(manifest.entries) != manifest.digest) return std::unexpected("it does not fit its digest");
  return manifest;
}

std::size_t count_files(const Entries& entries) {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries, [](const Entry& entry) { return entry.kind != Entry::Kind::folder; }));
}

std::uint64_t count_bytes(const Entries& entries) {
  std::uint64_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.size;
  return bytes;
}

std::size_t Manifest::files() const { return count_files(entries); }
std::uint64_t Manifest::bytes() const { return count_bytes(entries); }

std::string files_text(std::size_t count) { return fmt::format("{} {}", count, count == 1 ? "file" : "files"); }

}  // namespace sluice::runtime
