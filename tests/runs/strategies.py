#!/usr/bin/env python3
"""strategies.py --sluice PATH [CASE…]: strategies of the library, against slots that are files and against a real nginx."""
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

from place import expect, expect_equal, main

# A cluster of files: what is routed is a line of `routes`, and a slot is sick while a file says so.
FILES = '''
use std.deploy
environment production { lock }
target files: deploy.slots {
  prepare { run "echo prepared >> {here}/prepared" }
  step install(slot: string, bundle: artifact) { download(bundle, to: "{here}/on-disk") }
  step route(slot: string, share: percent) {
    run """
      test ! -e {here}/refuses-${{ share }}
      echo ${{ slot }}-${{ share }} >> {here}/routes
      """
  }
  step healthy(slot: string) { run "test ! -e {here}/sick-${{ slot }}" }
  step live() -> string { run "cat {here}/live" }
  step other(slot: string) -> string { run "test ${{ slot }} = blue && echo green || echo blue" }
  step retire(slot: string) { run "echo retired ${{ slot }} >> {here}/retired" }
}
'''

RELEASE = '''
  stage build { run "echo new > app"; artifact app = upload("app") }
  stage release in production {
    deploy.blue-green(files, build.app, shift: [10%, 50%, 100%], bake: 1s, interval: 1s, failures: 0) {
      verify { run "echo verified >> {here}/verified" }
    }
  }
'''


def slots_of_files(place):
    here = place(RELEASE, before=FILES)
    here.file.write_text(here.file.read_text().replace("{here}", str(here.here)))
    (here.here / "live").write_text("blue\n")
    return here


def blue_green(place):
    """All of the traffic goes over, share by share."""
    here = slots_of_files(place)
    here.run()
    expect_equal(here.lines("routes"), ["green-10", "green-50", "green-100"], "what was routed")
    expect_equal(here.lines("prepared"), ["prepared"], "what prepared the only job")
    expect_equal(here.lines("verified"), ["verified"], "the caller's steps")
    expect_equal(here.lines("retired"), ["retired", "blue"], "what was retired")


def back_from_half(place):
    """A phase that fails takes everything back by itself; the rollback is a job of its own."""
    here = slots_of_files(place)
    here.make("refuses-50")
    here.run(status=1, says="run 1 rolled back")
    expect_equal(here.lines("routes"), ["green-10", "blue-100"], "what was routed")
    expect_equal(here.lines("prepared"), ["prepared", "prepared"], "what prepared the stage and the rollback")
    expect(not here.lines("retired") and not here.lines("verified"), "what follows the phase ran all the same")


def back_from_watch(place):
    """So does a slot that falls ill while it is watched."""
    here = slots_of_files(place)
    here.write(RELEASE.replace("bake: 1s", "bake: 300s"))
    here.file.write_text(here.file.read_text().replace("{here}", str(here.here)))
    run = here.start_run()
    here.until_seen("routes")
    here.make("sick-green")
    here.end(run, 1)
    expect_equal(here.lines("routes"), ["green-10", "blue-100"], "what was routed")


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Nginx:
    """A real one, which serves two slots and puts what the target writes before them."""

    def __init__(self, folder):
        self.folder = folder
        self.front, self.blue, self.green = free_ports(3)
        for slot in ("blue", "green"):
            (folder / slot / "releases/first").mkdir(parents=True)
            (folder / slot / "current").symlink_to("releases/first")
        (folder / "blue/current/version").write_text("one\n")
        (folder / "app.conf").write_text(f"# live: blue\nupstream app {{ server 127.0.0.1:{self.blue}; }}\n")
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = " ".join(f"{name}_temp_path {folder}/temp;" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(f"""
            {user} worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
            events {{ worker_connections 100; }}
            http {{
              access_log off; {temporary} include {folder}/app.conf;
              server {{ listen 127.0.0.1:{self.front}; location / {{ proxy_pass http://app; }} }}
              server {{ listen 127.0.0.1:{self.blue}; root {folder}/blue/current; }}
              server {{ listen 127.0.0.1:{self.green}; root {folder}/green/current; }}
            }}""")
        self.command = f"nginx -p {folder} -c {folder}/nginx.conf"

    def __enter__(self):
        subprocess.run(self.command.split(), check=True, capture_output=True)
        return self

    def __exit__(self, *_):
        subprocess.run([*self.command.split(), "-s", "stop"], check=True, capture_output=True)

    def versions(self, count=20):
        """What so many people get to see."""
        seen = []
        for _ in range(count):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.front}/version", timeout=10) as answer:
                seen.append(answer.read().decode().strip())
        return seen

    def everybody_sees(self, version):
        """Soon: `nginx -s reload` does not wait for the workers that still have the old configuration."""
        end = time.monotonic() + 10
        while (seen := set(self.versions())) != {version}:
            expect(time.monotonic() < end, f"people see {seen}, not {version}")

    def target(self):
        return (f'let web = deploy.nginx(config: "{self.folder}/app.conf", blue: "127.0.0.1:{self.blue}", '
                f'green: "127.0.0.1:{self.green}", folder: "{self.folder}", health: "/version", '
                f'test: "{self.command} -t -q", reload: "{self.command} -s reload")')


