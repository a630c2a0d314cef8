"""Pages: what members say about a draft, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

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
    version_rules,
)
from summit_service.statements.paragraphs import Paragraph
from summit_service.statements.redline import Piece
from summit_service.statements.tables import Statement, TextVersion
from summit_service.templating import language_name
from summit_service.web import statements_steps as steps
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

FIELDS = ("organisation", "about", "language", "version", "paragraph", "quoted", "body", "wording")
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
    return await shown(request, slug, actor, asked_for(request), now=database_now)


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
    return see_other(f"/statements/{slug}/comments?{after(request)}")


def asked_for(request: Request[Any, Any, Any]) -> dict[str, str]:
    """An empty form about what the address names: `?about=fr:1&paragraph=2`."""
    return dict.fromkeys(FIELDS, "") | {
        field: request.query_params.get(field, "") for field in ("about", "paragraph")
    }


def after(request: Request[Any, Any, Any]) -> str:
    """The query of the page once a comment is kept: the same texts are shown."""
    beside = request.query_params.get("beside", "")
    return urlencode({"done": "comment"} | ({"beside": beside} if beside else {}))


def read_form(form: dict[str, str]) -> actions.CommentForm:
    """What the form says; `about` (`fr:1`) is a language and a version. Raises Invalid for a number that is none."""
    if form["about"]:
        language, _, n = form["about"].partition(":")
        form = form | {"language": language, "version": n}
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
    others = await reading.others_beside(row, [text], actor) if text else []
    beside = next((one for one in others if one.language == request.query_params.get("beside")), None)
    rows = rows_of([one for one in (text, beside) if one is not None])
    numbers = {block.n for line in rows for _, blocks in line for block in blocks if block.n}
    counting = [one for one in (text, *others) if one is not None and one.role in rules.SIGNED_ROLES]
    own = await members.own_members_of(actor)
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
        rows=rows,
        texts=[one for one in (text, beside) if one is not None],
        beside=beside,
        others=[one for one in others if one is not beside],
        about_choices=[
            (f"{one.language}:{one.n}", f"{language_name(one.language)}, version {one.n}")
            for one in (text, beside)
            if one is not None
        ],
        about=_about(form, text, beside),
        role_words=version_rules.ROLE_WORDS,
        are_several=len(counting) > 1,
        changes=await _changes(row, actor, counting or [one for one in (text,) if one is not None]),
        words=redline_words,
        paragraph_choices=[(str(n), f"Paragraph {n}") for n in sorted(numbers)],
        own=[(one.slug, one.name) for one in own],
        told=await comments.told(row, organisations=actor.represents),
        can_comment=row.state in comment_rules.COMMENTABLE and text is not None,
        is_late=comment_rules.is_late(row.state, row.closes_at, now=now),
        closes=zones.long_deadline(row.closes_at, row.closes_timezone) if row.closes_at else "",
        state=rules.STATES[row.state],
        kinds=comment_rules.DISPOSITIONS,
        badges=BADGES,
        form=form,
        faults=steps.faults_of(fault),
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


async def _changes(
    row: Statement, actor: Actor, texts: Sequence[TextVersion]
) -> list[tuple[reading.Changes, list[tuple[bool, list[Piece]]]]]:
    """What has changed in each of these texts since the version that the reader's organisations were mailed before."""
    found = []
    for text in texts:
        if (seen := await circulation.seen_before(row, actor.represents, text)) is not None:
            changes = reading.between(row, seen, text)
            found.append((changes, redline.folded(changes.pieces)))
    return found


def rows_of(texts: Sequence[TextVersion]) -> list[list[tuple[TextVersion, list[Paragraph]]]]:
    """What stands beside each other: block by block where the texts have the same paragraphs, else text by text."""
    columns = [(text, paragraphs.numbered(text.canonical)) for text in texts]
    if len({tuple(block.n for block in blocks) for _, blocks in columns}) > 1:
        return [columns]
    return [
        [(text, [block]) for text, block in zip(texts, line, strict=True)]
        for line in zip(*(blocks for _, blocks in columns), strict=True)
    ]


def _about(form: dict[str, str], text: TextVersion | None, beside: TextVersion | None) -> str:
    """Which text the form is about: the one that was chosen, if it is shown, else the one that counts."""
    chosen = form["about"] or f"{form['language']}:{form['version']}"
    shown_here = [f"{one.language}:{one.n}" for one in (text, beside) if one is not None]
    return chosen if chosen in shown_here else shown_here[0] if shown_here else ""


async def _text(row: Any, actor: Actor) -> Any:
    """The newest text that counts among those that this reader may read."""
    newest = queries.newest(await reading.versions_for(row, actor))
    return next((v for v in newest if v.role in rules.SIGNED_ROLES), newest[0] if newest else None)


ROUTES: list[Any] = [own_comments, comment]
