#!/usr/bin/env python3
"""real.py --sluice SLUICE [CASE …]: a blue-green deployment of a real service behind a real nginx on this machine, under load.

Two slots, one nginx, clients that never pause. Every answer is counted: what the new version answers when it is broken
is its own failing share; anything else that is not an answer of a version is lost, and nothing may be."""
import argparse
import collections
import contextlib
import http.client
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
INTERVAL = 1.0  # of the pipeline's probes, in seconds
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CLIENTS = 4
PAUSE = 0.005  # between two requests of a client: each takes two ports for a minute
CONFIGURATION = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  include {folder}/shop.conf;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://shop; proxy_next_upstream off; }}
  }}
}}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Load:
    """Clients that ask without a pause: what came back, and when the last failure did."""

    def __init__(self, port):
        self.port, self.stopping = port, threading.Event()
        self.answers, self.lost, self.failed_at = collections.Counter(), [], 0.0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        while not self.stopping.wait(PAUSE):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/")
                answer = connection.getresponse()
                version, status = answer.read().decode().strip(), answer.status
                connection.close()
            except OSError as error:
                version, status = repr(error), 0
            with self.lock:
                self.answers[version, status] += 1
                if version not in ("v1", "v2") or (version == "v1" and status != 200):
                    self.lost.append((version, status))
                if status == 500:
                    self.failed_at = time.monotonic()

    def share(self):
        """What part of the next answers the new version gives, in percent."""
        with self.lock:
            before = self.answers.copy()
        for _ in range(100):
            time.sleep(0.02)
            with self.lock:
                now = self.answers - before
            if sum(now.values()) >= 100:
                break
        return 100 * sum(count for (version, _), count in now.items() if version == "v2") / max(1, sum(now.values()))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


