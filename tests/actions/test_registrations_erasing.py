"""What is personal is gone at once when the person asks; on its day: tests/actions/test_summit_markers.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from summit_service import db, links, settings
from summit_service.errors import NotFound
from summit_service.mail import streams
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.registrations import actions, invited, own_data, queries
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Invitation
from tests import factories
from tests.factories_enquiries import everything_stored
from tests.factories_registrations import (
    ANNA,
    announce,
    email_of,
    link_of,
    make_edition,
    register,
    registration_of,
    states,
    taken,
)

MARKED = replace(
    ANNA,
    name="Marker Person",
    organisation="Marker House",
    dietary="marker nuts",
    access_needs="marker ramp",
    timezone="Pacific/Marquesas",
    is_listed=True,
    answers={"why": "marker answer"},
)
PASSPORT = {
    "passport_name": "MARKER PASSPORT",
    "passport_number": "MARKER123",
    "nationality": "BV",
    "birth_date": "1971-02-03",
    "arrives_on": "2026-09-02",
    "leaves_on": "2026-10-06",
}
MARKERS = ("marker", "marquesas")
SECOND = timedelta(seconds=1)


async def plant(now: datetime) -> None:
    """A marker in every field of a registration, and in its mails, which are delivered."""
    await make_edition(in_person=9)
    actor = await factories.secretariat()
    await actions.set_questions(2026, [Asked(key="why", label="Why?", kind="text")], actor=actor, now=now)
    details = {name: getattr(MARKED, name) for name in MARKED.__slots__ if name != "name"}
    await register("Marker Person", now=now, **details)
    await register("Marker Person", now=now + timedelta(days=1))
    letter = await actions.ask_for_letter(await link_of("Marker Person", now=now), PASSPORT, now=now)
    await actions.issue_letter(2026, letter.id, actor=actor, now=now)
    await announce(actor, now=now)
    await deliver_due(now + timedelta(days=1), Folder(settings.current().mailbox_dir))


async def where_found() -> list[str]:
    """Tables and files in which a marker is still to be read."""
    files = [path for path in settings.current().var_dir.rglob("*") if path.is_file()]
    texts = {path.name: path.read_bytes().decode(errors="replace") for path in files}
    texts["tables"] = await everything_stored()
    return sorted(name for name, text in texts.items() if any(marker in text.lower() for marker in MARKERS))


async def test_erasing_at_once_frees_the_place_sends_nothing_and_ends_the_link(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_edition(in_person=1)
    await register("Marker Person", now=now, organisation="Marker House")
    await register("Delegate B", now=now)
    token = await link_of("Marker Person", now=now)
    letter = await actions.ask_for_letter(token, PASSPORT, now=now)
    await actions.refuse_letter(
        2026, letter.id, "marker reason", actor=await factories.secretariat(), now=now
    )
    await deliver_due(now, Folder(settings.current().mailbox_dir))

    await actions.erase_at_once(token, now=now)
    await deliver_due(now, Folder(settings.current().mailbox_dir))

    assert await where_found() == []
    assert await taken(edition, "in_person") == 1
    assert (await states())["Delegate B"] == "offered in_person"
    with pytest.raises(NotFound):
        await actions.erase_at_once(token, now=now)
    assert (await register("Marker Person", now=now)).state == "waitlisted"


async def test_who_is_known_otherwise_stays_without_the_mails_that_they_have_stopped(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=2)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now)
        async with db.transaction():
            await streams.keep_choice(email_of(name), "news", is_wanted=False, now=now)
    await factories.make_person("Delegate A", email=email_of("Delegate A"))

    for name in ("Delegate A", "Delegate B"):
        await actions.erase_at_once(await link_of(name, now=now), now=now)

    assert await streams.opted_out("news") == {email_of("Delegate A")}


async def test_own_data_has_everything_that_was_told(database: db.Engine, now: datetime) -> None:
    await plant(now)
    row = await registration_of("Marker Person")

    kept = await own_data.own_data(await queries.standing(row.id, now=now))

    assert kept["told"] == {
        "name": "Marker Person",
        "email": "marker.person@delegates.example",
        "organisation": "Marker House",
        "timezone": "Pacific/Marquesas",
        "dietary": "marker nuts",
        "access_needs": "marker ramp",
        "is_listed": True,
    }
    assert kept["answers"] == [{"question": "Why?", "version": 1, "answer": "marker answer"}]
    assert [mail["kind"] for mail in kept["mails"]] == [
        "registration_confirmed",
        "registration_link",
        "letter_decided",
        "announcement",
    ]
    assert (kept["erased_on"]["dietary"], kept["erased_on"]["name"]) == ("2026-10-16", "2027-09-16")


async def invited_guest(name: str, *, now: datetime) -> str:
    """The token of an invitation's link whose mail has been delivered."""
    made = await actions.invite(
        2026,
        name=name,
        email=email_of(name),
        attendance="in_person",
        actor=await factories.secretariat(),
        now=now,
    )
    await deliver_due(now, Folder(settings.current().mailbox_dir))
    return await links.issue(invited.LINK, subject=str(made.id), now=now)


async def test_who_did_not_take_an_invitation_is_gone_thirty_days_after_it_and_who_did_stays(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=3)
    declining, accepting = [await invited_guest(name, now=now) for name in ("Marker Guest", "Ines Guest")]
    await invited_guest("Marker Silent", now=now)
    await actions.decline_invitation(declining, now=now)
    await actions.accept_invitation(accepting, replace(ANNA, name="Ines Guest"), now=now)
    day = datetime(2026, 4, 16, 23, 0, tzinfo=UTC) - timedelta(days=1)  # midnight in London

    await actions.erase_personal(day - SECOND)
    before = await where_found()
    await actions.erase_personal(day)

    assert (before, await where_found()) == (["1.eml", "3.eml", "tables"], [])
    assert [row.name for row in await Invitation.objects().order_by(Invitation.id)] == ["", "Ines Guest", ""]
    with pytest.raises(NotFound):
        await actions.decline_invitation(declining, now=day)


async def test_invited_guest_erases_at_once_and_the_place_goes_to_the_next(
    database: db.Engine, now: datetime
) -> None:
    edition = await make_edition(in_person=1)
    token = await invited_guest("Marker Guest", now=now)
    await register("Delegate B", now=now)

    await actions.erase_invitation_at_once(token, now=now)

    assert await where_found() == []
    assert await states() == {"Delegate B": "offered in_person"}
    assert await taken(edition, "in_person") == 1
    with pytest.raises(NotFound):
        await actions.erase_invitation_at_once(token, now=now)


async def test_erasing_a_registration_takes_the_invitation_it_came_by_with_it(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=2)
    token = await invited_guest("Marker Guest", now=now)
    await actions.accept_invitation(token, replace(ANNA, name="Marker Guest"), now=now)
    await deliver_due(now, Folder(settings.current().mailbox_dir))

    await actions.erase_at_once(await link_of("Marker Guest", now=now), now=now)

    assert await where_found() == []
