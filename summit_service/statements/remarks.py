"""What the board says of a request besides answer and mails: handed on, wrong person, another day, a dispute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from summit_service.accounts.tables import Person
from summit_service.statements.standings import Standing
from summit_service.statements.tables import Delegation, SigningRequest
from summit_service.zones import long_moment

LEFT = "Does not sign for it any more: nobody can answer until somebody else is asked."
UNWILLING = "Has stopped our reminders. Write to them yourself."


async def remarks_on(standings: Sequence[Standing]) -> dict[int, list[str]]:
    """The sentences by the request's id; as many queries, however many there are."""
    if not standings:
        return {}
    requests = [one.request for one in standings]
    named, handed_by = await _waiting_names(requests), await _names(requests)
    return {one.request.id: _remarks(one, handed_by, named) for one in standings}


def _remarks(standing: Standing, handed_by: Mapping[int, str], named: Mapping[int, str]) -> list[str]:
    request, found = standing.request, []
    if request.delegated_by in handed_by:
        found.append(f"Handed on by {handed_by[request.delegated_by]}.")
    if standing.answer is not None:
        return [*found, "This answer is disputed."] if standing.is_disputed else found
    if request.wrong_person_at is not None:
        said = f": “{request.wrong_person_words}”" if request.wrong_person_words else "."
        found.append(f"Says that we ask the wrong person{said}")
    if request.id in named:
        found.append(f"{named[request.id]} is named to answer; the main contact has not confirmed it yet.")
    if request.remind_from is not None:
        found.append(f"Wants to be reminded on {long_moment(request.remind_from, 'Etc/UTC')}.")
    return found + [LEFT] * standing.has_left + [UNWILLING] * standing.is_quiet


async def _names(requests: Sequence[SigningRequest]) -> dict[int, str]:
    """Who handed one of these on, by the person's id."""
    ids = [request.delegated_by for request in requests if request.delegated_by is not None]
    people = await Person.select(Person.id, Person.name).where(Person.id.is_in(ids or [0]))
    return {row["id"]: row["name"] for row in people}


async def _waiting_names(requests: Sequence[SigningRequest]) -> dict[int, str]:
    """Somebody new whom the main contact has not confirmed, by the request's id."""
    waiting = Delegation.request.is_in([request.id for request in requests]) & Delegation.settled_at.is_null()
    return {row.request: row.name for row in await Delegation.objects().where(waiting)}
