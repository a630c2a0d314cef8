"""Evidence for 500 signatories: opening under 2 s, publication (bundle, PDF) under 5 s, `summit verify` under 1 s.

    PYTHONPATH=. python benchmarks/evidence.py [--postgres]

Ends with 1 when one of them takes longer. The database is empty and goes at the end: SQLite, or PostgreSQL as the tests
find or start it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from programme import database
from statements import NOW, SIGNATORIES, TEXT, members

from summit_service import db, settings, verify
from summit_service.accounts.actor import OPERATOR
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, bundle, publisher, queries
from summit_service.statements.actions import recording
from summit_service.statements.tables import Statement

LIMITS = {"opening": 2.0, "publication": 5.0, "next manifest": 5.0, "summit verify": 1.0}


async def main(url: str) -> dict[str, float]:
    """Seconds for each step that has a limit."""
    db.bind(db.connect(url))
    await db.migrate()
    await db.open()
    await members()
    taken: dict[str, float] = {}
    draft = await actions.create_statement(actor=OPERATOR, now=NOW, title="Time to listen", text=TEXT)
    await actions.freeze(draft.slug, actor=OPERATOR, now=NOW)
    closes = (NOW + timedelta(days=20)).isoformat()
    began, worked = time.perf_counter(), time.process_time()
    statement = await actions.open_for_signing(draft.slug, actor=OPERATOR, now=NOW, closes_at=closes)
    taken["opening"] = time.perf_counter() - began
    print(f"opening: {time.process_time() - worked:.2f} s of this process's own time")
    mails = await OutboxMessage.count()
    await everybody_signs(statement)
    await actions.close(draft.slug, actor=OPERATOR, now=NOW + timedelta(days=1))
    began, worked = time.perf_counter(), time.process_time()
    await actions.publish(draft.slug, actor=OPERATOR, now=NOW + timedelta(days=1))
    taken["publication"] = time.perf_counter() - began
    print(f"publication: {time.process_time() - worked:.2f} s of this process's own time")
    began = time.perf_counter()
    await actions.add_erratum(draft.slug, actor=OPERATOR, now=NOW + timedelta(days=2), text="Read “plan”.")
    taken["next manifest"] = time.perf_counter() - began
    files = await bundle.files_of(await queries.statement_by_slug(draft.slug))
    taken["summit verify"] = verified(bundle.zipped(files))
    sizes = ", ".join(f"{name} {len(data) // 1000} kB" for name, data in sorted(files.items()))
    print(f"{db.engine().engine_type}: {mails} mails queued; {sizes}")
    await db.close()
    return taken


async def everybody_signs(statement: Statement) -> None:
    """An answer to each request, as the second page keeps it."""
    text_set = await queries.text_set_of(statement)
    assert text_set is not None
    async with db.transaction():
        for request in await queries.requests_of(statement):
            given = recording.Given(
                request_id=request.id,
                organisation_id=request.organisation,
                organisation=request.organisation_name,
                signatory=request.person_name,
                kind="signed",
                capacity="organisation",
                text_set_sha256=text_set.sha256,
                attestation_sha256="0" * 64,
                nonce_hash=secrets.token_hex(32),
            )
            await recording.keep(statement, given, {"name_typed": request.person_name}, now=NOW)


def verified(packed: bytes) -> float:
    """Seconds for what `summit verify` does once Python runs."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(packed)
        file.flush()
        trusted = [verify.Trusted(publisher.load(settings.current(), now=NOW).current.public_key)]
        began = time.perf_counter()
        found = verify.verify_path(Path(file.name), trusted)
        taken = time.perf_counter() - began
    assert found.verdict == "valid", found.sentence
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--postgres", action="store_true", help="on PostgreSQL, in a database that goes at the end"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, database(postgres=given.postgres) as url:
        os.environ["SUMMIT_VAR_DIR"] = folder
        os.environ["SUMMIT_DATABASE_URL"] = url
        seconds = asyncio.run(main(url))
    late = {name for name, limit in LIMITS.items() if seconds[name] > limit}
    for name, limit in LIMITS.items():
        print(
            f"{SIGNATORIES} signatories, {name}: {seconds[name]:.2f} s (limit {limit:.0f} s)"
            f"{'  TOO LONG' if name in late else ''}"
        )
    sys.exit(bool(late))
