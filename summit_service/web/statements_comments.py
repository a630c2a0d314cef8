"""Pages: what members say about a draft, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import PUBLIC, Actor, check_signed_in
from summit_service.errors import Conflict, Invalid
from summit_service.members import queries as members
from summit_service.statements import (
    actions,
    circulation,
    comment_rules,
    comments,
    paragraphs,
    queries,
    reading,
    redline,
    redline_words,
    rules,
)
from summit_service.web import statements_steps as steps
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

FIELDS = ("organisation", "language", "version", "paragraph", "quoted", "body", "wording")
BADGES = {"accepted": "good", "accepted_in_part": "good", "not_accepted": "wrong", "out_of_scope": "plain"}
DONE = {"comment": "We have your comment. The secretariat answers each one before the text is fixed."}


@get("/statements/{slug:str}/comments")
async def own_comments(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[str]:
    """The text, your organisations' comments on it with what became of each, and the form for another."""
    check_signed_in(actor)
    form = dict.fromkeys(FIELDS, "") | {"paragraph": request.query_params.get("paragraph", "")}
    return await shown(request, slug, actor, form, now=database_now)


@post("/statements/{slug:str}/comments", status_code=200)
async def comment(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Keep the comment, or show the form again with what is wrong and all that was typed."""
    check_signed_in(actor)
    form = await fields(request, *FIELDS)
    try:
        given = read_form(form)
        await actions.comment(slug, given, organisation=form["organisation"], actor=actor, now=database_now)
    except (Invalid, Conflict) as fault:
        return await shown(request, slug, actor, form, now=database_now, fault=fault)
    return see_other(f"/statements/{slug}/comments?done=comment")


def read_form(form: dict[str, str]) -> actions.CommentForm:
    """What the form says; raises Invalid for a number that is none."""
    paragraph = form["paragraph"].strip()
    if paragraph and not (paragraph.isascii() and paragraph.isdigit() and len(paragraph) < 6):
        raise Invalid.one("paragraph", "Choose one of the paragraphs.")
    version = form["version"]
    return actions.CommentForm(
        language=form["language"],
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0,
        paragraph=int(paragraph) if paragraph else None,
        quoted=form["quoted"],
        body=form["body"],
        wording=form["wording"],
    )


async def shown(
    request: Request[Any, Any, Any],
    slug: str,
    actor: Actor,
    form: dict[str, str],
    *,
    now: datetime,
    fault: Invalid | Conflict | None = None,
    address: str = "",
) -> Response[str]:
    """The page; at `address` for the reader of a circulation link, who is not signed in."""
    row = await queries.readable(slug, actor)
    text = await _text(row, actor)
    blocks = paragraphs.numbered(text.canonical) if text else []
    seen = await circulation.seen_before(row, actor.represents, text) if text else None
    changes = reading.between(row, seen, text) if seen and text else None
    own = await members.organisations_of(actor) if actor.represents else []
    return page(
        request,
        "statements/comments.html",
        actor=PUBLIC if address else actor,
        by_link=bool(address),
        address=address or f"/statements/{slug}/comments",
        noindex=True,
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        statement=row,
        text=text,
        blocks=blocks,
        changes=changes,
        groups=redline.folded(changes.pieces) if changes else [],
        words=redline_words,
        paragraph_choices=[(str(block.n), f"Paragraph {block.n}") for block in blocks if block.n],
        own=[(one.slug, one.name) for one in own if one.id in actor.represents],
        told=await comments.told(row, organisations=actor.represents),
        can_comment=row.state in comment_rules.COMMENTABLE and text is not None,
        is_late=comment_rules.is_late(row.state, row.closes_at, now=now),
        closes=zones.long_moment(row.closes_at, row.closes_timezone) if row.closes_at else "",
        state=rules.STATES[row.state],
        kinds=comment_rules.DISPOSITIONS,
        badges=BADGES,
        form=form,
        faults=steps.faults_of(fault),
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


async def _text(row: Any, actor: Actor) -> Any:
    """The newest text that counts among those that this reader may read."""
    newest = queries.newest(await reading.versions_for(row, actor))
    return next((v for v in newest if v.role in rules.SIGNED_ROLES), newest[0] if newest else None)


ROUTES: list[Any] = [own_comments, comment]
