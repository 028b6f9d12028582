#!/usr/bin/env python3
"""isolation.py --sluice PATH: what a step of `sluice run --isolate` can reach, and what it cannot.

Where bubblewrap cannot make namespaces, or no control group can be made, the cases that need them are skipped and say so."""
import argparse
import http.server
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

NOBODY = 65534
# A leg has a /tmp of its own: what lies elsewhere is hidden by other means, and is the case to try.
WHERE = "/srv" if os.access("/srv", os.W_OK) else str(pathlib.Path.home())
MARK = pathlib.Path(tempfile.gettempdir()).name  # so that what is left there is known as a test's
SECRET = "open-sesame-of-the-forty"


class Place:
    """A repository with one pipeline, a home, and a run of it."""

    def __init__(self, sluice, body, user=None):
        self.folder = tempfile.TemporaryDirectory(prefix=f"sluice-isolation-{MARK}-", dir=WHERE)
        top = pathlib.Path(self.folder.name)
        self.repository, self.home = top / "repository", top / "home"
        self.repository.mkdir()
        self.home.mkdir()
        (self.home / "private-key").write_text("key")
        (self.repository / "ignored.env").write_text("TOKEN=1\n")
        (self.repository / ".gitignore").write_text("ignored.env\n.sluice\n")
        (self.repository / "p.pipe").write_text(body)
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(self.repository)]
        for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
            subprocess.run(git + arguments, check=True)
        (self.repository / ".sluice/runs/999/workspaces/other").mkdir(parents=True)
        (self.repository / ".sluice/runs/999/workspaces/other/file").write_text("another stage's")
        self.sluice = top / "sluice"
        shutil.copy(sluice, self.sluice)
        self.environment = {**os.environ, "HOME": str(self.home), "SSH_AUTH_SOCK": "/run/agent"}
        self.prefix = []
        if user is not None:
            self.prefix = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
            for entry in [top, *top.rglob("*")]:
                os.chown(entry, user, user, follow_symlinks=False)

    def command(self, *arguments):
        return [*self.prefix, str(self.sluice), "run", "p.pipe", *arguments]

    def run(self, *arguments, path=None):
        environment = {**self.environment, **({"PATH": path} if path else {})}
        done = subprocess.run(self.command(*arguments), cwd=self.repository, env=environment, capture_output=True,
                              text=True, timeout=100)
        self.status, self.output = done.returncode, done.stdout + done.stderr
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def expect(holds, what, place):
    if not holds:
        sys.exit(f"{what}\n{getattr(place, 'output', '')}")


def pipeline(**stages):
    text = "pipeline p {\n  on push\n"
    for name, steps in stages.items():
        lines = "".join(f'    run """\n      {step}\n      """\n' if step != "checkout()" else "    checkout()\n"
                        for step in steps)
        text += f"  stage {name} {{\n    timeout 1m\n{lines}  }}\n"
    return text + "}\n"


def processes_with(mark):
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "cmdline").read_bytes():
                found.append(folder.name)
        except OSError:
            pass
    return found


def groups(names):
    return [one for one in pathlib.Path("/sys/fs/cgroup").glob("**/sluice.*") if one.name in names]


FILES = """
checks=0
no() { if "$@" > /dev/null 2>&1; then echo "REACHED: $*"; else checks=$((checks + 1)); fi; }
no touch /etc/sluice-was-here
no touch /usr/sluice-was-here
no touch "$REPOSITORY/p.pipe"
no cat "$REPOSITORY/ignored.env"
no cat "$REPOSITORY/.git/config"
no cat "$REPOSITORY/.sluice/journal.db"
no ls "$REPOSITORY/.sluice/runs/999"
no touch "$REPOSITORY/.git/objects/x"
no cat "$REAL_HOME/private-key"
no test -n "$SSH_AUTH_SOCK"
no ls /run/docker.sock /var/run/docker.sock
for empty in /root /home /run; do ls -A $empty | grep -v -e '^systemd$' && no true; done
no rm "$GITHUB_OUTPUT"
no ln -sf /etc/passwd "$GITHUB_OUTPUT"
no touch "$(dirname "$GITHUB_OUTPUT")/script.sh"
no mount -o remount,rw /
no umount "$HOME"
no chroot /proc/1/root true
no kill -0 "$OUTER"
test "$(cat /proc/[0-9]*/comm | grep -c -e '^sluice$' -e '^python')" = 0 || echo "REACHED: processes outside"
echo "checks: $checks"
echo "x=1" >> "$GITHUB_OUTPUT"
echo "seen=yes" >> "$GITHUB_ENV"
touch "$HOME/mine" /tmp/mine "$RUNNER_TEMP/mine" mine
git log --oneline | wc -l
"""

