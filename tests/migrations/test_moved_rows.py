"""Migrations that move what is there: rows as they were before, and what becomes of them."""

from __future__ import annotations

import json
from datetime import datetime

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.conf.apps import Finder

from summit_service import db, migrating
from summit_service.statements.tables import Statement
from tests.factories import secretariat
from tests.factories_statements import make_draft, make_member, make_open


async def test_days_of_a_consultation_go_into_the_policy_until_it_is_opened(
    database: db.Engine, now: datetime
) -> None:
    actor = await secretariat()
    await make_member("Centre for Kindness")
    draft, opened = await make_draft(actor, now=now), await make_open(actor, now=now)
    before = (await _policy(draft.id), await _policy(opened.id))
    await db.engine().run_ddl("ALTER TABLE statement ADD COLUMN consultation_days INTEGER NOT NULL DEFAULT 0")
    await db.engine().run_ddl("UPDATE statement SET consultation_days = 21")
    folder = Finder().get_app_config(migrating.APP_NAME).resolved_migrations_folder_path
    moving = BaseMigrationManager().get_migration_modules(folder)["0171"]

    await (await moving.forwards()).run()

    assert await _policy(draft.id) == before[0] | {"consultation_days": 21}
    assert await _policy(opened.id) == before[1]


async def _policy(statement: int) -> dict[str, object]:
    row = await Statement.select(Statement.policy).where(Statement.id == statement).first()
    assert row is not None
    found: dict[str, object] = json.loads(row["policy"])
    return found
