from datetime import date
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

from etl import quality, source, warehouse
from etl.orders import clean

DAY = date(2025, 10, 21)


@pytest.fixture
def sound(shop: Connection, data: Path) -> Connection:
    """A warehouse with a clean day in it."""
    orders, rejects = clean(source.read(source.export(data, str(DAY))))
    warehouse.refresh_revenue(shop, warehouse.load(shop, DAY, orders, rejects).days)
    return shop


@pytest.mark.parametrize("check", quality.checks())
def test_a_sound_warehouse_has_no_findings(sound: Connection, check: str) -> None:
    assert quality.findings(sound, check) == []


@pytest.mark.parametrize(
    ("check", "damage", "finding"),
    [
        (
            "revenue_matches_orders",
            "update shop.orders set amount = 11 where id = 1008",
            "2025-10-21 EUR: orders 11.00, revenue 10.00",
        ),
        (
            "revenue_matches_orders",
            "delete from shop.orders where id = 1008",
            "2025-10-21 EUR: orders , revenue 10.00",
        ),
        (
            "few_rejects",
            "update shop.load set accepted = 90, rejected = 10",
            "2025-10-21: 10 of 100 rows rejected",
        ),
        (
            "no_orders_from_the_future",
            "update shop.orders set updated_at = '2999-01-01 00:00+00' where id = 1008",
            "order 1008: updated 2999-01-01 00:00:00+00",
        ),
    ],
)
def test_damage_is_found(sound: Connection, check: str, damage: str, finding: str) -> None:
    with sound.cursor() as cursor:
        cursor.execute("set time zone 'UTC'")
        cursor.execute(damage)
    assert quality.findings(sound, check) == [finding]
