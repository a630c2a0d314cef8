"""Reads about asking: who would be asked, who can be reminded, and in which thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service.accounts.tables import Person
from summit_service.journal.queries import ERASED
from summit_service.mail import streams
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.statements import letters, mails, queries, rules
from summit_service.statements.tables import Response, SigningRequest, Statement


@dataclass(frozen=True, slots=True)
class Prospect:
    """A member that is entitled to answer, and who would be asked; nobody when no signatory is named."""

    organisation: Organisation
    person: Person | None


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """Whom a reminder would reach now; the others with the reason."""

    due: tuple[tuple[SigningRequest, Person], ...]
    skipped: tuple[tuple[str, str], ...]


async def prospects() -> list[Prospect]:
    """Every organisation of standing member, with its first signatory or else its first alternate."""
    organisations = await members.all_members()
    signatories = await members.signatories_of([organisation.id for organisation in organisations])
    found = []
    for organisation in organisations:
        people = signatories[organisation.id]
        named = (*people.signatories, *people.alternates)
        found.append(Prospect(organisation, named[0] if named else None))
    return found


async def reminder_plan(statement: Statement, *, now: datetime) -> ReminderPlan:
    """Who has not answered, sorted by whether another mail may go to that person now."""
    answers = await queries.answers_of(statement)
    counted = await mails_by_person(statement)
    rows: Any = (
        await SigningRequest.objects(SigningRequest.person)
        .where(SigningRequest.text_set == statement.text_set)
        .order_by(SigningRequest.last_mailed_at)
        .order_by(SigningRequest.id)
    )
    signing = await queries.signing_among(rows, at=now)
    unwilling = await streams.opted_out(streams.REMINDERS)
    due, skipped = [], []
    for request in (row for row in rows if _is_asked(answers.get(row.id))):
        person = request.person
        mails_sent, last = counted[person.id]
        if streams.email_key(person.email) in unwilling:
            skipped.append((request.organisation_name, "has stopped reminders; write to them yourself"))
        elif request.person_name == ERASED:
            skipped.append(
                (request.organisation_name, "has nobody who is asked: the data of whoever was are erased")
            )
        elif (person.id, request.organisation) not in signing:
            skipped.append((request.organisation_name, "whoever is asked does not sign for it any more"))
        elif held := rules.why_not_reminded(request.remind_from, request.wrong_person_at, now=now):
            skipped.append((request.organisation_name, held))
        elif rules.can_be_mailed(mails_sent, last, now=now):
            due.append((request, person))
            counted[person.id] = (mails_sent + 1, now)
        else:
            reason = (
                "six mails have been sent" if mails_sent >= rules.MOST_MAILS else "mailed within the last day"
            )
            skipped.append((request.organisation_name, reason))
    return ReminderPlan(tuple(due), tuple(skipped))


def _is_asked(answer: Response | None) -> bool:
    """Whether the question is open: not answered yet, or the answer was taken off after a dispute."""
    return answer is None or letters.is_taken_off(answer)


async def mails_by_person(statement: Statement) -> dict[int, tuple[int, datetime | None]]:
    """How many mails about this statement each person has had, and when the last; earlier texts count too."""
    rows = await SigningRequest.select(
        SigningRequest.person, SigningRequest.mails, SigningRequest.last_mailed_at
    ).where(SigningRequest.statement == statement.id)
    counted: dict[int, tuple[int, datetime | None]] = {}
    for row in rows:
        count, last = counted.get(row["person"], (0, None))
        times = [time for time in (last, row["last_mailed_at"]) if time is not None]
        counted[row["person"]] = (count + row["mails"], max(times, default=None))
    return counted


async def thread_of(request: SigningRequest) -> str:
    """The stored message id of the newest invitation, that of who is asked now, for the reminder's In-Reply-To."""
    mine = (OutboxMessage.about == mails.about(request)) & OutboxMessage.kind.is_in(
        ["signing_request", "signing_again"]
    )
    row = (
        await OutboxMessage.select(OutboxMessage.message_id)
        .where(mine)
        .order_by(OutboxMessage.id, ascending=False)
        .first()
    )
    return str(row["message_id"]) if row else ""
