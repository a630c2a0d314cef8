"""Pages: the next edition of the summit made from one that is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import next_edition, zones
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Invalid
from summit_service.next_edition import BREAKS, CALL, PARTS, QUESTIONS, ROOMS, Source
from summit_service.web import summit_forms
from summit_service.web.layout import page, see_other
from summit_service.web.summit_forms import Fields

Asked = Request[Any, Any, Any]
MOVES = (
    ("First day", "starts_on"),
    ("Last day", "ends_on"),
    ("Registration opens", "registration_opens_at"),
    ("Registration closes", "registration_closes_at"),
)


@get("/desk/summits/{year:int}/next")
async def next_form(request: Asked, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The next edition as it would be, two years on or in the year that is asked for."""
    source = await next_edition.source_of(year, actor=actor)
    typed = request.query_params.get("year", "")
    try:
        values = next_edition.proposed(source, year=_year(typed))
    except Invalid as refusal:
        form = {**summit_forms.edition_form(next_edition.proposed(source)), "year": typed}
        return _page(request, actor, source, form, faults=refusal.by_field(), status=422)
    return _page(request, actor, source, summit_forms.edition_form(values))


def _year(typed: str) -> int | None:
    if not typed.strip():
        return None
    if not typed.strip().isdecimal() or len(typed.strip()) > 4:
        raise Invalid.one("year", "Write the year in figures, such as 2028.")
    return int(typed)


@post("/desk/summits/{year:int}/next", status_code=200)
async def make_next(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Make it, or show the form again with what is wrong."""
    form = await summit_forms.fields_of(request)
    parts = [part for part in (await request.form()).getall("parts", []) if isinstance(part, str)]
    given = summit_forms.edition_values(form)
    try:
        made = await next_edition.make_next(year, given, parts=parts, actor=actor, now=now)
    except Invalid as refusal:
        source = await next_edition.source_of(year, actor=actor)
        return _page(request, actor, source, form, kept=parts, faults=refusal.by_field(), status=422)
    except Conflict as refusal:
        source = await next_edition.source_of(year, actor=actor)
        faults = {"year": refusal.sentence}
        return _page(request, actor, source, form, kept=parts, faults=faults, status=409)
    return see_other(f"/desk/summits/{made.year}/programme")


def _page(
    request: Asked,
    actor: Actor,
    source: Source,
    form: Mapping[str, str],
    *,
    kept: Collection[str] = PARTS,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    return page(
        request,
        "summits/desk_next.html",
        actor=actor,
        status=status,
        source=source,
        form=Fields(form),
        kept=kept,
        choices=_choices(source),
        moves=_moves(source, form),
        faults=Fields(faults or {}),
    )


def _choices(source: Source) -> list[tuple[str, str]]:
    """What there is to take over, with how much of it there is."""
    programme = source.programme
    terms = " and the terms of registration" if source.terms.id else ""
    found = {
        ROOMS: (f"{_many(len(programme.rooms), 'room')} and {_many(len(programme.tracks), 'track')}",
                programme.rooms or programme.tracks),
        BREAKS: (f"{_many(len(source.breaks), 'break or social hour', 'breaks and social hours')} of the programme",
                 source.breaks),
        QUESTIONS: (f"{_many(len(source.questions), 'question')} of the registration{terms}",
                    source.questions or source.terms.id),
        CALL: ("The call for contributions with its kinds, themes and limits", source.call),
    }  # fmt: skip
    return [(part, words) for part, (words, is_there) in found.items() if is_there]


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _moves(source: Source, form: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Each date of the last edition beside that of the next; none while the year is at fault."""
    rows = []
    for words, name in MOVES:
        before, after = getattr(source.edition, name), form.get(name, "")
        if before and after:
            rows.append((words, _said(str(before)), _said(after)))
    return rows


def _said(value: str) -> str:
    """A day or a wall time in words; what cannot be read is told as it was typed."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    day = zones.long_day(date(moment.year, moment.month, moment.day))
    return f"{day}, {moment:%H:%M}" if "T" in value else day


ROUTES: list[Any] = [next_form, make_next]
