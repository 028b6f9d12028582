#!/usr/bin/env python3
"""slot.py FOLDER PORT BROKEN: keeps the service of the version that FOLDER/wanted names running, as an init would; none
for an empty one."""
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
folder, port, broken = pathlib.Path(sys.argv[1]), *sys.argv[2:]
running, child = "", None


def end(*_):
    if child:
        child.terminate()
        child.wait()
    if _:
        sys.exit(0)


signal.signal(signal.SIGTERM, end)
while True:
    wanted = (folder / "wanted").read_text().strip() if (folder / "wanted").exists() else ""
    if wanted != running:
        end()
        child = subprocess.Popen([sys.executable, HERE / "service.py", port, wanted, broken]) if wanted else None
        running = wanted
    time.sleep(0.05)
