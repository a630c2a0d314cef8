"""A question goes to another person of the same organisation: handed on, taken over, or as the secretariat asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from summit_service.accounts.tables import Person
from summit_service.mail import outbox
from summit_service.members.queries import Contact
from summit_service.members.tables import Organisation
from summit_service.statements import delegation_mails, evidence, letters, mails, queries
from summit_service.statements.actions import dispatching
from summit_service.statements.tables import Delegation, SigningRequest, Statement

ASKING = ("signing_request", "signing_again", "signing_reminder")


async def readdress(
    statement: Statement,
    request: Any,
    organisation: Organisation,
    person: Person,
    *,
    handed_on_by: int | None = None,
    now: datetime,
) -> dispatching.Due:
    """The request is theirs from now on, as if nobody had been asked before; the mail that asks them.

    In the caller's transaction with the statement locked. What was mailed before is the caller's to end.
    """
    await supersede_proposals(request.id, now=now)
    await outbox.stop(mails.about(request), reason="somebody else is asked", now=now, kinds=ASKING)
    changed: dict[Any, Any] = {
        SigningRequest.person: person.id,
        SigningRequest.person_name: evidence.nfc(person.name),
        SigningRequest.delegated_by: handed_on_by,
        SigningRequest.wrong_person_at: None,
        SigningRequest.wrong_person_words: "",
        SigningRequest.remind_from: None,
        SigningRequest.mails: 1,
        SigningRequest.last_mailed_at: now,
    }
    await request.update_self(changed)
    text_set = await queries.text_set_of(statement)
    seq, _ = await queries.chain_head_of(statement)
    mail = mails.signing_request(
        statement,
        request,
        person,
        text_hash=text_set.sha256 if text_set else "",
        zone=letters.zone_of(person, organisation, statement),
        n=f"after{seq}",
    )
    return mail, organisation.id


async def supersede_proposals(request_id: int, *, now: datetime) -> None:
    """Somebody new who was proposed and not confirmed yet is not to answer any more; nobody is asked about them."""
    waiting = (Delegation.request == request_id) & Delegation.settled_at.is_null()
    for row in await Delegation.select(Delegation.id).where(waiting):
        await outbox.stop(f"signing_delegation:{row['id']}", reason="somebody else was named", now=now)
    await Delegation.update({Delegation.outcome: "superseded", Delegation.settled_at: now}).where(waiting)


def told(
    statement: Statement,
    request: SigningRequest,
    organisation: Organisation,
    people: Sequence[Person | Contact | None],
    *,
    by: str,
    but: Person,
) -> list[dispatching.Due]:
    """One mail to each of these addresses that somebody else answers now; none to who does."""
    found = {one.email.casefold(): one for one in reversed(people) if one is not None and one.email}
    found.pop(but.email.casefold(), None)
    return [
        (
            delegation_mails.signing_delegated(
                statement, request, by=by, to_name=one.name, to_email=one.email
            ),
            organisation.id,
        )
        for one in reversed(found.values())
    ]
