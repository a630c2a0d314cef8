"""Reads about statements, their texts, who was asked and what was answered."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.query import Select
from piccolo.querystring import QueryString

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import NotFound
from summit_service.members import queries as members
from summit_service.members.rules import INDIVIDUAL, is_one_person
from summit_service.statements import evidence, rules, tallying
from summit_service.statements.tables import (
    EligibleMember,
    LedgerEntry,
    Response,
    SigningRequest,
    Statement,
    TextSet,
    TextVersion,
)

PUBLIC_STATES = frozenset({"signing", "closed", "adopted", "published"})


@dataclass(frozen=True, slots=True)
class Signature:
    """A line below a published statement."""

    name: str
    organisation: str
    country: str
    capacity: str
    signed_at: datetime
    record_id: str
    entry_sha256: str


async def statement_by_slug(slug: str) -> Statement:
    """The statement at that address; raises NotFound."""
    found = await Statement.objects().where(Statement.slug == slug).first()
    if found is None:
        raise NotFound("There is no statement at this address.")
    return found


async def locked(slug: str) -> Statement:
    """The statement with its row locked, so that its ledger has one writer; raises NotFound."""
    return _only(await db.for_update(Statement.objects().where(Statement.slug == slug)))


async def locked_by_id(statement_id: int) -> Statement:
    """As `locked`, for the statement of a request."""
    return _only(await db.for_update(Statement.objects().where(Statement.id == statement_id)))


def _only(found: Sequence[Statement]) -> Statement:
    if not found:
        raise NotFound("There is no statement at this address.")
    return found[0]


async def readable(slug: str, actor: Actor) -> Statement:
    """The statement, for who may read its text: everybody once published, members before that."""
    found = await statement_by_slug(slug)
    if not can_read(found, actor):
        raise NotFound("There is no statement at this address.")
    return found


def can_read(statement: Statement, actor: Actor) -> bool:
    """Whether this actor may read the text."""
    if actor.is_secretariat or statement.state == "published":
        return True
    return actor.is_member and statement.state not in {"drafting", "cancelled"}


async def all_statements() -> list[Statement]:
    """Every statement, the newest first."""
    rows = await Statement.select().order_by(Statement.id, ascending=False)
    return db.as_objects(Statement, rows)


async def public_statements() -> list[Statement]:
    """Those that the public may know of, the newest first."""
    return [statement for statement in await all_statements() if statement.state in PUBLIC_STATES]


async def versions_of(statement: Statement) -> list[TextVersion]:
    """Every version, the newest first."""
    return list(
        await TextVersion.objects()
        .where(TextVersion.statement == statement.id)
        .order_by(TextVersion.id, ascending=False)
    )


def newest(versions: Sequence[TextVersion]) -> list[TextVersion]:
    """The last version in each language, of versions that come newest first."""
    found: dict[str, TextVersion] = {}
    for version in versions:
        found.setdefault(version.language, version)
    return list(found.values())


def counting_among(versions: Sequence[TextVersion]) -> list[TextVersion]:
    """The newest ones that would be signed together if they were frozen now, of versions that come newest first."""
    return [version for version in newest(versions) if version.role in rules.SIGNED_ROLES]


async def text_set_of(statement: Statement) -> TextSet | None:
    """What is frozen now, or was before a rework."""
    if statement.text_set is None:
        return None
    return await TextSet.objects().where(TextSet.id == statement.text_set).first()


async def texts_of(text_set: TextSet) -> list[TextVersion]:
    """The versions of a set, the first one being what is shown first."""
    ids = json.loads(text_set.version_ids)
    found = await TextVersion.objects().where(TextVersion.id.is_in(ids))
    return sorted(found, key=lambda version: ids.index(version.id))


async def eligible_of(statement: Statement) -> list[EligibleMember]:
    """The list that was frozen when signing opened, by name."""
    if statement.text_set is None:
        return []
    mine = EligibleMember.text_set == statement.text_set
    return list(await EligibleMember.objects().where(mine).order_by(EligibleMember.name))


async def waived_of(statement: Statement) -> list[str]:
    """Those of that list who are not asked, by name."""
    if statement.text_set is None:
        return []
    mine = (EligibleMember.text_set == statement.text_set) & EligibleMember.is_waived.eq(True)
    rows = await EligibleMember.select(EligibleMember.name).where(mine).order_by(EligibleMember.name)
    return [row["name"] for row in rows]


async def requests_of(statement: Statement) -> list[SigningRequest]:
    """Who is asked about the text that is frozen now, by organisation."""
    if statement.text_set is None:
        return []
    mine = SigningRequest.text_set == statement.text_set
    rows = await SigningRequest.select().where(mine).order_by(SigningRequest.organisation_name)
    return db.as_objects(SigningRequest, rows)


def asked_in(text_sets: Collection[int], column: str | QueryString) -> Select[Any]:
    """A column of the requests about these sets, as a sub-select; hundreds of values need not be written down."""
    return SigningRequest.select(column).where(SigningRequest.text_set.is_in(sorted(text_sets) or [0]))


async def signing_among(requests: Sequence[SigningRequest], *, at: datetime) -> set[tuple[int, int]]:
    """Who of those who are asked by these requests could sign at that instant: person and organisation."""
    sets = {request.text_set for request in requests}
    people, organisations = asked_in(sets, "person"), asked_in(sets, "organisation")
    return await members.signing_at(people, organisations, at=at)


async def answers_of(statement: Statement, *, with_late: bool = False) -> dict[int, Response]:
    """The last answer to each request about the text that is frozen now, by the request's id.

    Those after publication (somebody joins, or withdraws) change no count, and are left out unless asked for.
    """
    if statement.text_set is None:
        return {}
    mine = Response.request.text_set == statement.text_set
    rows = db.as_objects(Response, await Response.select().where(mine).order_by(Response.id))
    return {int(row.request): row for row in rows if with_late or not row.is_late}


async def missing_of(statement: Statement) -> list[str]:
    """The organisations that are asked about the text that is frozen now and have no answer that counts, by name."""
    answers = await answers_of(statement)
    given = {request for request, answer in answers.items() if answer.kind != tallying.WITHDRAWN}
    return [r.organisation_name for r in await requests_of(statement) if r.id not in given]


@dataclass(frozen=True, slots=True)
class Before:
    """A signature to an earlier text of a statement: the n-th that was frozen."""

    answer: Response
    n: int


async def signed_before(statement: Statement, organisations: Collection[int] = ()) -> dict[int, Before]:
    """Organisations whose last answer to an earlier text was a signature, by id; it does not count for this one.

    Of these organisations, or of all.
    """
    # Row by row, not in one join: to put a join together costs more than these, and a letter is opened often.
    mine = (SigningRequest.statement == statement.id) & (SigningRequest.text_set != statement.text_set)
    if organisations:
        mine = mine & SigningRequest.organisation.is_in(sorted(organisations))
    earlier: Any = await SigningRequest.objects().where(mine)
    if not earlier:
        return {}
    text_sets = {row.id: row for row in await TextSet.objects().where(TextSet.statement == statement.id)}
    for request in earlier:
        request.text_set = text_sets[request.text_set]
    by_id = {request.id: request for request in earlier}
    rows: Any = await Response.objects().where(Response.request.is_in(list(by_id))).order_by(Response.id)
    for row in rows:
        row.request = by_id[row.request]
    last = {row.request.organisation: row for row in rows}
    return {
        organisation: Before(row, row.request.text_set.n)
        for organisation, row in last.items()
        if row.kind in tallying.SIGNING
    }


async def late_records_of(statement: Statement) -> frozenset[str]:
    """The records of the answers that came after publication."""
    if statement.text_set is None:
        return frozenset()
    late = (Response.request.text_set == statement.text_set) & (Response.is_late == True)  # noqa: E712 - SQL
    return frozenset(row["record_id"] for row in await Response.select(Response.record_id).where(late))


async def asked_wrongly() -> list[SigningRequest]:
    """The open requests whose reader says that we ask the wrong person, with their statements."""
    told = SigningRequest.wrong_person_at.is_not_null() & (SigningRequest.statement.state == "signing")
    rows = await SigningRequest.objects(SigningRequest.statement).where(told).order_by(SigningRequest.id)
    asked = [row for row in rows if row.text_set == row.statement.text_set]
    answered = await _answered(asked)
    return [row for row in asked if row.id not in answered]


async def open_requests(statements: Sequence[Statement]) -> dict[int, list[SigningRequest]]:
    """Who has not answered the text that is frozen now, by the statement's id; two queries for all of them."""
    sets = {one.text_set: one.id for one in statements if one.state == "signing" and one.text_set is not None}
    found: dict[int, list[SigningRequest]] = {statement.id: [] for statement in statements}
    if not sets:
        return found
    mine = SigningRequest.text_set.is_in(list(sets))
    rows = await SigningRequest.select().where(mine).order_by(SigningRequest.organisation_name)
    requests = db.as_objects(SigningRequest, rows)
    in_time = Response.request.text_set.is_in(list(sets)) & Response.is_late.eq(False)
    answered = {row["request"] for row in await Response.select(Response.request).where(in_time)}
    for request in requests:
        if request.id not in answered:
            found[sets[request.text_set]].append(request)
    return found