SEEN = """
test "$seen" = yes && test -e "$HOME/mine" && test -e /tmp/mine && test -e "$RUNNER_TEMP/mine" && echo all is there
"""


def script(text):
    return "\n      ".join(text.strip().splitlines()).replace("${", "$${")


def files(sluice, user=None):
    """Nothing of the machine can be written and nothing private read; workspace, home, /tmp and command files are the leg's."""
    body = pipeline(test=["checkout()", script(FILES), script(SEEN)], next=["ls -A $HOME /tmp"])
    with Place(sluice, body, user) as place:
        place.environment.update(REPOSITORY=str(place.repository), REAL_HOME=str(place.home), OUTER=str(os.getpid()))
        place.run("--isolate", "--jobs", "1")
        expect("REACHED" not in place.output, "something was reached", place)
        expect(place.status == 0, "the run failed", place)
        expect("checks: 18" in place.output, "not all was tried", place)
        expect("all is there" in place.output, "the leg lost what it had made", place)
        expect(not (place.home / "mine").exists() and not pathlib.Path("/tmp/mine").exists(), "written outside", place)
        rest = place.output.split("next │ ▸ ls", 1)[1]
        expect("next │ mine" not in rest, "a stage sees what another has left", place)


def project(sluice):
    """A project within a repository, in a second work tree: neither the repository nor its own git folder can be read."""
    with Place(sluice, pipeline(test=["checkout()", 'git log --oneline | wc -l; ls -A "$TREE" "$MAIN" | paste -sd " "; '
                                                    'cat "$MAIN/ignored.env" "$MAIN/.git/config" 2> /dev/null && echo READ; true'])) as place:
        tree = place.repository.parent / "tree"
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(place.repository)]
        (place.repository / "part").mkdir()
        (place.repository / "p.pipe").rename(place.repository / "part/p.pipe")
        for arguments in (["add", "."], ["commit", "-qm", "two"], ["worktree", "add", "-q", str(tree)]):
            subprocess.run(git + arguments, check=True)
        place.environment.update(TREE=str(tree), MAIN=str(place.repository))
        done = subprocess.run([str(place.sluice), "run", "p.pipe", "--isolate", "--root", "."], cwd=tree / "part",
                              env=place.environment, capture_output=True, text=True)
        place.output = done.stdout + done.stderr
        expect(done.returncode == 0 and "│ 2" in place.output, "the checkout has no history", place)
        expect("READ" not in place.output, "the repository was read", place)
        expect("ignored.env" not in place.output and ".gitignore" not in place.output, "the repository was seen", place)


def as_nobody(sluice):
    """The same for a user without rights, in namespaces of users."""
    if os.geteuid() != 0:
        print("as_nobody: SKIPPED, because only root can try it; the other cases have run as you")
        return
    files(sluice, NOBODY)


def together(sluice):
    """Two stages at one time: one process namespace and one /tmp each; what runs in the background lives with the stage."""
    mark = f"sleep 4{os.getpid()}"
    body = pipeline(one=[f"setsid nohup {mark} > /dev/null 2>&1 & touch /tmp/one; echo $! > $HOME/pid",
                         "sleep 0.5; kill -0 $(cat $HOME/pid); ps -e | grep -c sleep; ls /tmp"],
                    two=["touch /tmp/two; sleep 0.5; ps -e | grep -c sleep || true; ls /tmp"])
    with Place(sluice, body) as place:
        place.run("--isolate", "--jobs", "2")
        expect(place.status == 0, "what ran in the background died with its step", place)
        expect("one │ one" in place.output and "one │ two" not in place.output, "/tmp is shared", place)
        expect("two │ two" in place.output and "two │ one" not in place.output, "/tmp is shared", place)
        expect(processes_with(mark) == [], "a process was left behind", place)


