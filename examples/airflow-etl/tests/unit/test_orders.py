import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from etl.orders import Channel, Currency, Order, Status, clean, parse

ROW = {
    "id": "7",
    "customer": "Ada@Example.com",
    "placed_at": "2025-10-21T01:15:00+02:00",
    "updated_at": "2025-10-21T08:00:00+00:00",
    "currency": "EUR",
    "amount": "49.90",
    "status": "paid",
    "channel": "app",
}


def test_a_row_becomes_an_order() -> None:
    assert parse(ROW) == Order(
        id=7,
        customer="ada@example.com",
        placed_at=datetime(2025, 10, 20, 23, 15, tzinfo=UTC),
        updated_at=datetime(2025, 10, 21, 8, tzinfo=UTC),
        currency=Currency.EUR,
        amount=Decimal("49.90"),
        status=Status.PAID,
        channel=Channel.APP,
    )


def test_revenue_counts_for_the_day_in_utc() -> None:
    assert parse(ROW).day == date(2025, 10, 20)


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("id", "0", "id: '0'"),
        ("id", "7; drop table", "id: '7; drop table'"),
        ("id", "9" * 19, f"id: '{'9' * 19}'"),
        ("customer", "  ", "customer: missing"),
        ("customer", "nobody", "customer: 'nobody'"),
        ("placed_at", "yesterday", "placed_at: 'yesterday'"),
        ("placed_at", "2025-10-20T10:00:00", "placed_at: '2025-10-20T10:00:00' has no time zone"),
        ("updated_at", "2025-10-01T00:00:00+00:00", "updated_at: before placed_at"),
        ("currency", "DM", "currency: 'DM'"),
        ("amount", "-1.00", "amount: '-1.00'"),
        ("amount", "1.005", "amount: '1.005'"),
        ("amount", "NaN", "amount: 'NaN'"),
        ("status", "PAID", "status: 'PAID'"),
        ("channel", "", "channel: missing"),
    ],
)
def test_a_bad_field_is_named(column: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse({**ROW, column: text})


def test_a_rejected_row_keeps_its_line_and_reason() -> None:
    bad = {**ROW, "amount": ""}
    orders, (reject,) = clean([ROW, bad])
    assert [order.id for order in orders] == [7]
    assert (reject.line, reject.reason, reject.row) == (3, "amount: missing", bad)


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_newest_version_wins(newest_first: bool) -> None:
    refund = {**ROW, "updated_at": "2025-10-22T00:00:00+00:00", "status": "refunded"}
    rows = [refund, ROW] if newest_first else [ROW, refund]
    (order,), rejects = clean(rows)
    assert order.status is Status.REFUNDED
    assert rejects == []


def test_of_equally_new_versions_the_last_wins() -> None:
    (order,), _ = clean([ROW, {**ROW, "status": "cancelled"}])
    assert order.status is Status.CANCELLED
