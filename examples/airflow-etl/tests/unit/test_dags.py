"""The DAGs as Airflow sees them, and their tasks' own code with the warehouse replaced."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from airflow.exceptions import AirflowFailException
from airflow.models import DagBag

from etl import quality, warehouse
from etl.shared import ORDERS, warehouse_url
from etl.warehouse import Loaded

Body = Callable[..., Any]


@pytest.fixture
def body(dag_bag: DagBag, monkeypatch: pytest.MonkeyPatch, data: Path) -> Callable[[str], Body]:
    """The function behind `dag.task`, with a connection that is only its URL."""

    @contextmanager
    def connect(url: str) -> Iterator[str]:
        yield url

    monkeypatch.setattr(warehouse, "connect", connect)
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgresql://db/shop")
    monkeypatch.setenv("ORDERS_INBOX", str(data))

    def find(name: str) -> Body:
        dag, task = name.split(".")
        return dag_bag.dags[dag].get_task(task).python_callable

    return find


def test_every_file_loads(dag_bag: DagBag) -> None:
    assert dag_bag.import_errors == {}
    assert sorted(dag_bag.dags) == ["data_quality", "housekeeping", "orders_daily"]


def test_orders_are_extracted_then_loaded_then_published(dag_bag: DagBag) -> None:
    dag = dag_bag.dags["orders_daily"]
    assert {task.task_id: task.downstream_task_ids for task in dag.tasks} == {
        "extract": {"load"},
        "load": {"publish"},
        "publish": set(),
    }
    assert dag.max_active_runs == 1
    assert not dag.catchup


def test_publishing_the_orders_starts_the_checks(dag_bag: DagBag) -> None:
    assert dag_bag.dags["orders_daily"].get_task("publish").outlets == [ORDERS]
    assert dag_bag.dags["data_quality"].timetable.dataset_condition.objects == [ORDERS]


def test_every_check_is_a_task_of_its_own(dag_bag: DagBag) -> None:
    assert sorted(dag_bag.dags["data_quality"].task_ids) == quality.checks()


def test_the_warehouse_is_an_airflow_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgresql://etl@db:5433/shop")
    assert warehouse_url() == "postgres://etl@db:5433/shop"


def test_extract_finds_the_export(body: Callable[[str], Body], data: Path) -> None:
    assert body("orders_daily.extract")("2025-10-20") == str(data / "orders-2025-10-20.csv")


def test_load_brings_in_the_clean_orders(
    body: Callable[[str], Body], monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    calls: list[tuple[Any, ...]] = []

    def load(*arguments: Any) -> Loaded:
        calls.append(arguments)
        return Loaded(changed=5, rejected=2, days=["2025-10-20"])

    monkeypatch.setattr(warehouse, "load", load)
    result = body("orders_daily.load")("2025-10-20", str(data / "orders-2025-10-20.csv"))

    ((url, day, orders, rejects),) = calls
    assert (url, day) == ("postgres://db/shop", date(2025, 10, 20))
    assert [order.id for order in orders] == [1001, 1002, 1003, 1004, 1005]
    assert [(reject.line, reject.reason) for reject in rejects] == [
        (8, "placed_at: '2025-10-20T13:00:00' has no time zone"),
        (9, "customer: missing"),
    ]
    assert result == {"changed": 5, "rejected": 2, "days": ["2025-10-20"]}


def test_publish_refreshes_the_days_that_were_touched(
    body: Callable[[str], Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "refresh_revenue", lambda _, days: 2 * len(days))
    loaded = {"changed": 2, "rejected": 0, "days": ["2025-10-20", "2025-10-21"]}
    assert body("orders_daily.publish")(loaded) == 4


def test_a_check_without_findings_passes(
    body: Callable[[str], Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    # the other check has findings: each task asks for its own only
    monkeypatch.setattr(
        quality, "findings", lambda _, name: [] if name == "few_rejects" else ["broken"]
    )
    assert body("data_quality.few_rejects")("few_rejects") is None


def test_a_check_with_findings_fails_for_good(
    body: Callable[[str], Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "findings", lambda _, name: ["9 of 10", "8 of 10"])
    with pytest.raises(AirflowFailException, match="few_rejects: 9 of 10; 8 of 10"):
        body("data_quality.few_rejects")("few_rejects")


def test_housekeeping_keeps_as_long_as_it_is_told(
    body: Callable[[str], Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "forget_rejects", lambda _, keep, today: (keep, today))
    kept = body("housekeeping.forget_rejects")("2025-10-26", "30")
    assert kept == (30, date(2025, 10, 26))
