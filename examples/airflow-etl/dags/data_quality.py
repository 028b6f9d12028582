"""Whenever the orders have changed: every check in sql/checks, each as a task of its own."""

import pendulum
from airflow.decorators import dag, task
from airflow.exceptions import AirflowFailException

from etl import quality, warehouse
from etl.shared import DEFAULTS, ORDERS, warehouse_url


@dag(
    schedule=[ORDERS],
    start_date=pendulum.datetime(2025, 10, 1),
    catchup=False,
    default_args=DEFAULTS,
    tags=["orders", "quality"],
    doc_md=__doc__,
)
def data_quality() -> None:
    @task
    def check(name: str) -> None:
        with warehouse.connect(warehouse_url()) as connection:
            findings = quality.findings(connection, name)
        if findings:
            raise AirflowFailException(f"{name}: {'; '.join(findings)}")  # a retry finds the same

    for name in quality.checks():
        check.override(task_id=name)(name)


data_quality()
