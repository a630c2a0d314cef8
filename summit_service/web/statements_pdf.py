"""A statement as a PDF, or a sentence about the font that is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from litestar import Response

from summit_service.errors import NotFound
from summit_service.statements import board_pack, bundle, files, pdf_gaps, queries, since
from summit_service.statements.letters import CAN_ANSWER, Letter
from summit_service.statements.reading_copy import copy_data, name_of, set_copy, translation_data
from summit_service.statements.tables import Statement, TextVersion
from summit_service.statements.translations import file_name
from summit_service.typeset import CannotTypeset

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


async def have_fonts(texts: Sequence[TextVersion], *, names: Collection[str] = ()) -> set[str]:
    """The languages of those that can be set with the fonts here, together with what else is printed."""
    return {text.language for text in texts if await pdf_gaps.can_set([text], names=names)}


async def for_the_board(letter: Letter) -> Response[bytes]:
    """What is asked, what it means, what changed, and the text; once signing is over the text alone."""
    if letter.standing not in CAN_ANSWER:
        return await reading_copy(letter.statement, (await queries.texts_of(letter.text_set))[0])
    body = await _set(board_pack.set_pack, await board_pack.pack_data(letter))
    return _pdf(body, f"{letter.statement.slug}.board.pdf")


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
