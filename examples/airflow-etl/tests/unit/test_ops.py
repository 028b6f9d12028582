"""The scripts in ops/, run on this machine with folders for slots and a file for nginx."""

import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

OPS = Path(__file__).resolve().parents[2] / "ops"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a script; what it asks of services and nginx is noted in the file `calls`."""
    cluster = {
        "PATH": os.environ["PATH"],
        "SLOT_HOST": "",
        "AIRFLOW_ROOT": str(tmp_path / "air flow"),
        "SERVICE_CTL": f"echo >>{tmp_path}/calls",
        "LB_CONF": str(tmp_path / "upstream.conf"),
        "LB_SERVER": "%s:8080",
        "LB_RELOAD": f"echo reload >>{tmp_path}/calls",
    }

    def run(script: str, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
        command = [str(OPS / script), *map(str, arguments)]
        return subprocess.run(
            command, env={**cluster, **env}, capture_output=True, text=True, timeout=30
        )

    return run


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[[str], Path]:
    def make(version: str) -> Path:
        (tmp_path / "VERSION").write_text(version)
        path = tmp_path / f"{version}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(tmp_path / "VERSION", "VERSION")
        return path

    return make


def version(tmp_path: Path, slot: str) -> str:
    return (tmp_path / "air flow" / slot / "current" / "VERSION").read_text()


def test_a_blue_green_release(run: Run, bundle: Callable[[str], Path], tmp_path: Path) -> None:
    assert run("deploy.sh", "blue", bundle("v1")).returncode == 0
    assert run("route.sh", "blue", "100%").stdout == "blue has 100%, green 0%\n"
    assert run("deploy.sh", "green", bundle("v2")).returncode == 0

    for share, live in [(10, "blue"), (50, "blue"), (51, "green"), (100, "green")]:
        assert run("route.sh", "green", share).returncode == 0
        assert run("live.sh").stdout == f"{live}\n"

    assert run("retire.sh", "blue").stdout == "blue is retired\n"
    assert (version(tmp_path, "blue"), version(tmp_path, "green")) == ("v1", "v2")
    assert (tmp_path / "calls").read_text().splitlines() == [
        "restart airflow-scheduler@blue",
        "restart airflow-webserver@blue",
        "reload",
        "restart airflow-scheduler@green",
        "restart airflow-webserver@green",
        *["reload"] * 4,
        "stop airflow-scheduler@blue",
        "stop airflow-webserver@blue",
    ]


def test_the_shares_become_weights(run: Run, tmp_path: Path) -> None:
    run("route.sh", "green", "10%")
    assert (tmp_path / "upstream.conf").read_text() == (
        "# live: blue; written by route.sh\n"
        "upstream airflow {\n"
        "    server green:8080 weight=10;\n"
        "    server blue:8080 weight=90;\n"
        "}\n"
    )
    run("route.sh", "green", 0)
    assert "    server green:8080 down;\n" in (tmp_path / "upstream.conf").read_text()


def test_a_routing_that_nginx_refuses_is_taken_back(run: Run, tmp_path: Path) -> None:
    run("route.sh", "blue", 100)
    before = (tmp_path / "upstream.conf").read_text()
    assert run("route.sh", "green", 10, LB_RELOAD="false").returncode == 1
    assert (tmp_path / "upstream.conf").read_text() == before
    assert sorted(path.name for path in tmp_path.glob("upstream*")) == ["upstream.conf"]


@pytest.mark.parametrize("share", ["", "101", "-1", "ten", "010"])
def test_a_share_is_a_percentage(run: Run, share: str) -> None:
    refused = run("route.sh", "blue", share)
    assert (refused.returncode, refused.stderr) == (1, f"route.sh: not a share: '{share}'\n")


@pytest.mark.parametrize("slot", ["red", ""])
@pytest.mark.parametrize("script", ["other.sh", "route.sh", "deploy.sh", "retire.sh"])
def test_an_unknown_slot_is_refused(run: Run, script: str, slot: str) -> None:
    refused = run(script, slot, "100")
    assert refused.returncode == 1
    assert refused.stderr == f"{script}: no slot '{slot}' among blue green\n"


def test_the_slots_may_have_other_names(run: Run) -> None:
    assert run("other.sh", "a", SLOTS="a b").stdout == "b\n"
    assert run("other.sh", "green").stdout == "blue\n"


def test_nothing_is_live_before_the_first_routing(run: Run) -> None:
    assert run("live.sh").returncode == 1


def test_a_slot_with_traffic_is_left_alone(run: Run, bundle: Callable[[str], Path]) -> None:
    run("deploy.sh", "blue", bundle("v1"))
    run("route.sh", "blue", 90)
    for command in (("retire.sh", "blue"), ("retire.sh", "green")):
        assert "has traffic" in run(*command).stderr
    assert run("deploy.sh", "green", bundle("v2")).stderr == "deploy.sh: green has traffic\n"


def test_a_damaged_bundle_is_refused(run: Run, bundle: Callable[[str], Path]) -> None:
    path = bundle("v1")
    path.with_name("v1.tar.gz.sha256").write_text(f"{'0' * 64}  v1.tar.gz\n")
    assert run("deploy.sh", "blue", path).stderr == f"deploy.sh: {path} is damaged\n"


def test_a_backup_can_be_restored(run: Run, bundle: Callable[[str], Path], tmp_path: Path) -> None:
    saved = tmp_path / "backup.tar.gz"
    run("deploy.sh", "blue", bundle("v1"))
    run("route.sh", "blue", 100)
    assert run("backup.sh", "blue", saved).returncode == 0

    run("deploy.sh", "blue", bundle("v2"), FORCE="1")
    run("route.sh", "green", 50)
    assert version(tmp_path, "blue") == "v2"

    assert run("restore.sh", "blue", saved).returncode == 0
    assert version(tmp_path, "blue") == "v1"
    assert run("live.sh").stdout == "blue\n"


def test_a_backup_of_nothing_fails_and_leaves_no_file(run: Run, tmp_path: Path) -> None:
    assert run("backup.sh", "blue", tmp_path / "backup.tar.gz").returncode != 0
    assert list(tmp_path.glob("backup*")) == []


def test_old_releases_go(run: Run, bundle: Callable[[str], Path], tmp_path: Path) -> None:
    for number in range(5):
        run("deploy.sh", "blue", bundle(f"v{number}"))
    assert version(tmp_path, "blue") == "v4"
    assert len(list((tmp_path / "air flow" / "blue" / "releases").iterdir())) == 3
