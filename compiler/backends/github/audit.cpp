#include "backends/github/audit.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::github {
namespace {

constexpr std::size_t job_indentation = 2;
constexpr std::size_t job_key_indentation = 4;
constexpr std::size_t step_indentation = 6;
constexpr std::size_t service_key_indentation = 8;

bool is_hexadecimal(std::string_view text, std::size_t length) {
  return text.size() == length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_pinned_image(std::string_view value) {
  if (value.starts_with('"') || value.starts_with('\'')) value = value.substr(1, value.size() - 2);
  constexpr std::string_view mark = "@sha256:";
  std::size_t at = value.find(mark);
  return at != std::string_view::npos && is_hexadecimal(value.substr(at + mark.size()), 64);
}

/// `owner/name@<40 digits> # v1.2.3`, without the comment where the version has no name; `./path`, an image's digest.
bool is_pinned_action(std::string_view value) {
  if (value.starts_with("./")) return true;
  if (value.starts_with("docker://")) return is_pinned_image(value);
  std::size_t at = value.find('@');
  if (at == std::string_view::npos) return false;
  std::string_view commit = value.substr(at + 1);
  return is_hexadecimal(commit.substr(0, commit.find(" # ")), 40);
}

/// One line taken apart: `      - name: text` has indentation 6, a dash, key `name` and value `text`.
struct Line {
  std::size_t indentation = 0;
  bool dash = false;
  std::string_view key;
  std::string_view value;
};

Line take_apart(std::string_view text) {
  Line line;
  line.indentation = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(line.indentation);
  line.dash = text.starts_with("- ");
  if (line.dash) text.remove_prefix(2);
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.starts_with('#')) return line;
  line.key = text.substr(0, colon);
  if (colon + 2 < text.size()) line.value = text.substr(colon + 2);
  return line;
}

class Audit {
 public:
  explicit Audit(std::size_t pasted_scripts) : pasted_scripts_(pasted_scripts) {}

  std::vector<Problem> all(std::string_view text) {
    while (!text.empty()) {
      std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      ++number_;
      read(line);
    }
    end_job();
    if (!top_permissions_) wrong("the workflow has permissions of its own");
    return std::move(problems_);
  }

 private:
  void read(std::string_view text);
  void read_job_key(const Line& line);
  void read_step_key(const Line& line);
  void read_script(std::string_view text);
  void end_step();
  void end_job();
  void wrong(std::string_view what) {
    problems_.push_back({ProblemKind::unsound_output, {}, fmt::format("line {} of the workflow: {}", number_, what)});
  }

  struct Job {
    bool open = false, name = false, limit = false, permissions = false;
  };

  std::vector<Problem> problems_;
  std::size_t pasted_scripts_;
  std::size_t number_ = 0;
  bool top_permissions_ = false;
  bool in_jobs_ = false;
  bool in_script_ = false;
  std::size_t block_indentation_ = std::string_view::npos;  ///< of the key whose block scalar is being read
  std::string_view section_;                                ///< the key of the job that is being read
  Job job_;
  bool runs_ = false, shell_ = false;
};

void Audit::read(std::string_view text) {
  if (text.empty()) return;
  Line line = take_apart(text);
  if (block_indentation_ != std::string_view::npos) {
    if (line.indentation > block_indentation_) {
      read_script(text);
      return;
    }
    block_indentation_ = std::string_view::npos;
  }
  in_script_ = false;
  if (line.key.empty()) return;
  if (line.indentation == 0) {
    top_permissions_ |= line.key == "permissions" && line.value == "{}";
    in_jobs_ = line.key == "jobs";
  } else if (in_jobs_ && line.indentation == job_indentation) {
    end_job();
    job_.open = true;
  } else if (in_jobs_ && line.indentation == job_key_indentation) {
    read_job_key(line);
  } else if (in_jobs_) {
    read_step_key(line);
  }
  std::size_t depth = line.indentation + (line.dash ? 2 : 0);
  if (line.value.starts_with('|') || line.value.starts_with('>')) block_indentation_ = depth;
}

void Audit::read_job_key(const Line& line) {
  section_ = line.key;
  job_.name |= line.key == "name";
  job_.limit |= line.key == "timeout-minutes";
  job_.permissions |= line.key == "permissions";
}

void Audit::read_step_key(const Line& line) {
  if (section_ == "services" && line.indentation == service_key_indentation && line.key == "image" &&
      !is_pinned_image(line.value))
    wrong("an image that is not pinned");
  if (section_ != "steps" || line.indentation + (line.dash ? 2 : 0) != step_indentation + 2) return;
  if (line.dash) end_step();
  shell_ |= line.key == "shell";
  if (line.key == "uses" && !is_pinned_action(line.value)) wrong("an action that is not pinned to a commit");
  if (line.key != "run") return;
  runs_ = in_script_ = true;
  read_script(line.value);
}

void Audit::read_script(std::string_view text) {
  if (!in_script_ || text.find("${{") == std::string_view::npos) return;
  // One of those that may is through with it.
  in_script_ = false;
  if (pasted_scripts_ == 0) return wrong("an expression inside a script");
  --pasted_scripts_;
}

void Audit::end_step() {
  if (runs_ && !shell_) wrong("a script without a shell");
  runs_ = shell_ = false;
}

void Audit::end_job() {
  end_step();
  if (job_.open && !job_.name) wrong("a job without a name");
  if (job_.open && !job_.limit) wrong("a job without a time limit");
  if (job_.open && !job_.permissions) wrong("a job without permissions");
  job_ = {};
}

}  // namespace

std::vector<Problem> audit(std::string_view workflow, std::size_t pasted_scripts) {
  return Audit(pasted_scripts).all(workflow);
}

}  // namespace sluice::github
