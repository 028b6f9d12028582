"""Which migrations are applied when; that their SQL is right is for tests/integration."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import migrate, warehouse


class Database:
    """Stands in for connection and cursor: it knows only which migrations it has had."""

    def __init__(self) -> None:
        self.applied: list[str] = []
        self.statements: list[str] = []

    def cursor(self) -> "Database":
        return self

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None: ...

    def __iter__(self) -> Iterator[tuple[str]]:
        return iter([(name,) for name in sorted(self.applied)])

    def execute(self, statement: str, values: list[str] | None = None) -> None:
        if statement.startswith("insert into shop.migration"):
            self.applied += values or []
        elif statement.startswith("delete from shop.migration"):
            self.applied.remove((values or [])[0])
        elif not statement.startswith("select"):
            self.statements.append(statement)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    (tmp_path / "schema.sql").write_text("schema")
    (tmp_path / "migrations").mkdir()
    for name in ("0003_c", "0002_b"):
        for way in ("up", "down"):
            (tmp_path / "migrations" / f"{name}.{way}.sql").write_text(f"{name} {way}")
    monkeypatch.setattr(warehouse, "SQL", tmp_path)
    monkeypatch.setattr(migrate, "SQL", tmp_path)
    return Database()


def test_up_applies_what_is_missing_oldest_first(database: Database) -> None:
    database.applied = ["0002_b"]
    assert migrate.up(database) == ["0003_c"]
    assert database.statements == ["schema", "0003_c up"]

    database.applied.clear()
    assert migrate.up(database) == ["0002_b", "0003_c"]


def test_down_undoes_the_newest_only(database: Database) -> None:
    migrate.up(database)
    database.statements.clear()
    assert migrate.down(database) == ["0003_c"]
    assert database.statements == ["0003_c down"]
    assert database.applied == ["0002_b"]


def test_down_on_an_empty_database_does_nothing(database: Database) -> None:
    assert migrate.down(database) == []
    assert database.statements == []
