"""Pages: what the link in a registration's mail opens. The link is the authority: no cookie, no account."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import qr
from summit_service.doors import queries as doors
from summit_service.errors import Conflict, Gone, Invalid, NotFound, SummitError
from summit_service.registrations import actions, entries, queries, retention, rules, sign_ups, stored
from summit_service.registrations import questions as asking
from summit_service.registrations.answers import TICK, Asked, unanswered
from summit_service.registrations.queries import Standing
from summit_service.registrations.rooms import rooms_of
from summit_service.web import kept, question_fields, rates
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks, given_from, zone_options

Page = Request[Any, Any, Any]
DONE = frozenset({"details", "attendance", "waiting", "stopped", "accepted", "declined", "cancelled"})


@get("/registrations/{token:str}")
async def registration(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """What stands, and everything that can be done about it. Opening it changes nothing."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    done = request.query_params.get("done", "")
    return await _manage(request, token, standing, done=done if done in DONE else "", now=now)


@get("/registrations/{token:str}/summit.ics")
async def calendar_entry(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """The calendar entry as a file; there is one once a place is confirmed."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    if standing.confirmed is None:
        raise Conflict("There is a calendar entry once your place is confirmed.")
    entry = entries.render(standing.registration, standing.edition, standing.attendance, method="PUBLISH")
    disposition = f'attachment; filename="summit-{standing.edition.year}.ics"'
    return Response(
        entry.encode(),
        media_type="text/calendar",
        headers={"Content-Disposition": disposition},
    )


@post("/registrations/{token:str}/details")
async def change_details(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Change what was told; a form with faults comes back as it was typed."""
    form = await request.form()
    try:
        standing = await _standing(token, now=now)
        questions = await asking.questions_of(standing.edition.id)
        await actions.change_details(token, given_from(form, questions), now=now)
    except NotFound:
        return _unknown(request)
    except Invalid as fault:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        return await _manage(request, token, standing, typed=typed, faults=fault.by_field(), now=now)
    except (Conflict, Gone) as fault:
        return await _refused(request, token, fault, now=now)
    return see_other(f"/registrations/{token}?done=details")


@post("/registrations/{token:str}/attendance")
async def change_attendance(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Attend in another way, or wait for it."""
    form = await request.form()
    attendance, or_wait = text(form, "attendance"), text(form, "wait") == "yes"
    act = actions.change_attendance(token, attendance=attendance, or_wait=or_wait, now=now)
    return await _act(request, token, act, done="waiting" if or_wait else "attendance", now=now)


@post("/registrations/{token:str}/waiting/end")
async def stop_waiting(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Leave the queue, keep the place."""
    return await _act(request, token, actions.stop_waiting(token, now=now), done="stopped", now=now)


@post("/registrations/{token:str}/acceptance")
async def accept(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Take the place that is offered."""
    return await _act(request, token, actions.accept(token, now=now), done="accepted", now=now)


@post("/registrations/{token:str}/refusal")
async def decline(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Let the offered place go."""
    return await _act(request, token, actions.decline(token, now=now), done="declined", now=now)


@get("/registrations/{token:str}/cancellation")
async def confirm_cancel(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Ask once more before cancelling."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    if standing.state == rules.CANCELLED:
        return see_other(f"/registrations/{token}")
    return page(
        request,
        "registrations/cancel.html",
        standing=standing,
        edition=standing.edition,
        token=token,
        noindex=True,
    )


@post("/registrations/{token:str}/cancellation")
async def cancel(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Cancel; a second time changes nothing."""
    return await _act(request, token, actions.cancel(token, now=now), done="cancelled", now=now)


async def _standing(token: str, *, now: datetime) -> Standing:
    return await queries.standing(await queries.registration_id_of(token, now=now), now=now)


async def _act(
    request: Page, token: str, act: Awaitable[Standing], *, done: str, now: datetime
) -> Response[Any]:
    try:
        await act
    except NotFound:
        return _unknown(request)
    except (Conflict, Gone, Invalid) as fault:
        return await _refused(request, token, fault, now=now)
    return see_other(f"/registrations/{token}?done={done}")


async def _refused(request: Page, token: str, fault: SummitError, *, now: datetime) -> Response[Any]:
    """The page as it stands now, with the reason on top."""
    status = 410 if isinstance(fault, Gone) else 422 if isinstance(fault, Invalid) else 409
    standing = await _standing(token, now=now)
    return await _manage(request, token, standing, refusal=fault.sentence, status=status, now=now)


def _ticket_qr(standing: Standing) -> str:
    """The ticket as a picture."""
    return qr.picture(doors.ticket_of(standing.registration), scale=6, error="q")


async def _manage(
    request: Page,
    token: str,
    standing: Standing,
    *,
    now: datetime,
    done: str = "",
    refusal: str = "",
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    edition, window = standing.edition, queries.window_of(standing.edition)
    questions, terms = await asking.questions_of(edition.id), await asking.terms_of(edition.id)
    ends_at, is_over = asking.changes_end_at(terms, edition), now >= window.ends_at
    shown = typed if typed is not None else _kept(standing, questions)
    listed, held = await sign_ups.sign_ups_of(edition.id), await sign_ups.seats_of(standing.registration.id)
    return page(
        request,
        "registrations/manage.html",
        status=422 if faults else status,
        standing=standing,
        edition=edition,
        token=token,
        done=done,
        refusal=refusal,
        rooms={room.attendance: room for room in await rooms_of(edition)},
        words=rules.WORDS,
        ticket_qr=_ticket_qr(standing) if standing.confirmed and not is_over else "",
        is_over=is_over,
        has_certificate=is_over and await doors.has_come(standing.registration.id),
        is_open=rules.is_open(window, now=now),
        can_offer=rules.can_offer(window, now=now),
        ended_reason=_ended_reason(standing),
        questions=await question_fields.put(edition.id, typed=shown),
        changes_until=ends_at,
        can_edit=not is_over and (ends_at is None or now < ends_at),
        unanswered=[] if is_over else unanswered(questions, stored.values(standing.registration.answers)),
        zone_options=zone_options(),
        kept_rows=kept.rows(retention.FIELDS, edition),
        takes_sign_ups=bool(listed),
        chosen=[(one, held[one.row.id]) for one in listed if one.row.id in held],
        typed=Blanks(shown),
        faults=Blanks(faults or {}),
        noindex=True,
    )


def _ended_reason(standing: Standing) -> str:
    """Why it is cancelled; an offer whose time is over counts before anything has swept it."""
    if standing.state != rules.CANCELLED:
        return ""
    return standing.registration.cancelled_reason or rules.EXPIRED


def _kept(standing: Standing, questions: Sequence[Asked]) -> dict[str, str]:
    """What was told before, as the form shows it."""
    row, answers = standing.registration, stored.values(standing.registration.answers)
    typed = {
        "name": row.name,
        "organisation": row.organisation,
        "dietary": row.dietary,
        "access_needs": row.access_needs,
        "timezone": row.timezone or "",
        "is_listed": "yes" if row.is_listed else "",
    }
    for question in questions:
        answer = answers.get(question.key, "")
        typed[question.field] = ("yes" if answer else "") if question.kind == TICK else str(answer)
    return typed


def _unknown(request: Page) -> Response[Any]:
    """The one page for a link that opens nothing, whatever the reason."""
    rates.check(request, "wrong_link")
    return page(
        request, "registrations/unknown.html", status=404, sentence=queries.UNKNOWN_LINK, noindex=True
    )


ROUTES: list[Any] = [
    registration, calendar_entry, change_details, change_attendance, stop_waiting, accept, decline,
    confirm_cancel, cancel,
]  # fmt: skip
