"""A statement as a PDF: for everybody who may read it, and by a signing link for the signatory's own board."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.errors import NotFound
from summit_service.statements import board_pack, bundle, files, letters, queries, since
from summit_service.statements.reading_copy import copy_data, name_of, set_copy, translation_data
from summit_service.statements.tables import Statement, TextVersion
from summit_service.statements.translations import file_name
from summit_service.typeset import CannotTypeset, can_show

NO_FONT = (
    "This text has characters that we have no font for, so there is no PDF of it. Read it on its page, or save the "
    "text file."
)


async def reading_copy(statement: Statement, text: TextVersion) -> Response[bytes]:
    """The PDF: the one in the bundle once published; raises NotFound for a script that no font here shows."""
    manifest = await bundle.latest(statement) if statement.state == "published" else None
    body = (await files.kept_with(manifest)).get(name_of(text)) if manifest else None
    if body is None:
        body = await _made(statement, text, since.of(manifest))
    return _pdf(body, f"{statement.slug}.{text.language}.pdf")


async def translation(
    statement: Statement, text: TextVersion, signed: Sequence[TextVersion]
) -> Response[bytes]:
    """The PDF of a translation, the same bytes while nothing new is told of the statement."""
    manifest = await bundle.latest(statement) if statement.state == "published" else None
    data = await translation_data(statement, text, signed, after=since.of(manifest))
    return _pdf(await _set(set_copy, data), f"{statement.slug}.{file_name(text, 'pdf')}")


async def have_fonts(texts: Sequence[TextVersion]) -> set[str]:
    """The languages of those that can be set with the fonts here."""
    fonts = settings.current().fonts_dir
    found = [await asyncio.to_thread(can_show, text.canonical, fonts=fonts) for text in texts]
    return {text.language for text, is_shown in zip(texts, found, strict=True) if is_shown}


def _pdf(body: bytes, name: str) -> Response[bytes]:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}"'}
    return Response(body, media_type="application/pdf", headers=headers)


async def _made(statement: Statement, text: TextVersion, after: Mapping[str, Any]) -> bytes:
    return await _set(set_copy, await copy_data(statement, text, after=after))


async def _set(setting: Callable[[bytes], bytes], data: bytes) -> bytes:
    try:
        return await asyncio.to_thread(setting, data)
    except CannotTypeset as fault:
        raise NotFound(NO_FONT) from fault


@get("/sign/{token:str}/text.pdf")
async def for_the_board(token: FromPath[str], database_now: NamedDependency[datetime]) -> Response[bytes]:
    """The pack for the signatory's board: what is asked, what it means, what changed, the text; changes nothing.

    Once signing is over it is the text alone.
    """
    found = await letters.letter_of(token, now=database_now)
    texts = await queries.texts_of(found.text_set) if found is not None else []
    if found is None or not texts:
        raise NotFound("This link opens nothing.")
    if found.standing not in letters.CAN_ANSWER:
        return await reading_copy(found.statement, texts[0])
    body = await _set(board_pack.set_pack, await board_pack.pack_data(found))
    return _pdf(body, f"{found.statement.slug}.board.pdf")


ROUTES = [for_the_board]