def network(sluice):
    """Offline, two stages have one port at one time and nothing of the machine; else they have the machine's network."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    outside = f"http://127.0.0.1:{server.server_port}/"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    serve = (f"python3 -m http.server --bind 127.0.0.1 {port} > log 2>&1 & for i in $(seq 100); do "
             f"curl -fs http://127.0.0.1:{port}/ > /dev/null && break; sleep 0.05; done; sleep 1; kill -0 $! && echo serving; "
             f"curl -fs -m 2 {outside} > /dev/null && echo outside || echo no outside")
    with Place(sluice, pipeline(one=[serve], two=[serve])) as place:
        place.run("--isolate=offline", "--jobs", "2")
        expect(place.status == 0 and place.output.count("│ serving") == 2, "they could not have the same port", place)
        expect(place.output.count("│ no outside") == 2, "the machine's network was reached", place)
    with Place(sluice, pipeline(one=[f"curl -fs {outside} > /dev/null && echo outside"])) as place:
        place.run("--isolate")
        expect("│ outside" in place.output, "the machine's network is gone", place)
    server.shutdown()


def service(sluice):
    """A service has the leg's namespaces and a folder that it can write, also offline."""
    body = """service web() {
  port 80
  backend local {
    start "touch $SLUICE_SERVICE_DIR/mine; exec python3 -m http.server --bind 127.0.0.1 $SLUICE_SERVICE_PORT"
    ready "curl -fs http://127.0.0.1:$SLUICE_SERVICE_PORT"
  }
  output url = "http://127.0.0.1:${{ port }}"
}
pipeline p { on push
  stage test { timeout 1m
    service site = web()
    run "curl -fs ${{ site.url }} | grep -c mine; ls /etc/passwd; touch /etc/mine || echo held"
  }
}
"""
    for how in ("--isolate", "--isolate=offline"):
        with Place(sluice, body) as place:
            place.run(how)
            expect(place.status == 0 and "│ held" in place.output, f"{how}: the service was not reached", place)
            expect(not list(pathlib.Path(tempfile.gettempdir()).glob("sluice-service-*/mine")), "its folder is outside", place)


def secrets(sluice):
    """A secret is in no process's command line while a step has it."""
    body = """secret WORD
pipeline p { on push
  stage test { timeout 1m
    run "echo begun; sleep 1; test -n \\"$WORD\\"" { env { WORD: secrets.WORD } }
  }
}
"""
    with Place(sluice, body) as place:
        place.environment["WORD"] = SECRET
        process = subprocess.Popen(place.command("--isolate"), cwd=place.repository, env=place.environment,
                                   stdout=subprocess.PIPE, text=True)
        place.output = ""
        for line in process.stdout:
            place.output += line
            if "│ begun" in line:
                expect(processes_with(SECRET) == [], "the secret is on a command line", place)
                expect(processes_with("--die-with-parent") != [], "the step is not isolated", place)
        expect(process.wait() == 0, "the run failed", place)