async def _answered(requests: Sequence[SigningRequest]) -> set[int]:
    """Those of the requests to which any answer came, by id."""
    if not requests:
        return set()
    theirs = Response.request.is_in([request.id for request in requests])
    return {row["request"] for row in await Response.select(Response.request).where(theirs)}


async def last_answer_to(request: SigningRequest) -> Response | None:
    """The answer to this request that came last, whichever."""
    mine = Response.request == request.id
    return await Response.objects().where(mine).order_by(Response.id, ascending=False).first()


async def is_answered(request: SigningRequest) -> bool:
    """Whether any answer came to this request."""
    return bool(await Response.exists().where(Response.request == request.id))


async def own_lines(statement: Statement) -> frozenset[str]:
    """The records of members who are one person and have signed for themselves: their name is not printed twice."""
    organisation: Any = Response.request.organisation
    mine = Response.request.statement == statement.id
    rows = await Response.select(
        Response.record_id, Response.organisation_name, Response.signatory_name
    ).where(mine & (organisation.kind == INDIVIDUAL))
    return frozenset(
        row["record_id"]
        for row in rows
        if is_one_person(INDIVIDUAL, row["organisation_name"], row["signatory_name"])
    )


async def signatures_of(statement: Statement) -> list[Signature]:
    """Who has signed, by country and organisation as they were at the opening."""
    asked = SigningRequest.select(SigningRequest.id, SigningRequest.organisation)
    of_set = SigningRequest.text_set == statement.text_set
    requests = {row["id"]: row["organisation"] for row in await asked.where(of_set)}
    listed = EligibleMember.select(EligibleMember.organisation, EligibleMember.country)
    mine = EligibleMember.text_set == statement.text_set
    countries = {row["organisation"]: row["country"] for row in await listed.where(mine)}
    signed = [answer for answer in (await answers_of(statement)).values() if answer.kind in tallying.SIGNING]
    corrections = await corrections_of(statement)
    lines = [
        Signature(
            printed_name(answer, corrections),
            answer.organisation_name,
            countries.get(requests[answer.request], ""),
            answer.capacity,
            answer.signed_at,
            answer.record_id,
            answer.entry_sha256,
        )
        for answer in signed
    ]
    return sorted(lines, key=lambda line: (line.country, line.organisation.casefold(), line.name.casefold()))


