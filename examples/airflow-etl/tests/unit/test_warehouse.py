"""What can be said of the loader without a database; tests/integration says the rest."""

import pytest

from etl import migrate, quality, warehouse


class Connection:
    """Stands in for a connection: notes how its transaction ended."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ended: list[str] = []

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.ended.append("rollback" if kind else "commit")

    def close(self) -> None:
        self.ended.append("close")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    connections: list[Connection] = []

    def connect(url: str) -> Connection:
        connections.append(Connection(url))
        return connections[-1]

    monkeypatch.setattr("psycopg2.connect", connect)
    return connections


def test_a_transaction_is_committed_and_closed(opened: list[Connection]) -> None:
    with warehouse.connect("postgresql+psycopg2://db/shop"):
        assert opened[0].ended == []
    assert opened[0].ended == ["commit", "close"]


def test_an_error_rolls_the_transaction_back(opened: list[Connection]) -> None:
    with pytest.raises(RuntimeError), warehouse.connect("postgresql://db/shop"):
        raise RuntimeError
    assert opened[0].ended == ["rollback", "close"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_the_url_may_be_the_one_airflow_uses(opened: list[Connection], scheme: str) -> None:
    with warehouse.connect(f"{scheme}://db/shop"):
        pass
    assert opened[0].url == f"{scheme.removesuffix('+psycopg2')}://db/shop"


def test_the_statement_of_every_check_is_a_select() -> None:
    names = quality.checks()
    assert names == ["few_rejects", "no_orders_from_the_future", "revenue_matches_orders"]
    for name in names:
        text = warehouse.statement(f"checks/{name}.sql").lower()
        assert "select" in text
        assert not any(word in text for word in ("insert ", "update ", "delete ", "drop "))


@pytest.mark.parametrize("arguments", [[], ["sideways"], ["up", "down"]])
def test_migrate_says_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate.main(arguments) == 2
    assert "python -m etl.migrate up" in capsys.readouterr().err
