"""JSON: what changed between two versions of a statement's text."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor
from summit_service.statements import reading, redline_words


class Run(msgspec.Struct):
    """Words in a row: kept, removed or added."""

    kind: str
    text: str


class Piece(msgspec.Struct):
    """A paragraph: kept, changed, added, removed, moved (where it is now) or left (where it was)."""

    kind: str
    old_n: int | None
    new_n: int | None
    is_heading: bool
    runs: list[Run]


class Changes(msgspec.Struct):
    """A redline; `text` is the whole in plain text, as mails have it."""

    language: str
    old: int
    new: int
    summary: str
    text: str
    paragraphs: list[Piece]


@get("/statements/{slug:str}/versions/{language:str}/{old:int}/changes/{new:int}")
async def changes(
    slug: FromPath[str],
    language: FromPath[str],
    old: FromPath[int],
    new: FromPath[int],
    actor: NamedDependency[Actor],
) -> Changes:
    """What changed from one version to another, for who may read both."""
    found = await reading.changes_between(slug, language, old, new, actor=actor)
    pieces = [
        Piece(p.kind, p.old_n, p.new_n, p.is_heading, [Run(run.kind, run.text) for run in p.runs])
        for p in found.pieces
    ]
    return Changes(
        language=language,
        old=old,
        new=new,
        summary=redline_words.summary(found.pieces),
        text=redline_words.to_text(found.pieces),
        paragraphs=pieces,
    )


ROUTES: list[Any] = [changes]
