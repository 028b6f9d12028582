#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "compilation/compilation.h"

namespace sluice::compilation {
namespace {

/// A folder that is gone when the test ends.
struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("sluice-modules-{}", static_cast<int>(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string name(int number) const { return (path / fmt::format("m{}.pipe", number)).string(); }
  void write(int number, const std::string& text) const { std::ofstream(name(number)) << text; }
};

std::vector<const diagnostics::Diagnostic*> found_in(Compilation& compilation) {
  compilation.compile();
  return compilation.sink().sorted();
}

constexpr int count = 10'000;

// m0 uses m1, which uses m2, …; the last one uses `back`, or nothing.
void write_chain(const Folder& folder, const std::string& back) {
  for (int i = 0; i + 1 < count; ++i) folder.write(i, fmt::format("use \"./m{}.pipe\" as next\n", i + 1));
  folder.write(count - 1, back);
}

std::string first_of(const Folder& folder) {
  std::ifstream file(folder.name(0));
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("modules may use each other in a chain of any length", "[compilation]") {
  Folder folder;
  write_chain(folder, "let last = 1\n");
  Compilation compilation(folder.name(0), first_of(folder));
  CHECK(found_in(compilation).empty());
  CHECK(compilation.sources().files().size() == count + 1);
}

TEST_CASE("the last module of a long chain may not use the first", "[compilation]") {
  Folder folder;
  write_chain(folder, "use \"./m0.pipe\" as first\n");
  Compilation compilation(folder.name(0), first_of(folder));
  auto found = found_in(compilation);
  REQUIRE(found.size() == 1);
  CHECK(found[0]->kind == diagnostics::Kind::ModuleCycle);
  CHECK(found[0]->message.find("9994 more") != std::string::npos);
  CHECK(found[0]->notes.size() == 6);
}

// Each name is made of the one before, which the checker has seen by then: only unfolding goes all the way down.
std::string chain_of(const std::string& first, const std::string& pattern, const std::string& use) {
  std::string text = first;
  for (int i = 1; i < 20'000; ++i) text += fmt::format(fmt::runtime(pattern), i, i - 1);
  return text + "pipeline p { on push; " + use + " }\n";
}

TEST_CASE("names and calls inside each other are bounded", "[compilation]") {
  auto [first, pattern, use] = GENERATE(table<std::string, std::string, std::string>({
      {"let a0 = \"x\"\n", "let a{} = a{}\n", "stage s { run \"echo ${{ a19999 }}\" }"},
      {"let a0(x) = x\n", "let a{}(x) = a{}(x)\n", "stage s { run \"echo ${{ a19999(1) }}\" }"},
      {"step a0() { run \"x\" }\n", "step a{}() {{ a{}() }}\n", "stage s { a19999() }"},
      {"stage a0() { run \"x\" }\n", "stage a{}() = a{}()\n", "stage s = a19999()"},
  }));
  Compilation compilation("long.pipe", chain_of(first, pattern, use));
  auto found = found_in(compilation);
  REQUIRE(found.size() == 1);
  CHECK(found[0]->kind == diagnostics::Kind::TooMuchUnfolding);
  CHECK(found[0]->message.find("2000 names and calls") != std::string::npos);
}

}  // namespace
}  // namespace sluice::compilation