def stopped(sluice):
    """A script out of time gets its signals; after kill -9 of sluice itself nothing goes on."""
    mark = f"sleep 5{os.getpid()}"
    body = f"""pipeline p {{ on push
  stage test {{
    timeout 1m
    run "trap 'echo cleaned up; exit 1' INT; setsid {mark} & sleep 60 & wait" {{ timeout 1s }}
  }}
}}
"""
    with Place(sluice, body) as place:
        place.run("--isolate")
        expect("│ cleaned up" in place.output and "timed out" in place.output, "the signal did not arrive", place)
        expect(processes_with(mark) == [], "a process was left behind", place)
    with Place(sluice, pipeline(test=[f"echo begun; setsid {mark} & sleep 60"])) as place:
        process = subprocess.Popen(place.command("--isolate"), cwd=place.repository, env=place.environment,
                                   stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            if "│ begun" in line:
                process.send_signal(signal.SIGKILL)
                break
        process.wait()
        end = time.time() + 10
        while processes_with(mark) and time.time() < end:
            time.sleep(0.05)
        expect(processes_with(mark) == [], "processes go on after their run was killed", place)


def limits(sluice):
    """Too much memory is told as such; processes and time are held; no control group is left."""
    body = pipeline(memory=["python3 -c 'x = bytearray(300 << 20)'"],
                    fine=["python3 -c 'x = bytearray(20 << 20)'; grep -o 'sluice[.].*' /proc/self/cgroup | sort -u"],
                    processes=["set +e; for i in $(seq 40); do sleep 2 & done 2> /dev/null; false"],
                    time=["timeout 2 sh -c 'while :; do :; done'; bash -c 'times' | head -1; true"])
    with Place(sluice, body) as place:
        place.run("--isolate", "--memory", "100M", "--pids", "25", "--cpus", "0.5")
        if "cannot be limited" in place.output:
            print("limits: SKIPPED, because no control group can be made here")
            return
        expect("failure: ran out of its 100 MiB of memory (exit code 137" in place.output, "it is not told", place)
        expect("wanted more than its 25 processes" in place.output, "processes were not held", place)
        expect("✓ fine" in place.output, "what fits has failed", place)
        names = re.findall(r"│ (sluice\.\S+)", place.output)
        expect(len(names) == 1, "not every process is in one and the same group", place)
        # Its neighbours are numbered, and belong to the other stages.
        run = names[0].rsplit(".", 1)[0]
        expect(not groups([f"{run}.{number}" for number in range(1, 9)]), "a control group was left behind", place)


def without_bubblewrap(sluice):
    """What cannot be enforced is said once, and the run goes on."""
    with Place(sluice, pipeline(one=["true"], two=["true"])) as place:
        programs = place.repository.parent / "programs"
        programs.mkdir()
        for one in ("git", "bash", "sh", "true"):
            os.symlink(shutil.which(one), programs / one)
        place.run("--isolate=offline", path=str(programs))
        expect(place.status == 0, "the run failed", place)
        expect(place.output.count("there is no `bwrap` here") == 1, "it is not said once", place)
        expect("steps can read and write all that you can and have your network" in place.output, "it is unclear", place)


def links(sluice):
    """What sluice does itself for a step does not follow a link that the step has laid out of its workspace."""
    steps = {"download(one.kept, to: \"in\")": ["ln -s $REAL_HOME in", "ln -s $REAL_HOME inner; mkdir in; mv inner in/"],
             'artifact taken = upload("out/private-key")': ["ln -s $REAL_HOME out"],
             "checkout()": ["mkdir -p a; ln -s $REAL_HOME a/b"]}
    for step, ways in steps.items():
        for way in ways:
            body = (f"""pipeline p {{ on push
  stage one {{ timeout 1m
    run "echo hello > inner"
    artifact kept = upload("inner")
  }}
  stage two after one {{ timeout 1m
    run "{way}"
    {step}
  }}
}}
""")
            with Place(sluice, body) as place:
                place.environment.update(REAL_HOME=str(place.home))
                place.run("--isolate")
                expect("leads out of the workspace" in place.output, f"{way}; {step}: was followed", place)
                expect([one.name for one in place.home.iterdir()] == ["private-key"], f"{way}; {step}: written", place)


def misuse(sluice):
    for arguments, told in [(["--memory", "1G"], "need --isolate"), (["--isolate", "--memory", "much"], "is no size"),
                            (["--isolate=most"], "there is no `--isolate=most`")]:
        with Place(sluice, pipeline(one=["true"])) as place:
            place.run(*arguments)
            expect(place.status == 2 and told in place.output, f"{arguments} was taken", place)


def can_isolate():
    if shutil.which("bwrap") is None:
        return "there is no bwrap"
    tried = subprocess.run(["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all", "true"],
                           capture_output=True, text=True)
    return tried.stderr.strip() if tried.returncode else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("case", nargs="*")
    options = parser.parse_args()
    why_not = can_isolate()
    for case in (misuse, without_bubblewrap, files, project, as_nobody, together, network, service, secrets, links, stopped, limits):
        if options.case and case.__name__ not in options.case:
            continue
        if why_not and case not in (misuse, without_bubblewrap):
            print(f"{case.__name__}: SKIPPED, because bubblewrap cannot work here: {why_not}")
            continue
        case(os.path.abspath(options.sluice))
        print(f"{case.__name__}: done", flush=True)


if __name__ == "__main__":
    main()
