"""Pages: what the network is and whom it takes, the enquiry, and the link that confirms its address."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.accounts.actor import Actor
from summit_service.enquiries import actions, rules
from summit_service.enquiries.rules import Form
from summit_service.errors import Gone, Invalid, NotFound, SummitError
from summit_service.members.countries import COUNTRIES
from summit_service.members.rules import KINDS
from summit_service.templating import country_name
from summit_service.web import rates
from summit_service.web.forms import text
from summit_service.web.layout import page

NO_RULE = "There is no rule for you yet; your enquiry is kept for the day there is."
WORKS = [("yes", "Yes"), ("no", "No, or not explicitly")]


@get("/join")
async def join(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """The network in words, its rules, and the form."""
    return _form(request, actor, Form())


@post("/join", status_code=200)
async def enquire(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take an enquiry in; the answer is the same whether or not the address is known."""
    rates.check(request, "enquiry")
    form = await request.form()
    typed = Form(**{field: text(form, field) for field in rules.FIELDS})
    try:
        await actions.enquire(typed, now=now)
    except Invalid as fault:
        return _form(request, actor, typed, faults=fault.by_field())
    return page(
        request,
        "join/asked.html",
        actor=actor,
        email=typed.email.strip(),
        has_no_rule=typed.body in rules.WITHOUT_RULE,
        noindex=True,
    )


@get("/join/{token:str}")
async def confirm_page(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """The page behind the mailed link: what was typed, and one button. Opening it changes nothing."""
    try:
        enquiry = await actions.enquiry_to_confirm(token, now=now)
    except (NotFound, Gone) as fault:
        return _ended(request, actor, fault)
    return page(request, "join/confirm.html", actor=actor, enquiry=enquiry, bodies=rules.BODIES, noindex=True)


@post("/join/{token:str}", status_code=200)
async def confirm(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Confirm the address; the secretariat reads the enquiry from now on."""
    try:
        enquiry = await actions.confirm(token, now=now)
    except (NotFound, Gone) as fault:
        return _ended(request, actor, fault)
    has_no_rule = enquiry.body in rules.WITHOUT_RULE
    return page(
        request, "join/confirmed.html", actor=actor, enquiry=enquiry, has_no_rule=has_no_rule, noindex=True
    )


def _form(
    request: Request[Any, Any, Any], actor: Actor, typed: Form, *, faults: dict[str, str] | None = None
) -> Response[Any]:
    return page(
        request,
        "join/join.html",
        join_about=settings.current().join_about,
        actor=actor,
        status=422 if faults else 200,
        form=asdict(typed),
        faults=faults or {},
        rules=rules.RULES,
        kinds=list(KINDS.items()),
        countries=sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda pair: pair[1]),
        works=WORKS,
        bodies=[(value, words, _HINTS.get(value, "")) for value, words in rules.BODIES.items()],
    )


_HINTS = {"researcher": "For example a book on empathy.", "commercial": NO_RULE, "individual": NO_RULE}


def _ended(request: Request[Any, Any, Any], actor: Actor, fault: SummitError) -> Response[Any]:
    """The one page for a link that confirms nothing."""
    rates.check(request, "wrong_link")
    status = 404 if isinstance(fault, NotFound) else 410
    return page(
        request,
        "join/ended.html",
        actor=actor,
        status=status,
        sentence=fault.sentence,
        is_confirmed=fault.sentence == rules.CONFIRMED,
        noindex=True,
    )


ROUTES: list[Any] = [join, enquire, confirm_page, confirm]
