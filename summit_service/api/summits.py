"""JSON: summits, their draft programmes and releases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import get, patch, post, put
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, FromQuery, JSONBody

from summit_service import next_edition, settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api.summit_answers import (
    ChangeAnswer,
    DraftAnswer,
    EditionAnswer,
    ListChangeAnswer,
    NextEditionAnswer,
    ProgrammeAnswer,
    ReleaseAnswer,
    ReplacedAnswer,
    SessionsAnswer,
    WarningAnswer,
)
from summit_service.errors import Invalid, NotFound
from summit_service.registrations import actions as registrations
from summit_service.registrations import sign_ups
from summit_service.summits import queries
from summit_service.summits.actions import editions, replacing
from summit_service.summits.actions.replacing import Replaced
from summit_service.summits.queries import Draft
from summit_service.summits.rules.changes import Change
from summit_service.summits.rules.programme import draft_mark, session_values, values_of
from summit_service.summits.rules.reading import Reader, object_of
from summit_service.summits.rules.snapshot import Item
from summit_service.summits.rules.warnings import DraftWarning
from summit_service.summits.stages import standing
from summit_service.summits.tables import Edition, Release

EDITION_EXAMPLE = {
    "year": 2030,
    "title": "Summit 2030",
    "theme": "Rehumanising healthcare in a divided world",
    "starts_on": "2030-09-16",
    "ends_on": "2030-09-17",
    "timezone": "Europe/London",
    "venue": "College Court, Leicester",
    "in_person_capacity": 120,
    "online_capacity": 500,
    "registration_opens_at": "2030-03-01T09:00",
    "registration_closes_at": "2030-09-10T18:00",
}
EditionBody = Annotated[Any, Body(title="Edition", examples=[Example(value=EDITION_EXAMPLE)])]
EditionChange = Annotated[
    Any, Body(title="Edition", examples=[Example(value={"venue": "Town Hall", "in_person_capacity": 140})])
]
ProgrammeBody = Annotated[Any, Body(title="Programme")]
NextBody = Annotated[
    Any, Body(title="Next edition", examples=[Example(value={"year": 2030, "parts": ["rooms", "questions"]})])
]
NoteBody = Annotated[Any, Body(title="Release", examples=[Example(value={"note": "First release"})])]


@post("/summits", summary="Create a summit")
async def create(
    data: JSONBody[EditionBody], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> EditionAnswer:
    """Secretariat. Wall times are in the summit's own zone. A year off the cycle needs `off_cycle: true`, and
    `announced: false` keeps the summit from the public. A programme may come along as its first draft."""
    edition = await editions.create_edition(data, actor=actor, now=now)
    return await _edition(edition, actor, now)


@patch("/summits/{year:int}", summary="Change a summit")
async def change(
    year: FromPath[int],
    data: JSONBody[EditionChange],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> EditionAnswer:
    """Secretariat. What is not given stays; a limit cannot fall below the places that are taken."""
    changed = await registrations.change_edition(year, data, actor=actor, now=now)
    return await _edition(changed, actor, now)


@get("/summits/{year:int}/next", summary="What the next summit would be")
async def show_next(
    year: FromPath[int], actor: NamedDependency[Actor], wished: FromQuery[int | None] = None
) -> NextEditionAnswer:
    """Secretariat. The fields of the next edition, moved by whole weeks to the same weekdays, two years on or in the
    year `wished`, and what can be taken over. Nothing is made."""
    source = await next_edition.source_of(year, actor=actor)
    values = next_edition.proposed(source, year=wished)
    return NextEditionAnswer(
        values=values,
        rooms=[room.name for room in source.programme.rooms],
        tracks=list(source.programme.tracks),
        breaks=[one.title for one in source.breaks],
        questions=[one.label for one in source.questions],
        has_call=source.call is not None,
        read_again=list(source.dated),
    )


@post("/summits/{year:int}/next", summary="Make the next summit from this one")
async def make_next(
    year: FromPath[int],
    data: JSONBody[NextBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> EditionAnswer:
    """Secretariat. Fields of an edition where they are to differ from what `GET` proposes, and `parts`: which of rooms,
    breaks, questions and call are taken over (all, where it is not said). It is not announced, and nobody is in it."""
    values = dict(object_of(data, "An edition"))
    parts = _parts(values.pop("parts", list(next_edition.PARTS)))
    edition = await next_edition.make_next(year, values, parts=parts, actor=actor, now=now)
    return await _edition(edition, actor, now)


def _parts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise Invalid.one("parts", "Give the parts as a list of words.")
    return value


@get("/summits/{year:int}", summary="One summit")
async def show(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> EditionAnswer:
    """What it is, when and where, and the places left."""
    edition = await queries.found_edition(year, is_announced_only=not actor.is_secretariat)
    return await _edition(edition, actor, now)


@put("/summits/{year:int}/programme", summary="Replace the draft of the programme")
async def replace(
    year: FromPath[int],
    data: JSONBody[ProgrammeBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    dry_run: FromQuery[bool] = False,
) -> ReplacedAnswer:
    """Secretariat. The whole draft. A session is known by its `id`, else by title and kind, else by
    hours and room; it then keeps its UID in calendars. The public sees nothing of it before a release.

    With `dry_run` it is only told what would change. With `seen` in the body, the mark of the draft as you have
    read it, 409 where it is another by now, with the newest mark, and nothing is changed."""
    values = dict(object_of(data, "A programme"))
    reader = Reader({"seen": values.pop("seen", None)})
    seen = reader.line("seen", "The mark of the draft", longest=64) or None
    reader.check()
    return _replaced(
        await replacing.replace_programme(year, values, seen=seen, dry_run=dry_run, actor=actor, now=now)
    )


@get("/summits/{year:int}/programme/draft", summary="The draft of the programme")
async def show_draft(year: FromPath[int], actor: NamedDependency[Actor]) -> DraftAnswer:
    """Secretariat. The working draft and its warnings."""
    check_secretariat(actor)
    return _draft(await sign_ups.draft_of(await queries.found_edition(year)))


@post("/summits/{year:int}/releases", summary="Release the programme")
async def release(
    year: FromPath[int],
    data: JSONBody[NoteBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ReleaseAnswer:
    """Secretariat. Freezes the draft with a note; the public sees it from now on. Warnings do not stop it."""
    reader = Reader(object_of(data, "A release"))
    reader.check_names({"note"})
    note = reader.text("note", "The note", longest=2_000)
    reader.check()
    done = await registrations.release_programme(year, note=note, actor=actor, now=now)
    return ReleaseAnswer(
        number=done.release.number,
        note=done.release.note,
        released_at=done.release.released_at,
        url=_url(year, f"/programme?release={done.release.number}"),
        warnings=[_warning(one) for one in done.warnings],
        changes=[_change(one) for one in done.changes],
    )


@get("/summits/{year:int}/programme", summary="The programme as released")
async def show_programme(
    year: FromPath[int], actor: NamedDependency[Actor], release: FromQuery[int | None] = None
) -> ProgrammeAnswer:
    """The last release, or the one of that number."""
    edition = await queries.found_edition(year, is_announced_only=not actor.is_secretariat)
    found = await (
        queries.last_release(edition.id) if release is None else queries.release_of(edition.id, release)
    )
    if found is None:
        raise NotFound(f"The programme of {year} has not been released yet.")
    return _programme(found)


async def _edition(edition: Edition, actor: Actor, now: datetime) -> EditionAnswer:
    found = await queries.releases_of(edition.id)
    stands = standing(edition, now=now)
    return EditionAnswer(
        year=edition.year,
        title=edition.title,
        theme=edition.theme,
        host=edition.host,
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        timezone=edition.timezone,
        venue=edition.venue,
        in_person_capacity=edition.in_person_capacity,
        online_capacity=edition.online_capacity,
        in_person_left=max(0, edition.in_person_capacity - edition.in_person_taken),
        online_left=max(0, edition.online_capacity - edition.online_taken),
        registration=queries.registration_state(edition, now=now),
        registration_opens_at=edition.registration_opens_at,
        registration_closes_at=edition.registration_closes_at,
        url=_url(edition.year),
        release=found[0].number if found else None,
        off_cycle=edition.is_off_cycle,
        stage=stands.stage,
        standing=stands.sentence,
        next_stage=stands.next_stage,
        next_stage_at=stands.next_at,
        online_url=edition.online_url if actor.is_secretariat else None,
        announced_at=edition.announced_at if actor.is_secretariat else None,
    )


def _draft(draft: Draft) -> DraftAnswer:
    mark = draft_mark(draft.programme, timezone=draft.edition.timezone)
    return DraftAnswer(**_drafted(draft), seen=mark)


def _replaced(done: Replaced) -> ReplacedAnswer:
    effect = done.effect
    return ReplacedAnswer(
        **_drafted(done),
        seen=done.seen,
        dry_run=done.is_dry_run,
        changed_sessions=SessionsAnswer(
            added=[_change(one) for one in effect.added],
            changed=[_change(one) for one in effect.changed],
            removed=[_change(one) for one in effect.removed],
        ),
        changed_lists=[
            ListChangeAnswer(
                part=one.part,
                added=list(one.added),
                changed=[name for name, _, _ in one.changed],
                removed=list(one.removed),
            )
            for one in effect.lists
        ],
    )


def _drafted(draft: Draft) -> dict[str, Any]:
    edition = draft.edition
    return {
        "year": edition.year,
        "timezone": edition.timezone,
        "warnings": [_warning(one) for one in draft.warnings],
        **values_of(draft.programme),
    }


def _programme(release: Release) -> ProgrammeAnswer:
    snapshot = queries.snapshot_of(release)
    header = snapshot.header
    return ProgrammeAnswer(
        year=header.year,
        title=header.title,
        timezone=header.timezone,
        venue=header.venue,
        release=release.number,
        note=release.note,
        released_at=release.released_at,
        rooms=[{"name": room.name, "capacity": room.capacity} for room in snapshot.rooms],
        tracks=list(snapshot.tracks),
        speakers=[{"name": one.name, "affiliation": one.affiliation} for one in snapshot.speakers],
        sessions=[_item(item) for item in snapshot.items],
    )


def _item(item: Item) -> dict[str, object]:
    return {
        **session_values(item.session),
        "sequence": item.sequence,
        "status": "CANCELLED" if item.session.is_cancelled else "CONFIRMED",
        "changed_at": item.changed_at.astimezone(UTC),
    }


def _warning(warning: DraftWarning) -> WarningAnswer:
    return WarningAnswer(warning.kind, warning.sentence, list(warning.sessions))


def _change(change: Change) -> ChangeAnswer:
    return ChangeAnswer(change.kind, change.session, f"“{change.title}” {change.sentence}")


def _url(year: int, rest: str = "") -> str:
    return f"{settings.current().base_url}/summits/{year}{rest}"


ROUTES: list[Any] = [create, change, show_next, make_next, show, replace, show_draft, release, show_programme]
