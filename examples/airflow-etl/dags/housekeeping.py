"""Every Sunday: forget the rejected rows that nobody will repair any more."""

from datetime import date

import pendulum
from airflow.decorators import dag, task
from airflow.models.param import Param

from etl import warehouse
from etl.shared import DEFAULTS, warehouse_url


@dag(
    schedule="0 6 * * 0",
    start_date=pendulum.datetime(2025, 10, 1),
    catchup=False,
    default_args=DEFAULTS,
    params={"keep_days": Param(90, type="integer", minimum=7)},
    tags=["orders", "housekeeping"],
    doc_md=__doc__,
)
def housekeeping() -> None:
    @task
    def forget_rejects(today: str, keep_days: str) -> int:
        with warehouse.connect(warehouse_url()) as connection:
            return warehouse.forget_rejects(connection, int(keep_days), date.fromisoformat(today))

    forget_rejects("{{ ds }}", "{{ params.keep_days }}")


housekeeping()
