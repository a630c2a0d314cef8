"""Pages: the outline that a consortium writes together, its versions, and what became of the application."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.accounts.actor import Actor
from summit_service.consortia import actions, queries, rules
from summit_service.consortia.queries import Version, View
from summit_service.consortia.rules import Outcome
from summit_service.errors import Conflict, Invalid, NotAllowed
from summit_service.statements import paragraphs, redline, redline_words, texts, version_rules
from summit_service.web.consortia import AnyRequest
from summit_service.web.forms import fields
from summit_service.web.layout import html, is_htmx, page, render, see_other

TYPED = ("text", "note", "known")
OUTCOME = ("state", "amount", "currency", "public_line")


@get("/consortia/{consortium_id:int}/outline")
async def form(
    request: AnyRequest, consortium_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """The newest version, to be changed."""
    found = await queries.inside(consortium_id, viewer=actor)
    newest = await queries.newest_of(consortium_id)
    typed = {"text": newest.markdown if newest else "", "note": "", "known": str(newest.n if newest else 0)}
    return _form_page(request, actor, found, typed)


@post("/consortia/{consortium_id:int}/outline", status_code=200)
async def write(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Save a version, or show the form again; beside it what somebody else saved meanwhile."""
    found = await queries.inside(consortium_id, viewer=actor)
    typed = await fields(request, *TYPED)
    known = number(typed["known"])
    try:
        await actions.write(
            consortium_id, typed["text"], note=typed["note"], known=known, actor=actor, now=now
        )
    except (Invalid, Conflict) as refusal:
        newest = await queries.newest_of(consortium_id)
        theirs = newest if newest and newest.n > known else None
        return _form_page(request, actor, found, typed, refusal=refusal, theirs=theirs)
    return see_other(f"/consortia/{consortium_id}?done=written")


@post("/consortia/{consortium_id:int}/outline/preview", status_code=200)
async def preview(
    request: AnyRequest, consortium_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """How the text that is typed reads: a fragment for htmx, else the whole form with it. Nothing is saved."""
    found = await queries.inside(consortium_id, viewer=actor)
    typed = await fields(request, *TYPED)
    shown: dict[str, Any] | None = None
    faults: dict[str, str] = {}
    try:
        canonical = texts.canonical(version_rules.check_text(typed["text"]))
        before = await queries.newest_of(consortium_id)
        shown = {
            "blocks": paragraphs.numbered(canonical),
            "language": "und",
            "before": before,
            "pieces": redline.compare(before.canonical, canonical) if before else (),
        }
    except Invalid as refusal:
        faults = refusal.by_field()
    if is_htmx(request):
        part = "statements/_preview.html"
        return html(
            render(request, part, actor=actor, preview=shown, preview_faults=faults, words=redline_words)
        )
    return _form_page(request, actor, found, typed, preview=shown, preview_faults=faults)


@get("/consortia/{consortium_id:int}/outline/versions")
async def versions(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    *,
    old: FromQuery[str] = "",
    new: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[Any]:
    """Who wrote which version when; a choice of two leads to their redline."""
    found = await queries.inside(consortium_id, viewer=actor)
    if old and new:
        return see_other(f"/consortia/{consortium_id}/outline/versions/{number(old)}/changes/{number(new)}")
    listed, older = await queries.versions_of(consortium_id, before=number(before))
    return page(
        request,
        "consortia/versions.html",
        actor=actor,
        brief=found.brief,
        versions=listed,
        next_url=f"/consortia/{consortium_id}/outline/versions?before={older}" if older else "",
        noindex=True,
    )


@get("/consortia/{consortium_id:int}/outline/versions/{n:int}")
async def version(
    request: AnyRequest, consortium_id: FromPath[int], n: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """One version as it reads."""
    found = await queries.inside(consortium_id, viewer=actor)
    shown = await queries.version_of(consortium_id, n)
    return page(
        request,
        "consortia/version.html",
        actor=actor,
        brief=found.brief,
        version=shown,
        blocks=paragraphs.numbered(shown.canonical),
        noindex=True,
    )


@get("/consortia/{consortium_id:int}/outline/versions/{old:int}/changes/{new:int}")
async def changes(
    request: AnyRequest,
    consortium_id: FromPath[int],
    old: FromPath[int],
    new: FromPath[int],
    actor: NamedDependency[Actor],
) -> Response[str]:
    """The redline of two versions."""
    found = await queries.inside(consortium_id, viewer=actor)
    before, after = await queries.version_of(consortium_id, old), await queries.version_of(consortium_id, new)
    pieces = redline.compare(before.canonical, after.canonical)
    return page(
        request,
        "consortia/changes.html",
        actor=actor,
        brief=found.brief,
        old=before,
        new=after,
        pieces=pieces,
        groups=redline.folded(pieces),
        words=redline_words,
        noindex=True,
    )


@get("/consortia/{consortium_id:int}/outcome")
async def outcome_form(
    request: AnyRequest, consortium_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """What became of it?"""
    found = await _led(consortium_id, actor)
    typed = {name: getattr(found.brief, name) for name in OUTCOME}
    return _outcome_page(request, actor, found, typed)


@post("/consortia/{consortium_id:int}/outcome", status_code=200)
async def record(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Record it, or show the form again."""
    found = await _led(consortium_id, actor)
    typed = await fields(request, *OUTCOME)
    try:
        await actions.record(consortium_id, Outcome(**typed), actor=actor, now=now)
    except Invalid as refusal:
        return _outcome_page(request, actor, found, typed, refusal=refusal)
    return see_other(f"/consortia/{consortium_id}?done=outcome")


def number(typed: str) -> int:
    """What was chosen or sent back; 0, which no version has, for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


async def _led(consortium_id: int, actor: Actor) -> View:
    found = await queries.inside(consortium_id, viewer=actor)
    if not actor.can_manage(found.brief.lead_id):
        raise NotAllowed("Only the organisation that leads this consortium can do this.")
    return found


def _form_page(
    request: AnyRequest,
    actor: Actor,
    found: View,
    typed: dict[str, str],
    *,
    refusal: Invalid | Conflict | None = None,
    theirs: Version | None = None,
    preview: dict[str, Any] | None = None,
    preview_faults: dict[str, str] | None = None,
) -> Response[str]:
    if theirs is not None:
        typed = typed | {"known": str(theirs.n)}
    return page(
        request,
        "consortia/outline.html",
        actor=actor,
        status=422 if isinstance(refusal, Invalid) else 409 if refusal else 200,
        brief=found.brief,
        form=typed,
        faults=refusal.by_field()
        if isinstance(refusal, Invalid)
        else {"text": refusal.sentence}
        if refusal
        else {},
        theirs=theirs,
        yours=redline.compare(theirs.canonical, texts.canonical(typed["text"])) if theirs else (),
        words=redline_words,
        preview=preview,
        preview_faults=preview_faults or {},
        noindex=True,
    )


def _outcome_page(
    request: AnyRequest, actor: Actor, found: View, typed: dict[str, str], *, refusal: Invalid | None = None
) -> Response[str]:
    return page(
        request,
        "consortia/outcome.html",
        actor=actor,
        status=422 if refusal else 200,
        brief=found.brief,
        form=typed,
        states=list(rules.STATES.items()),
        faults=refusal.by_field() if refusal else {},
        noindex=True,
    )


ROUTES: list[Any] = [form, write, preview, versions, version, changes, outcome_form, record]
