#include "source/source_manager.h"

#include <algorithm>
#include <cstring>

namespace sluice::source {

std::string_view File::line(std::size_t number) const {
  if (number == 0 || number > line_starts.size()) return {};
  std::size_t begin = line_starts[number - 1];
  std::size_t end = number < line_starts.size() ? line_starts[number] : text.size();
  while (end > begin && (text[end - 1] == '\n' || text[end - 1] == '\r')) --end;
  return std::string_view(text).substr(begin, end - begin);
}

const File& SourceManager::add(std::string name, std::string text) {
  File& file = files_.emplace_back();
  file.name = std::move(name);
  file.text = std::move(text);
  file.base = next_base_;
  file.line_starts.push_back(0);
  const char* begin = file.text.data();
  const char* end = begin + file.text.size();
  for (const char* at = begin; (at = static_cast<const char*>(std::memchr(at, '\n', end - at))); ++at)
    file.line_starts.push_back(static_cast<std::uint32_t>(at + 1 - begin));
  // One byte between two files, so that the end of one is never the beginning of the next.
  next_base_ += static_cast<std::uint32_t>(file.text.size()) + 1;
  return file;
}

Position SourceManager::position(std::uint32_t offset) const {
  if (offset == 0 || files_.empty()) return {};
  auto file = std::upper_bound(files_.begin(), files_.end(), offset,
                               [](std::uint32_t at, const File& candidate) { return at < candidate.base; });
  if (file == files_.begin()) return {};
  --file;
  std::uint32_t local = std::min<std::uint32_t>(offset - file->base, static_cast<std::uint32_t>(file->text.size()));
  auto line = std::upper_bound(file->line_starts.begin(), file->line_starts.end(), local) - 1;
  return {&*file, static_cast<std::uint32_t>(line - file->line_starts.begin()) + 1, local - *line + 1};
}

std::string_view SourceManager::text(Span span) const {
  Position start = position(span.begin);
  if (!start.file) return {};
  return std::string_view(start.file->text).substr(span.begin - start.file->base, span.end - span.begin);
}

}  // namespace sluice::source
