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
from summit_service.mail import outbox
from summit_service.mail.tables import OutboxMessage
from summit_service.own_data import contribution, speaker
from summit_service.registrations import actions
from summit_service.registrations.actions import places
from summit_service.registrations.tables import Invitation, Registration
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
    for kind, number in numbers.items():
        await ERASING[kind](number, actor=OPERATOR, now=now)
    for kind, number in numbers.items():
        if kind != "speaker":  # whose row is gone
            await ERASING[kind](number, actor=OPERATOR, now=now)
    for erase in ERASING.values():
        with pytest.raises(NotFound):
            await erase(99, actor=OPERATOR, now=now)
    with pytest.raises(NotFound, match="No speaker has this number"):
        await ERASING["speaker"](numbers["speaker"], actor=OPERATOR, now=now)

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


async def test_two_who_erase_one_speaker_at_once_erase_them_once(database: db.Engine, now: datetime) -> None:
    numbers = await plant(now)
    token = await links.issue("speaker", subject=str(numbers["speaker"]), now=now)

    await asyncio.gather(*(speaker.erase_speaker(token, now=now) for _ in range(5)), return_exceptions=True)

    assert [verb for verb, _, _ in await noted()] == ["summit.speaker_erased"]


@pytest.mark.parametrize("is_erased", [True, False], ids=["erased by its link", "taken out at the desk"])
async def test_link_of_a_speaker_who_is_gone_opens_nothing_of_the_next(
    database: db.Engine, now: datetime, is_erased: bool
) -> None:
    numbers = await plant(now)
    token = await links.issue("speaker", subject=str(numbers["speaker"]), now=now)
    if is_erased:
        await speaker.erase_speaker(token, now=now)
    else:
        await speakers.put_addresses(2026, "", actor=OPERATOR, now=now)
    await speakers.put_addresses(2026, "Bo Next; bo@next.example", actor=OPERATOR, now=now)

    with pytest.raises(NotFound):
        await speaker.held(token, now=now)
    with pytest.raises(NotFound):
        await speaker.erase_speaker(token, now=now)
    assert [row.name for row in await SpeakerContact.objects()] == ["Bo Next"]


async def test_link_that_went_to_a_wrong_address_opens_nothing_once_it_is_corrected(
    database: db.Engine, now: datetime
) -> None:
    numbers = await plant(now)
    own, thanks = [
        await links.issue(purpose, subject=str(numbers["speaker"]), now=now)
        for purpose in ("speaker", "thanks")
    ]
    await speakers.put_addresses(2026, f"{NAME}; SPEAKER@marker.example", actor=OPERATOR, now=now)
    same = await speaker.held(own, now=now)
    await speakers.put_addresses(2026, f"{NAME}; right@marker.example", actor=OPERATOR, now=now)

    assert same.data["email"] == "SPEAKER@marker.example"
    with pytest.raises(NotFound):
        await speaker.held(own, now=now)
    assert await links.find_live("thanks", thanks, now=now) is None
    again = await links.issue("speaker", subject=str(numbers["speaker"]), now=now)
    assert (await speaker.held(again, now=now)).data["email"] == "right@marker.example"


async def test_mail_to_a_wrong_address_does_not_go_out_once_it_is_corrected(
    database: db.Engine, now: datetime
) -> None:
    numbers = await plant(now)
    own = outbox.LinkSpec("speaker", str(numbers["speaker"]), "/speakers/{token}")
    about = f"speaker:{numbers['speaker']}"
    mail = outbox.Mail(
        kind="speaker_programme",
        to_name=NAME,
        to_email="wrong@marker.example",
        about=about,
        dedupe_key="waits",
        context={},
        links={"own_url": own},
    )
    async with db.transaction():
        await outbox.add(mail, now=now)
    await speakers.put_addresses(2026, f"{NAME}; right@marker.example", actor=OPERATOR, now=now)

    [kept] = await OutboxMessage.objects().where(OutboxMessage.about == about)
    assert (kept.state, kept.recipient_email, kept.links) == ("stopped", "", "{}")


async def test_everything_of_an_address_locks_each_edition_once_and_the_lowest_first(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await make_edition(year=2026), await make_edition(year=2027)
    await register(NAME, year=2027, now=now)
    key = (await registration_of(NAME)).email_key
    member = await factories.secretariat()
    for year in (2026, 2027):
        guest = {"name": NAME, "email": f"guest{year}@marker.example", "attendance": "online"}
        invitation = await actions.invite(year, **guest, actor=member, now=now)
        await Invitation.update({Invitation.email_key: key}).where(Invitation.id == invitation.id)
    locked, lock = [], places.lock_edition

    async def noting(edition_id: int) -> Edition:
        locked.append(edition_id)
        return await lock(edition_id)

    monkeypatch.setattr(places, "lock_edition", noting)
    async with db.transaction():
        await actions.erase_of(key, now=now)

    assert locked == [first.id, second.id]
    assert "marker" not in "".join(row.email for row in await Invitation.objects())
    assert (await Registration.objects())[0].erased_at == now


async def test_two_who_erase_one_speaker_by_number_at_once_note_it_once(
    database: db.Engine, now: datetime
) -> None:
    number = (await plant(now))["speaker"]

    pressed = [speaker.erase_numbered(number, actor=OPERATOR, now=now) for _ in range(5)]
    answers = await asyncio.gather(*pressed, return_exceptions=True)

    assert [verb for verb, _, _ in await noted()] == ["summit.speaker_erased"]
    assert sum(isinstance(answer, NotFound) for answer in answers) == 4
