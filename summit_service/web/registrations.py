"""Pages: registering for a summit; what the mailed link opens and the desk's list are beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.members import queries as members
from summit_service.registrations import actions, queries, retention, rules
from summit_service.registrations import questions as asking
from summit_service.registrations.answers import Asked, Given
from summit_service.registrations.rooms import Room, rooms_of
from summit_service.summits.tables import Edition
from summit_service.web import kept, question_fields, rates
from summit_service.web.forms import text
from summit_service.web.layout import page
from summit_service.web.question_fields import Blanks, given_from

FIELDS = ("name", "email", "organisation", "attendance", "timezone", "dietary", "access_needs")


@get("/summits/{year:int}/register")
async def register_form(
    request: Request[Any, Any, Any],
    year: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The form, with the places that are left; before and after its time, when that is."""
    edition = await queries.announced_edition(year)
    typed = {"name": actor.name, "email": actor.email, "timezone": actor.timezone or ""}
    return await _form(request, edition, typed, actor=actor, now=now)


@post("/summits/{year:int}/register", status_code=200)
async def register(
    request: Request[Any, Any, Any], year: FromPath[int], now: NamedDependency[datetime]
) -> Response[Any]:
    """Register; a form with faults comes back as it was typed."""
    rates.check(request, "registration")
    edition, form = await queries.announced_edition(year), await request.form()
    questions = await asking.questions_of(edition.id)
    given, email, attendance = (
        given_from(form, questions),
        text(form, "email"),
        text(form, "attendance"),
    )
    try:
        outcome = await actions.register(given, year=year, email=email, attendance=attendance, now=now)
    except Invalid as fault:
        return await _form(request, edition, _typed(form), faults=fault.by_field(), now=now)
    except (Gone, Conflict) as fault:
        status = 410 if isinstance(fault, Gone) else 409
        return await _form(request, edition, _typed(form), status=status, now=now)
    return page(
        request,
        "registrations/registered.html",
        edition=edition,
        outcome=outcome,
        summary=_summary(given, outcome.email, outcome.attendance, questions),
        noindex=True,
    )


async def _form(
    request: Request[Any, Any, Any],
    edition: Edition,
    typed: dict[str, str],
    *,
    now: datetime,
    actor: Actor = PUBLIC,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    window, rooms = queries.window_of(edition), await rooms_of(edition)
    return page(
        request,
        "registrations/register.html",
        actor=actor,
        status=422 if faults else status,
        edition=edition,
        closed=closed_sentence(window, now=now),
        closes=zones.at_wall(window.closes_at, edition.timezone),
        rooms=rooms,
        kept_rows=kept.rows(retention.FIELDS, edition),
        own=await members.organisations_of(actor) if actor.represents else [],
        ways=[(room.attendance, _way_words(room), _way_hint(room, edition)) for room in rooms],
        questions=await question_fields.put(edition.id),
        zone_options=question_fields.zone_options(),
        typed=Blanks(typed),
        faults=Blanks(_in_order(faults or {})),
    )


def _in_order(faults: dict[str, str]) -> dict[str, str]:
    """As the fields stand on the page; the edition's own questions come last."""
    return dict(sorted(faults.items(), key=lambda fault: (*FIELDS, fault[0]).index(fault[0])))


def closed_sentence(window: rules.Window, *, now: datetime) -> str:
    """Why nobody can register now; empty while registration is open."""
    try:
        rules.check_open(window, now=now)
    except (Gone, Conflict) as refusal:
        return refusal.sentence
    return ""


def _way_words(room: Room) -> str:
    words = "In person" if room.attendance == rules.IN_PERSON else "Online"
    return f"{words} (waiting list)" if room.is_full else words


def _way_hint(room: Room, edition: Edition) -> str:
    where = edition.venue if room.attendance == rules.IN_PERSON else "The link to join is in our mail"
    return f"{where}. {places_left(room)}" if where else places_left(room)


def places_left(room: Room) -> str:
    """How many places are left, in words."""
    if room.is_full:
        waiting = "1 person waits" if room.waiting == 1 else f"{room.waiting:,} people wait"
        queue = f"{waiting} already." if room.waiting else "You would be the first in line."
        return f"All {room.capacity:,} places are taken. {queue}"
    return f"{room.left:,} of {room.capacity:,} places {'is' if room.left == 1 else 'are'} left."


def _typed(form: FormMultiDict) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _summary(
    given: Given, email: str, attendance: str, questions: tuple[Asked, ...]
) -> list[tuple[str, str]]:
    """What was told, to be read once more."""
    return [
        ("Name", given.name.strip()),
        ("E-mail", email),
        ("Organisation", given.organisation),
        ("You attend", rules.WORDS[attendance]),
        ("Your time zone", given.timezone.replace("_", " ")),
        ("Food", given.dietary),
        ("Access", given.access_needs),
        *((question.label, _shown(given.answers.get(question.key))) for question in questions),
        ("Listed among the delegates", "Yes" if given.is_listed else "No"),
    ]


def _shown(answer: object) -> str:
    return "Yes" if answer == "yes" else str(answer or "")


ROUTES: list[Any] = [
    register_form, register,
]  # fmt: skip