@dataclass(frozen=True, slots=True)
class Correction:
    """How a signatory's name is printed instead of as it was signed; `record` opens what is kept of it in private."""

    signatory: str
    record: str
    seq: int
    entry_sha256: str
    at: datetime


CORRECTED = "line_corrected"


async def corrections_of(statement: Statement) -> dict[str, list[Correction]]:
    """The corrections of printed names by the record of the signature, the last one last."""
    mine = (LedgerEntry.statement == statement.id) & (LedgerEntry.kind == CORRECTED)
    found: dict[str, list[Correction]] = {}
    for row in await LedgerEntry.objects().where(mine).order_by(LedgerEntry.seq):
        body = json.loads(row.content)["body"]
        made = Correction(body["signatory"], body["record"], row.seq, row.entry_sha256, row.created_at)
        found.setdefault(body["of"], []).append(made)
    return found


def printed_name(answer: Response, corrections: Mapping[str, Sequence[Correction]]) -> str:
    """The name as it stands below the text."""
    corrected = corrections.get(answer.record_id)
    return corrected[-1].signatory if corrected else str(answer.signatory_name)


async def ledger_of(statement: Statement) -> list[LedgerEntry]:
    """The chain, from its first entry on."""
    mine = LedgerEntry.statement == statement.id
    return list(await LedgerEntry.objects().where(mine).order_by(LedgerEntry.seq))


async def chain_head_of(statement: Statement) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and zeros when there is none."""
    mine = LedgerEntry.statement == statement.id
    last = await LedgerEntry.objects().where(mine).order_by(LedgerEntry.seq, ascending=False).first()
    return (last.seq, last.entry_sha256) if last else (0, evidence.GENESIS)
