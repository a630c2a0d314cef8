"""An invited organisation accepts or declines, and leaves again."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor, check_acts_for
from summit_service.consortia import mails, queries, rules
from summit_service.consortia.actions import writing
from summit_service.consortia.tables import Consortium, ConsortiumMember
from summit_service.errors import Conflict
from summit_service.funding import rules as funding_rules
from summit_service.mail import outbox
from summit_service.members.tables import Organisation

LEADS = "The organisation that leads hands the lead to a partner first, or records that the application is given up."


async def accept(consortium_id: int, *, organisation: str = "", actor: Actor, now: datetime) -> None:
    """Apply with them; the lead is told. Raises NotFound, NotAllowed, Conflict once it is answered or too late."""
    answering = await writing.answering(consortium_id, organisation, actor)
    check_acts_for(actor, answering.id)
    async with db.transaction():
        row = await queries.locked(consortium_id)
        place = await _invitation(row, answering)
        one = await queries.brief_of(row.id)
        rules.check_forming(row.state)
        funding_rules.check_open(one.call_state, one.deadline, now=now)
        place.state = "in"
        await _answer(row, place, answering, "joined", actor=actor, now=now)


async def decline(
    consortium_id: int, *, organisation: str = "", reason: str = "", actor: Actor, now: datetime
) -> None:
    """Do not apply with them; the lead is told, with the reason where there is one."""
    answering = await writing.answering(consortium_id, organisation, actor)
    why = rules.checked_words(reason, field="reason")
    async with db.transaction():
        row = await queries.locked(consortium_id)
        place = await _invitation(row, answering)
        place.state, place.reason, place.ended_at = "declined", why, now
        await _answer(row, place, answering, "declined", actor=actor, now=now)


async def leave(
    consortium_id: int, *, organisation: str = "", reason: str = "", actor: Actor, now: datetime
) -> None:
    """Leave again: from now on its people see nothing of it. Raises Conflict for the lead and who is not in it."""
    leaving = await writing.answering(consortium_id, organisation, actor)
    why = rules.checked_words(reason, field="reason")
    async with db.transaction():
        row = await queries.locked(consortium_id)
        place = await queries.place_of(row.id, leaving.id)
        if place is None or place.state != "in":
            raise Conflict(f"{leaving.name} is not in this consortium.")
        if row.lead == leaving.id:
            raise Conflict(LEADS)
        place.state, place.reason, place.ended_at = "left", why, now
        await _answer(row, place, leaving, "left", actor=actor, now=now)


async def _invitation(row: Consortium, organisation: Organisation) -> ConsortiumMember:
    place = await queries.place_of(row.id, organisation.id)
    rules.check_invited(place.state if place else None)
    if place is None:
        raise RuntimeError("what is not there was not invited")
    return place


async def _answer(
    row: Consortium,
    place: ConsortiumMember,
    organisation: Organisation,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    one = await queries.brief_of(row.id)
    rules.check_kept(one.deadline, erased_at=row.erased_at, now=now)
    place.answered_by, place.answered_at = actor.person_id, now
    await place.save()
    await outbox.stop(mails.about_invitation(place.id), reason="The invitation was answered.", now=now)
    await writing.note(row, kind, actor=actor, now=now, organisation=organisation, text=place.reason)
    await writing.tell(
        one,
        {row.lead},
        lambda person: mails.consortium_answered(
            one, person, organisation=organisation.name, kind=kind, reason=place.reason, place_id=place.id
        ),
        now=now,
        but=actor.person_id,
    )
