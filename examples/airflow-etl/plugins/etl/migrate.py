"""The warehouse's schema, forwards and back.

WAREHOUSE_URL=postgresql://... python -m etl.migrate up      # all that are missing
WAREHOUSE_URL=postgresql://... python -m etl.migrate down    # the newest one
"""

import os
import sys

from psycopg2.extensions import connection as Connection

from etl.warehouse import SQL, connect, statement


def up(warehouse: Connection) -> list[str]:
    """Apply the schema and every migration it lacks, oldest first; returns their names."""
    with warehouse.cursor() as cursor:
        cursor.execute(statement("schema.sql"))
        pending = sorted(set(_known()) - set(applied(warehouse)))
        for name in pending:
            cursor.execute(statement(f"migrations/{name}.up.sql"))
            cursor.execute("insert into shop.migration (name) values (%s)", [name])
    return pending


def down(warehouse: Connection) -> list[str]:
    """Undo the newest migration; returns its name, or nothing when there is none left."""
    newest = applied(warehouse)[-1:]
    with warehouse.cursor() as cursor:
        for name in newest:
            cursor.execute(statement(f"migrations/{name}.down.sql"))
            cursor.execute("delete from shop.migration where name = %s", [name])
    return newest


def applied(warehouse: Connection) -> list[str]:
    with warehouse.cursor() as cursor:
        cursor.execute("select name from shop.migration order by name")
        return [name for (name,) in cursor]


def _known() -> list[str]:
    return [path.name.removesuffix(".up.sql") for path in (SQL / "migrations").glob("*.up.sql")]


def main(arguments: list[str]) -> int:
    directions = {"up": up, "down": down}
    if len(arguments) != 1 or arguments[0] not in directions:
        print(__doc__, file=sys.stderr)
        return 2
    with connect(os.environ["WAREHOUSE_URL"]) as warehouse:
        for name in directions[arguments[0]](warehouse):
            print(f"{arguments[0]}: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
