"""Airflow reads its settings when it is imported, so they are made here, before any test."""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

HOME = tempfile.TemporaryDirectory(prefix="airflow-home-")  # gone at exit

os.environ.setdefault("AIRFLOW_HOME", HOME.name)
os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(ROOT / "dags")
os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(ROOT / "plugins")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY"] = "True"  # quiet: it warns otherwise

from airflow.models import DagBag


@pytest.fixture(scope="session")
def dag_bag() -> DagBag:
    return DagBag(ROOT / "dags", include_examples=False)


@pytest.fixture(scope="session")
def data() -> Path:
    return ROOT / "tests" / "data"
