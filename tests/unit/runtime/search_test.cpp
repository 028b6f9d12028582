#include <catch2/catch.hpp>

#include "store_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;
namespace fs = std::filesystem;

namespace {

/// The tree that upload-artifact's own tests search.
struct Tree : Store {
  Tree() {
    for (const char* name :
         {"folder-a/folder-b/folder-c/search-item1.txt", "folder-a/folder-b/folder-c/extraSearch-item1.txt",
          "folder-a/folder-b/folder-c/extra-file-in-folder-c.txt", "folder-d/search-item2.txt",
          "folder-d/search-item3.txt", "folder-d/search-item4.txt", "folder-d/extraSearch-item2.txt",
          "folder-f/extraSearch-item3.txt", "folder-h/amazing-item.txt", "folder-h/folder-i/extraSearch-item4.txt",
          "folder-h/folder-i/extraSearch-item5.txt", "folder-h/folder-j/folder-k/lonely-file.txt", "search-item5.txt"})
      write(name, name);
    fs::create_directories(workspace / "folder-a/folder-b/folder-e");
    fs::create_directories(workspace / "folder-g");
    fs::create_directory_symlink(workspace / "folder-h/folder-i", workspace / "folder-l");
  }

  Found find(const std::string& lines, HiddenFiles hidden = HiddenFiles::left_out, bool folders = false) const {
    auto found = search_files(lines, {workspace, home, hidden, folders});
    REQUIRE(found);
    return *found;
  }
  std::string root(const std::string& lines) const { return find(lines).root.lexically_relative(workspace).string(); }
  /// Paths below the root, with blanks between.
  std::string files(const std::string& lines, HiddenFiles hidden = HiddenFiles::left_out, bool folders = false) const {
    Found found = find(lines, hidden, folders);
    std::string text;
    for (const FoundFile& file : found.files)
      text += (text.empty() ? "" : " ") + file.path.lexically_relative(found.root).string();
    return text;
  }
};

}  // namespace

TEST_CASE("search: one path") {
  Tree tree;
  CHECK(tree.root("folder-a/folder-b/folder-c/search-item1.txt") == "folder-a/folder-b/folder-c");
  CHECK(tree.root((tree.workspace / "folder-a/folder-b/folder-c/search-item1.txt").string()) ==
        "folder-a/folder-b/folder-c");
  CHECK(tree.root("folder-h/**/*lonely*") == "folder-h");
  CHECK(tree.files("folder-h/**/*lonely*") == "folder-j/folder-k/lonely-file.txt");
  CHECK(tree.root("folder-h/folder-j") == "folder-h/folder-j");
  CHECK(tree.files("folder-h/folder-j") == "folder-k/lonely-file.txt");
  CHECK(tree.files("folder-h").starts_with("amazing-item.txt folder-i/extraSearch-item4.txt"));
  CHECK(tree.find("folder-h").files.size() == 4);
  CHECK(tree.find("folder-h/").files.size() == 4);
  CHECK(tree.find("./folder-h/**").files.size() == 4);
  CHECK(tree.find("folder-g").files.empty());
  CHECK(tree.find("folder-z").files.empty());
}

TEST_CASE("search: a symbolic link is followed where a line names it, and found as a link elsewhere") {
  Tree tree;
  CHECK(tree.files("folder-l") == "extraSearch-item4.txt extraSearch-item5.txt");
  CHECK(tree.root("folder-l") == "folder-l");
  CHECK(tree.root("folder-l/extraSearch-item4.txt") == "folder-l");
  // Ten files whose names match, and not the two behind the link once more.
  CHECK(tree.find("**/*[Ss]earch*").files.size() == 10);
  CHECK(tree.root("**/*[Ss]earch*") == ".");
  CHECK(tree.files("folder-*\n!folder-[a-h]") == "folder-l");
  fs::create_symlink("search-item5.txt", tree.workspace / "current");
  Found found = tree.find("current");
  REQUIRE(found.files.size() == 1);
  CHECK(found.files[0].path == tree.workspace / "current");
  CHECK(found.files[0].file == tree.workspace / "search-item5.txt");
}

