"""Whole runs of the DAGs, by Airflow itself, against the real databases."""

from pathlib import Path

import pendulum
import pytest
from airflow.models import DagBag
from airflow.providers.fab.auth_manager import models as _users  # noqa: F401  runs refer to them
from airflow.utils.state import DagRunState
from psycopg2.extensions import connection as Connection

from etl import quality

DAY = pendulum.datetime(2025, 10, 20)

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def deployed(monkeypatch: pytest.MonkeyPatch, url: str, data: Path) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", url.replace("+psycopg2", ""))
    monkeypatch.setenv("ORDERS_INBOX", str(data))


def test_a_day_of_orders(dag_bag: DagBag, shop: Connection) -> None:
    run = dag_bag.dags["orders_daily"].test(execution_date=DAY)
    assert run.state == DagRunState.SUCCESS
    assert quality.findings(shop, "revenue_matches_orders") == []
    with shop.cursor() as cursor:
        cursor.execute("select sum(orders), sum(gross) from shop.daily_revenue")
        assert [float(total) for total in cursor.fetchone()] == [4, 485.40]


def test_the_checks_fail_on_a_bad_day(dag_bag: DagBag, shop: Connection) -> None:
    dag_bag.dags["orders_daily"].test(execution_date=DAY)  # 2 of 7 rows are rejected
    run = dag_bag.dags["data_quality"].test(execution_date=DAY)
    assert run.state == DagRunState.FAILED
    assert {task.task_id for task in run.get_task_instances() if task.state == "failed"} == {
        "few_rejects"
    }
