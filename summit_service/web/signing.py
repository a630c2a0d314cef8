"""Pages: the letter behind a signing link, its second page, and what it shows when that is over.

No cookie, no script, no actor: the token in the path is the authority, so `Origin: null` is taken.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings, zones
from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.statements import (
    actions,
    board_pack,
    counting,
    holds,
    letters,
    paragraphs,
    pdf_gaps,
    queries,
    redline,
    redline_words,
    rules,
    texts,
)
from summit_service.statements.tallying import SIGNING
from summit_service.visitor import Visitor, check_rate, visitor
from summit_service.web.layout import page, see_other

KEPT = ("name", "reason", "capacity", "printed")


@get("/sign/{token:str}")
async def letter(
    request: Request[Any, Any, Any], token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """The letter, the receipt, or what happened; reading changes nothing, however often and by whatever."""
    found = await letters.letter_of(token, now=database_now)
    if found is None:
        return _nothing(request)
    return await _shown(request, token, found, now=database_now)


@get("/sign/{token:str}/deadline.ics")
async def deadline(
    request: Request[Any, Any, Any], token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """The deadline as a calendar entry, while there is one."""
    found = await letters.letter_of(token, now=database_now)
    if found is None:
        return _nothing(request)
    if found.standing not in {"open", "answered"}:
        return await _shown(request, token, found, now=database_now)
    entry = holds.render(found.statement, found.request, zone=found.zone, now=found.request.created_at)
    headers = {"Content-Disposition": 'attachment; filename="deadline.ics"', "Cache-Control": "no-store"}
    return Response(entry.encode(), media_type="text/calendar", headers=headers)


@post("/sign/{token:str}/review", status_code=200)
async def review(
    request: Request[Any, Any, Any], token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """The second page: the choice in words, with a nonce that gives it once."""
    check_rate("answer", _visitor(request).address)
    form = await _fields(request)
    try:
        reviewed = await actions.review(
            token, choice=form.get("choice", ""), text_set_sha256=form.get("text_set", ""), now=database_now
        )
    except NotFound:
        return _nothing(request)
    except Conflict as fault:
        return _changed(request, token, fault, form)
    except (Invalid, Gone) as fault:
        return await _again(request, token, fault, form, now=database_now)
    found = await _letter(token, now=database_now)
    return _second(request, token, found, reviewed, form)


@post("/sign/{token:str}/answer", status_code=200)
async def answer(
    request: Request[Any, Any, Any], token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the answer; afterwards the link shows the receipt."""
    check_rate("answer", _visitor(request).address)
    form = await _fields(request)
    try:
        await actions.answer(
            token,
            _answer_form(form),
            visitor=_visitor(request),
            agent=request.headers.get("User-Agent", ""),
            now=database_now,
        )
    except NotFound:
        return _nothing(request)
    except Conflict as fault:
        return _changed(request, token, fault, form)
    except (Invalid, Gone) as fault:
        return await _again(request, token, fault, form, now=database_now)
    return see_other(f"/sign/{token}")


