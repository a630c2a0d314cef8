"""How a statement would be counted at an instant: its answers, who can block, whose silence counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from summit_service.statements import mails, policy, queries, tallying
from summit_service.statements.letters import Letter, may_sign
from summit_service.statements.tables import LedgerEntry, Response, SigningRequest, Statement

ASKING = ("signing_request", "signing_reminder", "signing_again")
Answers = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a count rests on besides the answers: read once, tried with as many answers as one likes.

    `reached` has the requests whose reader had a mail of ours and could answer, or None while silence does not count.
    """

    rule: Mapping[str, Any]
    requests: Sequence[SigningRequest]
    waived: int
    blocking: Collection[int]
    reached: Collection[int] | None

    def tally(self, answers: Answers) -> tallying.Tally:
        """The count for answers (kind, capacity by request) that are given, or only supposed."""
        assenting = self.assenting(answers)
        return tallying.tally(
            self.rule,
            answers,
            asked=len(self.requests),
            waived=self.waived,
            blocking=self.blocking,
            reached=None if self.reached is None else len(assenting),
        )

    def assenting(self, answers: Answers) -> list[SigningRequest]:
        """Whose silence counts as no objection: our mail reached them, and no word came from them.

        Who took an answer back, or whose answer was taken off, has not been silent.
        """
        reached = set(self.reached or ())
        return [r for r in self.requests if r.id in reached and r.id not in answers]


def _is_missing(answers: Answers, request: int) -> bool:
    return answers.get(request, (tallying.WITHDRAWN,))[0] == tallying.WITHDRAWN


async def facts_of(statement: Statement, requests: Sequence[SigningRequest], *, at: datetime) -> Facts:
    """As they are at that instant, by the policy of the statement."""
    rule = json.loads(statement.policy)
    return Facts(
        rule=rule,
        requests=requests,
        waived=len(await queries.waived_of(statement)),
        blocking=await _blocking(rule, requests),
        reached=await reached(requests, at=at) if is_silence_over(statement, rule, at=at) else None,
    )


async def rule_in_words(statement: Statement) -> str:
    """The rule by which it is adopted, with the members that can block by name, as they were called at the opening."""
    rule = json.loads(statement.policy)
    if not rule.get("blocking"):
        return policy.in_words(rule)
    theirs = Organisation.slug.is_in(rule["blocking"])
    rows = (
        await Organisation.select(Organisation.id, Organisation.name)
        .where(theirs)
        .order_by(Organisation.name)
    )
    listed = {row.organisation: row.name for row in await queries.eligible_of(statement)}
    return policy.in_words(rule, blocking=[listed.get(row["id"], row["name"]) for row in rows])


def given_in(answers: Mapping[int, Response]) -> dict[int, tuple[str, str]]:
    """The answers as a count takes them."""
    return {identifier: (answer.kind, answer.capacity) for identifier, answer in answers.items()}


async def facts_of_count(
    statement: Statement, requests: Sequence[SigningRequest], answers: Mapping[int, Response], *, at: datetime
) -> dict[str, Any]:
    """The tally for the ledger; under a silence procedure with the organisations that raised no objection, by id."""
    facts, given = await facts_of(statement, requests, at=at), given_in(answers)
    counted: dict[str, Any] = {"tally": facts.tally(given).facts()}
    if "deemed" in counted["tally"]:
        counted["no_objection"] = sorted(request.organisation for request in facts.assenting(given))
    return counted


async def outcome_of(statement: Statement) -> dict[str, Any]:
    """What the ledger's entry of an adoption says beside the tally: who raised no objection, and how signing ended.

    Nothing for a statement that was closed before entries told it.
    """
    ended = await end_of_signing(statement)
    if "ended_at" not in ended:
        return {}
    silent = (await _counts(statement))[-1].get("no_objection", [])
    return {"no_objection": silent, "ended": {"at": ended["ended_at"], "by": ended["by"]}}


async def end_of_signing(statement: Statement) -> dict[str, Any]:
    """When signing ended and why, as the ledger's last entry of it says; `ended_at` not in those from before."""
    closings = [body for body in await _counts(statement) if body["kind"] == "closed"]
    ended: dict[str, Any] = closings[-1] if closings else {}
    return {key: ended[key] for key in ("by", "ended_at") if key in ended}


async def times_reopened(statement: Statement) -> int:
    """How often the outcome was opened again because a dispute had taken off an answer that was counted."""
    return sum("reopened" in body for body in await _counts(statement))


async def raised_no_objection(statement: Statement) -> list[str]:
    """Who was counted so by the rule of silence, as they were called at the opening; the ledger has it."""
    counts = await _counts(statement)
    silent = set(counts[-1].get("no_objection", [])) if counts else set()
    return [row.name for row in await queries.eligible_of(statement) if row.organisation in silent]


