"""What of the joint statements comes by itself: deadlines, reminders that were wished for; and what waits then."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from summit_service.ahead import Ahead, Window, number
from summit_service.mail import streams
from summit_service.statements import deadlines, queries, rules
from summit_service.statements.tables import SigningRequest, Statement
from summit_service.statements.waiting import SOON

Mails = dict[tuple[int, int], tuple[int, datetime | None]]
"""By statement and person: how many mails they have had about it, and when the last."""


async def coming(window: Window) -> list[Ahead]:
    """Each statement's deadlines with what waits for the secretariat then, and its reminders by day."""
    statements = await queries.all_statements()
    asked = await queries.open_requests(statements)
    wished = await _wished(statements, asked, window)
    found = []
    for statement in statements:
        found += _deadline(statement, len(asked.get(statement.id, [])), window)
        found += _reminders(statement, wished[statement.id], window)
    return found


def _deadline(statement: Statement, unanswered: int, window: Window) -> list[Ahead]:
    if statement.closes_at is None:
        return []
    if statement.state == "signing":
        return _closing(statement, unanswered, window)
    if statement.state == "consulting" and window.holds(statement.closes_at):
        return _end_of_comments(statement)
    late = json.loads(statement.policy).get("late_days") if statement.state == "published" else None
    end = rules.late_end(statement.closes_at, late)
    if end is None or not window.holds(end):
        return []
    sentence = f"Members can join “{statement.title}”, which is published, until now and no longer."
    return [Ahead(end, sentence, _page(statement), "See the board")]


def _closing(statement: Statement, unanswered: int, window: Window) -> list[Ahead]:
    at = window.due(deadlines.end_of(statement) or statement.closes_at)
    if at is None:
        return []
    organisations = number(unanswered, "organisation has", "organisations have")
    missing = f"{organisations} not answered." if unanswered else "Everybody has answered."
    url, title = _page(statement), statement.title
    closes = Ahead(
        at, f"Signing of “{title}” ends, and the answers are counted. {missing}", url, "See the board"
    )
    publish = Ahead(at, f"“{title}” is closed and not published.", url, "See the board", is_for_somebody=True)
    remind_at = statement.closes_at - SOON
    if not unanswered or not window.holds(remind_at):
        return [closes, publish]
    sentence = (
        f"{organisations} not answered “{title}”, and the deadline is in 2 days. You can remind them now."
    )
    remind = Ahead(remind_at, sentence, url, "Remind", count=unanswered, is_for_somebody=True)
    return [closes, publish, remind]


def _end_of_comments(statement: Statement) -> list[Ahead]:
    url, title = _page(statement), statement.title
    ends = f"The time to comment on “{title}” ends. What comes later is marked as late."
    answer = f"The comments on “{title}” are in: each gets an answer before the text is frozen."
    comments = f"{url}/comments"
    return [
        Ahead(statement.closes_at, ends, url, "See the statement"),
        Ahead(statement.closes_at, answer, comments, "Read the comments", is_for_somebody=True),
    ]


def _reminders(statement: Statement, moments: Sequence[datetime], window: Window) -> list[Ahead]:
    return [
        Ahead(
            at,
            f"{number(count, 'reminder', 'reminders')} to answer “{statement.title}” "
            f"{'goes' if count == 1 else 'go'} to who asked for one on this day.",
            _page(statement),
            "See the board",
            count=count,
        )
        for at, count in window.by_day(moments)
    ]


async def _wished(
    statements: Sequence[Statement], asked: dict[int, list[SigningRequest]], window: Window
) -> dict[int, list[datetime]]:
    """When each reminder leaves that somebody asked for, by statement; by the rules of `invitations.reminder_plan`."""
    found: dict[int, list[datetime]] = defaultdict(list)
    by_id = {statement.id: statement for statement in statements}
    wished = [
        (by_id[identifier], request)
        for identifier, requests in asked.items()
        for request in requests
        if request.remind_from is not None and window.due(request.remind_from) is not None
    ]
    if not wished:
        return found
    mails, unwilling = await _mails(asked), await _unwilling()
    for statement, request in wished:
        at = max(request.remind_from, window.now)
        sent, last = mails[statement.id, request.person]
        if (
            rules.is_open(statement.state, deadlines.end_of(statement), now=at)
            and not rules.why_not_reminded(request.remind_from, request.wrong_person_at, now=at)
            and rules.can_be_mailed(sent, last, now=at)
            and request.person not in unwilling
        ):
            found[statement.id].append(at)
    return found


async def _mails(asked: dict[int, list[SigningRequest]]) -> Mails:
    """Earlier texts of a statement count too."""
    table: Any = SigningRequest
    rows = await table.select(table.statement, table.person, table.mails, table.last_mailed_at).where(
        table.statement.is_in(sorted(asked))
    )
    found: Mails = {}
    for row in rows:
        key = (row["statement"], row["person"])
        sent, last = found.get(key, (0, None))
        times = [time for time in (last, row["last_mailed_at"]) if time is not None]
        found[key] = (sent + row["mails"], max(times, default=None))
    return found


async def _unwilling() -> frozenset[int]:
    """The people among those who wish for a reminder who have stopped reminders, by id."""
    stopped = await streams.opted_out(streams.REMINDERS)
    table: Any = SigningRequest
    rows = await table.select(table.person, table.person.email.as_alias("email")).where(
        table.remind_from.is_not_null()
    )
    return frozenset(row["person"] for row in rows if streams.email_key(row["email"]) in stopped)


def _page(statement: Statement) -> str:
    return f"/desk/statements/{statement.slug}"
