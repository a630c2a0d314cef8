"""The desk's pages about enquiries: the list, each answer beside its rule, the talk, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.enquiries import actions, queries, rules
from summit_service.enquiries.actions import Decision
from summit_service.enquiries.tables import Enquiry
from summit_service.errors import Conflict, Invalid
from summit_service.mail import own_words, return_path
from summit_service.members import queries as members
from summit_service.members.rules import KINDS
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

DONE = {
    "asked": "Your question is on its way.",
    "read": "It is marked as read.",
    "noted": "It is kept with the enquiry.",
    "decided": "The decision is kept, and the mail about it is on its way.",
    "erased": "What was personal in the enquiry is erased.",
}
UNSURE = {"sure": "Tick this, so that nothing is erased by mistake."}
VERDICTS = {
    "met": ("As the rule asks", "good"),
    "not_met": ("Not as the rule asks", "wrong"),
    "no_rule": ("No rule yet", "wait"),
    "open": ("To be weighed", "wait"),
}
PIECES = {
    rules.QUESTION: "asked by mail",
    rules.REPLY: "pasted their reply",
    rules.ANSWER: "answered by mail",
    rules.NOTE: "noted for the desk",
}
BADGES = {"": "wait", "kept": "wait", "declined": "plain", "member": "good", "associate": "good"}


@get("/desk/enquiries")
async def enquiries(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Those to decide first, then those that are kept, then those decided within the year."""
    check_secretariat(actor)
    found = await queries.confirmed_enquiries(now=now)
    groups = [
        ("To decide", [one for one in found if one.decision == ""]),
        ("Kept for the day there is a rule", [one for one in found if one.decision == "kept"]),
        ("Decided", [one for one in found if one.decision not in {"", "kept"}]),
    ]
    return page(
        request,
        "desk_enquiries/list.html",
        actor=actor,
        groups=[(title, rows) for title, rows in groups if rows],
        badge=badge,
        kinds=KINDS,
        done=DONE.get(request.query_params.get("done", ""), ""),
        noindex=True,
    )


def badge(enquiry: Enquiry) -> tuple[str, str]:
    """Its state in words, and the kind of badge."""
    return rules.DECIDED[enquiry.decision], BADGES[enquiry.decision]


@get("/desk/enquiries/{identifier:int}")
async def one_enquiry(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Everything about one enquiry."""
    return await _shown(
        request, actor, now, identifier, done=DONE.get(request.query_params.get("done", ""), "")
    )


@post("/desk/enquiries/{identifier:int}/questions", status_code=200)
async def ask(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Mail a question to the enquirer."""
    check_secretariat(actor)
    form = await request.form()
    typed = {"question": text(form, "question")}
    try:
        await actions.ask(identifier, typed["question"], talk=_talk(form), actor=actor, now=now)
    except Invalid as fault:
        return await _shown(request, actor, now, identifier, typed=typed, faults=fault.by_field())
    return see_other(f"/desk/enquiries/{identifier}?done=asked")


@post("/desk/enquiries/{identifier:int}/notes", status_code=200)
async def write_down(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Keep a reply that came by mail, or a note."""
    check_secretariat(actor)
    form = await request.form()
    typed = {"note": text(form, "note"), "is": text(form, "is")}
    is_reply = typed["is"] != rules.NOTE
    try:
        await actions.write_down(
            identifier, typed["note"], is_reply=is_reply, talk=_talk(form), actor=actor, now=now
        )
    except Invalid as fault:
        return await _shown(request, actor, now, identifier, typed=typed, faults=fault.by_field())
    return see_other(f"/desk/enquiries/{identifier}?done=noted")


@post("/desk/enquiries/{identifier:int}/answer-read", status_code=303)
async def mark_read(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """An answer needs nothing more."""
    check_secretariat(actor)
    try:
        await actions.mark_read(identifier, talk=_talk(await request.form()), actor=actor, now=now)
    except Conflict as refusal:
        return await _shown(request, actor, now, identifier, refusal=refusal.sentence)
    return see_other(f"/desk/enquiries/{identifier}?done=read#talk")


@post("/desk/enquiries/{identifier:int}/decision", status_code=200)
async def decide(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Accept, decline or keep, with a reason that is mailed."""
    check_secretariat(actor)
    form = await request.form()
    typed = {name: text(form, name) for name in ("decision", "reason", "name", "seen")}
    given = Decision(
        decision=typed["decision"],
        reason=typed["reason"],
        name=typed["name"],
        seen=_number(typed["seen"]),
        talk=_talk(form),
    )
    try:
        await actions.decide(identifier, given, actor=actor, now=now)
    except Invalid as fault:
        return await _shown(request, actor, now, identifier, typed=typed, faults=fault.by_field())
    except Conflict as refusal:
        return await _shown(request, actor, now, identifier, typed=typed, refusal=refusal.sentence)
    return see_other(f"/desk/enquiries/{identifier}?done=decided")


@post("/desk/enquiries/{identifier:int}/erasure", status_code=200)
async def erase(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Erase what is personal before its day, as who enquired may ask."""
    check_secretariat(actor)
    if text(await request.form(), "sure") != "yes":
        return await _shown(request, actor, now, identifier, faults=UNSURE)
    await actions.erase(identifier, actor=actor, now=now)
    return see_other("/desk/enquiries?done=erased")


def _talk(form: Any) -> int:
    """The last piece of the talk that was on the page; a form that does not say has shown none."""
    return max(0, _number(text(form, "talk")))


def _number(value: str) -> int:
    """What the page showed; what is not a number fits nothing that was decided."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1


async def _shown(
    request: Request[Any, Any, Any],
    actor: Actor,
    now: datetime,
    identifier: int,
    *,
    typed: Mapping[str, str] | None = None,
    faults: dict[str, str] | None = None,
    refusal: str = "",
    done: str = "",
) -> Response[Any]:
    check_secretariat(actor)
    enquiry = await queries.readable_enquiry(identifier, now=now)
    organisation = await members.organisation_by_id(enquiry.organisation) if enquiry.organisation else None
    talk = await queries.talk_about(enquiry.id)
    start = {
        "name": enquiry.name,
        "reason": "",
        "decision": "",
        "question": "",
        "note": "",
        "is": rules.REPLY,
    }
    return page(
        request,
        "desk_enquiries/enquiry.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        enquiry=enquiry,
        readings=_readings(enquiry),
        verdicts=VERDICTS,
        badge=badge(enquiry),
        talk=talk,
        last_piece=talk[-1].id if talk else 0,
        pieces=PIECES,
        quoted=own_words.QUOTED,
        answers_come_here=return_path.is_read(settings.current()),
        decider=await queries.decider_of(enquiry),
        organisation=organisation,
        namesake=None if organisation else await members.organisation_by_name(enquiry.name),
        ends_at=queries.ends_at(enquiry),
        is_open=enquiry.decision in {"", "kept"},
        decisions=list(rules.DECISIONS.items()),
        kinds=KINDS,
        typed=start | dict(typed or {}),
        faults=faults or {},
        refusal=refusal,
        done=done,
        noindex=True,
    )


def _readings(enquiry: Enquiry) -> tuple[rules.Reading, ...]:
    return rules.readings(
        works_on_empathy=enquiry.works_on_empathy,
        how=enquiry.how,
        body=enquiry.body,
        evidence=enquiry.evidence,
    )


ROUTES: list[Any] = [enquiries, one_enquiry, ask, write_down, mark_read, decide, erase]