async def can_correct(letter: Letter) -> bool:
    """Whether the signatory can correct how the name is printed: signing is over, and nothing is published yet."""
    if letter.standing != "closed" or not letter.printed or not await may_sign(letter.request):
        return False
    if letter.statement.state == "signing":
        return True
    return letter.statement.state == "closed" and bool(await outcome_of(letter.statement))


async def _counts(statement: Statement) -> list[dict[str, Any]]:
    """What was written down each time that answers were counted, the last count last."""
    counted = LedgerEntry.kind.is_in(["closed", "counted_again"]) & (LedgerEntry.statement == statement.id)
    rows = await LedgerEntry.objects().where(counted).order_by(LedgerEntry.seq)
    return [json.loads(row.content)["body"] for row in rows]


@dataclass(frozen=True, slots=True)
class Supposed:
    """What would come out if those who are missing did this."""

    words: str
    is_adopted: bool
    sentence: str


async def suppositions(
    statement: Statement,
    requests: Sequence[SigningRequest],
    answers: Mapping[int, Response],
    *,
    at: datetime,
) -> list[Supposed]:
    """The rule tried on what may still come; empty when nobody is missing. Silence counts as at the deadline."""
    given = given_in(answers)
    missing = [r.id for r in requests if _is_missing(given, r.id)]
    if not missing:
        return []
    facts = await facts_of(statement, requests, at=at)
    tried = []
    for n, words in _trials(len(missing)):
        kind = "declined" if n < 0 else "signed"
        counted = facts.tally({**given, **dict.fromkeys(missing[: abs(n)], (kind, "organisation"))})
        tried.append(Supposed(words, counted.satisfied, counted.sentence))
    least = _least(facts, given, missing)
    if least:
        who = "one of them signs" if least == 1 else f"{least} of them sign"
        tried.append(
            Supposed(f"If {who} and the others stay silent", True, "That is the least that is enough.")
        )
    return tried


def _trials(missing: int) -> list[tuple[int, str]]:
    one = missing == 1
    who = "the one who is missing" if one else f"the {missing} who are missing"
    return [
        (0, "If nobody else answers"),
        (missing, f"If {who} {'signs' if one else 'sign'}"),
        (-missing, f"If {who} {'declines' if one else 'decline'}"),
    ]


def _least(facts: Facts, given: Answers, missing: Sequence[int]) -> int:
    """The smallest number of further signatures that is enough; 0 when none is needed, or none is enough."""
    low, high = 0, len(missing)
    while low < high:
        middle = (low + high) // 2
        more = dict.fromkeys(missing[:middle], ("signed", "organisation"))
        is_enough = facts.tally({**given, **more}).satisfied
        low, high = (low, middle) if is_enough else (middle + 1, high)
    return 0 if low == len(missing) else low


def is_silence_over(statement: Statement, rule: Mapping[str, object], *, at: datetime) -> bool:
    """Whether the policy counts silence, and its period has run since the opening."""
    days = rule.get("silence_days")
    if not isinstance(days, int) or statement.opened_at is None:
        return False
    return bool(statement.opened_at + timedelta(days=days) <= at)


async def reached(requests: Sequence[SigningRequest], *, at: datetime) -> Collection[int]:
    """The requests whose silence can count: who is asked has our mail, and could have answered with it at that instant.

    A mail to whoever was asked before does not reach them. Who says that we ask the wrong person, or signs for the
    organisation no more, cannot answer.
    """
    able = [r for r in requests if r.wrong_person_at is None or r.wrong_person_at > at]
    if not able:
        return []
    addresses = await _addresses(able)
    signing = await queries.signing_among(able, at=at)
    by_about = {mails.about(request): request for request in able}
    rows = await OutboxMessage.select(OutboxMessage.about, OutboxMessage.recipient_email).where(
        OutboxMessage.about.is_in(list(by_about)),
        OutboxMessage.kind.is_in(list(ASKING)),
        OutboxMessage.state == "accepted",
        OutboxMessage.returned_at.is_null(),
    )
    mailed = {(by_about[row["about"]].id, email_key(row["recipient_email"])) for row in rows}
    return {
        r.id
        for r in able
        if (r.id, addresses.get(r.person)) in mailed and (r.person, r.organisation) in signing
    }


async def _addresses(requests: Sequence[SigningRequest]) -> dict[int, str]:
    people = Person.id.is_in([request.person for request in requests])
    rows = await Person.select(Person.id, Person.email).where(people)
    return {row["id"]: email_key(row["email"]) for row in rows}


async def _blocking(rule: Mapping[str, object], requests: Sequence[SigningRequest]) -> Collection[int]:
    slugs = rule.get("blocking")
    if not isinstance(slugs, list):
        return []
    rows = await Organisation.select(Organisation.id).where(Organisation.slug.is_in(slugs))
    organisations = {row["id"] for row in rows}
    return {request.id for request in requests if request.organisation in organisations}
