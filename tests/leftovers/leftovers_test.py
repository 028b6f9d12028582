#!/usr/bin/env python3
"""What tests could leave behind is found, one kind after the other; what was there before is not told."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(__file__).with_name("leftovers.py")


class Leftovers(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        top = pathlib.Path(self.scratch.name)
        self.folder, self.record, self.source = top / f"planted-{os.getpid()}", top / "record", top / "source"
        self.source.mkdir()

    def check(self, what, patience=5):
        done = subprocess.run([sys.executable, "-B", CHECKER, what, self.folder, "--record", self.record, "--source",
                               self.source, "--patience", str(patience)], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def begin(self):
        self.assertEqual(self.check("begin"), (0, ""))

    def finds(self, *told):
        status, text = self.check("end", patience=0)
        self.assertEqual(status, 1, text)
        for one in told:
            self.assertIn(one, text)
        self.assertFalse(self.folder.exists())

    def start(self, *command, **more):
        """As a test starts something."""
        process = subprocess.Popen([*command], env={**os.environ, "TMPDIR": str(self.folder)}, **more)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_nothing(self):
        self.begin()
        self.start("true").wait()
        (self.folder / "made").touch()
        (self.folder / "made").unlink()
        self.assertEqual(self.check("end"), (0, ""))

    def test_a_process_and_its_port(self):
        self.begin()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            process = self.start("sleep", "300", pass_fds=[listener.fileno()])
            port = listener.getsockname()[1]
        self.finds(f"process {process.pid}, which listens on {port}: sleep 300")
        self.assertEqual(process.wait(), -signal.SIGKILL)

    def test_what_is_about_to_end(self):
        self.begin()
        self.start("sleep", "0.5")
        self.assertEqual(self.check("end"), (0, ""))

    def test_files(self):
        (self.source / ".sluice").mkdir()
        (self.source / "runtime").mkdir()
        (self.source / "runtime/makes.cpp").write_text('name = "sluice-planted-XXXXXX"')
        self.begin()
        (self.folder / "some/where").mkdir(parents=True)
        (self.source / "sluice-here").touch()
        with tempfile.NamedTemporaryFile(prefix="sluice-planted-", dir="/tmp") as made:
            self.finds(f"file {self.folder}/some/where", f"file {self.source}/sluice-here", f"file {made.name}")

    def test_what_others_have(self):
        self.begin()
        others = self.source / "sluice-others"
        others.mkdir()
        process = subprocess.Popen(["sleep", "300"], cwd=others)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(self.check("end"), (0, ""))

    def test_what_an_earlier_one_has_left(self):
        self.begin()
        process = self.start("sleep", "300")
        self.record.unlink()  # as if it had been broken off
        self.begin()
        self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assertEqual(self.check("end"), (0, ""))

    @unittest.skipUnless(os.geteuid() == 0, "only root can mount")
    def test_a_mount(self):
        self.begin()
        place = self.source / "sluice-mounted"
        place.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "none", place], capture_output=True).returncode:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", place], check=True)
        self.finds(f"mount {place}")

    def test_a_control_group(self):
        self.begin()
        name = f"sluice.planted.{os.getpid()}"
        for place in (pathlib.Path("/sys/fs/cgroup"), pathlib.Path("/sys/fs/cgroup/pids")):
            try:
                (place / name).mkdir()
            except OSError:
                continue
            self.addCleanup((place / name).rmdir)
            return self.finds(f"control group {place / name}")
        self.skipTest("no control group can be made here")


if __name__ == "__main__":
    unittest.main()
