"""An organisation that is erased leaves all its consortia, and what nobody is left to read is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.consortia import mails, queries
from summit_service.consortia.actions import writing
from summit_service.consortia.tables import Consortium, ConsortiumChange, ConsortiumMember, ConsortiumOutline
from summit_service.mail import outbox
from summit_service.members.tables import Organisation

REASON = "The organisation has left the network."


async def lock_all_of(organisation_id: int) -> None:
    """Every consortium that it is in or invited to, before the organisation itself, as where one is invited."""
    numbers = await queries.ids_of({organisation_id}, "invited", "in")
    mine = Consortium.objects().where(Consortium.id.is_in(numbers or [0]))
    await db.for_update(mine.order_by(Consortium.id))


async def leave_all(organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Leave what it is in, decline what it is invited to, and erase why it ever did so; also once words are erased.

    In the caller's transaction. No mail goes out; where nobody is left, what was written together goes at once.
    """
    db.current_transaction()
    for number in await queries.ids_of({organisation.id}, "invited", "in"):
        row = await queries.locked(number)
        place = await queries.place_of(number, organisation.id)
        if place is None:
            continue
        is_in = place.state == "in"
        place.state, place.ended_at = "left" if is_in else "declined", now
        await place.save()
        await outbox.stop(mails.about_invitation(place.id), reason=REASON, now=now)
        await writing.note(row, place.state, actor=actor, now=now, organisation=organisation)
        if is_in and not (await queries.organisations_in([number], "in"))[number]:
            await erase_words(row, now=now)
    member, change = ConsortiumMember, ConsortiumChange
    await member.update({member.words: "", member.reason: ""}).where(member.organisation == organisation.id)
    said = (change.organisation == organisation.id) & change.kind.is_in(["declined", "left"])
    await change.update({change.text: ""}).where(said)


async def erase_words(row: Consortium, *, now: datetime) -> None:
    """What stays: who was in it, what became of it, the amount, and the line for everybody."""
    await ConsortiumOutline.delete().where(ConsortiumOutline.consortium == row.id)
    member, change = ConsortiumMember, ConsortiumChange
    places = await member.select(member.id).where(member.consortium == row.id)
    blank: dict[Any, Any] = {member.words: "", member.reason: ""}
    blank |= {member.invited_by: None, member.answered_by: None}
    await member.update(blank).where(member.consortium == row.id)
    await change.update({change.text: "", change.person: None}).where(change.consortium == row.id)
    for about in (mails.about(row.id), *(mails.about_invitation(place["id"]) for place in places)):
        await outbox.erase(about, now=now)
    row.erased_at = now
    await row.save()
