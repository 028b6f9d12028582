"""The warehouse: what the statements in sql/ do, as functions on an open transaction."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extras import Json, execute_values

from etl.orders import Order, Reject

SQL = Path(os.environ.get("ETL_SQL", Path(__file__).parents[2] / "sql"))


@dataclass(frozen=True, slots=True)
class Loaded:
    changed: int
    rejected: int
    days: list[str]


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back when anything in it raises."""
    connection = psycopg2.connect(url.replace("postgresql+psycopg2:", "postgresql:", 1))
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def statement(name: str) -> str:
    return (SQL / name).read_text(encoding="utf-8")


def load(
    warehouse: Connection, day: date, orders: Sequence[Order], rejects: Sequence[Reject]
) -> Loaded:
    """Bring in a day's export. Loading it again, or an older one after it, changes nothing."""
    with warehouse.cursor() as cursor:
        changed = execute_values(
            cursor, statement("upsert_orders.sql"), map(astuple, orders), fetch=True
        )
        cursor.execute("delete from shop.reject where day = %s", [day])
        execute_values(
            cursor,
            "insert into shop.reject (day, line, reason, source) values %s",
            [(day, reject.line, reject.reason, Json(dict(reject.row))) for reject in rejects],
        )
        cursor.execute(
            statement("record_load.sql"),
            {"day": day, "accepted": len(orders), "rejected": len(rejects)},
        )
    days = sorted({str(order.day) for order in orders})
    return Loaded(len(changed), len(rejects), days)


def refresh_revenue(warehouse: Connection, days: Iterable[str]) -> int:
    """Work out the revenue of these days anew; returns how many rows it now has."""
    with warehouse.cursor() as cursor:
        cursor.execute(statement("refresh_revenue.sql"), {"days": list(days)})
        return int(cursor.rowcount)


def forget_rejects(warehouse: Connection, keep_days: int, today: date) -> int:
    """Delete the rejected rows that are older than that, for they hold customers' data."""
    with warehouse.cursor() as cursor:
        cursor.execute("delete from shop.reject where day < %s::date - %s::int", [today, keep_days])
        return int(cursor.rowcount)
