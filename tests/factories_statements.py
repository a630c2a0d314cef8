"""Statements in every state for tests, and a link as the mailer would mint it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from summit_service import db, links
from summit_service.accounts.actor import Actor
from summit_service.members.tables import Organisation
from summit_service.piccolo_app import APP_CONFIG
from summit_service.statements import actions, board, counting, letters, queries, rules, standings
from summit_service.statements.board import Line
from summit_service.statements.counting import Supposed
from summit_service.statements.tables import Response, SigningRequest, Statement
from summit_service.visitor import Visitor
from summit_service.zones import wall_text
from tests.factories import give_role, make_organisation, make_person

TEXT = "We ask hospitals to plan time to listen.\n\nPatients who are heard get better care."
VISITOR = Visitor("192.0.2.7", "socket")


async def make_member(name: str, *, signatory: str = "", **columns: str) -> Organisation:
    """A member organisation with a signatory."""
    organisation = await make_organisation(name, **columns)
    person = await make_person(signatory or f"Signatory of {name}")
    await give_role(person, "signatory", organisation=organisation)
    return organisation


async def make_draft(
    actor: Actor, *, now: datetime, title: str = "Time to listen", text: str = TEXT
) -> Statement:
    """A draft with one version."""
    return await actions.create_statement(actor=actor, now=now, title=title, text=text)


async def make_frozen(actor: Actor, *, now: datetime, **given: str) -> Statement:
    """A statement whose text is frozen."""
    draft = await make_draft(actor, now=now, **given)
    return await actions.freeze(draft.slug, actor=actor, now=now)


async def make_open(
    actor: Actor, *, now: datetime, days: int = 20, policy: str | Mapping[str, Any] = "sign_on", **given: str
) -> Statement:
    """A statement that is open for signing, for so many days; the desk can end it at any time with a reason."""
    frozen = await make_frozen(actor, now=now, **given)
    return await actions.open_for_signing(
        frozen.slug,
        actor=actor,
        now=now,
        closes_at=wall_text(now + timedelta(days=days)),
        timezone="Etc/UTC",
        policy_given={**({"preset": policy} if isinstance(policy, str) else policy), "early_end_days": 0},
    )


async def request_to(statement: Statement, organisation: Organisation) -> SigningRequest:
    """The request to that organisation about the text that is frozen now."""
    found = [r for r in await queries.requests_of(statement) if r.organisation == organisation.id]
    return found[0]


async def link_to(statement: Statement, organisation: Organisation, *, now: datetime) -> str:
    """A token as the mailer mints it when it sends the mail."""
    request = await request_to(statement, organisation)
    expires = statement.closes_at + rules.RECEIPT_LIFE
    return await links.issue(letters.PURPOSE, subject=str(request.id), now=now, expires_at=expires)


async def give_answer(
    token: str, choice: str = "signed", *, now: datetime, name: str = "Ana Ruiz", **given: str
) -> Response:
    """An answer by link, both steps."""
    letter = await letters.letter_of(token, now=now)
    assert letter is not None
    text_hash = letter.text_set.sha256
    reviewed = await actions.review(token, choice=choice, text_set_sha256=text_hash, now=now)
    form = actions.AnswerForm(
        nonce=reviewed.nonce,
        text_set_sha256=text_hash,
        attested=True,
        name=name,
        capacity=given.get("capacity", "organisation"),
        printed=given.get("printed", ""),
        reason=given.get(
            "reason", "The third paragraph says too much." if choice == "changes_requested" else ""
        ),
    )
    return await actions.answer(token, form, visitor=VISITOR, agent="Test", now=now)


async def board_of(statement: Statement, *, now: datetime) -> list[Line]:
    """Every line of its board."""
    found = await queries.statement_by_slug(statement.slug)
    return await board.lines_of(found, await standings.standings_of(found, now=now))


async def suppositions_of(statement: Statement, *, now: datetime) -> list[Supposed]:
    """What would come out."""
    requests, answers = standings.apart(await standings.standings_of(statement, now=now))
    return await counting.suppositions(statement, requests, answers, at=statement.closes_at)


async def dump_tables() -> dict[str, list[str]]:
    """Every row of every table as text, to compare or to search."""
    found = {}
    for table in APP_CONFIG.table_classes:
        name = table._meta.tablename
        rows = await db.engine().run_ddl(f'SELECT * FROM "{name}"')
        found[name] = sorted(repr(dict(row)) for row in rows)
    return found
