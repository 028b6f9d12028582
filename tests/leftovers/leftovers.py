#!/usr/bin/env python3
"""leftovers.py begin|end FOLDER --record FILE: what the tests between the two have left on this machine.

All tests get FOLDER, below /tmp, as TMPDIR, so its name is in the environment and the paths of all that they start and
make. `begin` makes it and records what of Sluice is there already; `end` fails with a list of what came and stayed:
processes with their ports, mounts, control groups, files in FOLDER and elsewhere. It then removes what is its own."""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import time

LISTENING = "0A"  # as /proc/net/tcp has it
OURS = "sluice"


def living():
    """The folders in /proc of all processes but this one and zombies."""
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(entry.name) != os.getpid() and (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                yield entry


def read(path):
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def link(path):
    with contextlib.suppress(OSError):
        return os.readlink(path)
    return ""


def sockets_of(process):
    with contextlib.suppress(OSError):
        return {link(one) for one in (process / "fd").iterdir()}
    return set()


def listening():
    """The TCP ports that are listened on: {socket: port}."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in read(pathlib.Path("/proc/net") / name).decode().splitlines()]
    return {f"socket:[{one[9]}]": int(one[1].rsplit(":", 1)[1], 16) for one in lines if one[3] == LISTENING}


def about(process):
    """All that tells where a process comes from."""
    return b"".join(map(read, (process / "environ", process / "cmdline"))) + "".join(
        map(link, (process / "cwd", process / "exe"))).encode(errors="surrogateescape")


def marked_processes(mark):
    return [process for process in living() if mark.encode() in about(process)]


def told(process, ports):
    command = read(process / "cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
    open_ports = sorted(ports[one] for one in sockets_of(process) & set(ports))
    listens = f", which listens on {', '.join(map(str, open_ports))}" if open_ports else ""
    return f"process {process.name}{listens}: {command[:200] or read(process / 'comm').decode().strip()}"


def unowned_ports(ports):
    """Ports of processes that cannot be seen, from a namespace that was left; only root sees who owns the others."""
    if os.geteuid() != 0:
        return []
    owned = set().union(*(sockets_of(process) for process in living()))
    return [f"port {port}, of no process that can be seen" for one, port in ports.items() if one not in owned]


def mounts():
    """Of Sluice's, and namespaces that something keeps."""
    lines = read(pathlib.Path("/proc/self/mountinfo")).decode().splitlines()
    return [f"mount {line.split()[4]}: {line}" for line in lines if OURS in line or " - nsfs " in line]


def groups():
    found = []
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        found += [f"control group {folder}/{name}" for name in names if name.startswith(f"{OURS}.")]
    return found


def made_by_program(source):
    """How the names of temporary files and folders begin that the program itself makes."""
    texts = [one.read_text() for room in ("compiler", "runtime") for one in (source / room).rglob("*.cpp")]
    return tuple({prefix for text in texts for prefix in re.findall(r'"/?(sluice-[a-z-]+)X{6}"', text)})


def files(folder, source, program):
    """Elsewhere only what bears our name, and is not that of tests that somebody runs by hand."""
    places = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/srv", pathlib.Path.home(), source]
    found = []
    for place in {pathlib.Path(one).resolve() for one in places}:
        with contextlib.suppress(OSError):
            found += [one for one in place.iterdir() if OURS in one.name and one != folder
                      and (str(place) != "/tmp" or one.name.startswith(program))
                      and (not one.name.startswith("sluice-isolation-") or folder.name in one.name)]
    others = b"".join(text for text in map(about, living()) if folder.name.encode() not in text) if found else b""
    return [f"file {one}" for one in found if bytes(one) not in others] + [f"file {one}" for one in folder.rglob("*")]


def look(folder, source):
    ports = listening()
    return [*(told(process, ports) for process in marked_processes(folder.name)), *unowned_ports(ports), *mounts(),
            *groups(), *files(folder, source, made_by_program(source))]


def remove(folder):
    for process in marked_processes(folder.name):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process.name), signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


def begin(folder, record, source):
    before = json.loads(read(record) or "{}")
    if before and b"ctest" in read(pathlib.Path("/proc") / str(before["by"]) / "cmdline"):
        sys.exit(f"another ctest, {before['by']}, is at work in this build")
    remove(folder)  # of tests that were broken off
    folder.mkdir()
    folder.chmod(0o755)  # some tests are other users
    record.write_text(json.dumps({"by": os.getppid(), "seen": look(folder, source)}))
    return 0


def end(folder, record, source, patience):
    before = set(json.loads(record.read_text())["seen"])
    left, limit = [one for one in look(folder, source) if one not in before], time.monotonic() + patience
    while left and time.monotonic() < limit:
        time.sleep(0.2)
        now = set(look(folder, source))
        left = [one for one in left if one in now]
    remove(folder)
    record.unlink()
    if left:
        print("was left behind:\n" + "\n".join(left[:100]))
    return 1 if left else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["begin", "end"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--record", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--patience", type=float, default=5, help="seconds for what is about to go")
    given = parser.parse_args()
    if given.what == "begin":
        return begin(given.folder, given.record, given.source)
    return end(given.folder, given.record, given.source, given.patience)


if __name__ == "__main__":
    sys.exit(main())
