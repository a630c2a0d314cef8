"""JSON: organisations that apply for a call together, their outline, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.consortia import actions, queries
from summit_service.consortia.queries import Version
from summit_service.consortia.rules import Outcome
from summit_service.statements import redline, redline_words


class ConsortiumBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A new consortium, led by `organisation` (slug or name; may be empty for who represents one alone)."""

    title: str
    organisation: str = ""


class InvitationBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which organisation is invited, and words for the mail."""

    organisation: str
    words: str = ""


class OrganisationBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which organisation."""

    organisation: str = ""


class AnswerBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which organisation, and why."""

    organisation: str = ""
    reason: str = ""


class VersionBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A version of the outline in Markdown; `known` is the newest number that its writer has seen, 0 for none."""

    text: str
    known: int
    note: str = ""


class OutcomeBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`state` is forming, submitted, funded, not_funded or withdrawn; `public_line` is shown to everybody."""

    state: str
    amount: str = ""
    currency: str = ""
    public_line: str = ""


class PartnerOut(msgspec.Struct, kw_only=True):
    """An organisation; `state` is invited, in, declined, left or taken_back."""

    organisation: str
    name: str
    role: str
    state: str


class ConsortiumOut(msgspec.Struct, kw_only=True):
    """A consortium; `version` is the newest number of its outline, 0 for who is only invited."""

    id: int
    title: str
    call: str
    deadline: datetime
    lead: str
    state: str
    amount: str
    currency: str
    public_line: str
    organisations: list[PartnerOut]
    version: int


class ConsortiumLine(msgspec.Struct, kw_only=True):
    """A consortium in a list."""

    id: int
    title: str
    call: str
    lead: str
    state: str


class ConsortiumList(msgspec.Struct, kw_only=True):
    """Consortia, the newest first; at most 200."""

    items: list[ConsortiumLine]
    next: str | None = None


class VersionLineOut(msgspec.Struct, kw_only=True):
    """A version of the outline in a list."""

    n: int
    note: str
    by: str
    created_at: datetime


class VersionOut(msgspec.Struct, kw_only=True):
    """A version of the outline with its text."""

    n: int
    text: str
    note: str
    by: str
    created_at: datetime


class VersionList(msgspec.Struct, kw_only=True):
    """Versions without their texts, the newest first, 50 at a time; `next` is for `before`."""

    items: list[VersionLineOut]
    next: str | None = None


class RunOut(msgspec.Struct, kw_only=True):
    """Words that were kept, removed or added."""

    kind: str
    text: str


class PieceOut(msgspec.Struct, kw_only=True):
    """A paragraph of a redline: kept, changed, added, removed, moved or left."""

    kind: str
    old: int | None
    new: int | None
    runs: list[RunOut]


class ChangesOut(msgspec.Struct, kw_only=True):
    """What changed between two versions: in a sentence, and paragraph by paragraph."""

    summary: str
    items: list[PieceOut]


@get("/consortia")
async def consortia(actor: NamedDependency[Actor]) -> ConsortiumList:
    """Your own and those you are invited to; all for the secretariat."""
    check_signed_in(actor)
    return ConsortiumList(
        items=[
            ConsortiumLine(id=one.id, title=one.title, call=one.call, lead=one.lead, state=one.state)
            for one in await queries.seen_by(actor)
        ]
    )


@post("/funding/{slug:str}/consortia")
async def begin(
    slug: FromPath[str],
    data: JSONBody[ConsortiumBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[ConsortiumOut]:
    """Begin a consortium for a call."""
    made = await actions.begin(slug, data.title, organisation=data.organisation, actor=actor, now=now)
    return Response(
        await _out(made, actor), status_code=201, headers={"Location": f"/api/v1/consortia/{made}"}
    )


@get("/consortia/{consortium_id:int}")
async def consortium(consortium_id: FromPath[int], actor: NamedDependency[Actor]) -> ConsortiumOut:
    """One consortium, for those in it or invited."""
    return await _out(consortium_id, actor)


@post("/consortia/{consortium_id:int}/invitations")
async def invite(
    consortium_id: FromPath[int],
    data: JSONBody[InvitationBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[ConsortiumOut]:
    """Invite an organisation; for the lead."""
    await actions.invite(consortium_id, data.organisation, data.words, actor=actor, now=now)
    return Response(await _out(consortium_id, actor), status_code=201)


@post("/consortia/{consortium_id:int}/invitations/withdrawal", status_code=201)
async def take_back(
    consortium_id: FromPath[int],
    data: JSONBody[OrganisationBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ConsortiumOut:
    """Take an invitation back; for the lead."""
    await actions.take_back(consortium_id, data.organisation, actor=actor, now=now)
    return await _out(consortium_id, actor)


@post("/consortia/{consortium_id:int}/acceptance", status_code=201)
async def accept(
    consortium_id: FromPath[int],
    data: JSONBody[OrganisationBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ConsortiumOut:
    """Apply with them."""
    await actions.accept(consortium_id, organisation=data.organisation, actor=actor, now=now)
    return await _out(consortium_id, actor)


@post("/consortia/{consortium_id:int}/refusal", status_code=204)
async def decline(
    consortium_id: FromPath[int],
    data: JSONBody[AnswerBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """Do not apply with them."""
    await actions.decline(
        consortium_id, organisation=data.organisation, reason=data.reason, actor=actor, now=now
    )


@post("/consortia/{consortium_id:int}/departure", status_code=204)
async def leave(
    consortium_id: FromPath[int],
    data: JSONBody[AnswerBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """Leave again."""
    await actions.leave(
        consortium_id, organisation=data.organisation, reason=data.reason, actor=actor, now=now
    )


@post("/consortia/{consortium_id:int}/lead", status_code=201)
async def hand_over(
    consortium_id: FromPath[int],
    data: JSONBody[OrganisationBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ConsortiumOut:
    """Let a partner lead."""
    await actions.hand_over(consortium_id, data.organisation, actor=actor, now=now)
    return await _out(consortium_id, actor)


@get("/consortia/{consortium_id:int}/versions")
async def versions(
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    *,
    before: Annotated[int, QueryParameter(ge=0, le=99_999)] = 0,
) -> VersionList:
    """The versions of the outline; for those in it."""
    await queries.inside(consortium_id, viewer=actor)
    found, older = await queries.versions_of(consortium_id, before=before)
    return VersionList(
        items=[VersionLineOut(n=one.n, note=one.note, by=one.by, created_at=one.created_at) for one in found],
        next=str(older) if older else None,
    )


@get("/consortia/{consortium_id:int}/versions/{n:int}")
async def version(
    consortium_id: FromPath[int], n: FromPath[int], actor: NamedDependency[Actor]
) -> VersionOut:
    """One version of the outline with its text."""
    await queries.inside(consortium_id, viewer=actor)
    return _version(await queries.version_of(consortium_id, n))


@post("/consortia/{consortium_id:int}/versions")
async def write(
    consortium_id: FromPath[int],
    data: JSONBody[VersionBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[VersionOut]:
    """Save a version; 409 where somebody else saved one that `known` does not know."""
    n = await actions.write(consortium_id, data.text, note=data.note, known=data.known, actor=actor, now=now)
    return Response(_version(await queries.version_of(consortium_id, n)), status_code=201)


@get("/consortia/{consortium_id:int}/versions/{old:int}/changes/{new:int}")
async def changes(
    consortium_id: FromPath[int], old: FromPath[int], new: FromPath[int], actor: NamedDependency[Actor]
) -> ChangesOut:
    """What changed between two versions."""
    await queries.inside(consortium_id, viewer=actor)
    before, after = await queries.version_of(consortium_id, old), await queries.version_of(consortium_id, new)
    pieces = redline.compare(before.canonical, after.canonical)
    return ChangesOut(
        summary=redline_words.summary(pieces),
        items=[
            PieceOut(
                kind=piece.kind,
                old=piece.old_n,
                new=piece.new_n,
                runs=[RunOut(kind=run.kind, text=run.text) for run in piece.runs],
            )
            for piece in pieces
        ],
    )


@post("/consortia/{consortium_id:int}/outcome", status_code=201)
async def record(
    consortium_id: FromPath[int],
    data: JSONBody[OutcomeBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ConsortiumOut:
    """Record what became of it; for the lead."""
    outcome = Outcome(
        state=data.state, amount=data.amount, currency=data.currency, public_line=data.public_line
    )
    await actions.record(consortium_id, outcome, actor=actor, now=now)
    return await _out(consortium_id, actor)


async def _out(consortium_id: int, actor: Actor) -> ConsortiumOut:
    found = await queries.consortium(consortium_id, viewer=actor)
    brief = found.brief
    newest = await queries.newest_of(consortium_id) if found.is_in else None
    seen = [*found.with_state("in"), *found.invited_as_seen(actor.represents)]
    shown = found.members if found.is_in else seen
    return ConsortiumOut(
        id=brief.id,
        title=brief.title,
        call=brief.call,
        deadline=brief.deadline,
        lead=brief.lead,
        state=brief.state,
        amount=brief.amount if found.is_in else "",
        currency=brief.currency if found.is_in else "",
        public_line=brief.public_line if found.is_in else "",
        organisations=[
            PartnerOut(
                organisation=one.slug,
                name=one.name,
                role="leads" if one.organisation_id == brief.lead_id else "partners",
                state=one.state,
            )
            for one in shown
        ],
        version=newest.n if newest else 0,
    )


def _version(one: Version) -> VersionOut:
    return VersionOut(n=one.n, text=one.markdown, note=one.note, by=one.by, created_at=one.created_at)


ROUTES: list[Any] = [
    consortia,
    begin,
    consortium,
    invite,
    take_back,
    accept,
    decline,
    leave,
    hand_over,
    versions,
    version,
    write,
    changes,
    record,
]
