"""The house rules: what they find in a DAG that breaks them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from airflow.models import DAG
from airflow.operators.empty import EmptyOperator

from validate_dags import main, problems

GOOD = {"owner": "data-platform", "retries": 1, "execution_timeout": timedelta(minutes=1)}


def dag(**changes: object) -> DAG:
    settings = {"schedule": None, "tags": ["test"], "doc_md": "Why.", "default_args": GOOD}
    return DAG("made", start_date=datetime(2025, 1, 1), **{**settings, **changes})


def test_a_good_dag_has_no_problems() -> None:
    made = dag()
    EmptyOperator(task_id="only", dag=made)
    assert list(problems(made)) == []


def test_what_a_bare_dag_lacks() -> None:
    made = dag(tags=[], doc_md=None, default_args={})
    EmptyOperator(task_id="only", dag=made)
    assert list(problems(made)) == [
        "no tags",
        "no documentation",
        "only: no owner",
        "only: no retries",
        "only: no execution timeout",
    ]


def test_an_empty_dag() -> None:
    assert list(problems(dag())) == ["no tasks"]


def test_a_cycle_is_found() -> None:
    made = dag()
    first, second = (EmptyOperator(task_id=name, dag=made) for name in ("first", "second"))
    first >> second >> first
    (problem,) = problems(made)
    assert "Cycle detected in DAG: made" in problem


def test_the_project_itself_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "3 DAGs, 7 tasks, 0 problems" in capsys.readouterr().out


def test_an_import_error_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.py").write_text("from airflow import DAG\nimport no_such_module\n")
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert "No module named 'no_such_module'" in printed.err
    assert "0 DAGs, 0 tasks, 2 problems" in printed.out
