from pathlib import Path

import pytest

from etl import source

HEADER = "id,customer,placed_at,updated_at,currency,amount,status,channel\n"


def test_a_day_without_export_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no export for 2025-10-22"):
        source.export(tmp_path, "2025-10-22")


def test_the_export_of_a_day(data: Path) -> None:
    assert source.export(data, "2025-10-20") == data / "orders-2025-10-20.csv"


def test_columns_may_come_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    columns = HEADER.strip().split(",")[::-1]
    path.write_text(",".join(columns) + "\n" + ",".join(f"<{name}>" for name in columns) + "\n")
    (row,) = source.read(path)
    assert row == {name: f"<{name}>" for name in columns}


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "7\n", encoding="utf-8-sig")
    assert list(source.read(path)) == [{"id": "7"}]


@pytest.mark.parametrize("text", ["", HEADER.replace("amount,", "")])
def test_a_missing_column_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"orders\.csv has no column amount"):
        list(source.read(path))
