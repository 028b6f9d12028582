from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from etl import source, warehouse
from etl.orders import Order, clean
from etl.warehouse import Loaded

MONDAY, TUESDAY = date(2025, 10, 20), date(2025, 10, 21)


def load(shop: Connection, data: Path, day: date) -> Loaded:
    orders, rejects = clean(source.read(source.export(data, str(day))))
    return warehouse.load(shop, day, orders, rejects)


def rows(shop: Connection, query: str) -> list[tuple[Any, ...]]:
    with shop.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def test_what_is_loaded_can_be_queried(shop: Connection, data: Path) -> None:
    assert load(shop, data, MONDAY) == Loaded(changed=5, rejected=2, days=["2025-10-20"])
    columns = "id, customer, amount, status, channel"
    assert rows(shop, f"select {columns} from shop.orders where id <= 1003 order by id") == [
        (1001, "ada@example.com", Decimal("49.90"), "refunded", "web"),
        (1002, "grace@example.com", Decimal("120.00"), "paid", "app"),
        (1003, "alan@example.com", Decimal("15.50"), "paid", "store"),
    ]
    assert rows(shop, "select line, reason, source ->> 'id' from shop.reject order by line") == [
        (8, "placed_at: '2025-10-20T13:00:00' has no time zone", "1006"),
        (9, "customer: missing", "1007"),
    ]
    assert rows(shop, "select day, accepted, rejected from shop.load") == [(MONDAY, 5, 2)]


def test_loading_again_changes_nothing(shop: Connection, data: Path) -> None:
    everything = "select * from shop.orders order by id"
    load(shop, data, MONDAY)
    before = rows(shop, everything)
    assert load(shop, data, MONDAY).changed == 0
    assert rows(shop, everything) == before
    assert rows(shop, "select count(*) from shop.reject") == [(2,)]


@pytest.mark.parametrize("days", [(MONDAY, TUESDAY), (TUESDAY, MONDAY)])
def test_the_newest_version_wins_in_any_order(
    shop: Connection, data: Path, days: tuple[date, date]
) -> None:
    for day in days:
        load(shop, data, day)
    assert rows(shop, "select status from shop.orders where id = 1002") == [("refunded",)]


def test_revenue_by_day_and_currency(shop: Connection, data: Path) -> None:
    assert warehouse.refresh_revenue(shop, load(shop, data, MONDAY).days) == 3
    revenue = "select currency, orders, gross, refunded from shop.daily_revenue where day = '{}'"
    assert sorted(rows(shop, revenue.format(MONDAY))) == [
        ("EUR", 2, Decimal("169.90"), Decimal("49.90")),
        ("GBP", 1, Decimal("15.50"), Decimal("0.00")),
        ("USD", 1, Decimal("300.00"), Decimal("0.00")),
    ]


def test_a_late_refund_reaches_the_day_of_its_order(shop: Connection, data: Path) -> None:
    for day in (MONDAY, TUESDAY):
        warehouse.refresh_revenue(shop, load(shop, data, day).days)
    assert rows(
        shop, "select day, refunded from shop.daily_revenue where currency = 'EUR' order by day"
    ) == [(MONDAY, Decimal("169.90")), (TUESDAY, Decimal("0.00"))]


def test_a_failed_load_leaves_nothing_behind(
    shop: Connection, url: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Order, "day", property(lambda _: 1 / 0))
    with pytest.raises(ZeroDivisionError), warehouse.connect(url) as transaction:
        load(transaction, data, MONDAY)
    assert rows(shop, "select count(*) from shop.orders") == [(0,)]


def test_the_database_refuses_what_cleaning_would(shop: Connection) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation):
        rows(shop, "insert into shop.orders values (1, 'a@b', now(), now(), 'EUR', -1, 'paid')")


def test_old_rejects_are_forgotten(shop: Connection, data: Path) -> None:
    load(shop, data, MONDAY)
    assert warehouse.forget_rejects(shop, 7, date(2025, 10, 27)) == 0
    assert warehouse.forget_rejects(shop, 7, date(2025, 10, 28)) == 2