TEST_CASE("search: several paths begin at the deepest folder above them") {
  Tree tree;
  CHECK(tree.root("folder-a\nfolder-d") == ".");
  CHECK(tree.find("folder-a\nfolder-d").files.size() == 7);
  CHECK(tree.root("folder-h/folder-i\nfolder-h/folder-j/folder-k\nfolder-h/amazing-item.txt") == "folder-h");
  CHECK(tree.find("folder-h/folder-i\nfolder-h/folder-j/folder-k\nfolder-h/amazing-item.txt").files.size() == 4);
  CHECK(tree.root("folder-h/*\nfolder-h/folder-i/*") == "folder-h");
  CHECK(tree.root("search-item5.txt\nsearch-item5.txt") == ".");
  CHECK(tree.root("# a comment\n\n  folder-h  \n") == "folder-h");
}

TEST_CASE("search: lines that begin with ! take away what those before them found") {
  Tree tree;
  CHECK(tree.find("folder-a\nfolder-d\n!folder-a/folder-b/**/extra*.txt").files.size() == 5);
  CHECK(tree.files("folder-d\n!folder-d/*search*\n! folder-d/extra*").empty());
  CHECK(tree.files("!folder-d/*\nfolder-d/search-item2.txt") == "search-item2.txt");
  CHECK(tree.files("folder-h\n!folder-h/folder-*\nfolder-h/folder-j/**") ==
        "amazing-item.txt folder-j/folder-k/lonely-file.txt");
  CHECK(tree.files("!!folder-f") == "extraSearch-item3.txt");
  CHECK(tree.files("!folder-f").empty());
}

TEST_CASE("search: hidden files are left out unless they are asked for, or a line begins below them") {
  Tree tree;
  tree.write(".env", "secret");
  tree.write("folder-f/.cache/x", "x");
  CHECK(tree.files("folder-f") == "extraSearch-item3.txt");
  CHECK(tree.files(".env").empty());
  CHECK(tree.files("folder-f/.cache/x") == "x");
  CHECK(tree.files("folder-f\nfolder-f/.cache/x") == "extraSearch-item3.txt");
  CHECK(tree.files("folder-f", HiddenFiles::included) == ".cache/x extraSearch-item3.txt");
  CHECK(tree.files("*", HiddenFiles::included).starts_with(".env folder-a/"));
}

TEST_CASE("search: wildcards and what is meant as it is") {
  Tree tree;
  for (const char* name : {"b/bar", "b/b*r", "b/b?r", "b/b[r", "b/b]r", "b/b[a]r"}) tree.write(name, "");
  CHECK(tree.files("b/b[a]r") == "bar");
  CHECK(tree.files("b/b[*]r") == "b*r");
  CHECK(tree.files("b/b[?]r") == "b?r");
  CHECK(tree.files("b/b[[]r") == "b[r");
  CHECK(tree.files("b/b[r") == "b[r");
  CHECK(tree.files("b/b]r") == "b]r");
  CHECK(tree.files("b/b[\\]]r") == "b]r");
  CHECK(tree.files("b/b\\[a]r") == "b[a]r");
  CHECK(tree.files("b/b\\*r") == "b*r");
  CHECK(tree.files("b/b[!a-z]r") == "b*r b?r b[r b]r");
  CHECK(tree.files("b/b?r") == "b*r b?r b[r b]r bar");
  CHECK(tree.files("b/{bar,b?r}").empty());
  CHECK(tree.files("b/B*").empty());
  CHECK(tree.root("b/b[a]r*/x") == "b");
}

TEST_CASE("search: the home folder, other places, and ways out of a folder") {
  Tree tree;
  std::ofstream(tree.home / "notes") << "n";
  CHECK(tree.find("~/notes").root == tree.home);
  CHECK(tree.files("~/n*") == "notes");
  CHECK(tree.files("~notes").empty());
  CHECK(tree.files((tree.home / "notes").string() + "\nsearch-item5.txt") == "home/notes workspace/search-item5.txt");
  for (const char* line : {"../home", "folder-a/../folder-d", "folder-a/./x", "!../x"}) {
    auto found = search_files(line, {tree.workspace, tree.home});
    REQUIRE_FALSE(found);
    CHECK_THAT(found.error(), Catch::Contains("which GitHub does not allow"));
  }
  CHECK(tree.find(".").files.size() == 14);
}

TEST_CASE("search: folders, where they are asked for") {
  Tree tree;
  CHECK(tree.files("folder-a", HiddenFiles::included, true) ==
        ". folder-b folder-b/folder-c folder-b/folder-c/extra-file-in-folder-c.txt "
        "folder-b/folder-c/extraSearch-item1.txt folder-b/folder-c/search-item1.txt folder-b/folder-e");
  CHECK(tree.files("folder-a\n!folder-a/folder-b/folder-c", HiddenFiles::included, true) ==
        ". folder-b folder-b/folder-e");
}
