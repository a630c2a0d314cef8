"""Signing what is published: a manifest is made once, checked by the verifier that others use, and stored."""

from __future__ import annotations

import asyncio
from datetime import datetime

from summit_service import settings, verify
from summit_service.errors import Conflict
from summit_service.logs import logger
from summit_service.statements import bundle, files, publisher, reading_copy
from summit_service.statements.actions import ledger
from summit_service.statements.tables import Manifest, Statement
from summit_service.typeset import CannotTypeset

log = logger("statements")


async def sign(statement: Statement, *, now: datetime) -> Manifest:
    """Store the first signed manifest; raises Conflict, and nothing is published, when it does not hold."""
    return await _issue(statement, None, now=now)


async def reissue(statement: Statement, *, now: datetime) -> Manifest:
    """The next manifest, after something has happened since publication; the ones before stay as they are.

    An entry in the chain announces it, with the hash of the one before.
    """
    before = await bundle.latest(statement)
    if before is None:
        raise Conflict("The statement was published before there were bundles.", code="no_manifest")
    facts = {"n": before.n + 1, "previous": before.sha256}
    await ledger.append(statement, "reissued", facts, now=now)
    return await _issue(statement, before, now=now)


async def _issue(statement: Statement, before: Manifest | None, *, now: datetime) -> Manifest:
    current = settings.current()
    sources = await bundle.sources_of(statement)
    signer = publisher.load(current, now=now)
    copies = await _copies(sources)
    made = bundle.make(
        sources,
        signer,
        network=current.network_name,
        base_url=current.base_url,
        now=now,
        before=before,
        copies=copies,
    )
    trusted = [verify.Trusted(signer.current.public_key)]
    packed = bundle.zipped(bundle.files_with(made, sources.texts, copies))
    found = verify.verify_zip(packed, trusted)
    if found.verdict != "valid":
        log.error("the bundle is not valid", statement=statement.slug, why=found.sentence)
        raise Conflict(
            f"The bundle does not pass its own check, so nothing was published: {found.sentence}",
            code="bundle_not_valid",
        )
    await made.save()
    await files.keep(made, copies, now=now)
    return made


async def _copies(sources: bundle.Sources) -> dict[str, bytes]:
    """The reading copies by name; none of a text in a script for which there is no font."""
    after = bundle.after_of(sources)
    made = {}
    for text in sources.texts:
        data = await reading_copy.copy_data(sources.statement, text, after=after)
        try:
            made[reading_copy.name_of(text)] = await asyncio.to_thread(reading_copy.set_copy, data)
        except CannotTypeset:
            log.info("no reading copy", statement=sources.statement.slug, language=text.language)
    return made
