#pragma once
#include <sys/types.h>

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/gates/votes.h"
#include "runtime/system/files.h"

namespace sluice::runtime {

/// The team file of a repository, so that who may vote is reviewed as code is.
inline constexpr std::string_view teams_path = ".github/sluice-teams";

/// What is asked of the machine: the groups of a user, and whether there is a group at all.
struct Groups {
  std::function<std::vector<std::string>(const std::string& user)> of_user;
  std::function<bool(const std::string& group)> exists;
};

/// Who is who: teams and e-mails of the team file, groups of this machine.
///
///     # a team: users, groups and other teams
///     @acme/platform = ann, bob, @acme/ops
///     # a user, by the names and e-mails of their commits
///     ann = Ann Lee <ann@example.com>, <ann@home.example>
///
/// `@name` is a team of the file if it has one, else a group of this machine.
class People {
 public:
  /// An empty text is a file without lines. Errors begin with `NAME:LINE: `; teams in a circle are one.
  static std::expected<People, std::string> read(std::string_view text, std::string name, Groups groups);

  /// `ann` is `ann`, and is `@acme/platform` when in it, however deep.
  bool is(const std::string& person, const std::string& who) const;

  /// Why somebody counts as an author of one of these commits, each `Ann Lee <ann@example.com>`; empty otherwise. An
  /// author whom the file does not know may be anybody but those whose e-mails it has.
  std::string why_author(const std::string& person, const std::vector<std::string>& authors) const;

  /// Teams that are neither in the file nor groups here, of these and of the teams in them: nobody is in one.
  std::vector<std::string> unknown_teams(const std::vector<std::string>& who) const;

  /// Asks this object, which must outlive it.
  Electorate electorate(std::string starter, std::vector<std::string> authors) const;

 private:
  struct Author {
    std::string name, mail;  ///< the name may be empty
    static std::optional<Author> read(std::string_view text);
    bool may_be(const Author& other) const;
  };

  Outcome add_line(std::string_view line);
  std::optional<std::string> circle_from(const std::string& team, std::vector<std::string>& path,
                                         std::set<std::string>& sound) const;
  std::set<std::string> all_in(const std::vector<std::string>& who) const;
  bool knows_mail(const Author& author) const;

  std::string file_;
  std::map<std::string, std::vector<std::string>> teams_;
  std::map<std::string, std::vector<Author>> authors_;  ///< of each user
  Groups groups_;
};

/// The name of a user of this machine. It and the groups are asked of the system (NSS), which may take its time.
std::expected<std::string, std::string> name_of_user(uid_t user);
Groups groups_of_this_machine();

}  // namespace sluice::runtime
