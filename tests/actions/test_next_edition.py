"""The next edition made from the last: what moves, what stays behind, and that nobody comes along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from summit_service import db, next_edition
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.contributions import actions as contributions
from summit_service.contributions import queries as calls
from summit_service.contributions.rules import CallForm
from summit_service.errors import Conflict, Invalid, NotSignedIn
from summit_service.registrations import actions as registrations
from summit_service.registrations import questions
from summit_service.registrations.answers import Asked
from summit_service.summits import queries
from summit_service.summits.tables import Edition
from tests.factories_registrations import make_edition, register
from tests.factories_summits import programme, release, session

MARK = "Marker-Person"


async def last_edition(now: datetime) -> Edition:
    """A summit with everything that an edition can have, a person's mark wherever people are named."""
    edition = await make_edition(
        registration_opens_at="2026-03-02T09:00", registration_closes_at="2026-09-01T22:00"
    )
    given = programme(
        session("Opening", speakers=[MARK], abstract=f"{MARK} opens."),
        session("Lunch", kind="break", starts_at="2026-09-14T12:00", ends_at="2026-09-14T13:00"),
        session(
            "Dinner", kind="social", starts_at="2026-09-15T19:00", ends_at="2026-09-15T22:00",
            chairs=[MARK], abstract=f"{MARK} invites.", room="",
        ),
        tracks=["Care"], speakers=[{"name": MARK}],
    )  # fmt: skip
    await release(given, now=now)
    asked = Asked(
        key="menu", label="Menu in 2026", kind="choice", choices=("Meat", "Plants"), limits={"Meat": 9}
    )
    await registrations.set_questions(
        2026,
        [asked, replace(asked, key="more", label="More", limits={}, shown_if=("menu", "Meat"))],
        actor=OPERATOR,
        now=now,
    )
    await registrations.set_terms(
        2026, changes_until=date(2026, 9, 7), organisation_limit=4, actor=OPERATOR, now=now
    )
    call = CallForm(intro="Send us your work.", kinds="Talk; 20", themes="Care", closes_at="2026-05-04T23:00")
    await contributions.put_call(2026, call, actor=OPERATOR, now=now)
    await register(MARK, now=now)
    return edition


async def test_next_edition_takes_over_what_is_about_nobody(database: db.Engine, now: datetime) -> None:
    before = await last_edition(now)

    made = await next_edition.make_next(2026, {"in_person_capacity": 80}, actor=OPERATOR, now=now)

    assert (made.year, made.title, made.venue, made.theme) == (
        2028,
        "Summit 2028",
        before.venue,
        before.theme,
    )
    assert (made.starts_on, made.ends_on) == (date(2028, 9, 11), date(2028, 9, 12))
    assert (made.registration_opens_at, made.registration_closes_at) == (
        "2028-02-28T09:00",
        "2028-08-29T22:00",
    )
    assert (made.in_person_capacity, made.online_capacity, made.in_person_taken) == (80, 5, 0)
    assert made.announced_at is None
    assert made.online_url == ""
    draft = (await queries.draft_of(made)).programme
    assert [(room.name, room.capacity) for room in draft.rooms] == [("Great Hall", 150), ("Library", 25)]
    assert (draft.tracks, draft.speakers) == (("Care",), ())
    assert [(one.title, one.starts_at) for one in draft.sessions] == [
        ("Lunch", "2028-09-11T12:00"),
        ("Dinner", "2028-09-12T19:00"),
    ]
    asked = await questions.questions_of(made.id)
    assert [(one.key, one.version, one.limits, one.shown_if) for one in asked] == [
        ("menu", 1, {"Meat": 9}, None),
        ("more", 1, {}, ("menu", "Meat")),
    ]
    terms = await questions.terms_of(made.id)
    assert (terms.changes_until, terms.organisation_limit) == (date(2028, 9, 4), 4)
    call = await calls.found_call(made)
    assert (call.row.closes_at, call.themes, call.row.intro) == (
        "2028-05-01T23:00",
        ("Care",),
        "Send us your work.",
    )
    assert await queries.releases_of(made.id) == []
    source = await next_edition.source_of(2026, actor=OPERATOR)
    assert source.dated == ("the question “Menu in 2026”",)


async def test_next_edition_has_no_trace_of_a_person(database: db.Engine, now: datetime) -> None:
    await last_edition(now)

    made = await next_edition.make_next(2026, {}, actor=OPERATOR, now=now)

    told = [
        repr((await queries.draft_rows(made.id)).sessions),
        repr(made.to_dict()),
        repr(await questions.questions_of(made.id)),
        repr((await calls.found_call(made)).row.to_dict()),
    ]
    assert MARK not in "".join(told)
    assert (await queries.draft_rows(made.id)).speakers == []


async def test_next_edition_moves_its_parts_with_the_first_day_and_leaves_out_others(
    database: db.Engine, now: datetime
) -> None:
    await last_edition(now)
    days = {"starts_on": "2028-06-05", "ends_on": "2028-06-05", "registration_opens_at": None,
            "registration_closes_at": None}  # fmt: skip

    made = await next_edition.make_next(2026, days, parts=["breaks", "call"], actor=OPERATOR, now=now)

    draft = (await queries.draft_of(made)).programme
    assert [(one.starts_at, one.room) for one in draft.sessions] == [
        ("2028-06-05T12:00", ""),
        ("2028-06-06T19:00", ""),
    ]
    assert (draft.rooms, await questions.questions_of(made.id)) == ((), ())
    assert (await calls.found_call(made)).row.closes_at == "2028-01-24T23:00"


async def test_next_edition_is_refused_whole(database: db.Engine, now: datetime) -> None:
    await last_edition(now)
    await make_edition(year=2028, starts_on=date(2028, 9, 11), ends_on=date(2028, 9, 12))

    with pytest.raises(Conflict):
        await next_edition.make_next(2026, {}, actor=OPERATOR, now=now)
    with pytest.raises(Invalid, match="off the cycle"):
        await next_edition.make_next(2026, {"year": 2029}, actor=OPERATOR, now=now)
    with pytest.raises(Invalid, match="not a part"):
        await next_edition.make_next(2026, {"year": 2030}, parts=["people"], actor=OPERATOR, now=now)
    with pytest.raises(NotSignedIn):
        await next_edition.make_next(2026, {"year": 2030}, actor=PUBLIC, now=now)
    assert [one.year for one in await queries.editions(is_announced_only=False)] == [2028, 2026]
