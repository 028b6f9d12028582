#include "runtime/output/lines.h"

#include <algorithm>
#include <utility>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

bool may_be_command(std::string_view line) {
  if (line.empty() || std::string_view(":# \t").find(line[0]) == std::string_view::npos) return false;
  std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return false;
  return line.substr(first).starts_with("::") || line.starts_with("##[");
}

}  // namespace

void LineReader::add(std::string_view chunk) {
  std::size_t last = chunk.rfind('\n');
  if (last == std::string_view::npos) {
    rest_ += chunk;
    relieve();
    return;
  }
  if (rest_.empty()) {
    take_lines(chunk.substr(0, last + 1));
  } else {
    std::size_t first = chunk.find('\n');
    rest_ += chunk.substr(0, first + 1);
    std::string line = std::move(rest_);
    rest_.clear();
    take_lines(line);
    take_lines(chunk.substr(first + 1, last - first));
  }
  rest_ = chunk.substr(last + 1);
  relieve();
}

void LineReader::finish() {
  if (rest_.empty() && !inside_line_) return;
  rest_ += '\n';
  std::string line = std::move(rest_);
  rest_.clear();
  take_lines(line);
}

/// Whole lines: commands are taken out, what stands between them goes on as one block.
void LineReader::take_lines(std::string_view lines) {
  std::size_t begin = 0;
  for (std::size_t position = 0; position < lines.size();) {
    std::size_t end = lines.find('\n', position) + 1;
    std::string_view line = lines.substr(position, end - position - 1);
    bool continues = inside_line_ && position == 0;
    if (!continues && may_be_command(line)) {
      emit(lines.substr(begin, position - begin));
      if (line.ends_with('\r')) line.remove_suffix(1);
      begin = position;
      if (std::optional<std::string> shown = sink_.command(line)) {
        emit(*shown);
        begin = end;
      }
    }
    position = end;
  }
  if (!lines.empty()) emit(lines.substr(begin));
  if (!lines.empty()) inside_line_ = false;
}

void LineReader::emit(std::string_view lines) {
  if (lines.empty()) return;
  std::string_view shown = secrets_.mask(lines, masked_, std::exchange(hidden_, 0));
  if (!shown.empty()) sink_.lines(shown);
}

/// A line that has become too long: its beginning goes on, as far as it is known where secrets are. Not in the middle
/// of a character.
void LineReader::relieve() {
  if (rest_.size() < longest_line) return;
  std::size_t cut = secrets_.safe_cut(rest_);
  for (int i = 0; i < 3 && cut > 1 && cut < rest_.size() && (rest_[cut] & 0xc0) == 0x80; ++i) --cut;
  if (cut == 0) return;
  std::string_view shown = secrets_.mask_start(rest_, cut, hidden_, masked_);
  if (!shown.empty()) sink_.lines(shown);
  rest_.erase(0, cut);
  inside_line_ = true;
}

}  // namespace sluice::runtime