CANARY = '''
  stage build { run "echo VERSION > version"; artifact site = upload("version") }
  stage release in production {
    deploy.canary(web, build.site, weights: [50%, 100%], interval: 1s, count: 2) {
      analysis {
        run """
          test ! -e {here}/bad
          for i in 1 2 3 4 5 6 7 8 9 10; do curl -fsS http://127.0.0.1:FRONT/version; done | grep -c VERSION >> {here}/seen
          """
      }
    }
  }
'''


@contextlib.contextmanager
def site(place, version):
    with tempfile.TemporaryDirectory(prefix="sluice-nginx-") as folder, Nginx(pathlib.Path(folder)) as nginx:
        os.chmod(folder, 0o755)
        here = place("", before=f"use std.deploy\nenvironment production {{ lock }}\n{nginx.target()}\n")
        here.write(CANARY.replace("FRONT", str(nginx.front)).replace("VERSION", version))
        yield here, nginx


def canary_on_nginx(place):
    """Half of the people see the new version at 50 %, all of them in the end."""
    with site(place, "two") as (here, nginx):
        nginx.everybody_sees("one")
        here.run()
        seen = [int(one) for one in here.lines("seen")]
        expect(3 <= seen[1] <= 7 and seen[-1] == 10, f"how many of ten saw the new version: {seen}")
        nginx.everybody_sees("two")
        expect((nginx.folder / "app.conf").read_text().startswith("# live: green\n"), "the live slot is not told")


def back_on_nginx(place):
    """A canary that is bad is gone when the run ends, and everybody sees what was there before."""
    with site(place, "two") as (here, nginx):
        here.make("bad")
        here.run(status=1, says="green has 50 %, blue 50 %")
        nginx.everybody_sees("one")
        expect((nginx.folder / "app.conf").read_text().startswith("# live: blue\n"), "the live slot is not told")


def refused_by_nginx(place):
    """What nginx does not take is not left behind in its configuration."""
    with site(place, "two") as (here, nginx):
        before = (nginx.folder / "app.conf").read_text()
        here.file.write_text(here.file.read_text().replace("web, build.site", 'wrong, build.site') + "\n" + nginx.target()
                             .replace("let web", "let wrong").replace('config:', 'upstream: "no;name", config:'))
        here.run(status=1, says="nginx refuses the routing; the one before is back")
        expect_equal((nginx.folder / "app.conf").read_text(), before, "the configuration")
        nginx.everybody_sees("one")


# Instead of a host and its `ssh`: a folder, and a program that runs there what it is told.
SSH = """#!/usr/bin/env bash
while [ "$1" != -- ]; do shift; done
mkdir -p "{hosts}/$2" && cd "{hosts}/$2" && exec bash -c "$3"
"""

FLEET = '''
  stage build { run "echo VERSION > version"; artifact app = upload("version") }
  stage release in production {
    deploy.rolling(hosts, build.app, order: [["one"], ["two", "three"]], pause: 1s, patience: 10s) {
      verify { run "test ! -e {here}/bad" }
    }
  }
'''


