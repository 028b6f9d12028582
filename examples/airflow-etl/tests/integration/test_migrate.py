import pytest
from psycopg2.extensions import connection as Connection

from etl import migrate

ORDER = """
    insert into shop.orders (id, customer, placed_at, updated_at, currency, amount, status)
    values (1, 'ada@example.com', now(), now(), 'EUR', 5, 'paid')
"""


def columns(connection: Connection) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns"
            " where table_schema = 'shop' and table_name = 'orders'"
        )
        return {name for (name,) in cursor}


def test_up_and_down_and_up_again(empty: Connection) -> None:
    assert migrate.up(empty) == ["0002_order_channel"]
    assert "channel" in columns(empty)
    assert migrate.up(empty) == []

    assert migrate.down(empty) == ["0002_order_channel"]
    assert "channel" not in columns(empty)
    assert migrate.down(empty) == []

    assert migrate.up(empty) == ["0002_order_channel"]


def test_orders_outlive_the_way_back(shop: Connection) -> None:
    with shop.cursor() as cursor:
        cursor.execute(ORDER)  # as the release before the migration writes it
        migrate.down(shop)
        migrate.up(shop)
        cursor.execute("select id, channel from shop.orders")
        assert cursor.fetchall() == [(1, "web")]


def test_from_the_command_line(
    empty: Connection,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", url)
    assert [migrate.main([way]) for way in ("up", "down")] == [0, 0]
    assert capsys.readouterr().out == "up: 0002_order_channel\ndown: 0002_order_channel\n"
    assert migrate.applied(empty) == []
