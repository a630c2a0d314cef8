"""JSON: statements, from the draft to the signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api.members import Limit
from summit_service.api.statement_bodies import (
    Consultation,
    Erratum,
    NewStatement,
    NewVersion,
    Note,
    Opening,
    ReminderBody,
    RequestList,
    SomebodyElse,
    StatementBody,
    StatementChange,
    StatementList,
    Summary,
    Supersession,
    Withdrawal,
    body_of,
    moment,
    requests_shown,
)
from summit_service.errors import Invalid, NotFound
from summit_service.statements import actions, queries, standings


@get("/statements")
async def list_statements(actor: NamedDependency[Actor]) -> StatementList:
    """The statements that this reader may read."""
    rows = [row for row in await queries.all_statements() if queries.can_read(row, actor)]
    return StatementList([Summary(r.slug, r.title, r.state, r.edition, moment(r.published_at)) for r in rows])


@get("/statements/{slug:str}")
async def read_statement(
    slug: FromPath[str], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> StatementBody:
    """One statement: public once it is published, before that for members, its drafts for the secretariat."""
    try:
        statement = await queries.readable(slug, actor)
    except NotFound as fault:
        raise NotFound("There is no statement at this address, or it is not published yet.") from fault
    return await body_of(statement, actor, now=database_now)


@post("/statements")
async def create_statement(
    data: JSONBody[NewStatement], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> StatementBody:
    """A new draft."""
    statement = await actions.create_statement(
        actor=actor,
        now=database_now,
        title=data.title,
        text=data.text,
        note=data.note,
        edition=data.edition,
        policy_given=data.policy,
        closes_at=data.closes_at,
        timezone=data.timezone,
        language=data.language,
    )
    return await body_of(statement, actor, now=database_now)


@patch("/statements/{slug:str}")
async def change_statement(
    slug: FromPath[str],
    data: JSONBody[StatementChange],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> StatementBody:
    """Give a statement another title while its text is written, or another summit that it comes from."""
    check_secretariat(actor)
    now = await queries.statement_by_slug(slug)
    title = now.title if data.title is msgspec.UNSET else data.title
    edition = now.edition if data.edition is msgspec.UNSET else data.edition
    statement = await actions.describe(slug, actor=actor, now=database_now, title=title, edition=edition)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/versions")
async def add_version(
    slug: FromPath[str],
    data: JSONBody[NewVersion],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> StatementBody:
    """Another version of the text."""
    await actions.add_version(
        slug,
        actor=actor,
        now=database_now,
        text=data.text,
        note=data.note,
        language=data.language,
        role=data.role,
        known=data.known,
    )
    return await body_of(await queries.statement_by_slug(slug), actor, now=database_now)


@post("/statements/{slug:str}/consultation")
async def start_consultation(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
    data: JSONBody[Consultation | None] = None,
) -> StatementBody:
    """Let the members comment."""
    given = data or Consultation()
    statement = await actions.start_consultation(
        slug,
        actor=actor,
        now=database_now,
        closes_at=given.closes_at,
        timezone=given.timezone,
        least_days="" if given.least_days is None else str(given.least_days),
    )
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/freeze")
async def freeze(
    slug: FromPath[str], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> StatementBody:
    """Fix the text to the byte."""
    statement = await actions.freeze(slug, actor=actor, now=database_now)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/signing")
async def open_for_signing(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
    data: JSONBody[Opening | None] = None,
) -> StatementBody:
    """Ask every member's signatory by mail."""
    given = data or Opening()
    statement = await actions.open_for_signing(
        slug,
        actor=actor,
        now=database_now,
        closes_at=given.closes_at,
        timezone=given.timezone,
        waived=given.waived,
        policy_given=given.policy,
    )
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/reminders")
async def remind(
    slug: FromPath[str], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> ReminderBody:
    """One mail to each who has not answered and may be mailed today."""
    done = await actions.remind(slug, actor=actor, now=database_now)
    skipped = [{"organisation": name, "reason": reason} for name, reason in done.skipped]
    return ReminderBody(list(done.reminded), skipped)


@get("/statements/{slug:str}/requests")
async def list_requests(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
    *,
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    q: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    limit: Limit = 50,
) -> RequestList:
    """The board by parts, for the secretariat: who is asked about the frozen text, who needs you most first.

    `state` is one of those in `counts`, `q` words in the name of an organisation or of who is asked.
    """
    check_secretariat(actor)
    if in_state and in_state not in standings.STATES:
        raise Invalid.one("state", f"Give one of {', '.join(standings.STATES)}.")
    statement = await queries.statement_by_slug(slug)
    found = await standings.standings_of(statement, now=database_now)
    part = standings.part_of(found, state=in_state, search=q, after=cursor, limit=limit)
    items = await requests_shown(statement, part.standings)
    return RequestList(items, part.following or None, standings.counts(found))


@post("/statements/{slug:str}/requests/{organisation:str}")
async def ask_instead(
    slug: FromPath[str],
    organisation: FromPath[str],
    data: JSONBody[SomebodyElse],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> StatementBody:
    """Ask somebody else who is named for the organisation; the links that were mailed before end."""
    await actions.ask_instead(
        slug, organisation=organisation, email=data.email, actor=actor, now=database_now
    )
    return await body_of(await queries.statement_by_slug(slug), actor, now=database_now)


@post("/statements/{slug:str}/rework")
async def rework(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
    data: JSONBody[Note | None] = None,
) -> StatementBody:
    """Take the frozen text back; no signature is carried over."""
    note = data.note if data else ""
    statement = await actions.rework(slug, actor=actor, now=database_now, note=note)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/closure")
async def close(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
    data: JSONBody[Note | None] = None,
) -> StatementBody:
    """End signing and count."""
    note = data.note if data else ""
    statement = await actions.close(slug, actor=actor, now=database_now, note=note)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/publication")
async def publish(
    slug: FromPath[str], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> StatementBody:
    """Make the text and its signatories public."""
    statement = await actions.publish(slug, actor=actor, now=database_now)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/cancellation")
async def cancel(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
    data: JSONBody[Note | None] = None,
) -> StatementBody:
    """Give the statement up before it is published."""
    note = data.note if data else ""
    statement = await actions.cancel(slug, actor=actor, now=database_now, note=note)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/errata")
async def add_erratum(
    slug: FromPath[str],
    data: JSONBody[Erratum],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> StatementBody:
    """Attach a correction to a published statement; its text stays."""
    statement = await actions.add_erratum(slug, actor=actor, now=database_now, text=data.text)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/supersession")
async def supersede(
    slug: FromPath[str],
    data: JSONBody[Supersession],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> StatementBody:
    """Say that another published statement has taken the place of this one."""
    statement = await actions.supersede(slug, actor=actor, now=database_now, by=data.by)
    return await body_of(statement, actor, now=database_now)


@post("/statements/{slug:str}/withdrawals")
async def record_withdrawal(
    slug: FromPath[str],
    data: JSONBody[Withdrawal],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> StatementBody:
    """Record that a member has withdrawn its signature from a published statement by a letter."""
    await actions.record_withdrawal(
        slug, actor=actor, now=database_now, organisation=data.organisation, note=data.note
    )
    return await body_of(await queries.statement_by_slug(slug), actor, now=database_now)


ROUTES: list[Any] = [
    list_statements,
    read_statement,
    create_statement,
    change_statement,
    add_version,
    start_consultation,
    freeze,
    open_for_signing,
    remind,
    list_requests,
    ask_instead,
    rework,
    close,
    publish,
    cancel,
    add_erratum,
    supersede,
    record_withdrawal,
]
