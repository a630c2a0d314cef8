"""What waits for the reader: each a sentence with its button, the most urgent first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from summit_service import handovers, zones
from summit_service.accounts.actor import Actor
from summit_service.contributions import queries as contributions
from summit_service.enquiries import queries as enquiries
from summit_service.enquiries.rules import ENDS_SOON
from summit_service.enquiries.tables import Enquiry
from summit_service.events import queries as events
from summit_service.following import queries as following
from summit_service.mail import queries as mail
from summit_service.members import queries as members
from summit_service.registrations import queries as registrations
from summit_service.resources import queries as resources
from summit_service.statements import disputes, second_person
from summit_service.statements import queries as statements
from summit_service.statements.tables import Dispute, SigningRequest, Statement
from summit_service.statements.undeliverable import undeliverable_of
from summit_service.summits import queries as summits

MOST_EVENTS = 20
MOST_MEMBERS = 10
MANY_FAILURES = 5
SOON = timedelta(days=2)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: what is the matter, where it is done, and what the button says. Urgency 0 comes first."""

    urgency: int
    sentence: str
    url: str
    button: str


async def for_actor(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What waits for whoever is signed in, the most urgent first; nothing for the public."""
    found = await for_secretariat(now) if actor.is_secretariat else []
    if actor.represents:
        found += await for_representative(actor, now=now)
    found += await _reviews(actor, now=now)
    return sorted(found, key=lambda item: item.urgency)


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Everything that waits for the secretariat."""
    found = [
        *await _mail(now),
        *await _statements(now),
        *await _summit(now),
        *await _events(),
        *await _resources(),
        *await _paused_calendars(),
        *await _contributions(now),
        *await _enquiries(now),
        *await _members(),
        *await _handovers(),
    ]
    return sorted(found, key=lambda item: item.urgency)


async def for_representative(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What waits for the organisations that this person represents: statements without their answer, drafts."""
    found = [
        Waiting(
            4, f"Your draft “{one.details.summary}” is not published.", f"/events/{one.slug}", "Finish it"
        )
        for one in await events.unpublished(replace(actor, is_secretariat=False), limit=MOST_EVENTS)
        if one.state == "draft"
    ]
    found += await _followed(actor.represents)
    found += [
        Waiting(2, f"The secretariat gave “{one.details.title}” back.", f"/resources/{one.slug}", "See why")
        for one in await resources.returned_to(actor, limit=MOST_EVENTS)
    ]
    for statement in await _open_statements(now):
        answered = await statements.answers_of(statement)
        for request in await statements.requests_of(statement):
            if request.organisation in actor.represents and request.id not in answered:
                sentence = (
                    f"{request.organisation_name} has not answered “{statement.title}”. {request.person_name} has a "
                    f"personal link by mail; the deadline is {_until(statement, now)}."
                )
                found.append(Waiting(1, sentence, f"/statements/{statement.slug}", "Read about it"))
    return found


async def _followed(organisation_ids: Collection[int]) -> list[Waiting]:
    """Entries of followed calendars to look at, and calendars that have not been reached for days."""
    found = []
    for one in await following.followed(organisation_ids):
        if one.waiting:
            told = "1 entry" if one.waiting == 1 else f"{one.waiting} entries"
            sentence = f"Your calendar at {one.host} has {told} to look at."
            found.append(Waiting(3, sentence, one.url, "Look"))
        elif one.failures >= MANY_FAILURES:
            sentence = f"Your calendar at {one.host} could not be fetched {one.failures} times. {one.result}"
            found.append(Waiting(4, sentence, one.url, "See why"))
    return found


async def _paused_calendars() -> list[Waiting]:
    """Calendars of members that are not fetched, since nobody could be asked about what they bring."""
    found = []
    for one in await following.followed():
        if one.paused:
            sentence = f"The calendar of {one.organisation} at {one.host} pauses: {one.why_paused}."
            is_former = one.paused == "former"
            people = f"/organisations/{one.slug}/people"
            found.append(
                Waiting(3, sentence, one.url, "End it")
                if is_former
                else Waiting(3, sentence, people, "Name somebody")
            )
    return found


async def _events() -> list[Waiting]:
    """What new organisations have posted."""
    return [
        Waiting(
            2,
            f"{one.organisation.name} is new and has posted “{one.details.summary}”.",
            f"/events/{one.slug}",
            "Read and confirm",
        )
        for one in await events.waiting_for_confirmation(limit=MOST_EVENTS)
    ]


async def _resources() -> list[Waiting]:
    """What new organisations have shared."""
    return [
        Waiting(
            2,
            f"{one.organisation.name} is new and has shared “{one.details.title}”.",
            f"/resources/{one.slug}",
            "Read and confirm",
        )
        for one in await resources.waiting_for_confirmation(limit=MOST_EVENTS)
    ]


async def _mail(now: datetime) -> list[Waiting]:
    health, counts = await mail.health(now=now), await mail.counts_by_state()
    found = []
    if not health.is_well:
        found.append(Waiting(0, health.sentence, "/desk/mails", "Look at the outbox"))
    if counts["failed"]:
        sentence = f"{_mails(counts['failed'])} could not be delivered."
        found.append(Waiting(1, sentence, "/desk/mails?state=failed", "See which"))
    unread, addresses = await mail.unread_count(), len(await mail.bouncing_keys())
    if unread:
        sentence = f"{_mails(unread)} came back that no rule could sort."
        found.append(Waiting(1, sentence, "/desk/mails/received", "Read"))
    if addresses:
        told = "1 address takes" if addresses == 1 else f"{addresses} addresses take"
        found.append(Waiting(2, f"{told} no mail any more.", "/desk/mails/received#addresses", "See whose"))
    if counts["uncertain"]:
        told = _mails(counts["uncertain"])
        sentence = f"Nobody knows whether {told} arrived: the connection broke at the last moment."
        found.append(Waiting(2, sentence, "/desk/mails?state=uncertain", "See which"))
    return found


def _mails(count: int) -> str:
    return "1 mail" if count == 1 else f"{count} mails"


async def _open_statements(now: datetime) -> list[Statement]:
    listed = await statements.public_statements()
    return [
        row for row in listed if row.state == "signing" and row.closes_at is not None and now < row.closes_at
    ]


async def _statements(now: datetime) -> list[Waiting]:
    found = [_dispute(row) for row in await disputes.open_disputes()]
    found += [_wrong_person(row) for row in await statements.asked_wrongly()]
    for statement in await statements.all_statements():
        url = f"/desk/statements/{statement.slug}"
        if await second_person.is_needed() and await second_person.proposal_of(statement):
            sentence = f"The text of “{statement.title}” is to be frozen, and a second person confirms it."
            found.append(Waiting(1, sentence, f"{url}/freeze", "Confirm"))
        if statement.state == "frozen":
            sentence = f"“{statement.title}” is frozen. Its signatories have not been asked yet."
            found.append(Waiting(2, sentence, url, "Open for signing"))
        elif statement.state in {"closed", "adopted"}:
            found.append(Waiting(1, f"“{statement.title}” is closed and not published.", url, "Publish"))
        elif statement.state == "signing":
            found.extend(await _unanswered(statement, url, now))
            found.extend(await _undeliverable(statement, url))
    return found


async def _undeliverable(statement: Statement, url: str) -> list[Waiting]:
    """Requests that have reached nobody; they are never counted as consent."""
    return [
        Waiting(
            0,
            f"The request to {request.person_name} of {request.organisation_name} to answer “{statement.title}” "
            "is undeliverable. Ask them for another address, or for another signatory.",
            url,
            "See why",
        )
        for request in await undeliverable_of(statement)
    ]


def _wrong_person(row: SigningRequest) -> Waiting:
    said = f" They write: “{row.wrong_person_words[:200]}”" if row.wrong_person_words else ""
    title, name = row.statement.title, row.organisation_name
    sentence = f"{row.person_name} says that somebody else answers “{title}” for {name}.{said}"
    return Waiting(1, sentence, f"/desk/statements/{row.statement.slug}", "See the board")


def _dispute(row: Dispute) -> Waiting:
    answer = row.response
    title = answer.request.statement.title
    sentence = f"{row.name} disputes the answer of {answer.organisation_name} to “{title}”, which waits for your word."
    return Waiting(0, sentence, f"/desk/disputes/{row.id}", "Look into it")


async def _unanswered(statement: Statement, url: str, now: datetime) -> list[Waiting]:
    if statement.closes_at is None or now >= statement.closes_at:
        return [Waiting(0, f"The deadline of “{statement.title}” has passed.", url, "Close and count")]
    answered = await statements.answers_of(statement)
    missing = [
        row.organisation_name for row in await statements.requests_of(statement) if row.id not in answered
    ]
    if not missing:
        return [Waiting(1, f"Everybody has answered “{statement.title}”.", url, "Close and count")]
    urgency = 0 if statement.closes_at - now <= SOON else 3
    have, count = ("has", missing[0]) if len(missing) == 1 else ("have", f"{len(missing)} organisations")
    sentence = f"{count} {have} not answered “{statement.title}”; the deadline is {_until(statement, now)}."
    return [Waiting(urgency, sentence, url, "Remind")]


def _until(statement: Statement, now: datetime) -> str:
    if statement.closes_at is None:
        return "not set"
    days = (statement.closes_at - now) // timedelta(days=1)
    when = zones.long_moment(statement.closes_at, statement.closes_timezone)
    left = "within a day" if days < 1 else "in 1 day" if days == 1 else f"in {days} days"
    return f"{left} ({when})"


async def _summit(now: datetime) -> list[Waiting]:
    edition = await summits.current_edition(now)
    if edition is None or summits.ends_instant(edition) <= now:
        sentence = "No summit is announced. The next one can be planned from the programme of the last."
        return [Waiting(5, sentence, "/desk/summits", "Plan a summit")]
    found = []
    if await summits.last_release(edition.id) is None:
        url = f"/desk/summits/{edition.year}/programme"
        found.append(Waiting(3, f"{edition.title} has no released programme.", url, "Look at the draft"))
    waiting = sum([await registrations.waiting_count(edition.id, mode) for mode in ("in_person", "online")])
    if waiting:
        people = "1 person waits" if waiting == 1 else f"{waiting} people wait"
        url = f"/desk/summits/{edition.year}/registrations"
        found.append(Waiting(4, f"{people} for a place at {edition.title}.", url, "See the waiting list"))
    return found


async def _contributions(now: datetime) -> list[Waiting]:
    edition = await summits.current_edition(now)
    untold = await contributions.to_be_told(edition.id) if edition else []
    if edition is None or not untold:
        return []
    number = "1 decision" if len(untold) == 1 else f"{len(untold)} decisions"
    sentence = f"{number} about contributions to {edition.title} wait to be mailed."
    return [Waiting(3, sentence, f"/desk/summits/{edition.year}/contributions#tell", "Read and mail them")]


async def _reviews(actor: Actor, *, now: datetime) -> list[Waiting]:
    found = []
    for edition in await contributions.editions_to_review(actor):
        call = await contributions.found_call(edition)
        if call.is_open(now) or summits.ends_instant(edition) <= now:
            continue
        mine = await contributions.reviews_by(actor.person_id or 0, edition.id)
        left = sum(row.id not in mine for row in await contributions.reviewable(edition.id))
        if left:
            number = "1 contribution waits" if left == 1 else f"{left} contributions wait"
            sentence = f"{number} for your review for {edition.title}."
            found.append(Waiting(2, sentence, f"/reviews/{edition.year}", "Review"))
    return found


async def _enquiries(now: datetime) -> list[Waiting]:
    found = [_enquiry(row, now) for row in await enquiries.confirmed_enquiries(now=now)]
    return [item for item in found if item is not None]


def _enquiry(row: Enquiry, now: datetime) -> Waiting | None:
    """One that nobody has decided, or a kept one whose time is nearly over."""
    url, ends_at = f"/desk/enquiries/{row.id}", enquiries.ends_at(row)
    erased = f"it is erased on {zones.long_day(ends_at.date())}"
    if row.decision == "kept" and ends_at - now <= ENDS_SOON:
        return Waiting(
            3, f"The enquiry of {row.name} is kept until there is a rule; {erased}.", url, "Decide"
        )
    if row.decision or row.confirmed_at is None:
        return None
    if ends_at - now <= ENDS_SOON:
        return Waiting(0, f"Nobody has decided the enquiry of {row.name}; {erased}.", url, "Decide")
    sentence = f"{row.name} enquired about joining on {zones.long_day(row.confirmed_at.date())}."
    return Waiting(1 if now - row.confirmed_at >= WEEK else 2, sentence, url, "Read and decide")


async def _members() -> list[Waiting]:
    without = await members.members_without_signatory()
    found = [
        Waiting(
            4,
            f"{name} has nobody who could sign a statement.",
            f"/organisations/{slug}/people",
            "Name one",
        )
        for slug, name in without[:MOST_MEMBERS]
    ]
    if len(without) > MOST_MEMBERS:
        sentence = f"{len(without) - MOST_MEMBERS} more members have nobody who could sign a statement."
        found.append(Waiting(4, sentence, "/organisations", "See the members"))
    return found


async def _handovers() -> list[Waiting]:
    return [
        Waiting(
            2,
            f"{row.leaver_name} leaves {organisation.name} and names {row.successor_name} as successor.",
            f"/organisations/{organisation.slug}/handovers/{row.id}",
            "Confirm or refuse",
        )
        for row, organisation in await handovers.waiting()
    ]