class Site:
    """Two slots, of which blue is live with v1, and nginx before them."""

    def __init__(self, sluice, folder):
        self.sluice, self.folder, self.broken = sluice, folder, folder / "broken"
        self.ports = {"blue": free_port(), "green": free_port()}
        self.port = free_port()
        self.processes = []
        (folder / "shop.conf").write_text(f"# live: blue\nupstream shop {{\n  server 127.0.0.1:{self.ports['blue']} weight=100;\n}}\n")
        (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=self.port))
        self.start_slot("blue", "v1")
        self.start_slot("green", "")
        self.processes.append(subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"]))
        self.wait_for(self.port)
        self.repository = folder / "repository"
        shutil.copytree(HERE / "ops", self.repository / "ops")
        shutil.copy(HERE / "deploy.pipe", self.repository)
        for words in (["init", "--quiet"], ["add", "."], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "-m", "v2"]):
            subprocess.run(["git", "-C", self.repository, *words], check=True)
        self.environment = {**os.environ, "SITE": str(folder), "NGINX": NGINX, "BLUE": str(self.ports["blue"]), "GREEN": str(self.ports["green"])}
        self.load = Load(self.port)

    def start_slot(self, slot, version):
        folder = self.folder / slot
        folder.mkdir()
        (folder / "wanted").write_text(version)
        broken = self.broken if slot == "green" else self.folder / "never"
        self.processes.append(subprocess.Popen([sys.executable, HERE / "slot.py", folder, str(self.ports[slot]), broken]))
        if version:
            self.wait_for(self.ports[slot])

    @staticmethod
    def wait_for(port):
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.05)
        sys.exit(f"nothing listens on {port}")

    def run(self, *arguments):
        return subprocess.Popen([self.sluice, *arguments, "--root", self.repository], env=self.environment, cwd=self.repository,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def start(self):
        return self.run("run", self.repository / "deploy.pipe", "--input", "version=v2")

    def until_share(self, share, run):
        """The pipeline has written that share into nginx's file."""
        while f"green has share: {share};" not in (self.folder / "shop.conf").read_text():
            if run.poll() is not None:
                sys.exit(f"the run ended with {run.returncode} before {share}%:\n{run.stdout.read()}")
            time.sleep(0.02)

    def settles(self, slot, share):
        """That slot is live, and in the end nginx gives the new version that share: its old workers end when they may."""
        for _ in range(40):
            if self.live() == slot and self.load.share() == share:
                return True
            time.sleep(0.2)
        return False

    def live(self):
        return (self.folder / "shop.conf").read_text().split("live: ")[1].split()[0].rstrip(";")

    def close(self):
        self.load.stop()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()


def expect(held, what):
    if not held:
        raise AssertionError(what)


def ends(run, status):
    said, _ = run.communicate(timeout=120)
    expect(run.returncode == status, f"the run ended with {run.returncode} instead of {status}:\n{said}")
    return said


def goes_through(site):
    """10, 50, 100 %: nobody notices, and the old slot is retired."""
    run = site.start()
    for share, low, high in ((10, 1, 30), (50, 30, 70), (100, 99, 100)):
        site.until_share(share, run)
        time.sleep(0.3)
        seen = site.load.share()
        expect(low <= seen <= high, f"at {share} % the new version gave {seen:.0f} % of the answers")
    ends(run, 0)
    expect(site.live() == "green", f"{site.live()} is live")
    expect(not site.load.lost, f"lost: {site.load.lost[:5]}")
    return f"{sum(site.load.answers.values())} requests, none lost"


def comes_back(site):
    """The new version breaks at 50 %: traffic is back within two probes, and nothing but its own answers failed."""
    run = site.start()
    site.until_share(50, run)
    time.sleep(0.3)
    broke = time.monotonic()
    site.broken.touch()
    said = ends(run, 1)
    expect("rolled back" in said, said)
    time.sleep(1)  # nginx lets its old workers end; what still fails meanwhile counts
    took = site.load.failed_at - broke
    expect(took <= 2 * INTERVAL + 0.5, f"the last failure came {took:.2f} s after the first")
    expect(site.settles("blue", 0), f"traffic is not back: {site.live()} is live, {site.load.share():.0f} % from the new version")
    expect(not site.load.lost, f"lost: {site.load.lost[:5]}")
    failed = site.load.answers["v2", 500]
    return f"{sum(site.load.answers.values())} requests, {failed} answered by the broken version, none lost, back in {took:.2f} s"


def killed(site, seed=None):
    """kill -9 of the runtime at any instant of a shift; `resume` brings it to its end."""
    run = site.start()
    site.until_share(10, run)
    wait = random.Random(seed).uniform(0, 4)
    time.sleep(wait)
    if run.poll() is None:
        run.kill()
        run.communicate()
        ends(site.run("resume"), 0)
    expect(site.settles("green", 100), f"the deployment is not whole: {site.live()} is live")
    expect(not site.load.lost, f"lost: {site.load.lost[:5]}")
    return f"killed {wait:.2f} s after 10 %, {sum(site.load.answers.values())} requests, none lost"


def killed_coming_back(site, seed=None):
    """The same while the new version is broken: traffic goes back all the same."""
    run = site.start()
    site.until_share(50, run)
    site.broken.touch()
    time.sleep(random.Random(seed).uniform(0, 2))
    if run.poll() is None:
        run.kill()
        run.communicate()
        ends(site.run("resume"), 1)
        time.sleep(1)
    expect(site.settles("blue", 0), f"traffic is not back: {site.live()} is live, {site.load.share():.0f} % from the new version")
    expect(not site.load.lost, f"lost: {site.load.lost[:5]}")
    return f"{sum(site.load.answers.values())} requests, none lost"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sluice", required=True, type=os.path.abspath)
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    wrong = 0
    for case in (goes_through, comes_back, killed, killed_coming_back):
        if options.cases and case.__name__ not in options.cases:
            continue
        with tempfile.TemporaryDirectory(prefix="sluice-delivery-") as folder:
            site = Site(options.sluice, pathlib.Path(folder))
            try:
                print(f"ok     {case.__name__}: {case(site)}", flush=True)
            except AssertionError as error:
                wrong += 1
                print(f"FAILED {case.__name__}: {case.__doc__}\n{error}", flush=True)
            finally:
                site.close()
    sys.exit(1 if wrong else 0)


main()
