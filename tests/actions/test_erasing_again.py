"""What people erased by their links is in the log by number, and is erased again where a backup has brought it back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from summit_service import db, links
from summit_service.accounts.actor import OPERATOR
from summit_service.cli.data import ERASING
from summit_service.errors import NotAllowed, NotFound
from summit_service.journal.tables import JournalNote, JournalWords
from summit_service.own_data import contribution, speaker
from summit_service.registrations import actions
from summit_service.registrations.tables import Invitation
from summit_service.speakers import actions as speakers
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits.tables import Edition
from tests import factories
from tests.factories_contributions import make_call, propose
from tests.factories_enquiries import everything_stored
from tests.factories_registrations import link_of, make_edition, register, registration_of

NAME = "Marker Person"


async def plant(now: datetime) -> dict[str, int]:
    """One of each kind; its number."""
    await make_edition(in_person=3)
    await register(NAME, now=now)
    guest = {"name": NAME, "email": "guest@marker.example", "attendance": "online"}
    invitation = await actions.invite(2026, **guest, actor=await factories.secretariat(), now=now)
    await make_call(now=now)
    row = await propose(now=now, name=NAME, email="author@marker.example")
    await speakers.put_addresses(2026, f"{NAME}; speaker@marker.example", actor=OPERATOR, now=now)
    return {
        "registration": (await registration_of(NAME)).id,
        "invitation": invitation.id,
        "contribution": row.id,
        "speaker": (await SpeakerContact.objects())[0].id,
    }


async def erase_by_links(numbers: dict[str, int], now: datetime) -> None:
    await actions.erase_at_once(await link_of(NAME, now=now), now=now)
    opened = {
        kind: await links.issue(kind, subject=str(numbers[kind]), now=now)
        for kind in ("invitation", "contribution", "speaker")
    }
    await actions.erase_invitation_at_once(opened["invitation"], now=now)
    await contribution.erase_contribution(opened["contribution"], now=now)
    await speaker.erase_speaker(opened["speaker"], now=now)


async def noted() -> list[tuple[str, str, str]]:
    """Verb, face and words of each erasing in the log."""
    found = JournalNote.verb.like("summit.%_erased")
    rows: Any = await JournalNote.select(JournalNote.id, JournalNote.verb, JournalNote.face).where(found)
    words = {row["note"]: row["private"] for row in await JournalWords.select()}
    return [(row["verb"], row["face"], words[row["id"]]) for row in sorted(rows, key=lambda row: row["id"])]


async def test_log_has_the_number_and_not_the_name_of_who_erases_by_a_link(
    database: db.Engine, now: datetime
) -> None:
    numbers = await plant(now)

    await erase_by_links(numbers, now)

    told = await noted()
    assert [(verb, face) for verb, face, _ in told] == [
        (f"summit.{kind}_erased", "link")
        for kind in ("registration", "invitation", "contribution", "speaker")
    ]
    assert all(f"number {numbers[verb.split('.')[1].split('_')[0]]}" in words for verb, _, words in told)
    assert "marker" not in (await everything_stored()).lower()


async def test_numbers_of_the_log_are_erased_again_and_twice_is_once(
    database: db.Engine, now: datetime
) -> None:
    numbers = await plant(now)
    member = await factories.representative_of(await factories.make_organisation())

    for erase in ERASING.values():
        with pytest.raises(NotAllowed):
            await erase(1, actor=member, now=now)
    for _ in range(2):
        for kind, number in numbers.items():
            await ERASING[kind](number, actor=OPERATOR, now=now)
    for kind in ("registration", "invitation", "contribution"):
        with pytest.raises(NotFound):
            await ERASING[kind](99, actor=OPERATOR, now=now)

    assert "marker" not in (await everything_stored()).lower()
    assert [(verb, face) for verb, face, _ in await noted()] == [
        (f"summit.{kind}_erased", "cli") for kind in numbers
    ]
    assert [row.ended_reason for row in await Invitation.objects()] == ["declined"]


async def test_two_who_erase_one_invitation_at_once_erase_it_once(database: db.Engine, now: datetime) -> None:
    numbers = await plant(now)
    token = await links.issue("invitation", subject=str(numbers["invitation"]), now=now)

    await asyncio.gather(
        *(actions.erase_invitation_at_once(token, now=now) for _ in range(5)), return_exceptions=True
    )

    [edition] = await Edition.objects()
    assert [verb for verb, _, _ in await noted()] == ["summit.invitation_erased"]
    assert edition.online_taken == 0
