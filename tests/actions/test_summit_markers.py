"""What is personal at a summit is found nowhere after its day: every column has its place, and is looked into."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from piccolo.columns import Date, Text, Varchar
from piccolo.table import Table

from summit_service import background, db, links, settings
from summit_service.accounts.actor import Actor
from summit_service.backup import KEPT_AT_MOST, make_backup
from summit_service.contributions import actions as contributions
from summit_service.contributions.tables import Contribution
from summit_service.doors import actions as doors
from summit_service.doors import printing, queries, telling
from summit_service.mail import inbox, return_path, streams
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from summit_service.piccolo_app import APP_CONFIG
from summit_service.registrations import actions as registrations
from summit_service.registrations import invited
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Invitation, Registration
from summit_service.speakers import actions as speakers
from tests import factories, factories_contributions, factories_registrations, factories_summits
from tests.clients import Clock, sign_in
from tests.factories_contributions import CLOSED
from tests.factories_statements import dump_tables
from tests.mail.bounces import samples

DOMAINS = {"agendas", "contributions", "doors", "registrations", "speakers", "summits"}
PERSONAL = """
contribution.abstract contribution.affiliation contribution.co_authors contribution.decision_note contribution.email
contribution.email_key contribution.name contribution.title contribution_review.comment
registration.access_needs registration.answers registration.dietary registration.email registration.email_key
registration.name registration.organisation registration_invitation.email registration_invitation.email_key
registration_invitation.name speaker_contact.email speaker_contact.email_key speaker_contact.name speaker_contact.note
visa_letter.passport_name visa_letter.passport_number visa_letter.reason
"""
"""Each has a marker planted by use, and no marker after its day."""
WITHOUT_ROOM = {
    "registration.timezone": "Pacific/Marquesas",
    "visa_letter.nationality": "BV",
    "visa_letter.birth_date": "1971-02-03",
    "visa_letter.arrives_on": "2026-09-02",
    "visa_letter.leaves_on": "2026-10-06",
}
"""Personal, too, but a marker does not fit: these values stand for it, and are in no other row."""
BY_WHOM = """
door.created_by_name badge_print.printed_by_name programme_release.released_by_name
registration_arranger.created_by_name registration_invitation.created_by_name speaker_contact.thanked_by_name
visa_letter.decided_by_name
"""
"""Who of the secretariat did it: goes when that person is erased (test_own_data_markers.py)."""
IN_PUBLIC = """
appearance.part programme_release.note programme_release.snapshot programme_session.abstract programme_session.ends_at
programme_session.kind programme_session.objectives programme_session.slug programme_session.starts_at
programme_session.title programme_session.uid speaker.affiliation speaker.name track.name
room.name
"""
"""The programme: meant for the public, and a release is never changed; the forms say so."""
OF_THE_SUMMIT = """
contribution_call.closes_at contribution_call.intro contribution_call.kinds contribution_call.themes door.name
edition.ends_on edition.host edition.online_url edition.registration_closes_at edition.registration_opens_at
edition.starts_on edition.theme edition.timezone edition.title edition.venue registration_question.choices
registration_question.condition_key registration_question.condition_value registration_question.hint
registration_question.key registration_question.kind registration_question.label registration_question.limits
registration_question_version.choices registration_question_version.hint registration_question_version.kind
registration_question_version.label registration_terms.changes_until session_sign_up.attendance
session_sign_up.session_uid
"""
"""What the secretariat says about the summit itself."""
STATES = """
arrival.attendance contribution.decision contribution.kind contribution.session contribution.theme
registration.cancelled_reason registration_invitation.attendance registration_invitation.ended_reason
registration_place.attendance registration_place.ended_reason registration_place.state session_seat.state
visa_letter.state
"""
"""One of few words of ours, or the name of a session: they count, and name nobody."""
MADE_HERE = """
agenda.holder agenda_key.calendar_hash agenda_key.fetched_by agenda_key.token_hash agenda_star.session_uid
arrival.client_id badge.face registration.uid
"""
"""Chance, digests that nobody can guess who lacks our key, a kind of app, and the number of a row."""
ELSEWHERE = {"outbox_message", "mail_event", "mail_opt_out", "received_mail", "bouncing_address", "1.eml"}
"""Tables that know people by what is sent to them, and a file in the folder that stands in for a mail server."""
NOTE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
PASSPORT = {
    "passport_name": "MARKER PASSPORT",
    "passport_number": "MARKER123",
    "nationality": "BV",
    "birth_date": "1971-02-03",
    "arrives_on": "2026-09-02",
    "leaves_on": "2026-10-06",
}
A_DAY = re.compile(r"datetime\.date\((\d+), (\d+), (\d+)\)")
MARKERS = ("marker", "marquesas", "1971-02-03", "2026-09-02", "2026-10-06")
DELEGATE = "person@marker.example"
AUTHOR = "author@marker.example"
SPEAKER = "speaker@marker.example"
HALL = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
OVER = datetime(2026, 9, 16, 9, 0, tzinfo=UTC)
NEEDS_DAY = datetime(
    2026, 10, 15, 23, 0, tzinfo=UTC
)  # midnight in London, 30 days after the last day are over
LAST_DAY = datetime(2027, 9, 15, 23, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NEEDS = {
    "registration.access_needs",
    "registration.answers",
    "registration.dietary",
    *(name for name in (*PERSONAL.split(), *WITHOUT_ROOM) if name.startswith("visa_letter.")),
}


def test_every_column_of_a_summit_is_personal_or_has_its_reason_not_to_be() -> None:
    kinds = (PERSONAL, " ".join(WITHOUT_ROOM), BY_WHOM, IN_PUBLIC, OF_THE_SUMMIT, STATES, MADE_HERE)
    placed = " ".join(kinds).split()

    assert sorted(placed) == sorted(columns()), "a new column: plant a marker in it, or say why not"


def test_every_table_that_leads_to_a_summit_is_looked_into() -> None:
    strangers = [
        table._meta.tablename
        for table in APP_CONFIG.table_classes
        if domain_of(table) not in DOMAINS
        for column in table._meta.foreign_key_columns
        if domain_of(column._foreign_key_meta.resolved_references) in DOMAINS
    ]

    assert strangers == [], "a domain that knows of summits: add it to DOMAINS"


def domain_of(table: type[Table]) -> str:
    return table.__module__.split(".")[1]


def columns() -> list[str]:
    """Whatever can hold words or a day, in the tables of the summit's domains."""
    return [
        f"{table._meta.tablename}.{column._meta.name}"
        for table in APP_CONFIG.table_classes
        if domain_of(table) in DOMAINS
        for column in table._meta.columns
        if isinstance(column, Varchar | Text | Date)
    ]


