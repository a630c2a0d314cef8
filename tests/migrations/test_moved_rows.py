"""Migrations that move what is there: rows as they were before, and what becomes of them."""

from __future__ import annotations

import json
from datetime import datetime

from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.conf.apps import Finder

from summit_service import db, migrating
from summit_service.events.tables import Event
from summit_service.statements.tables import Statement
from tests.factories import make_organisation, secretariat
from tests.factories_events import make_event
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

    await _run_again("0171")

    assert await _policy(draft.id) == before[0] | {"consultation_days": 21}
    assert await _policy(opened.id) == before[1]


async def test_words_that_are_looked_for_are_folded_as_new_ones_are(database: db.Engine) -> None:
    event = await make_event(await make_organisation(), summary="Uważność: Łódź og Sjælland")
    after = await Event.select(Event.search).where(Event.id == event.id).first()
    old = "uwaznosc: łodz og sjælland"
    await Event.update({Event.search: old}).where(Event.id == event.id)

    await _run_again("0230")

    now_kept = await Event.select(Event.search).where(Event.id == event.id).first()
    assert now_kept == {"search": "uwaznosc: lodz og sjaelland"}
    assert after is not None
    assert "lodz og sjaelland" in after["search"]


async def _run_again(number: str) -> None:
    folder = Finder().get_app_config(migrating.APP_NAME).resolved_migrations_folder_path
    await (await BaseMigrationManager().get_migration_modules(folder)[number].forwards()).run()


async def _policy(statement: int) -> dict[str, object]:
    row = await Statement.select(Statement.policy).where(Statement.id == statement).first()
    assert row is not None
    found: dict[str, object] = json.loads(row["policy"])
    return found
