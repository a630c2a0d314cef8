"""The database itself refuses to change or delete what a signature rests on."""

from __future__ import annotations

from datetime import datetime

import pytest

from summit_service import db
from summit_service.statements import actions
from summit_service.statements.tables import LedgerEntry
from tests.factories import secretariat
from tests.factories_statements import dump_tables, give_answer, link_to, make_draft, make_member, make_open

TABLES = ["text_version", "text_set", "eligible_member", "response", "ledger_entry", "manifest"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {t} SET id = id + 100", "DELETE FROM {t}"])
async def test_database_refuses_to_change_what_was_signed(
    database: db.Engine, now: datetime, table: str, change: str
) -> None:
    member = await make_member("Centre for Kindness")
    actor = await secretariat()
    statement = await make_open(actor, now=now)
    await give_answer(await link_to(statement, member, now=now), now=now)
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")
    await actions.publish(statement.slug, actor=actor, now=now)
    before = await dump_tables()

    with pytest.raises(Exception, match=f"rows of {table} are never changed or deleted"):
        await db.engine().run_ddl(change.format(t=table))

    assert await dump_tables() == before
    assert len(before[table]) >= 1


async def test_database_refuses_the_ways_around_it(database: db.Engine, now: datetime) -> None:
    await make_draft(await secretariat(), now=now)
    columns = "id, statement, seq, kind, prev, content, entry_sha256, created_at"
    replace = (
        f"INSERT OR REPLACE INTO ledger_entry ({columns}) SELECT {columns} FROM ledger_entry WHERE seq = 1"
    )
    truncate = "TRUNCATE ledger_entry"

    with pytest.raises(Exception, match="rows of ledger_entry are never changed or deleted"):
        await db.engine().run_ddl(replace if db.is_sqlite() else truncate)

    assert await LedgerEntry.count() == 2
