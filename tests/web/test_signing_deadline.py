"""Rule 12 of the link: the deadline is the database's, and each reader is told it in their own zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar

from summit_service import app, db, edge, zones
from summit_service.accounts.tables import Person
from summit_service.errors import Gone, Invalid
from summit_service.members import queries as members
from summit_service.statements import actions
from summit_service.statements.tables import Statement
from tests.clients import BASE_URL
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_frozen, make_member, make_open
from tests.postbox import Postbox, calendar_of, link_in, text_of

WALL = "2026-09-13T00:00"
"""In `Etc/GMT+12` the end of Saturday 12 September, anywhere on Earth; noon on the 13th in UTC."""


async def opened(now: datetime, zone: str, closes: str = WALL, timezone: str = zones.WORLDWIDE) -> Statement:
    """A statement with that deadline, and one signatory who lives in `zone`."""
    await make_member("Centre for Kindness", signatory="Ana Ruiz")
    await Person.update({Person.timezone: zone}).where(Person.name == "Ana Ruiz")
    actor = await secretariat()
    slug = (await make_frozen(actor, now=now)).slug
    return await actions.open_for_signing(slug, actor=actor, now=now, closes_at=closes, timezone=timezone)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (
            "Asia/Tokyo",
            "Sunday 13 September 2026, 21:00 Tokyo (the end of Saturday 12 September 2026 anywhere on Earth)",
        ),
        ("Etc/GMT+12", "the end of Saturday 12 September 2026 anywhere on Earth"),
        (
            "America/St_Johns",
            "Sunday 13 September 2026, 09:30 St Johns (the end of Saturday 12 September 2026 anywhere on Earth)",
        ),
    ],
)
async def test_link_12_deadline_is_told_in_the_signatorys_zone(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox, zone: str, words: str
) -> None:
    await opened(now, zone)

    mail = (await postbox.deliver(now))[0]
    page = await client.get(link_in(mail, "/sign/"))

    assert f"Please answer by {words}." in text_of(mail)
    assert f"for an answer by {words}." in page.text


async def test_link_12_mail_and_page_hold_the_deadline_in_the_calendar(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement = await opened(now, "Asia/Kathmandu")

    mail = (await postbox.deliver(now))[0]
    path = link_in(mail, "/sign/")
    file = await client.get(f"{path}/deadline.ics")

    token = path.removeprefix("/sign/")
    assert file.headers["Content-Type"].startswith("text/calendar")
    for text in (calendar_of(mail), file.text):
        calendar = Calendar.from_ical(text)
        entry = calendar.walk("VEVENT")[0]
        assert calendar["METHOD"] == "PUBLISH"
        assert entry.decoded("DTEND") == statement.closes_at.astimezone(ZoneInfo("Asia/Kathmandu"))
        assert "ATTENDEE" not in entry
        assert token not in text
    assert calendar_of(mail) == file.text


async def test_link_12_calendar_of_an_ended_request_is_its_page(
    client: httpx.AsyncClient, now: datetime
) -> None:
    member = await make_member("Centre for Kindness")
    actor = await secretariat()
    statement = await make_open(actor, now=now)
    token = await link_to(statement, member, now=now)
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")

    ended = await client.get(f"/sign/{token}/deadline.ics")
    wrong = await client.get("/sign/wrong/deadline.ics")

    assert (ended.status_code, wrong.status_code) == (410, 404)
    assert "Signing has ended" in ended.text


async def test_link_12_the_databases_clock_judges_and_not_the_machines(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await make_member("Centre for Kindness")
    real = await db.database_now()
    statement = await make_open(await secretariat(), now=real, days=1)
    token = await link_to(statement, member, now=real)

    async def a_day_later() -> datetime:
        return real + timedelta(days=1, minutes=1)

    transport = httpx.ASGITransport(app=edge.wrap(app.create_app()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        in_time = await client.get(f"/sign/{token}")
        monkeypatch.setattr(db, "database_now", a_day_later)
        late = await client.get(f"/sign/{token}")

    assert (in_time.status_code, late.status_code) == (200, 410)


async def test_link_12_hour_that_the_clocks_repeat_is_one_instant(database: db.Engine, now: datetime) -> None:
    with pytest.raises(Invalid, match="happens twice"):
        await opened(now, "Europe/London", "2026-10-25T01:30", "Europe/London")
    organisation = (await members.all_members())[0]
    actor = await secretariat()
    slug = (await make_frozen(actor, now=now, title="In winter time")).slug

    statement = await actions.open_for_signing(
        slug, actor=actor, now=now, closes_at="2026-10-25T01:30:00+00:00", timezone="Europe/London"
    )

    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    token = await link_to(statement, organisation, now=now)
    assert statement.closes_at == second
    await give_answer(token, now=second - timedelta(milliseconds=1))
    with pytest.raises(Gone):
        await give_answer(token, now=second)
