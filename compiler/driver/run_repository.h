#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace sluice::driver {

/// The folder that workspaces are made from: `given` where it is not empty, else the project that the `.pipe` file lies
/// in (`project_of`). Absolute. `-` and the empty name stand for a file of the working folder.
std::filesystem::path find_root(const std::string& pipe_file, const std::string& given);

/// What the git repository around a folder says of itself. All of it has a value where there is none.
struct Repository {
  std::string name;                                ///< `owner/repository` of the remote `origin`; else `local/FOLDER`
  std::string ref = "HEAD", ref_name = "HEAD";     ///< `HEAD` where neither a branch nor a tag is checked out
  std::string ref_type = "branch";                 ///< or `tag`
  std::string sha = std::string(40, '0');          ///< zeros before the first commit
  std::string default_branch = "main";             ///< of `origin`
  std::string actor = "local";                     ///< `user.name`
  std::string message, author_name, author_email;  ///< of the commit

  std::string owner() const { return name.substr(0, name.find('/')); }
  std::string short_name() const { return name.substr(name.find('/') + 1); }
};

Repository read_repository(const std::filesystem::path& folder, const std::map<std::string, std::string>& environment);

/// `owner/repository` of a remote's address; empty for one without a host, such as a path.
std::string repository_of_address(std::string_view address);

}  // namespace sluice::driver
