"""What must hold before every production deployment; none of it needs a database."""

from decimal import Decimal
from pathlib import Path

from airflow.models import DagBag

from etl import source, warehouse
from etl.orders import Status, clean


def test_no_row_gets_lost(data: Path) -> None:
    for path in sorted(data.glob("orders-*.csv")):
        rows = list(source.read(path))
        orders, rejects = clean(rows)
        rejected = {reject.line for reject in rejects}
        kept = {int(row["id"]) for line, row in enumerate(rows, 2) if line not in rejected}
        assert {order.id for order in orders} == kept
        assert len(rejects) + len(kept) <= len(rows)


def test_no_cent_gets_lost(data: Path) -> None:
    orders, _ = clean(source.read(data / "orders-2025-10-20.csv"))
    sold = sum(order.amount for order in orders if order.status is not Status.CANCELLED)
    assert sold == Decimal("485.40")


def test_every_migration_has_its_way_back() -> None:
    folder = warehouse.SQL / "migrations"
    ups = {path.name.removesuffix(".up.sql") for path in folder.glob("*.up.sql")}
    downs = {path.name.removesuffix(".down.sql") for path in folder.glob("*.down.sql")}
    assert ups
    assert ups == downs


def test_all_dags_load_for_the_scheduler(dag_bag: DagBag) -> None:
    assert dag_bag.import_errors == {}
    assert {"orders_daily", "data_quality"} <= set(dag_bag.dags)
