"""What holds of a statement at any moment of its life, read from the tables alone and counted by other code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from summit_service import db, settings, verify
from summit_service.accounts.tables import Person
from summit_service.mail.tables import OutboxMessage
from summit_service.piccolo_app import APP_CONFIG
from summit_service.sqlite_engine import SummitSQLiteEngine
from summit_service.statements import bundle, evidence, mails, publisher, queries, rules
from summit_service.statements.tables import (
    LedgerEntry,
    Response,
    ResponsePrivate,
    SigningRequest,
    Statement,
    TextSet,
)

KEPT = (
    "text_version",
    "text_set",
    "eligible_member",
    "response",
    "ledger_entry",
    "manifest",
    "manifest_file",
    "statement_comment",
    "comment_disposition",
)
"""Rows that are added and never changed."""
OTHERS = (
    "statement",
    "signing_request",
    "response_private",
    "signature_dispute",
    "signing_delegation",
    "outbox_message",
    "link",
    "role",
    "journal_note",
)
STATES = frozenset(rules.NEXT)
Rows = dict[str, dict[int, str]]


async def everything() -> Rows:
    """Each row of the tables that a statement touches, as text, by its id."""
    found: Rows = {table: {} for table in (*KEPT, *OTHERS)}
    for row in await db.engine().run_ddl(_all_of(isinstance(db.engine(), SummitSQLiteEngine))):
        found[row["kept_in"]][row["id"]] = row["everything"]
    return found


@cache
def _all_of(is_sqlite: bool) -> str:
    """One query for all of the tables: a walk asks it hundreds of times."""
    parts = []
    for table in (one for one in APP_CONFIG.table_classes if one._meta.tablename in {*KEPT, *OTHERS}):
        name = table._meta.tablename
        columns = [f'quote("{column._meta.db_column_name}")' for column in table._meta.columns]
        whole = " || ',' || ".join(columns) if is_sqlite else f'"{name}"::text'
        parts.append(f"SELECT '{name}' AS kept_in, id, {whole} AS everything FROM \"{name}\"")
    return " UNION ALL ".join(parts)


def check_only_added(before: Rows, after: Rows) -> None:
    """Nothing that was kept is another now, or gone."""
    for table in KEPT:
        assert before[table].items() <= after[table].items(), table


@dataclass(frozen=True, slots=True)
class Seen:
    """One moment of a statement, read once: answers have their request in them, and that its text set."""

    statement: Statement
    ledger: list[LedgerEntry]
    requests: list[SigningRequest]
    answers: list[Any]

    @property
    def asked(self) -> list[SigningRequest]:
        """The requests about the text that is frozen now."""
        return [one for one in self.requests if one.text_set.id == self.statement.text_set]

    @property
    def is_satisfied(self) -> bool:
        """Whether the count, where there is one, is enough for publication."""
        return bool(self.statement.tally and json.loads(self.statement.tally)["satisfied"])


async def seen(slug: str) -> Seen:
    """Read it. The rows are put together here, which costs much less than a join; a walk asks hundreds of times."""
    statement = await queries.statement_by_slug(slug)
    sets: dict[Any, TextSet] = {
        one.id: one for one in await TextSet.objects().where(TextSet.statement == statement.id)
    }
    requests: dict[Any, Any] = {
        one.id: one for one in await SigningRequest.objects().where(SigningRequest.statement == statement.id)
    }
    for request in requests.values():
        request.text_set = sets[request.text_set]
    given: list[Any] = (
        await Response.objects().where(Response.request.is_in([*requests, 0])).order_by(Response.id)
    )
    for answer in given:
        answer.request = requests[answer.request]
    return Seen(statement, list(await queries.ledger_of(statement)), list(requests.values()), given)


def check_chain(life: Seen) -> None:
    """Each entry follows from the one before; the state is that of the last step; each answer is an entry."""
    entries = [evidence.Entry(row.seq, row.prev, row.content, row.entry_sha256) for row in life.ledger]
    assert evidence.first_broken(entries) is None
    assert [row.kind for row in life.ledger if row.kind in STATES][-1] == life.statement.state
    by_hash = {
        row.entry_sha256: json.loads(row.content)["body"] for row in life.ledger if row.kind == "response"
    }
    assert len(life.answers) == len(by_hash)
    for answer in life.answers:
        _check_entry(answer, by_hash[answer.entry_sha256])


def _check_entry(answer: Any, body: Mapping[str, Any]) -> None:
    told = (body["record"], body["answer"], body["text_set"], body["capacity"], body["commitment"])
    kept = (answer.record_id, answer.kind, answer.text_set_sha256, answer.capacity, answer.commitment)
    assert told == kept


async def check_commitments(life: Seen) -> None:
    """What is personal opens its commitment, wherever it was not erased."""
    rows = {row.record_id: row for row in await ResponsePrivate.objects()}
    for answer in life.answers:
        if (opened := rows.get(answer.record_id)) is not None:
            assert evidence.commitment(opened.salt, json.loads(opened.private)) == answer.commitment


async def check_texts(life: Seen, shown: Mapping[str, str]) -> None:
    """A response names the text that was shown when it was given, and stays with the request about that text.

    `shown` has the hash on the page by the record of what was answered on it.
    """
    for answer in life.answers:
        assert answer.text_set_sha256 == answer.request.text_set.sha256
        if answer.method == "mailed_link":
            assert shown[answer.record_id] == answer.text_set_sha256
    for text_set in {answer.request.text_set.id: answer.request.text_set for answer in life.answers}.values():
        assert hashlib.sha256(text_set.content.encode()).hexdigest() == text_set.sha256
        texts = await queries.texts_of(text_set)
        assert {text.sha256 for text in texts} == {part["sha256"] for part in json.loads(text_set.content)}
        for text in texts:
            assert hashlib.sha256(text.canonical.encode()).hexdigest() == text.sha256


async def check_tally(life: Seen) -> None:
    """The stored count is what anybody counts from the answers to the text that is frozen now."""
    statement = life.statement
    if statement.tally is None:
        return
    tally = json.loads(statement.tally)
    last: dict[int, Any] = {}
    for answer in life.answers:
        if answer.request.text_set.id == statement.text_set and not answer.is_late:
            last[answer.request.organisation] = answer
    kinds = [(a.kind.replace("reaffirmed", "signed"), a.capacity) for a in last.values()]
    signed, personal = kinds.count(("signed", "organisation")), kinds.count(("signed", "personal"))
    declined = sum(kind == "declined" for kind, _ in kinds)
    changes = sum(kind == "changes_requested" for kind, _ in kinds)
    asked = len(life.asked)
    told = [tally[k] for k in ("asked", "signed", "personal", "declined", "changes_requested", "unanswered")]
    assert told == [
        asked,
        signed,
        personal,
        declined,
        changes,
        asked - signed - personal - declined - changes,
    ]
    silent = await _reached(life) - set(last)
    rule = json.loads(statement.policy)
    is_over = statement.closed_at - statement.opened_at >= timedelta(days=rule.get("silence_days", 0))
    deemed = len(silent) if rule["silence"] == "deemed_assent" and is_over else 0
    assert tally.get("deemed", 0) == deemed
    holds = {
        "silence": declined * 5 <= asked,
        "sign_on": signed >= 1,
        "consensus": signed * 3 >= asked * 2 and declined + changes == 0,
        "unanimous": signed == asked and declined == 0,
    }
    assert tally["satisfied"] == holds[_preset(statement)]
    assert statement.state not in {"adopted", "published"} or tally["satisfied"]


def is_silence_counted(life: Seen) -> bool:
    """Whether somebody was counted as having raised no objection."""
    return bool(life.statement.tally and json.loads(life.statement.tally).get("deemed"))


async def _reached(life: Seen) -> set[int]:
    """The organisations whose signatory of today a mail reached, and did not say that it is not theirs."""
    by_about = {mails.about(r): r.organisation for r in life.asked if r.wrong_person_at is None}
    people = {r.organisation: r.person for r in life.asked}
    addresses = {row["id"]: row["email"] for row in await Person.select(Person.id, Person.email)}
    asking = OutboxMessage.kind.is_in(["signing_request", "signing_reminder", "signing_again"])
    theirs = OutboxMessage.about.is_in([*by_about, ""]) & (OutboxMessage.state == "accepted")
    rows = await OutboxMessage.select(OutboxMessage.about, OutboxMessage.recipient_email).where(
        theirs, asking, OutboxMessage.returned_at.is_null()
    )
    told = {(by_about[row["about"]], row["recipient_email"]) for row in rows}
    return {one for one, address in told if addresses[people[one]] == address}


def _preset(statement: Statement) -> str:
    rule = json.loads(statement.policy)
    if rule["preset"] != "own":
        return str(rule["preset"])
    return "consensus" if rule["least_signed"] == {"num": 2, "den": 3} else "sign_on"


async def check_bundles(life: Seen, known: dict[int, bytes]) -> None:
    """Once it is published, every bundle verifies, the newest has each answer in its chain, and old ones stay.

    `known` has the bytes of each bundle that was checked before; the new ones are added.
    """
    statement = life.statement
    rows = await bundle.manifests_of(statement)
    assert bool(rows) == (statement.state == "published")
    trusted = [verify.Trusted(k.public_key, k.valid_until) for k in publisher.known_keys(settings.current())]
    for row in rows if len(rows) > len(known) else ():
        packed = bundle.zipped(await bundle.files_of(statement, n=row.n))
        assert known.setdefault(row.n, packed) == packed
        assert verify.verify_zip(packed, trusted).verdict == "valid"
    if rows:
        receipts = [_receipt(answer) for answer in life.answers]
        found = verify.verify(await bundle.files_of(statement), trusted, receipts=receipts)
        assert found.verdict == "valid", found.sentence
        _check_published(json.loads(rows[-1].json), life.ledger)


def _receipt(answer: Any) -> bytes:
    return (
        f"Subject: Receipt\n\nNumber in the ledger: {answer.seq}\n"
        f"SHA-256 of the record: {answer.entry_sha256}\nHead of the chain: {answer.entry_sha256}\n"
    ).encode()


def _check_published(manifest: Mapping[str, Any], rows: list[LedgerEntry]) -> None:
    """No signature that was made after the newest manifest waits outside of it."""
    covered = len(manifest["chain"]["entries"])
    assert [row.kind for row in rows[covered:] if row.kind in {"response", "erratum", "superseded"}] == []
