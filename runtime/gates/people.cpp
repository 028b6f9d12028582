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

std::optional<std::string> People::circle_from(const std::string& team, std::vector<std::string>& path) const {
  auto begin = std::ranges::find(path, team);
  bool is_circle = begin != path.end();
  path.push_back(team);
  if (is_circle) return fmt::format("{}", fmt::join(std::ranges::find(path, team), path.end(), " = "));
  auto found = teams_.find(team);
  if (found != teams_.end()) {
    for (const std::string& member : found->second) {
      if (auto circle = is_team(member) ? circle_from(member, path) : std::nullopt) return circle;
    }
  }
  path.pop_back();
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
  for (const auto& [team, members] : people.teams_) {
    std::vector<std::string> path;
    if (auto circle = people.circle_from(team, path)) {
      return std::unexpected(fmt::format("{}:{}: teams in a circle: {}", people.file_, lines[path.back()], *circle));
    }
  }
  return people;
}

bool People::is(const std::string& person, const std::string& who) const {
  if (!is_team(who)) return person == who;
  auto team = teams_.find(who);
  if (team != teams_.end()) {
    return std::ranges::any_of(team->second, [&](const std::string& member) { return is(person, member); });
  }
  std::vector<std::string> groups = groups_.of_user(person);
  return std::ranges::find(groups, who.substr(1)) != groups.end();
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
  std::vector<std::string> left = who, unknown;
  std::set<std::string> seen;
  while (!left.empty()) {
    std::string name = left.back();
    left.pop_back();
    if (!is_team(name) || !seen.insert(name).second) continue;
    auto team = teams_.find(name);
    if (team != teams_.end()) {
      left.insert(left.end(), team->second.begin(), team->second.end());
    } else if (!groups_.exists(name.substr(1))) {
      unknown.push_back(name);
    }
  }
  std::ranges::sort(unknown);
  return unknown;
}

Electorate People::electorate(std::string starter, std::vector<std::string> authors) const {
  return {std::move(starter), [this](const std::string& person, const std::string& who) { return is(person, who); },
          [this, authors = std::move(authors)](const std::string& person) { return why_author(person, authors); }};
}

}  // namespace sluice::runtime