async def test_a_marker_in_every_personal_column_is_found_nowhere_after_its_day(
    client: httpx.AsyncClient,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    database_kind: str,
    database_url: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Complaint 25: erasure forgotten, or done in part."""
    monkeypatch.setenv("SUMMIT_BOUNCE_ADDRESS", "bounces@network.example")
    settings.forget()
    await plant(client, clock)
    planted, anywhere = await marked_columns(), set(await where_found())
    backup: Path | None = None
    if database_kind == "sqlite":
        backup = make_backup(database_url, tmp_path / "backups", now=clock.now)

    await registrations.erase_personal(NEEDS_DAY - SECOND)
    unchanged = await marked_columns()
    await registrations.erase_personal(NEEDS_DAY)
    without_needs = await marked_columns()
    await keep_house(LAST_DAY - SECOND)
    early = await marked_columns()
    await keep_house(LAST_DAY)

    assert planted == {*PERSONAL.split(), *WITHOUT_ROOM}
    assert anywhere >= ELSEWHERE
    assert unchanged == planted
    assert without_needs == unchanged - NEEDS
    assert early == without_needs
    assert await marked_columns() == set()
    assert await where_found() == []
    assert not [marker for marker in MARKERS if marker in "".join(capfd.readouterr()).lower()]
    assert await counted() == (3, 2, ("Talk", "accepted"))
    if backup is not None:
        await check_restored(backup)


async def plant(client: httpx.AsyncClient, clock: Clock) -> None:
    """A marker in every personal field, by the forms and verbs that people use; mails are delivered, two come back."""
    begun = clock.now
    desk = await factories.secretariat()
    organisation = await factories.make_organisation()
    member = await factories.representative_of(organisation, name="Rita Member")
    await factories_registrations.make_edition(in_person=9)
    sessions = [factories_summits.session("Listening", speakers=["Ana Ruiz"], kind="workshop")]
    people = [{"name": "Ana Ruiz"}]
    await factories_summits.release(factories_summits.programme(*sessions, speakers=people), now=begun)
    await _register(client, desk, member, organisation, clock)
    await _invite(client, desk, now=begun)
    await _contribute(client, desk, member, clock)
    await _speak(desk, now=begun)
    await factories_registrations.announce(desk, now=begun)
    await deliver(begun + timedelta(days=1))
    await _come_back(now=begun + timedelta(days=1))
    clock.now = HALL
    await _come(client, desk, clock)
    clock.now = OVER
    await speakers.send_thanks(2026, [SPEAKER], "Marker thanks.", actor=desk, now=OVER)
    await telling.tell_of_certificates(2026, "Marker words.", actor=desk, now=OVER)
    await deliver(OVER + timedelta(days=1))


async def _register(
    client: httpx.AsyncClient, desk: Actor, member: Actor, organisation: Organisation, clock: Clock
) -> None:
    """By the form, twice; for a group; with a letter that is issued and one that is refused; with a star and a seat."""
    now = clock.now
    asked = [Asked(key="why", label="Why?", kind="text")]
    await registrations.set_questions(2026, asked, actor=desk, now=now)
    seats: dict[str, Any] = {"places_wanted": 5, "attendance": "", "is_open": True}
    await registrations.set_sign_up(2026, "listening", **seats, actor=desk, now=now)
    told = {
        "name": "Marker Person",
        "email": DELEGATE,
        "organisation": "Marker House",
        "attendance": "in_person",
        "timezone": "Pacific/Marquesas",
        "dietary": "marker nuts",
        "access_needs": "marker ramp",
        "answers/why": "marker answer",
        "is_listed": "yes",
    }
    for data in (told | {"email": "Marker, but no address"}, told, told):
        await client.post("/summits/2026/register", data=data)
    csrf = await sign_in(client, member, now=now)
    people = {"csrf": csrf, "attendance": "in_person", "people": "Marker Member, refused@marker.example"}
    await client.post(f"/organisations/{organisation.slug}/registrations/2026", data=people)
    client.cookies.clear()
    issued, refused = [await _link_of(email, now=now) for email in (DELEGATE, "refused@marker.example")]
    await client.post("/summits/2026/agenda/stars", data={"star": "listening"})
    await client.post(f"/registrations/{issued}/agenda")
    await client.post(f"/registrations/{issued}/sessions", data={"session": "listening"})
    for link in (issued, refused):
        await client.post(f"/registrations/{link}/letter", data=PASSPORT | {"passport_number": "MARKER*"})
        await client.post(f"/registrations/{link}/letter", data=PASSPORT)
    await registrations.issue_letter(2026, 1, actor=desk, now=now)
    await registrations.refuse_letter(2026, 2, "A marker reason.", actor=desk, now=now)
    for page in ("", "/data", "/data.json", "/erasure", "/letter.pdf", "/summit.ics"):
        await client.get(f"/registrations/{issued}{page}")
    async with db.transaction():
        await streams.keep_choice(DELEGATE, "calendar", is_wanted=False, now=now)


async def _link_of(email: str, *, now: datetime) -> str:
    row = await Registration.objects().where(Registration.email_key == email).first()
    assert row is not None
    return await links.issue("registration", subject=str(row.id), now=now)


async def _invite(client: httpx.AsyncClient, desk: Actor, *, now: datetime) -> None:
    """Two by the desk's form: one takes the place, one is silent."""
    csrf = await sign_in(client, desk, now=now)
    for name in ("vip", "silent"):
        guest = {"name": f"Marker {name}", "email": f"{name}@marker.example", "attendance": "online"}
        await client.post("/desk/summits/2026/invitations", data=guest | {"csrf": csrf})
    client.cookies.clear()
    row = await Invitation.objects().where(Invitation.email_key == "vip@marker.example").first()
    assert row is not None
    token = await links.issue(invited.LINK, subject=str(row.id), now=now)
    await client.post(f"/invitations/{token}", data={"name": "Marker vip"})


async def _contribute(client: httpx.AsyncClient, desk: Actor, member: Actor, clock: Clock) -> None:
    """By the form; reviewed, accepted and told."""
    begun = clock.now
    await factories_contributions.make_call(now=begun)
    await contributions.appoint_reviewer(2026, member.email, actor=desk, now=begun)
    typed = {
        "title": "Marker title",
        "kind": "Talk",
        "theme": "Practice",
        "abstract": "A marker.",
        "name": "Marker Author",
        "email": AUTHOR,
        "affiliation": "Marker Clinic",
        "co_authors": "Marker Friend; Marker House",
    }
    await client.post("/summits/2026/contributions", data=typed)
    judged: dict[str, Any] = {"score": "4", "comment": "Marker comment.", "has_conflict": False}
    await contributions.review(2026, 1, **judged, actor=member, now=CLOSED)
    decided: dict[str, Any] = {"decision": "accepted", "note": "Marker note.", "seen": ""}
    await contributions.decide(2026, 1, **decided, actor=desk, now=CLOSED)
    await contributions.tell(2026, expected=1, actor=desk, now=CLOSED)
    await deliver(CLOSED + timedelta(days=1))


async def _speak(desk: Actor, *, now: datetime) -> None:
    """One speaker is told of a release, and a note waits for the next; another is no more in the programme."""
    lines = f"Ana Ruiz; {SPEAKER}\nMarker Former; former@marker.example"
    await speakers.put_addresses(2026, lines, actor=desk, now=now)
    await speakers.send(2026, {SPEAKER: "Marker sent."}, release=1, actor=desk, now=now)
    moved = factories_summits.session("Listening", speakers=["Ana Ruiz"], kind="workshop", room="Library")
    people = [{"name": "Ana Ruiz"}]
    await factories_summits.release(factories_summits.programme(moved, speakers=people), now=now)
    await speakers.keep_notes(2026, {SPEAKER: "Marker kept."}, actor=desk, now=now)


async def _come_back(*, now: datetime) -> None:
    """The delegate's and the author's last mails come back."""
    for email in (DELEGATE, AUTHOR):
        row = await OutboxMessage.objects().where(OutboxMessage.recipient_email == email).first()
        assert row is not None
        notice = samples.report("failed", "5.1.1", f"550 5.1.1 {email}: User unknown")
        said = notice.replace(b"ana@hospital.example", email.encode())
        await inbox.receive(said, recipient=return_path.sender_of(row.id, settings.current()), now=now)


async def _come(client: httpx.AsyncClient, desk: Actor, clock: Clock) -> None:
    """At the door, without and with a network; badges; the lists that are taken out."""
    door = f"/doors/{(await doors.make_door(2026, 'Main entrance', actor=desk, now=HALL))[1]}"
    row = await Registration.objects().where(Registration.email_key == DELEGATE).first()
    assert row is not None
    for page in ("?q=marker", "?q=person@marker.example", "/list.json"):
        await client.get(f"{door}{page}")
    await client.post(f"{door}/arrivals", data={"number": str(row.id), "id": "abcdefgh"})
    scan = {"id": "ijklmnop", "at": HALL.isoformat(), "ticket": queries.ticket_of(row)}
    await client.post(f"{door}/uploads", json={"sent_at": HALL.isoformat(), "scans": [scan]})
    await printing.print_new(2026, actor=desk, now=HALL)
    await registrations.name_arranger(2026, desk.email, actor=desk, now=HALL)
    await sign_in(client, desk, now=clock.now)
    for page in (
        "registrations?q=marker",
        "registrations.csv",
        "registrations.xlsx",
        "needs.csv",
    ):
        assert (await client.get(f"/desk/summits/2026/{page}")).status_code == 200
    client.cookies.clear()


async def deliver(now: datetime) -> None:
    await deliver_due(now, Folder(settings.current().mailbox_dir))


async def keep_house(now: datetime) -> None:
    """Everything that the mailer does by itself."""
    for job in background.HOUSEKEEPING:
        await job(now)


async def marked_columns() -> set[str]:
    """The columns of a summit's tables in which a marker, or what stands for it, is to be read."""
    found = set()
    for table in APP_CONFIG.table_classes:
        for row in await table.select():
            for name, value in row.items():
                place = f"{table._meta.tablename}.{name}"
                words = value.isoformat() if isinstance(value, date) else str(value)
                stands_for_it = words == WITHOUT_ROOM.get(place)
                if place in {*PERSONAL.split(), *WITHOUT_ROOM} and (
                    "marker" in words.lower() or stands_for_it
                ):
                    found.add(place)
    return found


async def where_found() -> list[str]:
    """Tables of the whole database and files on the disk in which a marker is still to be read."""
    files = [path for path in settings.current().var_dir.rglob("*") if path.is_file()]
    texts = {path.name: path.read_bytes().decode(errors="replace") for path in files}
    for name, rows in (await dump_tables()).items():
        texts[name] = A_DAY.sub(lambda day: date(*map(int, day.groups())).isoformat(), "\n".join(rows))
    return sorted(name for name, text in texts.items() if any(marker in text.lower() for marker in MARKERS))


async def check_restored(copy: Path) -> None:
    """A backup has the marker, and says until when it may be kept; restored, it forgets by itself what is due."""
    assert f"Keep backups no longer than {KEPT_AT_MOST.days} days" in NOTE
    restored = db.connect(f"sqlite:///{copy}")
    db.bind(restored)
    await db.open()
    assert "registration" in await where_found()
    await keep_house(LAST_DAY)
    assert await where_found() == []
    await restored.aclose()


async def counted() -> tuple[int, int, tuple[str, str]]:
    """What stays to count: lines of registrations and invitations, and what became of the contribution."""
    [row] = await Contribution.objects()
    return await Registration.count(), await Invitation.count(), (row.kind, row.decision)
