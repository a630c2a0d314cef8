"""What every action of a consortium needs: the row as the actor may change it, its history, mails to its people."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from summit_service import journal
from summit_service.accounts.actor import Actor, check_manages, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.consortia import queries, rules
from summit_service.consortia.queries import Brief
from summit_service.consortia.tables import Consortium, ConsortiumChange
from summit_service.errors import NotAllowed
from summit_service.mail import outbox
from summit_service.mail.outbox import Mail
from summit_service.members import queries as members
from summit_service.members.tables import Organisation


async def locked_inside(consortium_id: int, actor: Actor, *, now: datetime) -> Consortium:
    """The row, locked, for those in it; raises NotSignedIn, NotFound, Gone."""
    check_signed_in(actor)
    row = await queries.locked(consortium_id)
    found = await queries.inside(consortium_id, viewer=actor)
    rules.check_kept(found.brief.deadline, erased_at=row.erased_at, now=now)
    return row


async def locked_lead(consortium_id: int, actor: Actor, *, now: datetime) -> Consortium:
    """The row, locked, for its lead and the secretariat; raises NotAllowed for the partners."""
    row = await locked_inside(consortium_id, actor, now=now)
    if not actor.can_manage(row.lead):
        raise NotAllowed("Only the organisation that leads this consortium can do this.")
    return row


async def answering(consortium_id: int, named: str, actor: Actor) -> Organisation:
    """For which organisation the actor answers: the one named, or the only one of theirs that is in it or invited.

    Raises NotFound for who sees nothing of it, NotAllowed for the organisations of others, Invalid.
    """
    found = await queries.consortium(consortium_id, viewer=actor)
    if not named.strip():
        mine = [
            one for one in found.with_state(*rules.OPEN_STATES) if one.organisation_id in actor.represents
        ]
        named = mine[0].slug if len(mine) == 1 else ""
    organisation = await members.organisation_called(named)
    check_manages(actor, organisation.id)
    return organisation


async def note(
    row: Consortium,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation | None = None,
    text: str = "",
) -> int:
    """A line of the history and of the journal, in the caller's transaction; the line's number."""
    line = ConsortiumChange(
        consortium=row.id,
        kind=kind,
        organisation=organisation.id if organisation else None,
        person=actor.person_id,
        text=text,
        at=now,
    )
    await line.save()
    detail = organisation.name if organisation else ""
    await journal.note(f"consortium.{kind}", actor, row.id, row.title, now=now, detail=detail)
    return int(line.id)


async def tell(
    one: Brief,
    organisation_ids: Collection[int],
    mail: Callable[[Person], Mail],
    *,
    now: datetime,
    but: int | None = None,
) -> int:
    """Queue a mail to each representative of these organisations, but not to that person; how many."""
    people = await queries.representatives_of(organisation_ids)
    added = await outbox.add_all([mail(person) for person in people if person.id != but], now=now)
    return len(added)
