"""The next days: each source with its date, no job of the housekeeping forgotten, at a cost that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from piccolo.table import Table

from summit_service import background, db
from summit_service.agendas.tables import Agenda
from summit_service.ahead import Day
from summit_service.consortia.tables import Consortium
from summit_service.contributions.tables import Call, Contribution
from summit_service.desk import next_days
from summit_service.digests.tables import DigestChoice
from summit_service.doors.tables import Door
from summit_service.enquiries.tables import Enquiry
from summit_service.following.tables import FollowedCalendar
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.mail import streams
from summit_service.mail.tables import OptOut, OutboxMessage, ReceivedMail
from summit_service.registrations.tables import Invitation, Place, Registration, Terms
from summit_service.resources.tables import ResourceComment
from summit_service.speakers.tables import SpeakerContact
from summit_service.statements.tables import SigningRequest, Statement
from tests import factories, factories_funding, factories_summits
from tests.clients import Clock, bearer, sign_in
from tests.counting import count_queries
from tests.factories_enquiries import make_confirmed, make_enquiry
from tests.factories_resources import make_resource
from tests.factories_statements import make_member, make_open, request_to

IN_PROCESS = "nothing of the network's that anybody would hold or change"
TOLD: dict[str, str] = {
    "registrations.actions.offers.expire_offers": "registrations",
    "registrations.actions.erasing.erase_personal": "registrations",
    "registrations.actions.arranging.tell_arrangers": "registrations",
    "statements.actions.closing.close_overdue": "statements",
    "statements.actions.closing.end_consultations": "statements",
    "statements.actions.signing.remind_as_wished": "statements",
    "enquiries.actions.erase_old": "enquiries",
    "mail.inbox.forget_old": "mail",
    "contributions.actions.erasing.erase_old": "contributions",
    "agendas.actions.erase_old": "agendas",
    "speakers.actions.erase_old": "speakers",
    "following.keeping.fetch_due": "following",
    "digests.actions.send_due": "digests",
    "desk.actions.tell_secretariat": "desk",
    "resources.actions.link_checks.check_links": "resources",
    "resources.actions.telling.tell_sharers": "resources",
    "resources.actions.comments.forget_hidden": "resources",
    "funding.actions.interests.forget_contacts": "funding",
    "consortia.actions.keeping.remind": "consortia",
    "consortia.actions.keeping.erase_old": "consortia",
}
"""By job: the domain whose `ahead` tells of it."""
NOT_TOLD: dict[str, str] = {
    "consortia.actions.keeping.tell_of_calls": "follows a change of a call within minutes, in the same way",
    "idempotency.forget_old": IN_PROCESS,
    "desk.actions.forget_mornings": "blanks what the desk's own mails said the day before",
    "desk.holding.forget_done": "nobody has what is done; what waits says so at once",
    "enquiries.actions.take_in_answers": "keeps what has come; what will come nobody knows",
    "mail.inbox.collect": "reads what has come; what will come nobody knows",
    "events.actions.uploads.forget_old_uploads": "files laid aside for three hours",
    "sent_files.actions.forget_old": "files laid aside for three hours",
    "feeds.lateness.tell_late": "follows a change within minutes; its mails are in the outbox then",
    "feeds.agenda_lateness.tell_late_sessions": "follows a release within minutes, in the same way",
    "journal.actions.seal": IN_PROCESS,
    "statements.actions.stamping.stamp_waiting": "asks an authority again and again, from minutes on; changes no text",
}


def test_each_job_of_the_housekeeping_is_told_or_has_its_reason() -> None:
    jobs = {
        f"{job.__module__.removeprefix('summit_service.')}.{job.__qualname__}"
        for job in background.HOUSEKEEPING
    }
    sources = {source.__module__.split(".")[1] for source in next_days.SOURCES}

    assert jobs == TOLD.keys() | NOT_TOLD.keys()
    assert not TOLD.keys() & NOT_TOLD.keys()
    assert set(TOLD.values()) <= sources


BY_ITSELF = {
    ("03-02 09:00", "2 mails in the outbox go out."),
    ("03-02 10:00", "1 followed calendar is fetched, and each again after some hours."),
    ("03-02 10:00", "1 person is told by mail what others said of what they share."),
    ("03-02 13:00", "1 weekly digest leaves if there is something new, each at its reader’s own hour."),
    ("03-03 08:00", "The morning mail tells 1 person of the secretariat what waits, as on each working day."),
    ("03-03 10:00", "1 offer of a place at Summit 2026 ends if it is not taken; the place goes to the next in line."),
    ("03-04 10:00", "1 invitation to Summit 2026 ends if it is not answered; the place is free again."),
    ("03-05 09:00", "1 reminder to answer “Time to listen” goes to who asked for one on this day."),
    ("03-06 00:00", "Delegates of Summit 2026 can no longer change what they told us."),
    ("03-06 00:00", "Everything personal is erased from 1 registration for Summit 2025."),
    ("03-06 00:00", "What is personal in 1 contribution to Summit 2025 is erased."),
    ("03-06 00:00", "1 address of a speaker at Summit 2025 is erased."),
    ("03-06 00:00", "1 agenda of a visitor to Summit 2025 is erased."),
    ("03-06 09:00", "What is personal in 1 enquiry is erased."),
    ("03-06 22:00", "Registration for Summit 2026 closes."),
    ("03-07 22:00", "The call for contributions to Summit 2026 closes."),
    ("03-07 11:59", "Those who apply together as “One question” are reminded of the deadline of “Kind hospitals”."),
    ("03-08 00:00", "What was said about food, access and to the summit’s questions is erased from 1 registration for "
     "Summit 2024."),
    ("03-08 12:00", "The time to comment on “Heard early” ends. What comes later is marked as late."),
    ("03-09 12:00", "1 weekly digest leaves if there is something new, each at its reader’s own hour."),
    ("03-09 00:00", "What is kept of 1 person who did not take an invitation to Summit 2026 is erased."),
    ("03-10 08:00", "1 mail in the outbox goes out."),
    ("03-10 11:59", "The call “Kind hospitals” closes: Monday 9 March 2026, 23:59 anywhere on Earth."),
    ("03-11 09:00", "1 mail that came back is deleted."),
    ("03-12 09:00", "Signing of “Time to listen” ends, and the answers are counted. 2 organisations have not "
     "answered."),
    ("03-12 12:00", "1 contact of who wanted to apply is erased, a year after the deadline."),
    ("03-12 12:00", "The outline and the words of 1 consortium are erased, two years after the deadline."),
    ("03-13 09:00", "The words of 1 hidden comment are erased."),
    ("03-14 00:00", "Summit 2026 begins."),
    ("03-14 12:00", "Members can join “Signed before”, which is published, until now and no longer."),
    ("03-16 00:00", "The links to the door “Main hall” of Summit 2026 end."),
    ("03-16 00:00", "Summit 2026 is over."),
    ("03-16 12:00", "1 weekly digest leaves if there is something new, each at its reader’s own hour."),
}  # fmt: skip
FOR_SOMEBODY = {
    ("03-07 22:00", "The contributions to Summit 2026 are in, to be reviewed and decided."),
    ("03-07 09:00", "1 enquiry has waited a week for a decision."),
    ("03-08 12:00", "The comments on “Heard early” are in: each gets an answer before the text is frozen."),
    ("03-10 09:00", "2 organisations have not answered “Time to listen”, and the deadline is in 2 days. You can remind "
     "them now."),
    ("03-12 09:00", "“Time to listen” is closed and not published."),
    ("03-14 00:00", "Summit 2026 begins, and its programme is not released."),
    ("03-16 00:00", "Whoever was let in at Summit 2026 can be mailed of the certificate."),
}  # fmt: skip


async def test_each_source_tells_its_dates_at_a_cost_that_does_not_grow(
    database: db.Engine, now: datetime
) -> None:
    made = await _everything_once(now)

    with count_queries() as once:
        found = await next_days.in_next_days(now)
    assert _told(found.by_itself) == BY_ITSELF
    assert _told(found.for_somebody) == FOR_SOMEBODY

    for n in range(12):
        for table, identifier, changes in made:
            await _copy(table, identifier, **changes(n))
    with count_queries() as often:
        many = await next_days.in_next_days(now)

    assert once.number == often.number
    counts = {item.sentence: item.count for day in many.by_itself for item in day.items}
    assert sum(count > 12 for count in counts.values()) >= 12, counts


def _told(days: list[Day]) -> set[tuple[str, str]]:
    return {(f"{item.at:%m-%d %H:%M}", item.sentence) for day in days for item in day.items}


Made = tuple[type[Table], int, Callable[[int], dict[str, Any]]]
"""A row that counts, and what a copy of it must have of its own."""


@dataclass
class _Maker:
    """Saves rows and keeps how copies of them are made."""

    made: list[Made]

    async def save(self, row: Any, changes: Callable[[int], dict[str, Any]] = lambda n: {}) -> int:
        await row.save()
        self.made.append((type(row), row.id, changes))
        return int(row.id)


async def _everything_once(now: datetime) -> list[Made]:
    """One of each thing that comes in the window."""
    maker = _Maker([])
    secretary = await factories.secretariat()
    member = await make_member("Centre", signatory="Ana Ruiz")
    actor = await factories.representative_of(member)
    await _statements(member, secretary, now)
    await _summits(maker, now)
    await _members(maker, member, actor, now)
    await _mails(maker, now)
    return maker.made


async def _statements(member: Any, secretary: Any, now: datetime) -> None:
    other = await make_member("Museum", signatory="Bo Li")
    statement = await make_open(secretary, now=now, days=10)
    asked, wishing = await request_to(statement, member), await request_to(statement, other)
    at = datetime(2026, 3, 5, 9, tzinfo=UTC)
    await SigningRequest.update({SigningRequest.remind_from: at}).where(SigningRequest.id == wishing.id)
    wrong: dict[Any, Any] = {SigningRequest.remind_from: at, SigningRequest.wrong_person_at: now}
    await SigningRequest.update(wrong).where(SigningRequest.id == asked.id)
    early: dict[str, Any] = {"slug": "heard", "title": "Heard early", "state": "consulting", "text_set": None}
    await _copy(Statement, statement.id, **early, closes_at=datetime(2026, 3, 8, 12, tzinfo=UTC))
    signed: dict[str, Any] = {
        "slug": "signed",
        "title": "Signed before",
        "state": "published",
        "policy": '{"late_days": 30}',
    }
    await _copy(Statement, statement.id, **signed, closes_at=datetime(2026, 2, 12, 12, tzinfo=UTC))


async def _summits(maker: _Maker, now: datetime) -> None:
    dates: dict[str, Any] = {"starts_on": date(2026, 3, 14), "ends_on": date(2026, 3, 15)}
    dates["registration_closes_instant"] = datetime(2026, 3, 6, 22, tzinfo=UTC)
    coming = await factories_summits.make_edition(**dates)
    past = await factories_summits.make_edition(
        year=2025, starts_on=date(2025, 3, 4), ends_on=date(2025, 3, 5), timezone="Etc/UTC"
    )
    lately = await factories_summits.make_edition(
        year=2024, starts_on=date(2026, 2, 4), ends_on=date(2026, 2, 5), timezone="Etc/UTC"
    )
    for edition, erased_at in ((past, now), (lately, None), (coming, None)):
        row = Registration(
            edition=edition.id, name="Anna", email="a@a.example", email_key="a", uid=f"a-{edition.id}",
            created_at=now, changed_at=now, needs_erased_at=erased_at,
        )  # fmt: skip
        registration = await maker.save(row, _delegate(edition.id))
    tomorrow = now + timedelta(days=1, hours=1)
    offer: dict[str, Any] = {
        "attendance": "in_person",
        "state": "offered",
        "queue_number": 1,
        "created_at": now,
    }
    await Place(registration=registration, edition=coming.id, **offer, offer_expires_at=tomorrow).save()
    invited: dict[str, Any] = {
        "name": "Bo",
        "email": "b@b.example",
        "attendance": "online",
        "created_at": now,
    }
    at = tomorrow + timedelta(days=1)
    invitation = Invitation(edition=coming.id, email_key="b", **invited, expires_at=at)
    await maker.save(invitation, lambda n: {"email_key": f"b-{n}"})
    ended: dict[str, Any] = {"ended_at": now, "ended_reason": "declined"}
    over = datetime(2026, 2, 6, 9, tzinfo=UTC)
    declined = Invitation(edition=coming.id, email_key="d", **invited, **ended, expires_at=over)
    await maker.save(declined, lambda n: {"email_key": f"d-{n}"})
    await Terms(edition=coming.id, changes_until=date(2026, 3, 5)).save()
    words: dict[str, Any] = {"intro": "", "kinds": "[]", "themes": "[]", "closes_at": "2026-03-07T22:00"}
    at = datetime(2026, 3, 7, 22, tzinfo=UTC)
    await Call(edition=coming.id, **words, closes_instant=at, created_at=now, updated_at=now).save()
    work: dict[str, Any] = {
        "title": "T",
        "kind": "Talk",
        "abstract": "A",
        "name": "N",
        "email": "n@n.example",
        "email_key": "n",
    }
    work_row = Contribution(edition=past.id, number=1, **work, created_at=now, updated_at=now)
    await maker.save(work_row, lambda n: {"number": n + 2})
    contact = SpeakerContact(edition=past.id, name="S", email="s@s.example", email_key="s", created_at=now)
    await maker.save(contact, lambda n: {"email_key": f"s-{n}", "name": f"S {n}"})
    await maker.save(Agenda(edition=past.id, created_at=now, changed_at=now))
    await maker.save(Door(edition=coming.id, name="Main hall", created_at=now), lambda n: {"name": f"{n}"})


def _delegate(edition_id: int) -> Callable[[int], dict[str, Any]]:
    return lambda n: {"email_key": f"{n}", "uid": f"{edition_id}-{n}"}


async def _consortia(maker: _Maker, member: Any, call: int, now: datetime) -> None:
    long_over: dict[str, Any] = {"slug": "older", "event": None}
    older = await _copy(
        FundingCall, call, **long_over, deadline_instant=datetime(2024, 3, 12, 12, tzinfo=UTC)
    )
    leads = [(await factories.make_organisation(f"Lead {n}")).id for n in range(12)]
    for at, title in ((call, "One question"), (older, "Older")):
        row = Consortium(call=at, lead=member.id, title=title, created_at=now, changed_at=now)
        await maker.save(row, lambda n: {"lead": leads[n]})


async def _members(maker: _Maker, member: Any, actor: Any, now: datetime) -> None:
    call = await factories_funding.make_call(member, actor=actor, now=now, deadline_at="2026-03-09")
    old: dict[str, Any] = {
        "slug": "old",
        "event": None,
        "deadline_instant": datetime(2025, 3, 12, 12, tzinfo=UTC),
    }
    over = await _copy(FundingCall, call.id, **old)
    wish: dict[str, Any] = {
        "role": "leads",
        "brings": "B",
        "contact": "C",
        "created_at": now,
        "changed_at": now,
    }
    row = FundingInterest(call=over, organisation=member.id, **wish)
    await maker.save(row, lambda n: {"withdrawn_at": now})
    await _consortia(maker, member, call.id, now)
    await make_confirmed(now=now - timedelta(days=2), name="Asks", email="asks@a.example")
    unconfirmed = await make_enquiry(now=now - timedelta(days=3), name="Asked", email="asked@a.example")
    maker.made.append((Enquiry, unconfirmed.id, lambda n: {"email": f"{n}@a.example", "email_key": f"{n}"}))
    resource = await make_resource(member, actor=actor, now=now)
    said: dict[str, Any] = {
        "resource": resource.id,
        "person": actor.person_id,
        "body": "B",
        "changed_at": now,
    }
    await ResourceComment(**said, created_at=now).save()
    hidden: dict[str, Any] = {
        "hidden_at": datetime(2025, 3, 13, 9, tzinfo=UTC),
        "told_at": now - timedelta(days=300),
    }
    await maker.save(ResourceComment(**said, created_at=now - timedelta(days=400), **hidden))
    calendar: dict[str, Any] = {
        "organisation": member.id,
        "host": "h.example",
        "address_hash": "a",
        "added_at": now,
    }
    followed = FollowedCalendar(**calendar, next_at=now + timedelta(hours=1))
    await maker.save(followed, lambda n: {"address_hash": f"{n}"})
    paused = await factories.make_organisation("Nobody")
    await FollowedCalendar(**calendar | {"organisation": paused.id}, next_at=now).save()


async def _mails(maker: _Maker, now: datetime) -> None:
    """Beside those that the other steps have put into the outbox, of which two are left due now."""
    last = await OutboxMessage.select(OutboxMessage.id).order_by(OutboxMessage.id)
    await OutboxMessage.update({OutboxMessage.settled_at: now}).where(
        OutboxMessage.id.is_in([row["id"] for row in last[2:]])
    )
    later = datetime(2026, 3, 10, 8, tzinfo=UTC)
    row = OutboxMessage(
        dedupe_key="k", kind="letter", about="x", recipient_email="l@l.example", context="{}", message_id="<m>",
        created_at=now, due_at=later, stream=streams.NEWS,
    )  # fmt: skip
    await maker.save(row, lambda n: {"dedupe_key": f"k{n}", "message_id": f"<m{n}>"})
    never: list[dict[str, Any]] = [{"expires_at": later}, {"recipient_email": "stopped@l.example"}]
    for n, changes in enumerate(never):
        await _copy(OutboxMessage, row.id, dedupe_key=f"never-{n}", message_id=f"<never-{n}>", **changes)
    at = datetime(2026, 3, 11, 9, tzinfo=UTC) - timedelta(days=180)
    await maker.save(ReceivedMail(digest="d", kind="returned", received_at=at), lambda n: {"digest": f"d{n}"})
    for name, stopped in (("reader", ""), ("stopped", streams.DIGESTS), ("stopped", streams.NEWS)):
        email = f"{name}@l.example"
        if stopped:
            key = f"{stopped}:{email}"
            await OptOut(key=key, email_key=email, stream=stopped, created_at=now).save()
    for name in ("reader", "stopped"):
        person = await factories.make_person(email=f"{name}@l.example", timezone="America/New_York")
        await DigestChoice(person=person.id, rhythm="weekly", told_until=now).save()


async def _copy(table: type[Table], identifier: int, **changes: Any) -> int:
    """A row like that one, with these changes; its id."""
    row = await table.select().where(table._meta.primary_key == identifier).first()
    assert row is not None
    del row["id"]
    (made,) = await table.insert(table(**(row | changes)))
    return int(made["id"])


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_page_says_when_what_and_where_it_is_changed(client: httpx.AsyncClient, clock: Clock) -> None:
    desk = await factories.secretariat()
    await sign_in(client, desk, now=clock.now)

    empty = (await client.get("/desk/ahead")).text
    await make_member("Centre", signatory="Ana Ruiz")
    await make_open(desk, now=clock.now, days=10)
    page = (await client.get("/desk/ahead")).text

    assert 'href="/desk/ahead"' in (await client.get("/desk")).text
    assert "The morning mail tells 1 person of the secretariat" in empty
    assert "Nothing new, as far as dates tell." in empty
    assert "until the end of Monday 16 March 2026 in UTC" in page
    assert "<h3>Thursday 12 March 2026</h3>" in page
    assert "Signing of “Time to listen” ends, and the answers are counted." in page
    assert 'href="/desk/statements/time-to-listen"' in page


async def test_program_is_told_the_same_as_the_page(client: httpx.AsyncClient, clock: Clock) -> None:
    desk = await factories.secretariat()
    place = await make_member("Centre", signatory="Ana Ruiz")
    await make_open(desk, now=clock.now, days=10)
    theirs = await bearer(await factories.representative_of(place), now=clock.now)

    refused = await client.get("/api/v1/desk/ahead", headers=theirs)
    told = (await client.get("/api/v1/desk/ahead", headers=await bearer(desk, now=clock.now))).json()

    found = await next_days.in_next_days(clock.now)
    lines = [(item.at.isoformat(), item.sentence) for day in found.by_itself for item in day.items]
    waits = [(item.at.isoformat(), item.sentence) for day in found.for_somebody for item in day.items]
    assert refused.status_code == 403
    assert (told["until"], told["timezone"]) == ("2026-03-17T00:00:00Z", "Etc/UTC")
    assert [(_moment(one), one["sentence"]) for one in told["items"] if not one["is_for_somebody"]] == lines
    assert [(_moment(one), one["sentence"]) for one in told["items"] if one["is_for_somebody"]] == waits
    assert any("Signing of “Time to listen” ends" in sentence for _, sentence in lines)


def _moment(one: dict[str, Any]) -> str:
    return datetime.fromisoformat(one["at"]).isoformat()
