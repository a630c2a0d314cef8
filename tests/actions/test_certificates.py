"""Certificates: for those who were let in alone, checked without saying who, withdrawn with the check-in."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pypdf import PdfReader

from summit_service import db, settings
from summit_service.accounts.actor import OPERATOR
from summit_service.doors import actions, certificates, telling, waiting
from summit_service.doors.scans import Scan
from summit_service.errors import Conflict
from summit_service.registrations import actions as registrations
from summit_service.summits.actions import replacing
from tests import factories
from tests.clients import Clock
from tests.factories_registrations import link_of, make_edition, register, registration_of
from tests.factories_summits import programme, session
from tests.postbox import Postbox, link_in, postbox

__all__ = ["postbox"]

NINE = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)


def span(start: float, end: float) -> tuple[datetime, datetime]:
    return NINE + timedelta(hours=start), NINE + timedelta(hours=end)


@pytest.mark.parametrize(
    ("spans", "count"),
    [
        ([], 0),
        ([span(0, 1.5), span(1, 2), span(4, 5)], 3),
        ([span(0, 8), span(1, 2)], 8),
        ([span(0, 0.25)], 0.25),
    ],
)
def test_hours_count_what_overlaps_once(spans: list[tuple[datetime, datetime]], count: float) -> None:
    assert certificates.hours(spans) == count


async def test_certificate_from_the_door_to_its_withdrawal(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_edition(in_person=3)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=clock.now)
    actor = await factories.secretariat()
    door = (await actions.make_door(2026, "Main", actor=actor, now=clock.now))[1]
    row = await registration_of("Anna Berg")
    await actions.record(door, [Scan("a" * 8, NINE, number=row.id)], now=NINE)
    pages = [f"/registrations/{await link_of(name, now=clock.now)}" for name in ("Anna Berg", "Ben Young")]
    early = await client.get(f"{pages[0]}/certificate.pdf")
    clock.now = datetime(2026, 9, 16, 9, 0, tzinfo=UTC)

    anna, ben = [await client.get(f"{page}/certificate.pdf") for page in pages]
    shown = [("Certificate of attendance" in (await client.get(page)).text) for page in pages]
    code = certificates.code_of(row)
    valid = await client.get(f"/certificates/{code}")
    named = [
        (await client.get(f"/certificates/{code}", params={"name": name})).text
        for name in ("anna  BERG", "Ben")
    ]
    forged = await client.get(f"/certificates/{code[:-1]}{'1' if code[-1] == '0' else '0'}")
    undo = Scan("b" * 8, clock.now, number=row.id, is_undo=True)
    await actions.record(door, [undo], sent_at=clock.now, now=clock.now)
    withdrawn = await client.get(f"/certificates/{code}")

    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(anna.content)).pages)
    assert all(
        words in text
        for words in (
            "Anna Berg",
            "Summit 2026",
            "Monday 14 September 2026",
            code,
            settings.current().mail_reply_to,
        )
    )
    assert (early.status_code, ben.status_code, shown) == (409, 409, [True, False])
    assert "This certificate is valid" in valid.text
    assert "Anna" not in valid.text
    assert "It was made out to this name" in named[0]
    assert "It was not made out to this name" in named[1]
    assert (forged.status_code, "We know no certificate" in forged.text) == (404, True)
    assert "This certificate is withdrawn" in withdrawn.text
    assert (await client.get(f"{pages[0]}/certificate.pdf")).status_code == 409


async def test_who_came_is_mailed_of_the_certificate_once_and_who_is_told_late_with_the_next_press(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    await make_edition(in_person=3)
    for name in ("Anna Berg", "Ben Young", "Cleo Park"):
        await register(name, now=clock.now)
    await postbox.deliver(clock.now)
    actor = await factories.secretariat()
    door = (await actions.make_door(2026, "Main", actor=actor, now=clock.now))[1]
    anna, ben = [await registration_of(name) for name in ("Anna Berg", "Ben Young")]
    await actions.record(door, [Scan("a" * 8, NINE, number=anna.id)], now=NINE)
    with pytest.raises(Conflict):
        await telling.tell_of_certificates(2026, "", actor=actor, now=NINE)
    clock.now = datetime(2026, 9, 16, 9, 0, tzinfo=UTC)

    waits = [one.count for one in await waiting.for_secretariat(clock.now)]
    done = await asyncio.gather(
        *(telling.tell_of_certificates(2026, "Come again.", actor=actor, now=clock.now) for _ in range(2)),
        return_exceptions=True,
    )
    (mail,) = await postbox.deliver(clock.now)
    certificate = await client.get(link_in(mail, "/registrations/"))
    await actions.record(door, [Scan("b" * 8, NINE, number=ben.id)], sent_at=clock.now, now=clock.now)
    late = await telling.tell_of_certificates(2026, "", actor=actor, now=clock.now)
    (to_ben,) = await postbox.deliver(clock.now)

    assert waits == [1]
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "int"]
    assert "anna" in mail["To"]
    assert certificate.headers["Content-Type"] == "application/pdf"
    assert (late, "ben" in to_ben["To"]) == (1, True)
    assert await waiting.for_secretariat(clock.now) == []

    cleo = await registration_of("Cleo Park")
    await actions.record(door, [Scan("c" * 8, NINE, number=cleo.id)], sent_at=clock.now, now=clock.now)
    await telling.tell_of_certificates(2026, "", actor=actor, now=clock.now)
    undo = Scan("d" * 8, clock.now, number=cleo.id, is_undo=True)
    await actions.record(door, [undo], sent_at=clock.now, now=clock.now)
    assert await postbox.deliver(clock.now) == []


async def test_certificate_names_the_hours_and_the_sessions_with_a_seat_of_its_days_as_they_were_released(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=9)
    given = programme(
        session("Joined", kind="workshop"),
        session("Waited for", kind="workshop", starts_at="2026-09-14T11:00", ends_at="2026-09-14T12:00"),
        session("Not mine", kind="workshop"),
        session("Next day", kind="workshop", starts_at="2026-09-15T09:00", ends_at="2026-09-15T10:00"),
        session("Lunch", kind="break", starts_at="2026-09-14T12:00", ends_at="2026-09-14T13:00"),
        session("Lost", starts_at="2026-09-14T14:00", ends_at="2026-09-14T18:00", cancelled=True),
    )
    await replacing.replace_programme(2026, given, actor=OPERATOR, now=now)
    await registrations.release_programme(2026, note="", actor=OPERATOR, now=now)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=now)
    for slug in ("joined", "waited-for", "not-mine", "next-day"):
        await registrations.set_sign_up(
            2026, slug, places_wanted=1, attendance="", is_open=True, actor=OPERATOR, now=now
        )
    await registrations.sign_up(await link_of("Ben Young", now=now), "waited-for", now=now)
    for slug in ("joined", "waited-for", "next-day"):
        await registrations.sign_up(await link_of("Anna Berg", now=now), slug, now=now)
    anna = await registration_of("Anna Berg")
    door = (await actions.make_door(2026, "Main", actor=OPERATOR, now=now))[1]
    await actions.record(door, [Scan("a" * 8, NINE, number=anna.id)], now=NINE)
    await replacing.replace_programme(2026, programme(session("A draft")), actor=OPERATOR, now=now)

    data = await certificates.data_of(anna.id, now=datetime(2026, 9, 16, 9, 0, tzinfo=UTC))

    assert (data["hours"], data["sessions"]) == ("2", ["Joined"])
    text = PdfReader(io.BytesIO(certificates.set_certificate(data))).pages[0].extract_text()
    assert "Joined" in text
