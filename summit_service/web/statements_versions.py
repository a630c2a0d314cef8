"""Pages: the versions of a statement's text, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor
from summit_service.statements import queries, reading, redline, redline_words, version_rules
from summit_service.statements.tables import TextVersion
from summit_service.web.layout import page, see_other


@get("/statements/{slug:str}/versions")
async def versions(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Who wrote which version when, with which note; and a choice of any two, which leads to their redline."""
    row = await queries.readable(slug, actor)
    asked = request.query_params
    if asked.get("language"):
        old, new = (_number(asked.get(name, "")) for name in ("old", "new"))
        return see_other(
            f"/statements/{slug}/versions/{quote(asked['language'], safe='')}/{old}/changes/{new}"
        )
    found = await reading.versions_for(row, actor)
    newest = queries.newest(found)
    return page(
        request,
        "statements/versions.html",
        actor=actor,
        noindex=True,
        statement=row,
        names=await reading.authors_of(found) if actor.is_member else {},
        versions=[(language, list(group)) for language, group in _by_language(found)],
        roles=version_rules.ROLE_WORDS,
        behind={v.id for v in newest if version_rules.is_behind(v, newest)},
        can_compare=len(found) > len(newest),
    )


def _number(typed: str) -> int:
    """What was chosen; 0, which no version has, for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _by_language(found: list[TextVersion]) -> Iterable[tuple[str, Iterable[TextVersion]]]:
    ordered = sorted(found, key=lambda version: version.language)
    return groupby(ordered, key=lambda version: version.language)


@get("/statements/{slug:str}/versions/{language:str}/{old:int}/changes/{new:int}")
async def changes(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    language: FromPath[str],
    old: FromPath[int],
    new: FromPath[int],
    actor: NamedDependency[Actor],
) -> Response[str]:
    """The redline of two versions, for who may read both."""
    found = await reading.changes_between(slug, language, old, new, actor=actor)
    return page(
        request,
        "statements/changes.html",
        actor=actor,
        noindex=True,
        changes=found,
        groups=redline.folded(found.pieces),
        words=redline_words,
    )


ROUTES: list[Any] = [versions, changes]
