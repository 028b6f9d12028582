#include "runtime/isolation/isolation.h"
#include "runtime/system/sizes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "run_helpers.h"
#include "runtime/isolation/container.h"
#include "runtime/isolation/view.h"
#include "runtime/system/ports.h"

namespace sluice::runtime::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* old_mounts =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 /ours /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

std::size_t place_of(const std::vector<std::string>& words, const std::vector<std::string>& searched) {
  auto found = std::search(words.begin(), words.end(), searched.begin(), searched.end());
  REQUIRE(found != words.end());
  return static_cast<std::size_t>(found - words.begin());
}

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("sizes are read with units of 1024") {
  CHECK(parse_size("2G") == std::uint64_t{2} << 30);
  CHECK(parse_size("512M") == std::uint64_t{512} << 20);
  CHECK(parse_size("1.5GiB") == std::uint64_t{3} << 29);
  CHECK(parse_size("64kB") == 65536);
  CHECK(parse_size("1000") == 1000);
  for (const char* wrong : {"", "G", "-1G", "0", "2X", "2Gi", "2 G", "1e30G"}) CHECK_FALSE(parse_size(wrong));
  CHECK(size_text(std::uint64_t{2} << 30) == "2 GiB");
  CHECK(size_text(std::uint64_t{1536} << 20) == "1.5 GiB");
  CHECK(size_text(1000) == "1000 B");
}

