#include <catch2/catch.hpp>

#include "shells/shell.h"

using namespace sluice::shells;

namespace {

/// What the first place is, where more is done with `$T` than handing it on: the text that is read there.
std::string first(llvm::StringRef shell, llvm::StringRef script) {
  std::vector<std::string> names{"T"};
  for (const Reread& read : rereads(shell, script, names))
    if (read.place.assigns.empty()) return script.slice(read.begin, read.end).str();
  return "";
}

}  // namespace

TEST_CASE("a place is told where it stands in the script, whatever stands before it") {
  CHECK(first("bash", "echo \"$T ${T}\"; eval \"$T\"") == "$T");
  CHECK(first("bash", "x=\"${T:-none}\"; echo \"$T\"; eval \"a ${x%b} c\"") == "${x%b}");
  CHECK(first("bash", "echo \"$T $T\"; bash -c 'echo \"$T\"; eval \"${T}\"'") == "${T}");
  CHECK(first("bash", "echo \"$T\"; echo `eval $T`") == "$T");
  CHECK(first("pwsh", "echo $env:T; $x = \"a ${env:T}\"; iex $x") == "$x");
  CHECK(first("python", "import os\nx = os.environ['T']\neval(x)") == "x");
  CHECK(first("cmd", "echo %PATH% %T:~0,3%") == "%T:~0,3%");
  CHECK(first("node {0}", "const x = `${process.env.T}`; eval(`${x}`)") == "x");
}

TEST_CASE("what hands a variable on as data is no such place") {
  for (llvm::StringRef script :
       {"echo $T \"$T\" '$T'", "bash -c 'echo \"$1\"' _ \"$T\"", "eval \"${#T}\"", "eval \"${T@Q}\"", "eval \"$TT\"",
        "bash -c \"$(printf %q \"$T\")\"", "n=$(wc -c <<< \"$T\"); (( n > 1 ))", "awk '{ print ENVIRON[\"T\"] }'"})
    CHECK(first("bash", script) == "");
  for (llvm::StringRef script :
       {"[[ -n $T && ${#T} -gt 72 ]]", "source ./env.sh \"$T\"", "git config user.name \"$T\"; git commit -m \"$T\"",
        "docker tag x \"$T\"", "bash script.sh \"$T\"", "declare -i n=3; echo \"$T\"",
        "x=\"$T\"; echo ${x:0:50} $((${#x} + 1))", "curl -H \"X: $T\" https://example.org",
        "echo \"$T\" | xargs -n1 echo", "psql -v t=\"$T\" -f query.sql", "sed -i 's/a/b/' \"$T\"",
        "trap 'rm -f \"$T\"' EXIT", "yq -i '.t = strenv(T)' file", "cat <<< \"$T\" | grep -c x"})
    CHECK(first("bash", script) == "");
  CHECK(first("python", "print(T, 'eval(T)')") == "");
  CHECK(first("node {0}", "exec.exec('git', ['log', process.env.T])") == "");
}

TEST_CASE("copies that copy each other end") {
  CHECK(first("bash", "a=$T; b=$a; c=$b; d=$c; a=$d; eval $d") == "$d");
  CHECK(first("bash", "T=$T; while read T; do T=\"$T$T\"; done <<< \"$T\"; eval \"$T\"") == "$T");
}

TEST_CASE("whatever a script says, the places lie in it") {
  const std::vector<std::string> pieces{"$T",
                                        "${T}",
                                        "${T:-",
                                        "${#T}",
                                        "$env:T",
                                        "%T%",
                                        "T",
                                        "x",
                                        "=",
                                        " ",
                                        "\n",
                                        ";",
                                        "\"",
                                        "'",
                                        "`",
                                        "\\",
                                        "$(",
                                        ")",
                                        "(",
                                        "((",
                                        "))",
                                        "{ ",
                                        "}",
                                        "[[ ",
                                        " ]]",
                                        "[",
                                        "]",
                                        "|",
                                        "<<E\n",
                                        "E\n",
                                        "<<<",
                                        ">",
                                        "eval ",
                                        "sh ",
                                        "-c ",
                                        "for ",
                                        " in ",
                                        "do ",
                                        "done",
                                        "case",
                                        "esac",
                                        "if ",
                                        "fi",
                                        "read ",
                                        "let ",
                                        "x() {",
                                        "git ",
                                        "-eq",
                                        "printf -v ",
                                        "xargs -I{} ",
                                        "f\"",
                                        "{}",
                                        "iex ",
                                        "eval(",
                                        "os.environ['T']",
                                        "process.env.T",
                                        "${",
                                        "//",
                                        "/*",
                                        "*/",
                                        "#",
                                        "env -S ",
                                        "declare -i "};
  std::uint32_t state = 1;
  auto next = [&] { return (state = state * 1664525U + 1013904223U) >> 8U; };
  for (llvm::StringRef shell : {"bash", "sh", "pwsh", "python", "cmd", "node {0}"}) {
    for (int run = 0; run < 3000; ++run) {
      std::string script;
      for (unsigned count = next() % 24; count > 0; --count) script += pieces[next() % pieces.size()];
      std::vector<std::string> names{"T"};
      for (const Reread& read : rereads(shell, script, names)) {
        INFO(shell.str() << ": " << script);
        CHECK((read.begin < read.end && read.end <= script.size() && read.variable == "T"));
      }
    }
  }
}
