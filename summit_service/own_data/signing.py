"""What is held about one person's part in statements: requests, answers, what lies behind them, comments."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from summit_service import caseless
from summit_service.accounts.tables import Person
from summit_service.own_data.rows import Row, opened, rows
from summit_service.statements.comment_tables import Comment, Disposition
from summit_service.statements.queries import CORRECTED
from summit_service.statements.tables import (
    Delegation,
    Dispute,
    LedgerEntry,
    Response,
    ResponsePrivate,
    SigningRequest,
)

STATEMENT: Any = Response.request.statement


async def held(person: Person, key: str) -> dict[str, list[Row]]:
    """A list for each kind."""
    asked, comment = SigningRequest, Comment
    return {
        "signing_requests": await rows(
            asked,
            (asked.person == person.id) | (asked.delegated_by == person.id),
            asked.statement.slug.as_alias("statement"),
            asked.organisation_name,
            asked.person_name,
            asked.mails,
            asked.last_mailed_at,
            asked.remind_from,
            asked.wrong_person_at,
            asked.wrong_person_words,
            asked.created_at,
        ),
        "answers": await answers_of(person.id),
        "draft_comments": await rows(
            comment,
            comment.person == person.id,
            comment.statement.slug.as_alias("statement"),
            comment.paragraph,
            comment.quoted,
            comment.body,
            comment.wording,
            comment.person_name,
            comment.organisation_name,
            comment.created_at,
        ),
        "comments_answered": await rows(
            Disposition,
            Disposition.decided_by == person.id,
            Disposition.kind,
            Disposition.reason,
            Disposition.created_at,
        ),
        "proposed_to_answer": await rows(
            Delegation,
            (caseless.is_same(Delegation.email, key)) | (Delegation.proposed_by == person.id),
            Delegation.name,
            Delegation.email,
            Delegation.outcome,
            Delegation.proposed_at,
        ),
        "disputes": await rows(
            Dispute,
            (caseless.is_same(Dispute.email, key)) | (Dispute.settled_by == person.id),
            Dispute.name,
            Dispute.email,
            Dispute.reason,
            Dispute.outcome,
            Dispute.note,
            Dispute.raised_at,
        ),
        "ledger": await rows(
            LedgerEntry,
            LedgerEntry.actor == person.id,
            LedgerEntry.statement.slug.as_alias("statement"),
            LedgerEntry.seq,
            LedgerEntry.kind,
            LedgerEntry.created_at,
        ),
    }


async def answers_of(person_id: int) -> list[Row]:
    """The public part of each answer, with what lies behind its commitment (null once that is erased).

    Beside it each correction of the name as it is printed, in the same way.
    """
    found = await rows(
        Response,
        Response.request.person == person_id,
        Response.record_id,
        STATEMENT.slug.as_alias("statement"),
        STATEMENT.title.as_alias("title"),
        STATEMENT.published_at.as_alias("published_at"),
        Response.kind,
        Response.organisation_name,
        Response.signatory_name,
        Response.capacity,
        Response.signed_at,
    )
    private = ResponsePrivate.record_id.is_in([row["record_id"] for row in found] or [""])
    behind = {
        row["record_id"]: opened(row["private"])
        for row in await rows(ResponsePrivate, private, ResponsePrivate.record_id, ResponsePrivate.private)
    }
    corrected = await _corrections_of(found)
    return [
        {**row, "behind_it": behind.get(row["record_id"]), "corrections": corrected.get(row["record_id"], [])}
        for row in found
    ]


async def _corrections_of(answers: Sequence[Row]) -> dict[str, list[Row]]:
    """How the names of these answers were corrected, by the answer's record."""
    theirs = LedgerEntry.statement.slug.is_in(sorted({row["statement"] for row in answers}) or [""])
    kept = await rows(LedgerEntry, (LedgerEntry.kind == CORRECTED) & theirs, LedgerEntry.content)
    bodies = [json.loads(row["content"])["body"] for row in kept]
    mine = [body for body in bodies if body["of"] in {row["record_id"] for row in answers}]
    private = ResponsePrivate.record_id.is_in([body["record"] for body in mine] or [""])
    behind = {
        row["record_id"]: opened(row["private"])
        for row in await rows(ResponsePrivate, private, ResponsePrivate.record_id, ResponsePrivate.private)
    }
    found: dict[str, list[Row]] = {}
    for body in mine:
        told = {"at": body["at"], "printed": body["signatory"], "behind_it": behind.get(body["record"])}
        found.setdefault(body["of"], []).append(told)
    return found
