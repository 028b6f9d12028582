#!/usr/bin/env python3
"""containers.py --sluice PATH: services in containers, with an engine of our own instead of Docker (fake_docker.py)."""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
DIGEST = "sha256:" + "0123456789abcdef" * 4
PIPELINE = """
secret PASSWORD

service web(password: secret string) {
  port 8080
  backend github {
    image "IMAGE@DIGEST"
    env { PASSWORD: password, GREETING: "good day" }
    health "--health-cmd 'curl -f localhost'", "--health-interval 1s"
  }
  output url = "http://127.0.0.1:${{ port }}"
}

pipeline served {
  on push
  stage test {
    timeout 5m
    service site = web(password: secrets.PASSWORD)
    run "STEP"
  }
}
"""


class Engine:
    """The daemon while a case runs, a folder for PATH with `docker` in it, and the calls."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copy(HERE / "fake_docker.py", folder / "docker")
        os.chmod(folder / "docker", 0o755)
        self.daemon = subprocess.Popen([sys.executable, folder / "docker", "serve", folder])
        while not (folder / "socket").exists():
            time.sleep(0.01)

    def calls(self, command):
        calls = [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]
        return [call for call in calls if call[0] == command]

    def living(self):
        name = next(part.split("=", 1)[1] for call in self.calls("run") for part in call if part.startswith("sluice.run="))
        listed = subprocess.run([self.folder / "docker", "ps", "--filter", f"label=sluice.run={name}"],
                                capture_output=True, text=True, check=True)
        return listed.stdout.split()


class Case:
    def __init__(self, sluice, image, step, *arguments, engine=True):
        self.place = tempfile.TemporaryDirectory(prefix="sluice-containers-")
        folder = pathlib.Path(self.place.name)
        (folder / "engine").mkdir()
        self.repository = folder / "repository"
        self.repository.mkdir()
        text = PIPELINE.replace("IMAGE", image).replace("DIGEST", DIGEST).replace("STEP", step)
        (self.repository / "served.pipe").write_text(text)
        (self.repository / "secrets").write_text("PASSWORD=open sesame\n")
        self.engine = Engine(folder / "engine") if engine else None
        if engine:
            path = f"{folder / 'engine'}:{os.environ['PATH']}"
        else:
            # Everything but the engines.
            path = str(folder / "programs")
            (folder / "programs").mkdir()
            for one in ("git", "bash", "sh"):
                os.symlink(shutil.which(one), folder / "programs" / one)
        self.command = [sluice, "run", "served.pipe", "--root", ".", "--secret-file", "secrets", *arguments]
        self.environment = {**os.environ, "PATH": path}

    def run(self):
        done = subprocess.run(self.command, cwd=self.repository, env=self.environment, capture_output=True, text=True,
                              timeout=100)
        self.status, self.output = done.returncode, done.stdout + done.stderr
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.engine:
            for name in list(self.engine.living()) if (self.engine.folder / "calls").exists() and self.engine.calls("run") else []:
                subprocess.run([self.engine.folder / "docker", "rm", name], check=False, capture_output=True)
            self.engine.daemon.kill()
            self.engine.daemon.wait()
        self.place.cleanup()


def expect(holds, what, case):
    if not holds:
        sys.exit(f"{what}\n{getattr(case, 'output', '')}")


def reachable(sluice):
    """The step reaches the server through its mapped port; the secret is on no command line and in no file; all is gone."""
    with Case(sluice, "web:1", r"curl -fsS ${{ site.url }} | grep -o 'good day'; curl -s ${{ site.url }} | grep -c 'ses''ame'") as case:
        case.run()
        expect(case.status == 0, "the run failed", case)
        expect("good day" in case.output, "the step did not reach the server", case)
        (run,) = case.engine.calls("run")
        expect("sesame" not in json.dumps(case.engine.calls("run")), "a secret is on the command line", case)
        expect(run[-1] == f"web:1@{DIGEST}", "the image is another one", case)
        expect(re.search(r"127\.0\.0\.1:\d+:8080", " ".join(run)), "the port is not mapped to the loopback", case)
        expect(run[run.index("--health-cmd") + 1] == "curl -f localhost", "the health command is split wrongly", case)
        expect(len(case.engine.calls("inspect")) >= 3, "it was not asked until it was healthy", case)
        expect(case.engine.living() == [], "a container was left behind", case)
        (log,) = case.repository.glob(".sluice/runs/1/logs/test/service-site.log")
        expect("server is up" in log.read_text(), "the log lacks what the container printed", case)
        for file in case.repository.glob(".sluice/**/*"):
            expect(not file.is_file() or b"sesame" not in file.read_bytes(), f"the secret is in {file}", case)


def failing(sluice):
    """Unhealthy, dead, or in a stage that fails: told with the reason, and removed."""
    for image, step, told in [("unhealthy:1", "true", "service site is unhealthy"),
                              ("dies:1", "true", "ended with exit code 3 before it was ready"),
                              ("web:1", "exit 9", "exit code 9")]:
        with Case(sluice, image, step) as case:
            case.run()
            expect(case.status == 1, f"{image}: the exit status is {case.status}", case)
            expect(told in case.output, f"{image}: `{told}` is not told", case)
            expect(case.engine.living() == [], f"{image}: a container was left behind", case)


def taken_port(sluice):
    """Somebody else takes the port before the container does: it is started again on another one."""
    with Case(sluice, "port-thief:1", "curl -fsS ${{ site.url }}") as case:
        case.run()
        expect(case.status == 0, "it was not started again", case)
        first, second = case.engine.calls("run")
        published = [call[call.index("--publish") + 1] for call in (first, second)]
        expect(published[0] != published[1], "it was started on the same port", case)


def limited(sluice):
    """The limits of a stage hold for its containers; a stage with a network of its own cannot have one."""
    with Case(sluice, "web:1", "true", "--isolate", "--memory", "64M", "--pids", "20") as case:
        case.run()
        (run,) = case.engine.calls("run")
        expect("--memory=67108864" in run and "--pids-limit=20" in run, "the limits are not given on", case)
    if shutil.which("bwrap") is None:
        print("SKIPPED: a container beside --isolate=offline, because there is no bwrap here")
        return
    with Case(sluice, "web:1", "true", "--isolate=offline") as case:
        case.run()
        expect(case.status == 1 and "out of reach" in case.output, "a stage without network had a container", case)


def cancelled(sluice):
    """SIGTERM while a step runs: the container goes with the stage."""
    with Case(sluice, "web:1", "echo begun; sleep 60") as case:
        process = subprocess.Popen(case.command, cwd=case.repository, env=case.environment, stdout=subprocess.PIPE, text=True)
        case.output = ""
        for line in process.stdout:
            case.output += line
            if "begun" in line and "echo" not in line:
                process.send_signal(signal.SIGTERM)
        expect(process.wait() == 1, "the run did not end as cancelled", case)
        expect(case.engine.living() == [], "a container was left behind", case)


def no_engine(sluice):
    """Without an engine it is told before anything starts, at its place."""
    with Case(sluice, "web:1", "true", engine=False) as case:
        case.run()
        expect(case.status == 2, f"the exit status is {case.status}", case)
        expect("served.pipe:" in case.output and "or start docker or podman" in case.output, "it is told otherwise", case)
        expect(not (case.repository / ".sluice").exists(), "something was started", case)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", required=True)
    sluice = os.path.abspath(parser.parse_args().sluice)
    for case in (reachable, failing, taken_port, limited, cancelled, no_engine):
        case(sluice)
        print(f"{case.__name__}: as it should be")


if __name__ == "__main__":
    main()
