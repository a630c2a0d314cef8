"""Badges: only what is new is printed, what changed is printed anew, and every name fits or is named."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from summit_service import db
from summit_service.doors import badges, printing, queries
from summit_service.doors.badges import Face
from summit_service.errors import Conflict, Invalid
from summit_service.registrations.tables import Registration
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import make_edition, register, registration_of

EDITION: Any = SimpleNamespace(title="Summit 2026")
NAMES = (
    "Anna Berg",
    "Ευαγγελία",
    "Екатерина",
    "محمد",
    "#panic() *b* $x",
    "Maximiliana-Konstanze " * 5,
    "x" * 120,
)


def face(name: str, number: int = 1) -> Face:
    return Face(number, name, "Centre for Kindness", "Delegate", f"SUMMIT-{number}-{'AB' * 16}")


def test_sheets_have_eight_badges_each_and_the_same_bytes() -> None:
    faces = [face(name, number) for number, name in enumerate((*NAMES, "Ben", "Cleo"))]

    made = badges.set_sheets(EDITION, faces)

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert [len(pages), pages[0].count("Delegate"), pages[1].count("Delegate")] == [2, 8, 1]
    assert "Anna Berg" in pages[0]
    assert "#panic() *b* $x" in pages[0]
    assert made == badges.set_sheets(EDITION, faces)


def test_name_without_a_font_is_named() -> None:
    with pytest.raises(Invalid, match="There is no font here for: 陳, \ud55c") as fault:
        badges.set_sheets(EDITION, [face("Anna"), face("陳"), face("한")])

    assert "Anna" not in str(fault.value)


async def test_only_what_is_new_or_changed_is_printed(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=3)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=now)
    await register("Olga Online", attendance="online", now=now)
    actor = await factories.secretariat()

    done = await asyncio.gather(
        *(printing.print_new(2026, actor=actor, now=now) for _ in range(3)), return_exceptions=True
    )
    await Registration.update({Registration.name: "Anna Berg-Holm"}).where(
        Registration.id == (await registration_of("Anna Berg")).id
    )
    fresh = badges.new(await badges.faces_of(edition, now=now), await badges.printed(edition.id))
    await printing.print_new(2026, actor=actor, now=now)

    assert sorted(isinstance(one, Conflict) for one in done) == [False, True, True]
    assert [one.name for one in fresh] == ["Anna Berg-Holm"]
    assert [len(await badges.in_print(made.id)) for made in await badges.prints_of(edition.id)] == [1, 2]


async def test_desk_prints_what_is_new_and_one_at_the_door(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_edition(in_person=3)
    await register("Anna Berg", now=clock.now)
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    desk, number = "/desk/summits/2026/badges", (await registration_of("Anna Berg")).id

    printed = await client.post(desk, data={"csrf": csrf}, follow_redirects=True)
    again = await client.post(desk, data={"csrf": csrf})
    one = await client.get(f"{desk}.pdf", params={"number": number})
    nobody = await client.get(f"{desk}.pdf", params={"number": 99})

    assert "The sheets are ready" in printed.text
    assert (again.status_code, "Every badge is printed already" in again.text) == (409, True)
    [page] = PdfReader(io.BytesIO(one.content)).pages
    assert "Anna Berg" in page.extract_text()
    assert (nobody.status_code, "There is no such badge" in nobody.text) == (409, True)
    assert (await queries.edition_of(2026)).title in printed.text
