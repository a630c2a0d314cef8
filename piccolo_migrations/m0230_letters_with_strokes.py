"""What words are looked for in, with letters such as ł and ø as they are typed where a keyboard lacks them."""

from __future__ import annotations

from functools import reduce

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0230"
VERSION = "1.38.0"
DESCRIPTION = "Letters with strokes in searches."
TABLES = ("event", "resource", "funding_call")
LETTERS = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_raw(_run)
    return manager


async def _run() -> None:
    engine = engine_finder()
    if engine is None:
        raise RuntimeError("Piccolo has no database.")
    folded = reduce(lambda sql, pair: f"REPLACE({sql}, '{pair[0]}', '{pair[1]}')", LETTERS.items(), "search")
    for table in TABLES:
        await engine.run_ddl(f"UPDATE {table} SET search = {folded} WHERE search <> {folded}")
