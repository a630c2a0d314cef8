"""What has happened to a statement, from its ledger, in words; and what stands in the way of its next step."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service.accounts.tables import Person
from summit_service.errors import Conflict
from summit_service.statements import (
    answer_words,
    circulation,
    comments,
    disputes,
    evidence,
    invitations,
    policy,
    queries,
    rules,
    second_person,
    tallying,
)
from summit_service.statements.standings import Standing
from summit_service.statements.tables import LedgerEntry, Statement
from summit_service.zones import long_deadline, long_moment

WORDS = {
    "drafting": "Drafted",
    "version": "A version was added",
    "described": "The title, or the summit that it comes from, was changed",
    "consulting": "Members were asked to comment",
    "revising": "Comments were taken in",
    "freeze_proposed": "The freeze of the text was asked for, and waits for a second person",
    "frozen": "The text was frozen",
    "signing": "Signing was opened",
    "reworking": "The text was taken back",
    "closed": "Signing ended, and the answers were counted",
    "counted_again": "The answers were counted again",
    "adopted": "Adopted",
    "not_adopted": "Not adopted",
    "published": "Published",
    "cancelled": "Given up",
    "reminded": "Reminders were sent",
    "delegate_proposed": "Somebody new was named to answer",
    "delegate_settled": "The main contact did not agree to somebody new",
    "delegated": "The question was handed on",
    "disputed": "An answer was disputed",
    "dispute_settled": "A dispute was settled",
    "line_corrected": "The printed name of a signatory was corrected",
    "private_erased": "The private part of an answer was erased",
    "erratum": "An erratum was attached",
    "superseded": "Another statement took its place",
    "reissued": "The next manifest was signed",
}
REOPENED = "The outcome is open again after a dispute, and the answers were counted again"


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of the ledger in words; `note` is what was said with it."""

    seq: int
    at: datetime
    words: str
    note: str
    entry_sha256: str


async def of(statement: Statement, *, before: int | None = None, limit: int | None = None) -> list[Happening]:
    """What has happened, the newest first: all of it, or so much before the entry of that number."""
    wanted = LedgerEntry.select().where(LedgerEntry.statement == statement.id)
    if before is not None:
        wanted = wanted.where(LedgerEntry.seq < before)
    if limit is not None:
        wanted = wanted.limit(limit)
    rows = await wanted.order_by(LedgerEntry.seq, ascending=False)
    return [
        Happening(
            row["seq"],
            row["created_at"],
            *_told(row["kind"], json.loads(row["content"])["body"]),
            row["entry_sha256"],
        )
        for row in rows
    ]


def _told(kind: str, body: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "response":
        return f"{body['organisation']} {answer_words.OTHERS[body['answer']]}", body["signatory"]
    if kind == "dispatched":
        return _mails_queued(body["mails"])
    words = REOPENED if body.get("reopened") else WORDS.get(kind, kind.replace("_", " ").capitalize())
    note = body.get("note") or body.get("text") or body.get("signatory") or body.get("title", "")
    return words, str(note) if kind != "drafting" else ""


def _mails_queued(told: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    kinds = Counter(str(mail["mail"]).replace("_", " ") for mail in told)
    words = "A mail was put on its way" if len(told) == 1 else f"{len(told)} mails were put on their way"
    return words, ", ".join(kind if count == 1 else f"{count} × {kind}" for kind, count in kinds.items())


async def _name_of(person_id: int | None) -> str:
    person = await Person.objects().where(Person.id == person_id).first() if person_id else None
    return person.name if person else "Somebody"


async def _consulted_until(statement: Statement, now: datetime) -> datetime | None:
    """Until when the text cannot be frozen, because members have their days; None when nothing waits for them."""
    until = await circulation.freezable_from(statement) if statement.state in rules.WRITABLE else None
    return until if until is not None and now < until else None


async def _before_a_freeze(statement: Statement, base: str) -> list[tuple[str, str]]:
    """No text, or none that could be frozen; comments without an answer."""
    versions = await queries.versions_of(statement)
    if not versions:
        return [("There is no text yet.", f"{base}/versions")]
    found = []
    signed = queries.counting_among(versions)
    before = await queries.text_set_of(statement)
    content = evidence.text_set_content((v.language, v.role, v.sha256) for v in signed)
    try:
        rules.check_freezable([v.role for v in signed], new_text=before is None or before.content != content)
    except Conflict as fault:
        found.append((fault.sentence, f"{base}/versions"))
    if waiting := await comments.waiting(statement):
        told = "1 comment has no answer yet." if waiting == 1 else f"{waiting} comments have no answer yet."
        found.append((told, f"{base}/comments"))
    return found


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _end_of_signing(statement: Statement, asked: Sequence[Standing]) -> list[tuple[str, str]]:
    """Why signing goes on, or when it ends by itself."""
    if statement.ends_early_at is not None and statement.ends_early_at < statement.closes_at:
        ends = long_moment(statement.ends_early_at, statement.closes_timezone)
        return [
            (
                f"Everybody has answered. Signing ends by itself at {ends}, or when you end it.",
                "",
            )
        ]
    missing = [one.request.organisation_name for one in asked if one.kind in {"", tallying.WITHDRAWN}]
    if not missing:
        return []
    have = "has" if len(missing) == 1 else "have"
    until = long_deadline(statement.closes_at, statement.closes_timezone)
    sentence = f"{rules.in_words(missing, most=3)} {have} not answered and can do so until {until}."
    return [(sentence, "")]


async def obstacles(
    statement: Statement, state: str, asked: Sequence[Standing], *, now: datetime
) -> list[tuple[str, str]]:
    """What blocks the next step, or will: a sentence, and the page on which it is put right; none where time does."""
    base = f"/desk/statements/{statement.slug}"
    found = await _before_a_freeze(statement, base) if statement.state in rules.WRITABLE else []
    if (until := await _consulted_until(statement, now)) is not None:
        when, days = long_moment(until, "Etc/UTC"), policy.consultation_days(statement.policy)
        found.append(
            (f"Waiting: the consultation lasts until {when}. Members have {_days(days)} for it.", "")
        )
    if state == "frozen":
        found += [
            (f"{p.organisation.name} has nobody to sign.", f"/desk/organisations/{p.organisation.slug}")
            for p in await invitations.prospects()
            if p.person is None
        ]
    if (proposal := await second_person.proposal_of(statement)) and await second_person.is_needed():
        found.append(
            (
                f"{await _name_of(proposal.actor)} asks for the freeze; another person confirms it.",
                f"{base}/freeze",
            )
        )
    found += [
        (f"An answer of {row.organisation} is disputed.", f"/desk/disputes/{row.id}")
        for row in await disputes.disputed_in(statement)
    ]
    if state == "signing":
        found += _end_of_signing(statement, asked)
        found += [
            (
                f"The mail to {one.request.person_name} for {one.request.organisation_name} did not arrive.",
                "/desk/mails?state=failed",
            )
            for one in asked
            if one.is_lost
        ]
    tally = json.loads(statement.tally) if statement.tally else None
    if state == "closed" and tally and not tally["satisfied"]:
        found.append((f"The policy is not satisfied. {tally['sentence']}", f"{base}/settlement"))
    return found
