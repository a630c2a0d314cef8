"""For how many days members have a draft is a part of the policy: moved there where nothing is opened yet."""

from __future__ import annotations

import json

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0171"
VERSION = "1.38.0"
DESCRIPTION = "Days of a consultation in the policy."
NOT_OPENED = "('drafting', 'consulting', 'revising', 'frozen', 'reworking')"
"""A policy that was opened is in the ledger, and stays what it was."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_raw(_run)
    manager.drop_column(table_class_name="Statement", tablename="statement", column_name="consultation_days")
    return manager


async def _run() -> None:
    engine = engine_finder()
    if engine is None:
        raise RuntimeError("Piccolo has no database.")
    rows = await engine.run_ddl(
        "SELECT id, policy, consultation_days FROM statement "
        f"WHERE consultation_days > 0 AND state IN {NOT_OPENED}"
    )
    for row in rows:
        policy = json.dumps({**json.loads(row["policy"]), "consultation_days": row["consultation_days"]})
        quoted = policy.replace("'", "''")
        await engine.run_ddl(f"UPDATE statement SET policy = '{quoted}' WHERE id = {row['id']}")
