"""The pack for a signatory's own board: what is asked, what signing means, what has changed, and the text, as a PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from summit_service import settings, typeset
from summit_service.statements import (
    circulation,
    counting,
    holds,
    letters,
    paragraphs,
    queries,
    redline,
    redline_words,
    texts,
)
from summit_service.statements.tables import TextVersion

LEGEND = "Struck through: taken out. Underlined: new. Paragraphs that are as before are left out."


def meanings(closes: str) -> list[str]:
    """What signing means, a sentence or two each; `closes` is the deadline in words."""
    return [
        "Your name, the organisation and the capacity in which you sign are printed below the published text.",
        "Your signature is for this text, word for word. If a single letter changes, you are asked again.",
        f"Your answer can be changed with your link until {closes}, or until a day after everybody has answered. The "
        "last answer counts.",
        "Declining ends nothing for the others.",
        "We keep your answer, when and from which network address it came, and which mail carried the link, as "
        "evidence.",
        "A mailed link shows who controls a mailbox. This is a simple electronic signature, not an advanced or "
        "qualified one.",
    ]


async def pack_data(letter: letters.Letter) -> bytes:
    """What the pack is made of; nothing in it opens the link, so that it can be passed round."""
    asked = await queries.texts_of(letter.text_set)
    words, before = await _seen_before(letter)
    return msgspec.json.encode(
        {
            **_head(letter, asked[0], rule=await counting.rule_in_words(letter.statement)),
            "changes": [one for text in asked for one in _changes(before.get(text.language), text, words)],
            "texts": [
                {"lang": text.language.partition("-")[0], "parts": list(_parts(text))} for text in asked
            ],
        }
    )


def set_pack(data: bytes) -> bytes:
    """The PDF of that data; blocking. Raises typeset.CannotTypeset."""
    return _set(data, settings.current().fonts_dir)


@lru_cache(maxsize=32)
def _set(data: bytes, fonts: Path | None) -> bytes:
    return typeset.pdf("board", msgspec.json.decode(data), fonts=fonts)


def _head(letter: letters.Letter, text: TextVersion, *, rule: str) -> dict[str, Any]:
    statement, organisation = letter.statement, letter.request.organisation_name
    network, closes = settings.current().network_name, holds.deadline_words(statement, letter.zone)
    return {
        "title": statement.title,
        "lang": "en",
        "network": network,
        "kind": f"For the board of {organisation}.",
        "asks": f"{network} asks {organisation} for an answer by {closes}: to sign, to decline, or to ask for changes. "
        f"{letter.request.person_name} answers, by a personal link that came by mail and is not in this paper.",
        "code": f"The code of this text is {texts.code_word(letter.text_set.sha256)}. The page behind the link and our "
        "mail name the same code.",
        "rule": f"The statement is adopted if {rule}.",
        "meaning": meanings(closes),
        "legend": LEGEND,
        "fingerprint": f"The fingerprint (SHA-256) of the text is {text.sha256}.",
    }


async def _seen_before(letter: letters.Letter) -> tuple[str, dict[str, TextVersion]]:
    """The text that the organisation saw last, by language: what it signed, else what was circulated."""
    if letter.before is not None:
        signed = await queries.texts_of(letter.before.answer.request.text_set)
        return "the text that you had signed", {text.language: text for text in signed}
    circulated = await circulation.last_circulated(letter.statement)
    return "the text that members commented on", {text.language: text for text in circulated}


def _changes(before: TextVersion | None, now: TextVersion, words: str) -> Iterator[dict[str, Any]]:
    if before is None:
        return
    pieces = redline.compare(before.canonical, now.canonical)
    yield {
        "title": f"What has changed since {words}",
        "summary": redline_words.summary(pieces),
        "lang": now.language.partition("-")[0],
        "pieces": [_piece(piece) for piece in pieces if piece.kind != "kept"],
    }


def _piece(piece: redline.Piece) -> dict[str, Any]:
    head = f"{redline_words.place(piece)} {redline_words.became(piece)}."
    runs: Sequence[Any] = () if piece.kind == redline.LEFT else piece.runs
    return {"head": head, "runs": [{"kind": run.kind, "text": run.text} for run in runs]}


def _parts(text: TextVersion) -> Iterator[dict[str, Any]]:
    """As in the reading copy, one level deeper: the text has a heading of its own here."""
    level = 2
    for part in paragraphs.numbered(text.canonical):
        tree = typeset.blocks(part.markdown, below=level)
        level = typeset.last_level(tree, level)
        yield {"n": part.n, "blocks": tree}
