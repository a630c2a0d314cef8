"""The desk's outbox: each mail, what became of it, its text with the links masked; send again, stop, go on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import NotFound, SummitError
from summit_service.mail import actions, history, preview, timeline
from summit_service.mail import queries as mail
from summit_service.mail.mailbox import Letter
from summit_service.mail.render import CannotRender
from summit_service.mail.tables import OutboxMessage
from summit_service.statements.actions import resending
from summit_service.web.addresses import filtered
from summit_service.web.forms import text, texts
from summit_service.web.layout import page, see_other
from summit_service.web.mailbox import FRAMED, FRAMING
from summit_service.web.reader_zone import zone_of

PAGE = 50
VIEWS = ("mail", "text", "headers")
BADGES = {
    "accepted": ("Accepted", "good"),
    "returned": ("Came back", "wrong"),
    "failed": ("Failed", "wrong"),
    "uncertain": ("Uncertain", "wait"),
    "deferred": ("Tried, will be tried again", "wait"),
    "stopped": ("Stopped", "plain"),
    "queued": ("Waiting", "plain"),
    "sending": ("Being sent", "plain"),
}


def badge(state: str) -> tuple[str, str]:
    """A mail's state in words, and the kind of badge."""
    return BADGES[state]


def kind_words(kind: str) -> str:
    """A kind of mail as people call it: `signing_request` is Signing request."""
    return kind.replace("_", " ").capitalize()


def list_address(**given: Any) -> str:
    """The address of the list with these filters; what is empty is left out."""
    return filtered("/desk/mails", **given)


