"""The shop's exports: one CSV file a day, in a folder."""

import csv
from collections.abc import Iterator
from pathlib import Path

from etl.orders import Row

COLUMNS = {"id", "customer", "placed_at", "updated_at", "currency", "amount", "status", "channel"}


def export(inbox: Path, day: str) -> Path:
    """The export of that day; FileNotFoundError while the shop has not written it."""
    path = inbox / f"orders-{day}.csv"
    if not path.is_file():
        raise FileNotFoundError(f"no export for {day} in {inbox}")
    return path


def read(path: Path) -> Iterator[Row]:
    """The rows of an export, each column under its name, whatever the columns' order."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = next(rows, [])
        if missing := COLUMNS - set(header):
            raise ValueError(f"{path.name} has no column {', '.join(sorted(missing))}")
        for fields in rows:
            yield dict(zip(header, fields, strict=False))  # a short row lacks its last columns
