"""Orders as the shop exports them, made fit for the warehouse: pure functions, no I/O."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

Row = Mapping[str, str]
T = TypeVar("T", bound=StrEnum)


class Status(StrEnum):
    PAID = "paid"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    WEB = "web"
    APP = "app"
    STORE = "store"


class Currency(StrEnum):
    EUR = "EUR"
    GBP = "GBP"
    USD = "USD"


@dataclass(frozen=True, slots=True)
class Order:
    id: int
    customer: str
    placed_at: datetime
    updated_at: datetime
    currency: Currency
    amount: Decimal
    status: Status
    channel: Channel

    @property
    def day(self) -> date:
        """The day, in UTC, that the order's revenue counts for."""
        return self.placed_at.date()


@dataclass(frozen=True, slots=True)
class Reject:
    line: int
    reason: str
    row: Row


def clean(rows: Iterable[Row]) -> tuple[list[Order], list[Reject]]:
    """The newest version of every order, and the rows that are none, each with the reason."""
    newest: dict[int, Order] = {}
    rejects: list[Reject] = []
    for line, row in enumerate(rows, start=2):  # line 1 is the header
        try:
            order = parse(row)
        except ValueError as error:
            rejects.append(Reject(line, str(error), row))
            continue
        known = newest.get(order.id)
        if known is None or known.updated_at <= order.updated_at:
            newest[order.id] = order
    return list(newest.values()), rejects


def parse(row: Row) -> Order:
    """One exported row as an order; ValueError says what is wrong with it."""
    order = Order(
        id=int(_match(row, "id", r"[1-9][0-9]{0,17}")),
        customer=_match(row, "customer", r"\S+@\S+").lower(),
        placed_at=_instant(row, "placed_at"),
        updated_at=_instant(row, "updated_at"),
        currency=_one_of(row, "currency", Currency),
        amount=Decimal(_match(row, "amount", r"[0-9]{1,10}(\.[0-9]{1,2})?")),
        status=_one_of(row, "status", Status),
        channel=_one_of(row, "channel", Channel),
    )
    if order.updated_at < order.placed_at:
        raise ValueError("updated_at: before placed_at")
    return order


def _match(row: Row, name: str, pattern: str) -> str:
    text = row.get(name, "").strip()
    if not text:
        raise ValueError(f"{name}: missing")
    if not re.fullmatch(pattern, text):
        raise ValueError(f"{name}: {text!r}")
    return text


def _one_of(row: Row, name: str, kind: type[T]) -> T:
    return kind(_match(row, name, "|".join(kind)))


def _instant(row: Row, name: str) -> datetime:
    text = _match(row, name, r".+")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name}: {text!r}") from None
    if instant.tzinfo is None:
        raise ValueError(f"{name}: {text!r} has no time zone")
    return instant.astimezone(UTC)
