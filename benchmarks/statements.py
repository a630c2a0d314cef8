"""What a statement with 500 signatories costs: opening it (requests, mails queued), closing, publishing, verifying."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from summit_service import db, settings, verify
from summit_service.accounts.actor import OPERATOR
from summit_service.accounts.tables import Person
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, Role
from summit_service.statements import actions, bundle, publisher, queries

SIGNATORIES = 500
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXT = "\n\n".join(f"{n}. " + "Patients who are heard get better care. " * 12 for n in range(1, 13))

T = TypeVar("T")


async def main() -> None:
    """Build the members, then time each step in this process."""
    db.bind(db.connect(os.environ["SUMMIT_DATABASE_URL"]))
    await db.migrate()
    await members()
    draft = await actions.create_statement(actor=OPERATOR, now=NOW, title="Time to listen", text=TEXT)
    await actions.freeze(draft.slug, actor=OPERATOR, now=NOW)
    closes = (NOW + timedelta(days=20)).isoformat()
    opening = actions.open_for_signing(
        draft.slug, actor=OPERATOR, now=NOW, closes_at=closes, policy_given={"least_signed": None}
    )
    statement = await timed(f"opening for {SIGNATORIES} signatories", opening)
    asked, mails = len(await queries.requests_of(statement)), await OutboxMessage.count()
    print(f"{asked} requests, {mails} mails queued")
    later = NOW + timedelta(days=21)
    await timed("closing and counting", actions.close(draft.slug, actor=OPERATOR, now=later))
    published = await timed("publication", actions.publish(draft.slug, actor=OPERATOR, now=later))
    files = await bundle.files_of(published)
    trusted = [verify.Trusted(publisher.load(settings.current(), now=NOW).current.public_key)]
    began = time.perf_counter()
    verdict = verify.verify(files, trusted).verdict
    print(f"verifying ({verdict}): {(time.perf_counter() - began) * 1000:.0f} ms")
    await db.close()


async def members() -> None:
    """Organisations with a signatory each."""
    for n in range(1, SIGNATORIES + 1):
        person = Person(name=f"Signatory {n}", email=f"s{n}@members.example", created_at=NOW)
        await person.save()
        organisation = Organisation(
            name=f"Member {n}",
            name_key=f"member {n}",
            slug=f"member-{n}",
            kind="centre",
            timezone="Europe/London",
            created_at=NOW,
            updated_at=NOW,
        )
        await organisation.save()
        await Role.insert(
            Role(person=person.id, organisation=organisation.id, kind="signatory", created_at=NOW)
        )


async def timed(what: str, work: Awaitable[T]) -> T:
    """Its result; prints how long it took."""
    began = time.perf_counter()
    found = await work
    print(f"{what}: {(time.perf_counter() - began) * 1000:.0f} ms")
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SUMMIT_VAR_DIR"] = folder
        os.environ.setdefault("SUMMIT_DATABASE_URL", f"sqlite:///{folder}/bench.sqlite")
        asyncio.run(main())
