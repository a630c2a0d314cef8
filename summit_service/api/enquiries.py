"""JSON: enquiries to membership, asked by anybody, read and decided by the secretariat."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api import rates
from summit_service.enquiries import actions, queries, rules
from summit_service.enquiries.actions import Decision
from summit_service.enquiries.rules import Form
from summit_service.enquiries.tables import Enquiry
from summit_service.members import queries as members

TAG = "Enquiries"
Piece = Annotated[int | None, QueryParameter(ge=0, le=2_147_483_647)]


class EnquiryBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who wants to join. `works` is yes or no; `body` academic, charity, researcher, commercial or individual.

    `kind` is one of those of organisations, `country` two letters (ISO 3166).
    """

    name: str
    kind: str
    country: str
    contact_name: str
    email: str
    works: str
    body: str
    city: str = ""
    website: str = ""
    how: str = ""
    evidence: str = ""


class EnquiryTaken(msgspec.Struct, kw_only=True):
    """The same for every address: a mail with a link comes, and its button sends the enquiry on."""

    sentence: str


class AnswerBesideRule(msgspec.Struct, kw_only=True):
    """A rule of the network, what was answered to it, and whether it is met, not_met, open or there is no_rule."""

    rule: str
    answer: str
    details: str
    verdict: str


class PieceOut(msgspec.Struct, kw_only=True):
    """A piece of the talk: a question that was mailed, a reply that came by mail, or a note of the desk's own.

    An answer came by mail by itself; `sender` is who it came from, where that is not the enquirer's address.
    """

    id: int
    kind: str
    text: str
    author: str
    sender: str
    at: datetime


class EnquiryOut(msgspec.Struct, kw_only=True):
    """A confirmed enquiry; `decision` is empty, member, associate, declined or kept, `seen` counts decisions.

    `answered_at` is when they answered by mail, while nobody has done anything since.
    """

    id: int
    name: str
    kind: str
    country: str
    city: str
    website: str
    contact_name: str
    email: str
    confirmed_at: datetime | None
    decision: str
    reason: str
    decided_at: datetime | None
    answered_at: datetime | None
    seen: int
    erased_on: datetime


class EnquiryWhole(msgspec.Struct, kw_only=True):
    """One enquiry with each answer beside its rule and everything that was written about it."""

    enquiry: EnquiryOut
    answers: list[AnswerBesideRule]
    talk: list[PieceOut]
    organisation: str | None


class EnquiryList(msgspec.Struct, kw_only=True):
    """Those that are confirmed and not yet erased, the longest waiting first."""

    items: list[EnquiryOut]
    next: str | None = None


class QuestionBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is asked by mail. With `talk`, the number of the last piece that was read, a newer answer still waits."""

    question: str
    talk: int | None = None


class NoteBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A reply that came by mail, or (`is_reply` false) a note of the desk's own; `talk` as for a question."""

    note: str
    is_reply: bool = True
    talk: int | None = None


class DecisionBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`decision` is member, associate, declined or kept; `reason` is mailed; `seen` as it was read.

    `name` is how a new member stands in the directory; empty as it was given. `talk` is the number of the last piece
    of the talk that was read.
    """

    decision: str
    reason: str
    seen: int
    name: str = ""
    talk: int | None = None


@post("/enquiries", status_code=202, tags=[TAG], summary="Enquire about joining")
async def enquire(
    request: Request[Any, Any, Any], data: JSONBody[EnquiryBody], now: NamedDependency[datetime]
) -> EnquiryTaken:
    """Public. Nothing is read by anybody before the address is confirmed."""
    rates.check(request, "enquiry")
    await actions.enquire(Form(**msgspec.structs.asdict(data)), now=now)
    return EnquiryTaken(sentence="We have mailed a link to this address. Its button sends the enquiry on.")


@get("/enquiries", tags=[TAG], summary="Enquiries to decide and decided")
async def list_enquiries(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> EnquiryList:
    """For the secretariat."""
    check_secretariat(actor)
    return EnquiryList(items=[_out(one) for one in await queries.confirmed_enquiries(now=now)])


@get("/enquiries/{identifier:int}", tags=[TAG], summary="One enquiry")
async def one_enquiry(
    identifier: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> EnquiryWhole:
    """Each answer beside its rule, and the talk. 410 once it is erased. For the secretariat."""
    check_secretariat(actor)
    return await _whole(identifier, now)


@post("/enquiries/{identifier:int}/questions", status_code=201, tags=[TAG], summary="Ask back by mail")
async def ask(
    identifier: FromPath[int],
    data: JSONBody[QuestionBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> EnquiryWhole:
    """For the secretariat. The answer comes to the address for answers."""
    await actions.ask(identifier, data.question, talk=data.talk, actor=actor, now=now)
    return await _whole(identifier, now)


@post("/enquiries/{identifier:int}/notes", status_code=201, tags=[TAG], summary="Keep a reply or a note")
async def write_down(
    identifier: FromPath[int],
    data: JSONBody[NoteBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> EnquiryWhole:
    """For the secretariat."""
    await actions.write_down(
        identifier, data.note, is_reply=data.is_reply, talk=data.talk, actor=actor, now=now
    )
    return await _whole(identifier, now)


@post("/enquiries/{identifier:int}/answer-read", status_code=204, tags=[TAG], summary="An answer is read")
async def mark_read(
    identifier: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    *,
    talk: Piece = None,
) -> None:
    """An answer by mail needs nothing more; twice changes nothing. 409 where one came after `talk`. Secretariat."""
    await actions.mark_read(identifier, talk=talk, actor=actor, now=now)


@post("/enquiries/{identifier:int}/decision", status_code=201, tags=[TAG], summary="Decide")
async def decide(
    identifier: FromPath[int],
    data: JSONBody[DecisionBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> EnquiryWhole:
    """Accept, decline or keep; 409 where somebody has decided since `seen`, or they answered since `talk`.

    For the secretariat.
    """
    await actions.decide(identifier, Decision(**msgspec.structs.asdict(data)), actor=actor, now=now)
    return await _whole(identifier, now)


@post("/enquiries/{identifier:int}/erasure", status_code=204, tags=[TAG], summary="Erase it now")
async def erase(
    identifier: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> None:
    """What is personal in it, before its day; twice changes nothing. A member that it made stays. Secretariat."""
    await actions.erase(identifier, actor=actor, now=now)


async def _whole(identifier: int, now: datetime) -> EnquiryWhole:
    found = await queries.readable_enquiry(identifier, now=now)
    made = await members.organisation_by_id(found.organisation) if found.organisation else None
    readings = rules.readings(
        works_on_empathy=found.works_on_empathy, how=found.how, body=found.body, evidence=found.evidence
    )
    return EnquiryWhole(
        enquiry=_out(found),
        answers=[
            AnswerBesideRule(rule=one.rule, answer=one.answer, details=one.details, verdict=one.verdict)
            for one in readings
        ],
        talk=[
            PieceOut(
                id=one.id,
                kind=one.kind,
                text=one.text,
                author=one.author,
                sender=one.sender,
                at=one.created_at,
            )
            for one in await queries.talk_about(found.id)
        ],
        organisation=made.slug if made else None,
    )


def _out(found: Enquiry) -> EnquiryOut:
    same = ("id", "name", "kind", "country", "city", "website", "contact_name", "email")
    return EnquiryOut(
        **{name: getattr(found, name) for name in same},
        confirmed_at=found.confirmed_at,
        decision=found.decision,
        reason=found.reason,
        decided_at=found.decided_at,
        answered_at=found.answered_at,
        seen=found.decisions,
        erased_on=queries.ends_at(found),
    )


ROUTES: list[Any] = [enquire, list_enquiries, one_enquiry, ask, write_down, mark_read, decide, erase]
