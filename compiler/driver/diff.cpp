// A unified diff by the longest common subsequence of lines between the first and the last difference.
#include <fmt/format.h>

#include <vector>

#include "driver/files.h"

namespace sluice::driver {
namespace {

using Lines = std::vector<std::string_view>;

struct Change {
  char mark;  // ' ', '-', '+'
  std::string_view line;
};

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    std::size_t newline = text.find('\n');
    lines.push_back(text.substr(0, newline));
    text = newline == std::string_view::npos ? std::string_view() : text.substr(newline + 1);
  }
  return lines;
}

// Past this size a changed middle is shown as taken out whole and put in whole.
constexpr std::size_t largest_table = 25'000'000;

void compare_middle(const Lines& left, const Lines& right, std::vector<Change>& changes) {
  std::size_t rows = left.size(), columns = right.size();
  if (rows * columns > largest_table) {
    for (std::string_view line : left) changes.push_back({'-', line});
    for (std::string_view line : right) changes.push_back({'+', line});
    return;
  }
  std::vector<std::uint32_t> length((rows + 1) * (columns + 1), 0);
  auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return length[i * (columns + 1) + j]; };
  for (std::size_t i = rows; i-- > 0;)
    for (std::size_t j = columns; j-- > 0;)
      at(i, j) = left[i] == right[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  std::size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && left[i] == right[j])
      changes.push_back({' ', left[i]}), ++i, ++j;
    else if (i < rows && (j == columns || at(i + 1, j) >= at(i, j + 1)))
      changes.push_back({'-', left[i++]});
    else
      changes.push_back({'+', right[j++]});
  }
}

std::vector<Change> compare(const Lines& left, const Lines& right) {
  std::size_t head = 0, tail = 0;
  std::size_t least = std::min(left.size(), right.size());
  while (head < least && left[head] == right[head]) ++head;
  while (tail < least - head && left[left.size() - 1 - tail] == right[right.size() - 1 - tail]) ++tail;
  std::vector<Change> changes;
  for (std::size_t i = 0; i < head; ++i) changes.push_back({' ', left[i]});
  auto middle = [&](const Lines& lines) {
    return Lines(lines.begin() + static_cast<long>(head), lines.end() - static_cast<long>(tail));
  };
  compare_middle(middle(left), middle(right), changes);
  for (std::size_t i = left.size() - tail; i < left.size(); ++i) changes.push_back({' ', left[i]});
  return changes;
}

struct Hunk {
  std::size_t from, to;  // of changes
};

std::vector<Hunk> hunks_of(const std::vector<Change>& changes) {
  constexpr std::size_t around = 3;
  std::vector<Hunk> hunks;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].mark == ' ') continue;
    std::size_t from = i > around ? i - around : 0;
    std::size_t to = std::min(changes.size(), i + around + 1);
    if (!hunks.empty() && from <= hunks.back().to)
      hunks.back().to = to;
    else
      hunks.push_back({from, to});
  }
  return hunks;
}

}  // namespace

std::string unified_diff(std::string_view old_text, std::string_view new_text, const std::string& name) {
  if (old_text == new_text) return "";
  std::vector<Change> changes = compare(split(old_text), split(new_text));
  std::string out = fmt::format("--- {0}\n+++ {0}\n", name);
  std::size_t old_line = 1, new_line = 1, done = 0;
  for (const Hunk& hunk : hunks_of(changes)) {
    for (; done < hunk.from; ++done) ++old_line, ++new_line;
    std::size_t old_count = 0, new_count = 0;
    for (std::size_t i = hunk.from; i < hunk.to; ++i) {
      old_count += changes[i].mark != '+';
      new_count += changes[i].mark != '-';
    }
    out += fmt::format("@@ -{},{} +{},{} @@\n", old_line, old_count, new_line, new_count);
    for (; done < hunk.to; ++done) out += fmt::format("{}{}\n", changes[done].mark, changes[done].line);
    old_line += old_count;
    new_line += new_count;
  }
  return out;
}

}  // namespace sluice::driver
