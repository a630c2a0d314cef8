"""Pages: writing a statement's text on the desk, with a preview, and beside what somebody else saved meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.statements import (
    actions,
    paragraphs,
    queries,
    reading,
    redline,
    redline_words,
    rules,
    texts,
    version_rules,
)
from summit_service.statements.paragraphs import Paragraph
from summit_service.statements.redline import Piece
from summit_service.statements.tables import Statement, TextVersion
from summit_service.web import statements_steps as steps
from summit_service.web.forms import fields
from summit_service.web.layout import html, is_htmx, page, render, see_other
from summit_service.web.statements_desk import BASE, PRESETS

NEW = ("title", "text", "note", "edition", "policy", "closes_at", "timezone")
VERSION = ("text", "note", "language", "role", "known")


@dataclass(frozen=True, slots=True)
class Preview:
    """A text as it would read, and what it changes in the version before where there is one."""

    blocks: list[Paragraph]
    language: str
    before: TextVersion | None = None
    pieces: tuple[Piece, ...] = ()


@get(f"{BASE}/new")
async def new(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """An empty form."""
    check_secretariat(actor)
    return _new_form(request, actor, dict.fromkeys(NEW, "") | {"policy": "consensus"})


@post(f"{BASE}/new", status_code=200)
async def create(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """A new draft, or the form again with what is wrong and all that was typed."""
    check_secretariat(actor)
    form = await fields(request, *NEW)
    try:
        edition = steps.year(form["edition"])
        made = await actions.create_statement(
            actor=actor,
            now=database_now,
            title=form["title"],
            text=form["text"],
            note=form["note"],
            edition=edition,
            policy_given=form["policy"],
        )
    except Invalid as fault:
        return _new_form(request, actor, form, fault=fault)
    return see_other(f"{BASE}/{made.slug}?done=new")


@post(f"{BASE}/preview", status_code=200)
async def preview(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """How the text that is typed reads: a fragment for htmx, else the whole form with it. Nothing is saved."""
    check_secretariat(actor)
    slug = (await fields(request, "slug"))["slug"]
    form = await fields(request, *(VERSION if slug else NEW))
    row = await queries.statement_by_slug(slug) if slug else None
    shown, fault = None, None
    try:
        shown = await _preview_of(row, form)
    except Invalid as refusal:
        fault = refusal
    if is_htmx(request):
        told = fault.by_field() if fault else {}
        part = "statements/_preview.html"
        return html(
            render(request, part, actor=actor, preview=shown, preview_faults=told, words=redline_words)
        )
    if row is None:
        return _new_form(request, actor, form, fault=fault, preview=shown)
    return await _version_form(request, actor, row, form, fault=fault, preview=shown)


async def _preview_of(row: Statement | None, form: dict[str, str]) -> Preview:
    """Raises Invalid for a text that cannot be kept."""
    canonical = texts.canonical(version_rules.check_text(form["text"]))
    language = form.get("language") or "en"
    versions = await queries.versions_of(row) if row else []
    before = next((v for v in versions if v.language == language), None)
    pieces = redline.compare(before.canonical, canonical) if before else ()
    return Preview(paragraphs.numbered(canonical), language, before, pieces)


def _new_form(
    request: Request[Any, Any, Any],
    actor: Actor,
    form: dict[str, str],
    *,
    fault: Invalid | None = None,
    preview: Preview | None = None,
) -> Response[str]:
    return page(
        request,
        "statements/desk_new.html",
        actor=actor,
        status=422 if fault else 200,
        form=form,
        faults=fault.by_field() if fault else {},
        presets=PRESETS,
        preview=preview,
        preview_faults={},
        words=redline_words,
    )


@get(f"{BASE}/{{slug:str}}/versions")
async def version_form(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """The newest text in a language (`?language=fr`; else the one that counts), to be changed."""
    check_secretariat(actor)
    row = await queries.statement_by_slug(slug)
    newest = queries.newest(await queries.versions_of(row))
    wanted = request.query_params.get("language", "")
    shown = next((v for v in newest if v.language == wanted), None) or _first(newest)
    is_new = bool(wanted) and (shown is None or shown.language != wanted)
    form = {
        "text": shown.markdown if shown and not is_new else "",
        "note": "",
        "language": wanted if is_new else shown.language if shown else "en",
        "role": "courtesy" if is_new and shown else shown.role if shown else "authoritative",
        "known": version_rules.pack(newest),
    }
    return await _version_form(request, actor, row, form)


def _first(newest: list[TextVersion]) -> TextVersion | None:
    """The text that counts, else the first."""
    return next((v for v in newest if v.role in rules.SIGNED_ROLES), newest[0] if newest else None)


@post(f"{BASE}/{{slug:str}}/versions", status_code=200)
async def add_version(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Another version, or the form again; beside it what somebody else saved meanwhile."""
    check_secretariat(actor)
    form = await fields(request, *VERSION)
    try:
        await actions.add_version(
            slug,
            actor=actor,
            now=database_now,
            text=form["text"],
            note=form["note"],
            language=form["language"],
            role=form["role"],
            known=version_rules.unpack(form["known"]),
        )
    except (Invalid, Conflict) as fault:
        row = await queries.statement_by_slug(slug)
        return await _version_form(request, actor, row, form, fault=fault)
    return see_other(f"{BASE}/{slug}?done=version")


async def _version_form(
    request: Request[Any, Any, Any],
    actor: Actor,
    row: Statement,
    form: dict[str, str],
    *,
    fault: Invalid | Conflict | None = None,
    preview: Preview | None = None,
) -> Response[str]:
    newest = queries.newest(await queries.versions_of(row))
    theirs = _saved_meanwhile(newest, form, fault)
    if theirs is not None:
        form = form | {"known": version_rules.pack(newest)}
    original = next((v for v in newest if v.role == "authoritative" and v.language != form["language"]), None)
    return page(
        request,
        "statements/desk_version.html",
        actor=actor,
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        statement=row,
        form=form,
        faults=steps.faults_of(fault),
        roles=list(rules.ROLES.items()),
        preview=preview,
        preview_faults={},
        words=redline_words,
        theirs=theirs,
        their_name=(await reading.authors_of([theirs]))[theirs.id] if theirs else "",
        yours=redline.compare(theirs.canonical, texts.canonical(form["text"])) if theirs else (),
        is_original=bool(theirs and theirs.language != form["language"]),
        original=original if theirs is None else None,
        original_blocks=paragraphs.numbered(original.canonical) if original else [],
    )


def _saved_meanwhile(
    newest: list[TextVersion], form: dict[str, str], fault: Invalid | Conflict | None
) -> TextVersion | None:
    """What the writer has not seen: the newest in the same language, or the original of a translation."""
    if not isinstance(fault, Conflict):
        return None
    if fault.code == "version_newer":
        return next(v for v in newest if v.language == form["language"])
    if fault.code == "original_newer":
        known = version_rules.unpack(form["known"])
        return next(v for v in newest if v.role == "authoritative" and v.n > known.get(v.language, 0))
    return None


ROUTES: list[Any] = [new, create, preview, version_form, add_version]
