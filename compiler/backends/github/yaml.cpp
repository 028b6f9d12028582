#include "backends/github/yaml.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/github/scalar.h"

namespace sluice::github::yaml {
namespace {

constexpr std::size_t line_width = 100;

/// A comment ends with its line, so nothing in it may look like a line's end to any reader.
void append_comment(std::string_view text, std::string& out) {
  std::size_t begin = out.size();
  out += text;
  if (is_printable(text)) return;
  for (std::size_t i = begin; i < out.size(); ++i)
    if (static_cast<unsigned char>(out[i]) < 0x20 || static_cast<unsigned char>(out[i]) >= 0x7F) out[i] = '?';
}

}  // namespace

void Writer::go_deeper() {
  indentation_ += 2;
  deepest_ = std::max(deepest_, indentation_);
}

void Writer::begin_line() {
  out_.append(indentation_ - (dash_ ? 2 : 0), ' ');
  if (dash_) out_ += "- ";
  dash_ = false;
}

void Writer::comment(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    out_.append(indentation_, ' ') += line.empty() ? "#" : "# ";
    append_comment(line, out_);
    out_ += '\n';
  }
}

void Writer::key(std::string_view name) {
  begin_line();
  // GitHub reads YAML 1.2, where `on` is no boolean, and nobody writes it in quotes.
  if (indentation_ == 0 && name == "on")
    out_ += name;
  else
    append_scalar(name, out_);
  out_ += ':';
  ++nodes_;
}

void Writer::end_line(std::string_view comment) {
  if (!comment.empty()) {
    out_ += " # ";
    std::string line(comment);
    std::ranges::replace(line, '\n', ' ');
    append_comment(line, out_);
  }
  out_ += '\n';
}

void Writer::open(std::string_view name) {
  key(name);
  out_ += '\n';
  ++nodes_;
  go_deeper();
}

void Writer::begin_item() {
  go_deeper();
  dash_ = true;
  ++nodes_;
}

void Writer::block(std::string_view header, std::string_view text) {
  out_ += header;
  out_ += '\n';
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) out_.append(indentation_ + 2, ' ') += line;
    out_ += '\n';
  }
}

void Writer::text(std::string_view name, std::string_view value, std::string_view comment) {
  key(name);
  out_ += ' ';
  ++nodes_;
  auto header = value.find('\n') == std::string_view::npos ? std::nullopt : block_header(value);
  if (header) return block(*header, value);
  append_scalar(value, out_);
  end_line(comment);
}

void Writer::script(std::string_view name, std::string_view value) {
  // One line without quotes of its own looks well in quotes.
  bool quotable = value.find_first_of("\n\"'\\") == std::string_view::npos;
  auto header = quotable || is_plain(value) ? std::nullopt : block_header(value);
  if (!header) return text(name, value);
  key(name);
  out_ += ' ';
  ++nodes_;
  block(*header, value);
}

void Writer::bare(std::string_view name, std::string_view value, std::string_view comment) {
  key(name);
  (out_ += ' ') += value;
  ++nodes_;
  end_line(comment);
}

void Writer::entry(std::string_view name, const Scalar& value, std::string_view comment) {
  value.bare ? bare(name, value.text, comment) : text(name, value.text, comment);
}

void Writer::number(std::string_view name, std::int64_t value) { bare(name, fmt::format_int(value).c_str()); }

void Writer::nothing(std::string_view name) {
  key(name);
  ++nodes_;
  out_ += '\n';
}

void Writer::folded(std::string_view name, std::span<const std::string> lines) {
  key(name);
  out_ += " >-\n";
  ++nodes_;
  for (const std::string& line : lines) ((out_.append(indentation_ + 2, ' ')) += line) += '\n';
}

void Writer::scalar(const Scalar& value) {
  if (value.bare)
    out_ += value.text;
  else
    append_scalar(value.text, out_);
  ++nodes_;
}

void Writer::item(const Scalar& value) {
  out_.append(indentation_, ' ') += "- ";
  scalar(value);
  out_ += '\n';
}

void Writer::list(std::string_view name, std::span<const Scalar> values) {
  std::size_t line_begin = out_.size();
  std::size_t nodes_before = nodes_;
  bool dash_before = dash_;
  key(name);
  ++nodes_;
  bool fits = true;
  for (std::size_t i = 0; i < values.size() && fits; ++i) {
    out_ += i == 0 ? " [" : ", ";
    scalar(values[i]);
    // A plain scalar ends at these inside brackets, for some readers at least.
    fits = out_.size() - line_begin < line_width && values[i].text.find_first_of(",[]{}:?") == std::string::npos;
  }
  out_ += values.empty() ? " []" : "]";
  out_ += '\n';
  if (fits) return;
  out_.resize(line_begin);
  nodes_ = nodes_before;
  dash_ = dash_before;
  open(name);
  for (const Scalar& value : values) item(value);
  close();
}

bool can_fold(std::span<const std::string> lines) {
  return std::ranges::all_of(lines, [](const std::string& line) {
    return !line.empty() && line.front() != ' ' && line.front() != '\t' && line.back() != ' ' && is_printable(line) &&
           line.find('\n') == std::string::npos;
  });
}

}  // namespace sluice::github::yaml
