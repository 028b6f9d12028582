"""Every night: the shop's export of the day, cleaned, loaded, and summed up as revenue."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pendulum
from airflow.decorators import dag, task

from etl import source, warehouse
from etl.orders import clean
from etl.shared import DEFAULTS, ORDERS, inbox, warehouse_url


@dag(
    schedule="0 4 * * *",
    start_date=pendulum.datetime(2025, 10, 1),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["orders", "etl"],
    doc_md=__doc__,
)
def orders_daily() -> None:
    @task
    def extract(day: str) -> str:
        """Find the export. While it is late, the retries wait for it."""
        return str(source.export(inbox(), day))

    @task
    def load(day: str, path: str) -> dict[str, Any]:
        orders, rejects = clean(source.read(Path(path)))
        with warehouse.connect(warehouse_url()) as connection:
            return asdict(warehouse.load(connection, date.fromisoformat(day), orders, rejects))

    @task(outlets=[ORDERS])
    def publish(loaded: dict[str, Any]) -> int:
        """Refresh each day that the export touched: a refund changes a day long past."""
        with warehouse.connect(warehouse_url()) as connection:
            return warehouse.refresh_revenue(connection, loaded["days"])

    day = "{{ ds }}"
    publish(load(day, extract(day)))


orders_daily()
