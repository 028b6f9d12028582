#include "runtime/output/log.h"

#include <fcntl.h>

#include <catch2/catch.hpp>
#include <thread>

#include "run_helpers.h"
#include "runtime/output/log_reader.h"
#include "runtime/output/shown.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;

namespace {

struct Kept final : LogSink {
  std::string text;
  void line(const LogPlace& place, const LogLine& line) override {
    text.append(place.leg).append("/").append(place.name).append(": ").append(line.text).append(line.ends ? "\n" : "+");
  }
};

/// A run with logs of four legs.
struct Logs : Scratch {
  std::filesystem::path run = path / "7";

  Logs() {
    write("test-3.11-1/01-a", "second leg\n");
    write("test-3.11-0/01-a", "##[group]G\nin it\n##[error]bad\n##[endgroup]\nafter\n");
    write("test-3.11-0/10-z", "tenth\n");
    write("test-3.11-0/02-b", "\x1b[31mre\x1b[0md\n##[group]open\nlast words\n");
    write("test-3.11-0/service-db", "db\n");
    write("build/01-a", "built\n");
    write("test-unit/01-a", "unit\n");
  }
  void write(const std::string& name, const std::string& text) const {
    Log log(run / "logs" / (name + ".log"));
    REQUIRE(log.add(text));
  }
  std::string read(const LogFilter& filter) const {
    Kept kept;
    REQUIRE(read_log(run, filter, kept));
    return kept.text;
  }
  std::string printed(const LogFilter& filter, LogView view) const {
    Descriptor screen(open((path / "screen").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    view.screen.descriptor = screen.get();
    auto printer = log_printer(view);
    REQUIRE(read_log(run, filter, *printer));
    printer.reset();
    return read_file(path / "screen").value();
  }
};

}  // namespace

TEST_CASE("a log is a file from its first line on, each line with its time") {
  Scratch scratch;
  Log log(scratch.path / "logs" / "leg" / "01-a.log");
  CHECK(log.add(""));
  CHECK(log.file().empty());
  CHECK_FALSE(std::filesystem::exists(scratch.path / "logs"));
  std::string big(600'000, 'x');
  REQUIRE(log.add("one\ntwo\n\nbegun, "));
  REQUIRE(log.add(big + "\n"));
  std::stringstream text(read_file(log.file()).value());
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    CHECK(stamp_end(line) == stamp_length);
    lines.push_back(line.substr(stamp_length));
  }
  CHECK(lines == std::vector<std::string>{"one", "two", "", "begun, " + big});
}

TEST_CASE("a time has its milliseconds") {
  Stamp stamp;
  CHECK_THAT(std::string(stamp.now()), Catch::Matches(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ )"));
  std::string before(stamp.now());
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  CHECK(before < std::string(stamp.now()));
}

TEST_CASE("nothing that is shown moves a terminal's cursor or sets its title") {
  CHECK(shown("plain\ttext") == "plain\ttext");
  CHECK(shown("\x1b[31mred\x1b[0m", true) == "\x1b[31mred\x1b[0m\x1b[0m");
  CHECK(shown("\x1b[31mred\x1b[0m", false) == "red");
  CHECK(shown("a\x1b[2J\x1b[5;7Hb\x1b[?25lc\x1b[>4md\x1b[38;2;1;2;3me", true) == "abcd\x1b[38;2;1;2;3me\x1b[0m");
  CHECK(shown("\x1b]0;title\ax\x1b]8;;http://h\x1b\\link\x1b]8;;\x1b\\ \x1bPq#0\x1b\\y", true) == "xlink y");
  CHECK(shown("\x1b]0;no end", true) == "0;no end");
  CHECK(shown("\x1b"
              "cx\x1b(By\x1b",
              true) == "xy");
  CHECK(shown("\x1b[31", true).empty());
  CHECK(shown("10%\r100%\r\r") == "100%");
  CHECK(shown("a\b\b\a\x7f\x0b"
              "b") == "ab");
  CHECK(shown("caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x8e\x89") == "caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x8e\x89");
  CHECK(shown("\xc2\x9b"
              "31m \x9b \xff \xed\xa0\x80") == "31m \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(shown("two\nlines") == "two lines");
  CHECK(is_plain(std::string(200, 'x') + "\n\t"));
  for (std::size_t place : {0, 63, 64, 130}) {
    for (char odd : {'\x1b', '\r', '\x7f', '\xc3', '\0'}) {
      std::string text(140, 'x');
      text[place] = odd;
      CHECK_FALSE(is_plain(text));
    }
  }
  CHECK(fitted("\x1b[31mab\xc3\xa9"
               "d\x1b[0m",
               3) == "\x1b[31mab\xc3\xa9\x1b[0m");
}

TEST_CASE("the logs of a run come in the order of its stages, legs and steps") {
  Logs logs;
  CHECK(logs.read({{"test", "build", "test-unit"}, "", {}, ""}) ==
        "test-3.11-0/01-a: ##[group]G\ntest-3.11-0/01-a: in it\ntest-3.11-0/01-a: ##[error]bad\n"
        "test-3.11-0/01-a: ##[endgroup]\ntest-3.11-0/01-a: after\ntest-3.11-0/02-b: \x1b[31mre\x1b[0md\n"
        "test-3.11-0/02-b: ##[group]open\ntest-3.11-0/02-b: last words\ntest-3.11-0/10-z: tenth\n"
        "test-3.11-0/service-db: db\ntest-3.11-1/01-a: second leg\nbuild/01-a: built\ntest-unit/01-a: unit\n");
  CHECK(logs.read({{}, "build", {}, ""}) == "build/01-a: built\n");
  CHECK(logs.read({{"test", "build", "test-unit"}, "test", 1, "e"}) ==
        "test-3.11-0/01-a: ##[error]bad\ntest-3.11-0/01-a: ##[endgroup]\ntest-3.11-0/01-a: after\n"
        "test-3.11-1/01-a: second leg\n");
  CHECK(logs.read({{}, "", {}, "red"}) == "test-3.11-0/02-b: \x1b[31mre\x1b[0md\n");
}

TEST_CASE("a long line is read in parts, one without an end too") {
  Logs logs;
  logs.write("build/02-b", std::string(200'000, 'x') + "\nend");
  std::string text = logs.read({{}, "build", 2, ""}), rest = text;
  std::erase(rest, 'x');
  CHECK(std::ranges::count(text, 'x') == 200'000);
  CHECK_THAT(rest, Catch::EndsWith("build/02-b: \nbuild/02-b: end+"));
}

TEST_CASE("printed logs have headings, and groups that are indented or folded") {
  Logs logs;
  LogFilter leg{{}, "test-3.11-0", {}, ""};
  CHECK(logs.printed(leg, {}) ==
        "test-3.11-0 › 01-a\n▾ G\n  in it\n  error: bad\nafter\n\ntest-3.11-0 › 02-b\nred\n▾ open\n  last words\n\n"
        "test-3.11-0 › 10-z\ntenth\n\ntest-3.11-0 › service-db\ndb\n");
  leg.step = 1;
  CHECK(logs.printed(leg, {{}, false, true}) == "test-3.11-0 › 01-a\n▸ G\n  error: bad\nafter\n");
  leg.step = 2;
  CHECK(logs.printed(leg, {{1, true}, false, true}) ==
        "\x1b[1mtest-3.11-0 › 02-b\x1b[0m\n\x1b[31mre\x1b[0md\x1b[0m\n▸ open\n  last words\n");
  CHECK_THAT(logs.printed(leg, {{}, true, false}), Catch::Matches("[^]*\n20[0-9T:.-]+Z red\n[^]*"));
}

TEST_CASE("logs are followed until the run has ended") {
  Logs logs;
  Kept kept;
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    logs.write("late/01-a", "a new leg\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    logs.write("late/01-a", "and more\n");
    logs.write("late/02-b", "a new step\n");
    REQUIRE(write_file(logs.run / "result.json", "{}"));
  });
  auto count = follow_log(logs.run, {{}, "late", {}, ""}, kept);
  writer.join();
  CHECK(count == 3u);
  CHECK(kept.text == "late/01-a: a new leg\nlate/01-a: and more\nlate/02-b: a new step\n");
}
