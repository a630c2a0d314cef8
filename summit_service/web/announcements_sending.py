"""From a draft that is read to mails that leave: preview, a test to oneself, sending, stopping, how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.announcements import actions, audiences, mails, queries, rules
from summit_service.announcements.audiences import Audience, Reader
from summit_service.announcements.tables import Announcement
from summit_service.errors import Conflict
from summit_service.mail import queries as mail
from summit_service.mail.streams import email_key
from summit_service.web.desk_mails import badge
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.reader_zone import zone_of

BASE = "/desk/announcements"


async def preview(
    request: Request[Any, Any, Any],
    actor: Actor,
    now: datetime,
    row: Announcement,
    *,
    to: str = "",
    done: str = "",
    problem: str = "",
) -> Response[str]:
    """What each reader would get, with what came from placeholders marked; from here alone it can be sent."""
    audience = await audiences.audience_of(row, now=now)
    written, keys = rules.Text(row.subject, row.body), await mail.bouncing_keys()
    reader = _reader(audience, to)
    lacking = [(one, rules.missing(written, one.values)) for one in audience.readers]
    return page(
        request,
        "announcements/draft.html",
        actor=actor,
        status=409 if problem else 200,
        row=row,
        audience=audience,
        words=await _audience_words(row, now),
        reader=reader,
        readers_shown=[
            (one.email, f"{one.name} ({one.email})" if one.name else one.email)
            for one in audience.readers[:500]
        ],
        marked=mails.marked(written, reader) if reader else None,
        lacking=[(one, names) for one, names in lacking if names],
        proof=actions.seen(row, audience, actor),
        minutes=int(rules.TIME_TO_STOP.total_seconds() // 60),
        bouncing=[one for one in audience.readers if email_key(one.email) in keys],
        done=done,
        problem=problem,
    )


def _reader(audience: Audience, email: str) -> Reader | None:
    """The reader whose mail is previewed: the chosen one, or the first."""
    chosen = (reader for reader in audience.readers if reader.email == email)
    return next(chosen, audience.readers[0] if audience.readers else None)


async def _audience_words(row: Announcement, now: datetime) -> str:
    key = actions.key_of(row.audience, row.audience_of)
    found = {actions.key_of(choice.kind, choice.of): choice.words for choice in await audiences.choices(now)}
    return found.get(key, "Readers who cannot be chosen any more")


async def sent(
    request: Request[Any, Any, Any], actor: Actor, row: Announcement, now: datetime, *, problem: str = ""
) -> Response[str]:
    """What became of its mails so far."""
    return page(
        request,
        "announcements/sent.html",
        actor=actor,
        status=409 if problem else 200,
        row=row,
        words=await _audience_words(row, now),
        progress=await queries.progress_of(row),
        is_waiting=row.leaves_at is not None and now < row.leaves_at and row.stopped_at is None,
        zone=zone_of(actor),
        badge=badge,
        problem=problem,
    )


@post(f"{BASE}/{{identifier:int}}/tests", status_code=303)
async def send_test(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """One mail to oneself, as the chosen reader would get it."""
    check_secretariat(actor)
    row = await queries.announcement_by_id(identifier)
    to = text(await request.form(), "to")
    reader = _reader(await audiences.audience_of(row, now=now), to)
    if reader is None:
        return await preview(request, actor, now, row, problem="Nobody would get it at this moment.")
    await actions.send_test(identifier, reader=reader, actor=actor, now=now)
    return see_other(f"{BASE}/{identifier}?done=test")


@post(f"{BASE}/{{identifier:int}}/sending", status_code=303)
async def send(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Send what was read, to those who were shown; or show it again."""
    check_secretariat(actor)
    form = await request.form()
    proof, accepts_gaps = text(form, "seen"), text(form, "gaps") == "yes"
    try:
        await actions.send(identifier, proof=proof, accepts_gaps=accepts_gaps, actor=actor, now=now)
    except Conflict as refusal:
        row = await queries.announcement_by_id(identifier)
        if row.sent_at is not None:
            return await sent(request, actor, row, now, problem=refusal.sentence)
        return await preview(request, actor, now, row, problem=refusal.sentence)
    return see_other(f"{BASE}/{identifier}")


@post(f"{BASE}/{{identifier:int}}/stop", status_code=303)
async def stop(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Stop every mail that has not left."""
    check_secretariat(actor)
    try:
        await actions.stop(identifier, actor=actor, now=now)
    except Conflict as refusal:
        row = await queries.announcement_by_id(identifier)
        if row.sent_at is None:
            return await preview(request, actor, now, row, problem=refusal.sentence)
        return await sent(request, actor, row, now, problem=refusal.sentence)
    return see_other(f"{BASE}/{identifier}")


@get(f"{BASE}/{{identifier:int}}/deletion")
async def confirm_deletion(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], identifier: FromPath[int]
) -> Response[str]:
    """Asks once more before a draft is deleted."""
    check_secretariat(actor)
    row = await queries.announcement_by_id(identifier)
    if row.sent_at is not None:
        raise Conflict(actions.SENT)
    return page(request, "announcements/delete.html", actor=actor, row=row, zone=zone_of(actor))


@post(f"{BASE}/{{identifier:int}}/deletion", status_code=303)
async def delete(
    actor: NamedDependency[Actor], now: NamedDependency[datetime], identifier: FromPath[int]
) -> Response[Any]:
    """Delete a draft for good."""
    await actions.discard(identifier, actor=actor, now=now)
    return see_other(f"{BASE}?done=deleted")


ROUTES: list[Any] = [send_test, send, stop, confirm_deletion, delete]
