"""Checks on the warehouse: each file in sql/checks selects what is wrong, one finding a row."""

from psycopg2.extensions import connection as Connection

from etl.warehouse import SQL, statement


def checks() -> list[str]:
    return sorted(path.stem for path in (SQL / "checks").glob("*.sql"))


def findings(warehouse: Connection, check: str) -> list[str]:
    with warehouse.cursor() as cursor:
        cursor.execute(statement(f"checks/{check}.sql"))
        return [finding for (finding,) in cursor]