@post("/sign/{token:str}/line", status_code=200)
async def line(
    request: Request[Any, Any, Any], token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """Have the name printed otherwise, from the end of signing until publication."""
    check_rate("answer", _visitor(request).address)
    form = await _fields(request)
    try:
        await actions.correct_line(
            token,
            printed=form.get("printed", ""),
            text_set_sha256=form.get("text_set", ""),
            confirmed=form.get("confirmed") == "yes",
            visitor=_visitor(request),
            agent=request.headers.get("User-Agent", ""),
            now=database_now,
        )
    except NotFound:
        return _nothing(request)
    except Conflict as fault:
        return _changed(request, token, fault, form)
    except (Invalid, Gone) as fault:
        found = await letters.letter_of(token, now=database_now)
        if found is None:
            return _nothing(request)
        faults = fault.by_field() if isinstance(fault, Invalid) else {}
        status = 422 if isinstance(fault, Invalid) else 410
        return await _shown(
            request,
            token,
            found,
            now=database_now,
            status=status,
            faults=faults,
            form=form if faults else None,
        )
    return see_other(f"/sign/{token}")


async def _fields(request: Request[Any, Any, Any]) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _answer_form(form: dict[str, str]) -> actions.AnswerForm:
    return actions.AnswerForm(
        nonce=form.get("nonce", ""),
        text_set_sha256=form.get("text_set", ""),
        attested=form.get("attested") == "yes",
        name=form.get("name", ""),
        capacity=form.get("capacity", ""),
        reason=form.get("reason", ""),
        printed=form.get("printed", ""),
    )


def _visitor(request: Request[Any, Any, Any]) -> Visitor:
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    return visitor(peer, forwarded, trusted=settings.current().trusted_proxies)


async def _letter(token: str, *, now: datetime) -> letters.Letter:
    found = await letters.letter_of(token, now=now)
    if found is None:
        raise NotFound("This link opens nothing.")
    return found


def _nothing(request: Request[Any, Any, Any]) -> Response[Any]:
    """One page for every link that opens nothing: unknown, malformed, expired, revoked."""
    check_rate("wrong_link", _visitor(request).address)
    return page(request, "signing/nothing.html", status=404, reply_to=_reply_to(), noindex=True)


def _changed(
    request: Request[Any, Any, Any], token: str, fault: Conflict, form: dict[str, str]
) -> Response[Any]:
    return page(
        request,
        "signing/changed.html",
        status=409,
        noindex=True,
        sentence=fault.sentence,
        token=token,
        reason=form.get("reason", ""),
        reply_to=_reply_to(),
    )


async def _again(
    request: Request[Any, Any, Any], token: str, fault: Invalid | Gone, form: dict[str, str], *, now: datetime
) -> Response[Any]:
    """The page once more, with what is missing and all that was typed; or how signing ended."""
    found = await letters.letter_of(token, now=now)
    if found is None:
        return _nothing(request)
    if isinstance(fault, Gone):
        return await _shown(request, token, found, now=now, status=410, form=form)
    faults = fault.by_field()
    reviewed = await actions.reviewed(found, form.get("nonce", ""), now=now)
    if reviewed is None:
        return await _shown(request, token, found, now=now, status=422, faults=faults, form=form)
    return _second(request, token, found, reviewed, form, status=422, faults=faults)


def _second(
    request: Request[Any, Any, Any],
    token: str,
    found: letters.Letter,
    reviewed: actions.Reviewed,
    form: dict[str, str],
    *,
    status: int = 200,
    faults: dict[str, str] | None = None,
) -> Response[Any]:
    return page(
        request,
        "signing/review.html",
        status=status,
        noindex=True,
        token=token,
        letter=found,
        reviewed=reviewed,
        form={name: form.get(name, "") for name in KEPT}
        | {"printed": form.get("printed", "") or _printed(found)}
        | {"attested": form.get("attested") == "yes", "capacity": _capacity(found, form)},
        faults=faults or {},
        code=texts.code_word(found.text_set.sha256),
        capacities=rules.CAPACITIES,
        reply_to=_reply_to(),
    )


def _printed(found: letters.Letter) -> str:
    """As in the signature that stands, else as we know the person."""
    is_signed = found.answer is not None and found.answer.kind in SIGNING
    return found.answer.signatory_name if found.answer and is_signed else found.request.person_name


def _capacity(found: letters.Letter, form: dict[str, str]) -> str:
    """The one that was chosen now, or else that of the signature to the earlier text."""
    return form.get("capacity", "") or (found.before.answer.capacity if found.before else "")


async def _shown(
    request: Request[Any, Any, Any],
    token: str,
    found: letters.Letter,
    *,
    now: datetime,
    status: int = 0,
    faults: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
) -> Response[Any]:
    """The page that the letter's standing asks for."""
    can_act = letters.CAN_ANSWER | letters.AFTERWARDS
    is_over = found.standing not in can_act
    is_foreign = found.standing in letters.FOREIGN
    return page(
        request,
        _template(found.standing),
        status=status or (410 if is_over and (found.answer is None or is_foreign) else 200),
        noindex=True,
        token=token,
        letter=found,
        late_until=_late_until(found),
        closes=holds.deadline_words(found.statement, found.zone),
        rule="" if is_over else await counting.rule_in_words(found.statement),
        early=holds.early_words(found.statement, found.zone),
        ended=holds.ended_words(found.statement, found.zone),
        verdict=json.loads(found.statement.tally)["sentence"] if found.statement.tally else "",
        answered=zones.long_moment(found.answer.signed_at, found.zone) if found.answer else "",
        time_left=rules.time_left(found.statement.closes_at, now=now),
        meanings=board_pack.meanings(holds.deadline_words(found.statement, found.zone)),
        texts=[] if is_over else await _texts(found),
        has_paper=not is_over and await _has_paper(found),
        code=texts.code_word(found.text_set.sha256),
        redlines=[] if is_over else await _redlines(found),
        words=redline_words,
        can_correct=await counting.can_correct(found),
        faults=faults or {},
        kept={name: (form or {}).get(name, "") for name in KEPT},
        reply_to=_reply_to(),
    )


async def _has_paper(found: letters.Letter) -> bool:
    """Whether the paper for the board can be set: a text in a script without a font here has none."""
    names = (found.statement.title, found.request.organisation_name, found.request.person_name)
    return await pdf_gaps.can_set(await queries.texts_of(found.text_set), names=names)


async def _redlines(found: letters.Letter) -> list[tuple[str, Any]]:
    """What has changed since the text that the organisation had signed, by language."""
    if found.before is None:
        return []
    earlier = {text.language: text for text in await queries.texts_of(found.before.answer.request.text_set)}
    return [
        (text.language, redline.folded(redline.compare(earlier[text.language].canonical, text.canonical)))
        for text in await queries.texts_of(found.text_set)
        if text.language in earlier
    ]


def _template(standing: str) -> str:
    if standing in letters.AFTERWARDS:
        return "signing/after.html"
    return f"signing/{standing}.html" if standing in letters.CAN_ANSWER else "signing/ended.html"


def _late_until(found: letters.Letter) -> str:
    late_days = json.loads(found.statement.policy).get("late_days")
    end = rules.late_end(found.statement.closes_at, late_days) if found.statement.closes_at else None
    return zones.long_moment(end, found.zone) if end else ""


async def _texts(found: letters.Letter) -> list[tuple[Any, list[paragraphs.Paragraph]]]:
    return [(text, paragraphs.numbered(text.canonical)) for text in await queries.texts_of(found.text_set)]


def _reply_to() -> str:
    return settings.current().mail_reply_to


ROUTES: list[Any] = [letter, deadline, review, answer, line]
