"""Pages: sign-up for sessions at the desk: how many each takes, who has a seat, who waits, as sheets too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Invalid
from summit_service.registrations import actions, rules, seating, sheets, sign_ups
from summit_service.registrations.sign_ups import Listed
from summit_service.summits import queries as summits
from summit_service.summits.rules.snapshot import Snapshot
from summit_service.summits.tables import Edition
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks
from summit_service.web.registration_desk import XLSX, download

Page = Request[Any, Any, Any]
FIELDS = ("session", "places", "attendance", "is_open")
STATES = {rules.CONFIRMED: "Has a seat", rules.WAITLISTED: "Waits"}


@get("/desk/summits/{year:int}/sign-ups")
async def listed(request: Page, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The sessions that take sign-ups, and a form for one more."""
    check_secretariat(actor)
    return await _list_page(request, actor, year)


@post("/desk/summits/{year:int}/sign-ups")
async def add(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Let one more session take sign-ups."""
    check_secretariat(actor)
    form = await fields(request, *FIELDS)
    try:
        if not form["session"]:
            raise Invalid.one("session", "Choose a session.")
        await _save(year, form["session"], form, is_open=True, actor=actor, now=now)
    except Invalid as refusal:
        return await _list_page(request, actor, year, typed=form, faults=refusal.by_field())
    return see_other(f"/desk/summits/{year}/sign-ups?done=saved")


@get("/desk/summits/{year:int}/sign-ups/{session:str}")
async def one(
    request: Page, year: FromPath[int], session: FromPath[str], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Who has signed up for one session, and its limits."""
    check_secretariat(actor)
    return await _one_page(request, actor, year, session)


@post("/desk/summits/{year:int}/sign-ups/{session:str}")
async def save(
    request: Page,
    year: FromPath[int],
    session: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Set how many it takes, who may sign up, and whether they still can."""
    check_secretariat(actor)
    form = await fields(request, *FIELDS)
    try:
        await _save(year, session, form, is_open=form["is_open"] != "no", actor=actor, now=now)
    except Invalid as refusal:
        return await _one_page(request, actor, year, session, typed=form, faults=refusal.by_field())
    return see_other(f"/desk/summits/{year}/sign-ups/{session}?done=saved")


@post("/desk/summits/{year:int}/sign-ups/{session:str}/removal")
async def remove(
    year: FromPath[int],
    session: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Let the session take no sign-ups any more, where nobody has a seat or waits."""
    await actions.remove_sign_up(year, session, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/sign-ups?done=removed")


@get("/desk/summits/{year:int}/sign-ups.csv")
async def export_csv(request: Page, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Everybody who has signed up, or for one session alone, for a spreadsheet."""
    people = await sign_ups.people_of(year, actor=actor, session=_asked(request))
    zone = (await summits.found_edition(year)).timezone
    return download(f"\ufeff{sheets.people_csv(people, zone)}".encode(), "text/csv", f"sign-ups-{year}.csv")


@get("/desk/summits/{year:int}/sign-ups.xlsx")
async def export_xlsx(request: Page, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The same as an Excel workbook."""
    people = await sign_ups.people_of(year, actor=actor, session=_asked(request))
    zone = (await summits.found_edition(year)).timezone
    return download(sheets.people_xlsx(people, zone), XLSX, f"sign-ups-{year}.xlsx")


def _asked(request: Page) -> str:
    return str(request.query_params.get("session", ""))


async def _save(
    year: int, session: str, form: dict[str, str], *, is_open: bool, actor: Actor, now: datetime
) -> Listed:
    places = form["places"].strip()
    return await actions.set_sign_up(
        year,
        session,
        places_wanted=int(places) if places.isdecimal() and len(places) < 8 else 0,
        attendance=form["attendance"],
        is_open=is_open,
        actor=actor,
        now=now,
    )


async def _list_page(
    request: Page,
    actor: Actor,
    year: int,
    *,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[Any]:
    edition = await summits.found_edition(year)
    found = await sign_ups.sign_ups_of(edition.id)
    released = await summits.last_release(edition.id)
    return page(
        request,
        "registrations/desk_sign_ups.html",
        actor=actor,
        status=422 if faults else 200,
        edition=edition,
        listed=found,
        when={item.row.id: seating.when_and_where(item.session, item.zone) for item in found},
        choices=_choices(summits.snapshot_of(released), found) if released else [],
        who=list(seating.WHO.items()),
        typed=Blanks(typed or {}),
        faults=Blanks(faults or {}),
        done=request.query_params.get("done", ""),
        noindex=True,
    )


def _choices(snapshot: Snapshot, found: list[Listed]) -> list[tuple[str, str]]:
    """The sessions of the programme that take no sign-ups yet, in its order."""
    taken = {item.row.session_uid for item in found}
    return [
        (item.session.id, f"{item.session.title} ({item.session.starts_at.replace('T', ', ')})")
        for item in snapshot.items
        if item.session.uid not in taken and item.session.kind != "break" and not item.session.is_cancelled
    ]


async def _one_page(
    request: Page,
    actor: Actor,
    year: int,
    session: str,
    *,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[Any]:
    edition: Edition = await summits.found_edition(year)
    found = await sign_ups.sign_up_of(edition.id, session)
    kept = {
        "places": str(found.row.places),
        "attendance": found.row.attendance,
        "is_open": "yes" if found.row.is_open else "no",
    }
    return page(
        request,
        "registrations/desk_sign_up.html",
        actor=actor,
        status=422 if faults else 200,
        edition=edition,
        one=found,
        when=seating.when_and_where(found.session, found.zone),
        room=await _capacity_of(edition, found),
        people=await sign_ups.people_of(year, actor=actor, session=session),
        states=STATES,
        words=rules.WORDS,
        who=list(seating.WHO.items()),
        typed=Blanks(typed or kept),
        faults=Blanks(faults or {}),
        done=request.query_params.get("done", "") == "saved",
        noindex=True,
    )


async def _capacity_of(edition: Edition, found: Listed) -> int | None:
    """How many the room of the session holds, where that is known and fewer than may sign up."""
    released = await summits.last_release(edition.id)
    rooms = summits.snapshot_of(released).rooms if released else ()
    holds = next((room.capacity for room in rooms if room.name == found.session.room), None)
    return holds if holds is not None and holds < max(found.row.places, found.row.taken) else None


ROUTES: list[Any] = [listed, add, export_csv, export_xlsx, one, save, remove]
