"""Pages: a representative registers several people of their organisation at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.registrations import actions, queries, retention, rules
from summit_service.registrations.actions.group import MOST_AT_ONCE, Person
from summit_service.registrations.rooms import rooms_of
from summit_service.summits.tables import Edition
from summit_service.web import kept
from summit_service.web.forms import text
from summit_service.web.layout import page
from summit_service.web.question_fields import Blanks

Page = Request[Any, Any, Any]
STATUS = {Invalid: 422, Gone: 410, Conflict: 409}


@get("/organisations/{slug:str}/registrations/{year:int}")
async def group_form(
    request: Page,
    slug: FromPath[str],
    year: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The form: one person a line."""
    member = await _own(slug, actor)
    return await _form(request, await queries.announced_edition(year), member, {}, actor=actor, now=now)


@post("/organisations/{slug:str}/registrations/{year:int}", status_code=200)
async def register_group(
    request: Page,
    slug: FromPath[str],
    year: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Register all of them, or nobody and say why; the list comes back, also when registration has closed meanwhile."""
    member = await _own(slug, actor)
    form = await request.form()
    attendance, people = text(form, "attendance"), text(form, "people")
    edition = await queries.announced_edition(year)
    try:
        done = await actions.register_group(
            year, people_in(people), organisation=slug, attendance=attendance, actor=actor, now=now
        )
    except (Invalid, Gone, Conflict) as fault:
        typed = {"attendance": attendance, "people": people}
        return await _form(request, edition, member, typed, fault=fault, actor=actor, now=now)
    return page(
        request,
        "registrations/group_done.html",
        actor=actor,
        edition=edition,
        member=member,
        done=done,
        words=rules.WORDS,
    )


async def _own(slug: str, actor: Actor) -> Organisation:
    member = await members.organisation_by_slug(slug)
    if member is None:
        raise NotFound("There is no such organisation.")
    check_manages(actor, member.id)
    return member


def people_in(typed: str) -> list[Person]:
    """One person a line: the name, a comma, the address. `Berg, Anna, a@b.example` is split at its last comma."""
    lines = [(number, line) for number, line in enumerate(typed.splitlines(), start=1) if line.strip()]
    people = []
    for number, line in lines[: MOST_AT_ONCE + 1]:
        name, _, email = line.replace(";", ",").replace("\t", ",").rpartition(",")
        people.append(Person(f"line {number}", name.strip(), email.strip(" <>")))
    return people


async def _form(
    request: Page,
    edition: Edition,
    member: Organisation,
    typed: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    fault: Invalid | Gone | Conflict | None = None,
) -> Response[Any]:
    faults = fault.by_field() if isinstance(fault, Invalid) else {}
    rooms = await rooms_of(edition)
    return page(
        request,
        "registrations/group.html",
        actor=actor,
        status=STATUS[type(fault)] if fault else 200,
        edition=edition,
        refusal=fault.sentence if fault and not faults else "",
        is_open=rules.is_open(queries.window_of(edition), now=now),
        member=member,
        kept_rows=kept.rows(retention.GROUP_FIELDS, edition),
        ways=[
            (room.attendance, f"{rules.WORDS[room.attendance].capitalize()} ({room.left} left)")
            for room in rooms
        ],
        lines=[
            (field.capitalize(), sentence) for field, sentence in faults.items() if field.startswith("line ")
        ],
        most=MOST_AT_ONCE,
        typed=Blanks(typed),
        faults=Blanks(
            {field: sentence for field, sentence in faults.items() if not field.startswith("line ")}
        ),
    )


ROUTES: list[Any] = [group_form, register_group]
