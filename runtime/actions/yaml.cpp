#include "runtime/actions/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <vector>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr std::size_t most_values = 50'000;
constexpr std::size_t most_levels = 50;
constexpr std::size_t most_copied = std::size_t{10} << 20;  // bytes, once aliases are copied

/// Thrown through the library's parser, which has no other way to stop.
struct Refusal {
  std::string text;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool has_only(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, the core schema's numbers.
bool is_decimal(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (!has_only(power, digits)) return false;
    text = text.substr(0, exponent);
  }
  std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return has_only(text, digits);
  std::string_view before = text.substr(0, dot), behind = text.substr(dot + 1);
  return (before.empty() || has_only(before, digits)) && (behind.empty() || has_only(behind, digits)) &&
         before.size() + behind.size() > 0;
}

Json plain_value(const std::string& text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  bool based = (text.starts_with("0x") && has_only(std::string_view(text).substr(2), "0123456789abcdefABCDEF")) ||
               (text.starts_with("0o") && has_only(std::string_view(text).substr(2), "01234567"));
  if (!based && !is_decimal(text)) return text;
  double number = to_number(Json(text));
  return std::isnan(number) ? Json(text) : Json(number);
}

class Reader final : public YAML::EventHandler {
 public:
  std::optional<Json> document;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { put_scalar(mark, nullptr, anchor, 0); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "this alias stands inside of what it names");
    count(mark, found->second.size);
    put(mark, found->second.value, 0, found->second.size);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (tag == "?") return put_scalar(mark, plain_value(value), anchor, value.size());
    if (tag != "!" && tag != "tag:yaml.org,2002:str") refuse(mark, fmt::format("the tag `{}` is not supported", tag));
    put_scalar(mark, value, anchor, value.size());
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Json::array());
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Json::object());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Size {
    std::size_t values = 0, bytes = 0;
  };
  struct Level {
    YAML::Mark mark;
    Json value;
    YAML::anchor_t anchor = 0;
    Size size;
    std::optional<std::string> key = {};  ///< that waits for its value
    std::set<std::string> keys = {};      ///< in capital letters
  };
  struct Anchored {
    Json value;
    Size size;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string_view what) {
    throw Refusal{fmt::format("line {}: {}", mark.line + 1, what)};
  }

  void count(const YAML::Mark& mark, Size more) {
    total_.values += more.values;
    total_.bytes += more.bytes;
    if (total_.values > most_values) refuse(mark, fmt::format("more than {} values", most_values));
    if (total_.bytes > most_copied) refuse(mark, "more than 10 MiB once aliases are copied");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Json empty) {
    if (tag != "?" && tag != "!" && !tag.empty()) refuse(mark, fmt::format("the tag `{}` is not supported", tag));
    if (levels_.size() == most_levels) refuse(mark, fmt::format("more than {} levels", most_levels));
    bool is_key = !levels_.empty() && levels_.back().value.is_object() && !levels_.back().key;
    if (is_key) refuse(mark, "a key has to be a text");
    count(mark, {1, 0});
    levels_.push_back({mark, std::move(empty), anchor, {1, 0}});
  }

  void close() {
    Level done = std::move(levels_.back());
    levels_.pop_back();
    put(done.mark, std::move(done.value), done.anchor, done.size);
  }

  void put_scalar(const YAML::Mark& mark, Json value, YAML::anchor_t anchor, std::size_t bytes) {
    count(mark, {1, bytes});
    put(mark, std::move(value), anchor, {1, bytes});
  }

  void put(const YAML::Mark& mark, Json value, YAML::anchor_t anchor, Size size) {
    if (anchor != 0) anchors_[anchor] = {value, size};
    if (levels_.empty()) {
      document = std::move(value);
      return;
    }
    Level& level = levels_.back();
    level.size.values += size.values;
    level.size.bytes += size.bytes;
    if (level.value.is_array()) {
      level.value.push_back(std::move(value));
    } else if (level.key) {
      level.value.get_ref<Json::object_t&>().emplace_back(std::move(*level.key), std::move(value));
      level.key.reset();
    } else {
      take_key(mark, level, value);
    }
  }

  static void take_key(const YAML::Mark& mark, Level& level, const Json& value) {
    if (value.is_structured()) refuse(mark, "a key has to be a text");
    std::string key = to_text(value);
    if (key == "<<") refuse(mark, "merge keys (`<<`) are not supported");
    if (!level.keys.insert(upper_case(key)).second) refuse(mark, fmt::format("`{}` is already defined", key));
    level.key = std::move(key);
  }

  std::vector<Level> levels_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  Size total_;
};

}  // namespace

std::expected<Json, std::string> read_yaml(const std::string& text) {
  if (text.size() > most_bytes) return std::unexpected(std::string("the file is larger than 1 MiB"));
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Reader reader;
    if (!parser.HandleNextDocument(reader) || !reader.document) return Json();
    Json document = std::move(*reader.document);
    Reader second;
    if (parser.HandleNextDocument(second)) return std::unexpected(std::string("there is more than one document"));
    return document;
  } catch (const Refusal& refusal) {
    return std::unexpected(refusal.text);
  } catch (const YAML::Exception& error) {
    return std::unexpected(fmt::format("line {}: {}", error.mark.line + 1, error.msg));
  }
}

}  // namespace sluice::runtime