TEST_CASE("our own control group is found in either version") {
  GroupPlaces old = parse_group_places(old_mounts, "5:memory:/ours/run\n4:cpu,cpuacct:/\n0::/elsewhere\n");
  CHECK_FALSE(old.unified);
  CHECK(old.memory == "/sys/fs/cgroup/memory/run");
  CHECK(old.cpu == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(old.pids.empty());
  GroupPlaces now =
      parse_group_places("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
                         "0::/user.slice/session-2.scope\n");
  CHECK(now.unified);
  CHECK(now.memory == "/sys/fs/cgroup/user.slice/session-2.scope");
  CHECK(parse_group_places("", "").memory.empty());
}

TEST_CASE("version 2 has its groups below the nearest one that gives all controllers") {
  Scratch scratch;
  fs::path slice = scratch.path / "slice", app = slice / "app", own = app / "ours";
  fs::create_directories(own);
  for (const auto& [folder, controllers] :
       {std::pair{slice, "cpu memory pids\n"}, std::pair{app, "memory pids\n"}, std::pair{own, "\n"}}) {
    REQUIRE(write_file(folder / "cgroup.procs", ""));
    REQUIRE(write_file(folder / "cgroup.subtree_control", controllers));
  }
  auto chosen = [&](const Limits& limits, const UsablePlace& usable) {
    GroupPlaces places{own, own, own, true};
    choose_unified(places, limits, usable);
    return places;
  };
  auto any = [](const fs::path&) { return true; };
  auto not_the_slice = [&](const fs::path& place) { return place != slice; };
  CHECK(chosen({1, 1, 1}, any).cpu == slice);
  CHECK(chosen({1, {}, 1}, any).memory == app);
  CHECK(chosen({1, 1, 1}, not_the_slice).memory == app);
  CHECK(chosen({1, 1, 1}, not_the_slice).cpu.empty());
  CHECK(chosen({{}, 1, {}}, not_the_slice).pids.empty());
}

TEST_CASE("what must be hidden is hidden before what must be seen is put over it") {
  Scratch scratch;
  fs::create_directories(scratch.path / "home/me/project/.sluice/workspace");
  View view{scratch.path / "own",
            scratch.path / "home/me",
            {scratch.path / "home", scratch.path / "home/me/project", "/"},
            {scratch.path / "objects"},
            {scratch.path / "home/me/project/.sluice/workspace"}};
  auto words = bubblewrap_arguments(view, false);
  // All of it lies in /tmp, which is the leg's own: nothing else is to hide, and the root cannot be.
  CHECK_FALSE(holds(words, scratch.path / "home"));
  CHECK_FALSE(holds(words, "--remount-ro"));
  CHECK_FALSE(holds(words, "--unshare-net"));
  std::string home = scratch.path / "home/me", workspace = view.writable[0];
  std::size_t system = place_of(words, {"--ro-bind", "/", "/"});
  std::size_t temporary = place_of(words, {"--bind", scratch.path / "own/tmp", "/tmp"});
  std::size_t homes = place_of(words, {"--bind", scratch.path / "own/home", home});
  std::size_t work = place_of(words, {"--bind", workspace, workspace});
  CHECK((system < temporary && temporary < homes && homes < work));
  auto offline = bubblewrap_arguments({view.own, {}, {"/usr/share", "/usr"}, {}, {}}, true);
  CHECK(holds(offline, "--unshare-net"));
  CHECK(place_of(offline, {"--tmpfs", "/usr"}) < place_of(offline, {"--remount-ro", "/usr"}));
  CHECK_FALSE(holds(offline, "/usr/share"));
}

TEST_CASE("two services never get one port") {
  Ports ports;
  std::set<std::uint16_t> given;
  for (int i = 0; i < 300; ++i) {
    auto port = ports.reserve();
    REQUIRE(port);
    CHECK(given.insert(*port).second);
  }
  CHECK_FALSE(is_taken(*given.begin()));
}

TEST_CASE("words for an engine are split as a shell would") {
  CHECK(split_quoted("--health-cmd 'curl -f localhost'  --x \"a \\\" b\" c\\ d ''") ==
        std::vector<std::string>{"--health-cmd", "curl -f localhost", "--x", "a \" b", "c d", ""});
  CHECK(read_health("running healthy\n") == Health::ready);
  CHECK(read_health("running \n") == Health::ready);
  CHECK(read_health("running starting\n") == Health::starting);
  CHECK(read_health("created \n") == Health::starting);
  CHECK(read_health("running unhealthy\n") == Health::unhealthy);
  CHECK(is_the_engines_own("DOCKER_HOST"));
  CHECK_FALSE(is_the_engines_own("POSTGRES_PASSWORD"));
}

TEST_CASE("containers of a killed run are removed by their label") {
  Scratch scratch;
  std::string calls = scratch.path / "calls";
  fs::path engine = scratch.path / "docker";
  std::string text = "#!/bin/sh\necho \"$*\" >> " + calls + "\ncase $1 in ps) echo abc; echo def;; esac\n";
  REQUIRE(write_file(engine, text, 0700));
  REQUIRE(remove_dead_containers(engine, "7-a", {{"PATH", "/usr/bin:/bin"}}));
  CHECK(*read_file(calls) == "ps --all --quiet --filter label=sluice.run=7-a\nrm --force --volumes abc def\n");
}

TEST_CASE("control groups of a killed run are removed, their processes first") {
  std::vector<std::string> missing;
  Limits limits{std::uint64_t{64} << 20, 0.5, 20};
  GroupPlaces places = find_group_places(limits, missing);
  if (!missing.empty()) {
    WARN("SKIPPED: " << missing[0]);
    return;
  }
  std::string token = "unit-" + std::to_string(getpid());
  auto group = ResourceGroup::make(places, limits, group_name(token, 1));
  REQUIRE(group);
  auto doors = (*group)->doors();
  REQUIRE(doors);
  pid_t child = fork();
  if (child == 0) {
    for (const Descriptor& door : *doors) {
      if (write(door.get(), "0", 1) != 1) _exit(1);
    }
    pause();
    _exit(0);
  }
  std::string members;
  while (members.find(std::to_string(child)) == std::string::npos && waitpid(child, nullptr, WNOHANG) == 0) {
    members = *read_file(places.memory / group_name(token, 1) / "cgroup.procs");
  }
  CHECK(members == std::to_string(child) + "\n");
  REQUIRE(remove_dead_groups("another-run"));
  CHECK(fs::exists(places.memory / group_name(token, 1)));
  doors->clear();
  Outcome removed = remove_dead_groups(token);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
  CHECK(removed);
  CHECK_FALSE(fs::exists(places.memory / group_name(token, 1)));
  CHECK_FALSE(fs::exists(places.pids / group_name(token, 1)));
}

TEST_CASE("a service with two ports is told both, and no stage has the port of another") {
  Run run;
  for (const char* id : {"one", "two", "three"}) {
    Stage stage = test::stage(id, {}, {script("echo $FIRST $SECOND")});
    Service service;
    service.id = "db";
    service.ports = {"5432", "8080"};
    service.start =
        "test $SLUICE_SERVICE_PORT = $SLUICE_SERVICE_PORT_5432; echo $SLUICE_SERVICE_PORT_8080 > up; exec sleep 60";
    service.ready = "test -s up";
    stage.services = {service};
    auto port = [](const char* own) {
      return Expression{Expression::Kind::index, "", {name("job.services.db.ports"), literal(own)}};
    };
    stage.steps[0].env = {{"FIRST", port("5432")}, {"SECOND", port("8080")}};
    run.plan.stages.push_back(stage);
  }
  run.options.jobs = 3;
  REQUIRE(run.go());
  CHECK(run.report->outcome == RunOutcome::succeeded);
  std::set<std::string> ports;
  std::stringstream words(run.recorder.output);
  for (std::string word; words >> word;) {
    if (word.back() != ':') ports.insert(word);
  }
  CHECK(ports.size() == 6);
}

}  // namespace sluice::runtime::test
