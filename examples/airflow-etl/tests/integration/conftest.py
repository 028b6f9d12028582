"""A warehouse in the PostgreSQL server whose URL is in AIRFLOW__DATABASE__SQL_ALCHEMY_CONN."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from etl import migrate, warehouse


@pytest.fixture(scope="session")
def url() -> str:
    url = os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "")
    assert url.startswith("postgres"), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN must name a PostgreSQL"
    name = urlsplit(url).path
    assert name.endswith("_test"), f"these tests drop the schema `shop`: not in {name}"
    return url


@pytest.fixture
def empty(url: str) -> Iterator[Connection]:
    """A connection to the database without the schema `shop`, and the schema gone afterwards."""

    def drop() -> None:
        with warehouse.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("drop schema if exists shop cascade")

    drop()
    connection = psycopg2.connect(url.replace("postgresql+psycopg2:", "postgresql:", 1))
    connection.autocommit = True
    yield connection
    connection.close()
    drop()


@pytest.fixture
def shop(empty: Connection) -> Connection:
    migrate.up(empty)
    return empty