def rolling_over_ssh(place):
    """Host by host; and when the last proof fails, each host runs what it ran before, and no older one."""
    here = place(FLEET.replace("VERSION", "v1"), before="""
use std.deploy
environment production { lock }
let hosts = deploy.ssh("app", service: "app", health: "file:///dev/null", control: "echo control >> told; : ")
""")
    hosts = here.folder / "hosts"
    (here.folder / "bin").mkdir()
    ssh = here.folder / "bin/ssh"
    ssh.write_text(SSH.replace("{hosts}", str(hosts)))
    ssh.chmod(0o755)
    env = {"PATH": f"{here.folder / 'bin'}:{os.environ['PATH']}"}

    def versions():
        return [(hosts / host / "app/current/version").read_text().strip() for host in ("one", "two", "three")]

    here.run(env=env)
    expect_equal(versions(), ["v1"] * 3, "behind the first release")
    here.write(FLEET.replace("VERSION", "v2"))
    here.run(env=env)
    expect_equal(versions(), ["v2"] * 3, "behind the second")
    here.write(FLEET.replace("VERSION", "v3"))
    here.make("bad")
    here.run(env=env, status=1, says="rolled back")
    expect_equal(versions(), ["v2"] * 3, "behind the one that went back")


# A cluster as a folder: what `kubectl` was told, as far as the target tells it.
KUBECTL = '''#!/usr/bin/env bash
set -eu
cd "{here}"
[ "$1" = --namespace ] && shift 2
case "$1 $2" in
  "set image") echo "${4#*=}" > "image-${3#*/}" ;;
  "scale "*) echo "$4" > "replicas-${2#*/}" ;;
  "rollout status") test -e "image-${3#*/}" ;;
  "patch service") echo "$7" | sed 's/.*"slot":"\\([a-z]*\\)".*/\\1/' > selector ;;
  "get service") cat selector ;;
  "get deployment") cat "replicas-$3" ;;
  *) echo "kubectl is not asked for: $*" >&2; exit 1 ;;
esac
'''

CLUSTER = '''
  stage build { run "echo registry/app@sha256:1 > image"; artifact app = upload("image") }
  stage release in production {
    deploy.blue-green(cluster, build.app, shift: [100%], bake: 1s, interval: 1s) { verify { run "test ! -e {here}/bad" } }
  }
'''


def service_selector(place):
    """The selector of a service of Kubernetes changes, and changes back when the proof fails."""
    here = place(CLUSTER, before='use std.deploy\nenvironment production { lock }\nlet cluster = deploy.kubernetes("app", replicas: 3)\n')
    (here.folder / "bin").mkdir()
    kubectl = here.folder / "bin/kubectl"
    kubectl.write_text(KUBECTL.replace("{here}", str(here.here)))
    kubectl.chmod(0o755)
    env = {"PATH": f"{here.folder / 'bin'}:{os.environ['PATH']}"}
    (here.here / "selector").write_text("blue\n")
    (here.here / "replicas-app-blue").write_text("3\n")
    here.run(env=env)
    told = {name: here.lines(name) for name in ("selector", "image-app-green", "replicas-app-green", "replicas-app-blue")}
    expect_equal(told, {"selector": ["green"], "image-app-green": ["registry/app@sha256:1"], "replicas-app-green": ["3"],
                        "replicas-app-blue": ["0"]}, "the cluster behind it")
    here.make("bad")
    here.run(env=env, status=1, says="rolled back")
    expect_equal(here.lines("selector"), ["green"], "the selector behind what went back")
    here.write(CLUSTER.replace("[100%]", "[50%, 100%]"))
    here("check", here.file, status=1, says="a selector of Kubernetes gives all of the traffic or none")


CASES = [rolling_over_ssh, service_selector, blue_green, back_from_half, back_from_watch]
if shutil.which("nginx") and shutil.which("curl"):
    CASES += [canary_on_nginx, back_on_nginx, refused_by_nginx]
else:
    print("SKIPPED: nginx or curl is not installed")
main(CASES)
