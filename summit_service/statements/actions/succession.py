"""Signing requests of somebody who leaves: their links die, and the open ones go to the successor."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, links
from summit_service.accounts.tables import Person
from summit_service.mail import outbox
from summit_service.members.tables import Organisation
from summit_service.statements import deadlines, letters, mails, queries, rules
from summit_service.statements.actions import dispatching, readdressing
from summit_service.statements.tables import SigningRequest

REASON = "handed_over"


async def end_signing_links(
    organisation: Organisation, leaver: Person, *, now: datetime
) -> list[SigningRequest]:
    """Every signing link of the leaver for this organisation opens nothing from now on; in the caller's transaction.

    Gives the requests that were sent to them.
    """
    theirs = (SigningRequest.organisation == organisation.id) & (SigningRequest.person == leaver.id)
    found = list(await db.for_update(SigningRequest.objects().where(theirs).order_by(SigningRequest.id)))
    for request in found:
        await links.end_all(letters.PURPOSE, subject=str(request.id), reason=REASON, now=now)
        await outbox.stop(mails.about(request), reason="Somebody else signs now.", now=now)
    return found


async def hand_requests_over(
    organisation: Organisation, leaver: Person, successor: Person, *, now: datetime
) -> None:
    """End the leaver's signing links, and ask the successor what has no answer yet; in the caller's transaction.

    An answer that was given stays, with the name of who gave it. The statements are locked before the requests, as
    everywhere, so that nobody answers meanwhile and each ledger has one writer.
    """
    theirs = (SigningRequest.organisation == organisation.id) & (SigningRequest.person == leaver.id)
    rows = await SigningRequest.select(SigningRequest.statement).where(theirs)
    locked = {number: await queries.locked_by_id(number) for number in sorted({r["statement"] for r in rows})}
    for request in await end_signing_links(organisation, leaver, now=now):
        statement = locked.get(request.statement)
        if statement is None or statement.text_set != request.text_set:
            continue
        answer = (await queries.answers_of(statement)).get(request.id)
        is_asked = answer is None or letters.is_taken_off(answer)
        if is_asked and rules.is_open(statement.state, deadlines.end_of(statement), now=now):
            asks = await readdressing.readdress(statement, request, organisation, successor, now=now)
            await dispatching.dispatch(statement, [asks], now=now)
