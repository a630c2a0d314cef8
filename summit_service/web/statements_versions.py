"""Pages: the versions of a statement's text, and what changed between two of them."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor
from summit_service.statements import reading, redline, redline_words
from summit_service.web.layout import page


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


ROUTES: list[Any] = [changes]