@get("/desk/mails")
async def mails(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    kind: FromQuery[str] = "",
    q: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """The outbox: each mail, what became of it, the next server's words."""
    check_secretariat(actor)
    states = (in_state,) if in_state in mail.STATES else ()
    rows = await mail.outbox(states=states, kind=kind, search=q[:200], before=before, limit=PAGE + 1)
    given = {"state": in_state, "kind": kind, "q": q}
    return page(
        request,
        "desk/mails.html",
        actor=actor,
        rows=rows[:PAGE],
        older=list_address(**given, before=rows[PAGE - 1].id) if len(rows) > PAGE else "",
        state=in_state if states else "",
        kind=kind,
        q=q,
        kinds=[("", "Every kind"), *((name, kind_words(name)) for name in await mail.kinds())],
        unseen=(await mail.unseen_counts()).get(in_state, 0) if before is None and not (kind or q) else 0,
        made_at=now.isoformat(),
        tabs=_tabs(await mail.counts_by_state(), given),
        health=await mail.health(now=now),
        zone=zone_of(actor),
        **_WORDS,
    )


@post("/desk/mails/looked-at", status_code=303)
async def looked_at(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """A person has seen which mails did not arrive; the desk tells of them no more."""
    check_secretariat(actor)
    form = await request.form()
    state = text(form, "state")
    await actions.mark_looked_at(state, until=_moment(text(form, "until"), now), actor=actor, now=now)
    return see_other(list_address(state=state))


def _moment(typed: str, now: datetime) -> datetime:
    """When the page was made; never later than now, and now where it says nothing that can be read."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return now
    return min(at, now) if at.tzinfo is not None else now


def _tabs(counts: dict[str, int], given: dict[str, str]) -> list[tuple[str, str, bool]]:
    here = given["state"]
    shown = [name for name in mail.STATES if counts[name] or name == here]
    named = [
        (f"{badge(name)[0]} ({counts[name]})", list_address(**given | {"state": name}), name == here)
        for name in shown
    ]
    total = (
        f"All ({sum(counts.values())})",
        list_address(**given | {"state": ""}),
        here not in mail.STATES,
    )
    return [total, *named]


@get("/desk/mails/{identifier:int}")
async def one_mail(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
    view: FromQuery[str] = "mail",
) -> Response[str]:
    """One mail: each thing that happened to it, and its text with the links masked."""
    check_secretariat(actor)
    return await _one(request, actor, now, identifier, view=view if view in VIEWS else "mail")


async def _one(
    request: Request[Any, Any, Any],
    actor: Actor,
    now: datetime,
    identifier: int,
    *,
    view: str = "mail",
    problem: str = "",
) -> Response[str]:
    row = await _row(identifier)
    letter, fault = _letter(row, now)
    zone = zone_of(actor)
    return page(
        request,
        "desk/mail.html",
        actor=actor,
        status=409 if problem else 200,
        headers=FRAMING,
        mail=row,
        letter=letter,
        fault=fault,
        view=view,
        steps=timeline.steps_of(row, await history.events_of(row.id)),
        again=(await actions.why_not_again([row], now=now))[row.id],
        problem=problem,
        zone=zone,
        **_WORDS,
    )


async def _row(identifier: int) -> OutboxMessage:
    row = await mail.mail_by_id(identifier)
    if row is None:
        raise NotFound("There is no such mail.")
    return row


def _letter(row: OutboxMessage, now: datetime) -> tuple[Letter | None, str]:
    try:
        return preview.letter_of(row, now=now), ""
    except CannotRender as fault:
        return None, str(fault)


@get("/desk/mails/{identifier:int}/html")
async def mail_html(
    actor: NamedDependency[Actor], now: NamedDependency[datetime], identifier: FromPath[int]
) -> Response[str]:
    """The HTML part alone, for the frame, with every link masked."""
    check_secretariat(actor)
    letter, fault = _letter(await _row(identifier), now)
    if letter is None:
        raise NotFound(f"The text of this mail cannot be shown: {fault}")
    return Response(letter.html, media_type=MediaType.HTML, headers=FRAMED)


@get("/desk/mails/copies")
async def ask_again(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """How many of the chosen mails would be sent again, and which cannot be; nothing is sent yet."""
    check_secretariat(actor)
    return await _ask(request, actor, now, request.query_params.getall("mail", []))


async def _ask(
    request: Request[Any, Any, Any], actor: Actor, now: datetime, chosen: list[str], *, problem: str = ""
) -> Response[str]:
    rows = await mail.mails_by_id(_numbers(chosen))
    why_not = await actions.why_not_again(rows, now=now)
    refused = [(row, why_not[row.id]) for row in rows]
    return page(
        request,
        "desk/mails_again.html",
        actor=actor,
        status=409 if problem else 200,
        rows=[row for row, why in refused if not why],
        refused=[(row, why) for row, why in refused if why],
        problem=problem,
        **_WORDS,
    )


def _numbers(chosen: list[str]) -> list[int]:
    return sorted({int(number) for number in chosen[:PAGE] if number.isascii() and number.isdecimal()})


@post("/desk/mails/copies", status_code=303)
async def send_again(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The chosen mails once more, each as a row of its own; all of them or none."""
    check_secretariat(actor)
    chosen = texts(await request.form(), "mail")
    try:
        made = await resending.resend_all(_numbers(chosen), actor=actor, now=now)
    except SummitError as refusal:
        return await _ask(request, actor, now, chosen, problem=refusal.sentence)
    return see_other(f"/desk/mails/{made[0]}" if len(made) == 1 else "/desk/mails")


@post("/desk/mails/{identifier:int}/stop", status_code=303)
async def stop(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Stop a mail that waits."""
    check_secretariat(actor)
    try:
        await actions.stop_mail(identifier, actor=actor, now=now)
    except NotFound:
        raise
    except SummitError as refusal:
        return await _one(request, actor, now, identifier, problem=refusal.sentence)
    return see_other(f"/desk/mails/{identifier}")


@post("/desk/mails/resumption", status_code=303)
async def resume(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> Response[Any]:
    """Let a paused queue go on."""
    check_secretariat(actor)
    await actions.resume(actor=actor, now=now)
    return see_other("/desk/mails")


_WORDS: dict[str, Any] = {"badge": badge, "shown_state": mail.shown_state, "kind_words": kind_words}

ROUTES: list[Any] = [mails, ask_again, send_again, one_mail, mail_html, stop, resume, looked_at]
