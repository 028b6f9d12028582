#include "runtime/gates/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

std::vector<std::string_view> items(std::string_view text) {
  std::vector<std::string_view> found;
  while (true) {
    std::size_t end = text.find(',');
    found.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return found;
    text.remove_prefix(end + 1);
  }
}

bool is_team(std::string_view name) { return name.starts_with('@'); }

/// `ann`, `@acme/platform`
bool is_name(std::string_view name) {
  if (is_team(name)) name.remove_prefix(1);
  return !name.empty() && name.find_first_of(" \t<>=@") == std::string_view::npos;
}

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = line.find('#'); i != std::string_view::npos; i = line.find('#', i + 1)) {
    if (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t') return line.substr(0, i);
  }
  return line;
}

}  // namespace

std::optional<People::Author> People::Author::read(std::string_view text) {
  std::size_t open = text.rfind('<');
  if (open == std::string_view::npos || !text.ends_with('>')) return std::nullopt;
  std::string_view mail = trimmed(text.substr(open + 1, text.size() - open - 2));
  if (mail.empty()) return std::nullopt;
  return Author{std::string(trimmed(text.substr(0, open))), std::string(mail)};
}

bool People::Author::may_be(const Author& other) const {
  return same_text(mail, other.mail) || (!name.empty() && same_text(name, other.name));
}

Outcome People::add_line(std::string_view line) {
  std::size_t equals = line.find('=');
  std::string name(trimmed(line.substr(0, equals)));
  if (equals == std::string_view::npos || !is_name(name)) {
    return std::unexpected("write `@TEAM = USER, @TEAM`, or `USER = NAME <MAIL>`");
  }
  if (teams_.contains(name) || authors_.contains(name)) {
    return std::unexpected(fmt::format("`{}` has a line above already", name));
  }
  for (std::string_view item : items(line.substr(equals + 1))) {
    auto author = Author::read(item);
    if (is_team(name) && is_name(item)) {
      teams_[name].emplace_back(item);
    } else if (!is_team(name) && author) {
      authors_[name].push_back(*author);
    } else if (is_team(name)) {
      return std::unexpected(fmt::format("`{}` is neither a user nor a team; write `ann` or `@acme/ops`", item));
    } else {
      return std::unexpected(fmt::format("`{}` has no e-mail; write `Ann Lee <ann@example.com>`", item));
    }
  }
  return {};
}

/// `sound` are the teams that are known to lead into no circle.
std::optional<std::string> People::circle_from(const std::string& team, std::vector<std::string>& path,
                                               std::set<std::string>& sound) const {
  auto found = teams_.find(team);
  if (found == teams_.end() || sound.contains(team)) return std::nullopt;
  auto begin = std::ranges::find(path, team);
  if (begin != path.end()) return fmt::format("{} = {}", fmt::join(begin, path.end(), " = "), team);
  path.push_back(team);
  for (const std::string& member : found->second) {
    if (auto circle = circle_from(member, path, sound)) return circle;
  }
  path.pop_back();
  sound.insert(team);
  return std::nullopt;
}

std::expected<People, std::string> People::read(std::string_view text, std::string name, Groups groups) {
  People people;
  people.file_ = std::move(name);
  people.groups_ = std::move(groups);
  std::map<std::string, int> lines;
  for (int number = 1; !text.empty(); ++number) {
    std::size_t end = text.find('\n');
    std::string_view line = trimmed(without_comment(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    if (Outcome added = people.add_line(line); !added) {
      return std::unexpected(fmt::format("{}:{}: {}", people.file_, number, added.error()));
    }
    lines[std::string(trimmed(line.substr(0, line.find('='))))] = number;
  }
  std::set<std::string> sound;
  for (const auto& [team, members] : people.teams_) {
    std::vector<std::string> path;
    if (auto circle = people.circle_from(team, path, sound)) {
      return std::unexpected(fmt::format("{}:{}: teams in a circle: {}", people.file_, lines[path.back()], *circle));
    }
  }
  return people;
}

/// They and all that is in their teams.
std::set<std::string> People::all_in(const std::vector<std::string>& who) const {
  std::set<std::string> found;
  std::vector<std::string> left = who;
  while (!left.empty()) {
    std::string name = std::move(left.back());
    left.pop_back();
    auto team = teams_.find(name);
    bool is_new = found.insert(std::move(name)).second;
    if (is_new && team != teams_.end()) left.insert(left.end(), team->second.begin(), team->second.end());
  }
  return found;
}

bool People::is(const std::string& person, const std::string& who) const {
  if (is_team(person)) return false;
  if (!is_team(who)) return person == who;
  std::set<std::string> names = all_in({who});
  if (names.contains(person)) return true;
  auto is_group_in = [&](const std::string& group) {
    return !teams_.contains("@" + group) && names.contains("@" + group);
  };
  auto is_group = [&](const std::string& name) { return is_team(name) && !teams_.contains(name); };
  return std::ranges::any_of(names, is_group) && std::ranges::any_of(groups_.of_user(person), is_group_in);
}

bool People::knows_mail(const Author& author) const {
  return std::ranges::any_of(authors_, [&](const auto& user) {
    return std::ranges::any_of(user.second, [&](const Author& own) { return same_text(own.mail, author.mail); });
  });
}

std::string People::why_author(const std::string& person, const std::vector<std::string>& authors) const {
  auto own = authors_.find(person);
  for (const std::string& text : authors) {
    Author author = Author::read(text).value_or(Author{text, ""});
    if (own != authors_.end()) {
      if (std::ranges::any_of(own->second, [&](const Author& one) { return one.may_be(author); })) {
        return "wrote a commit of the change";
      }
    } else if (!knows_mail(author)) {
      return fmt::format("may be `{}`, who wrote a commit: the user has no e-mail in `{}`", text, file_);
    }
  }
  return "";
}

std::vector<std::string> People::unknown_teams(const std::vector<std::string>& who) const {
  std::vector<std::string> unknown;
  for (const std::string& name : all_in(who)) {
    if (is_team(name) && !teams_.contains(name) && !groups_.exists(name.substr(1))) unknown.push_back(name);
  }
  return unknown;
}

Electorate People::electorate(std::string starter, std::vector<std::string> authors) const {
  return {std::move(starter), [this](const std::string& person, const std::string& who) { return is(person, who); },
          [this, authors = std::move(authors)](const std::string& person) { return why_author(person, authors); }};
}

}  // namespace sluice::runtime
