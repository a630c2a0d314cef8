"""Putting a wording that a comment proposes in its place, or saying why it has none any more. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from summit_service.errors import Conflict
from summit_service.statements import paragraphs, redline, texts
from summit_service.statements.paragraphs import Block
from summit_service.statements.redline import Piece
from summit_service.statements.word_changes import KEPT, REMOVED

NO_PLACE = "wording_without_place"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Instead of `quoted` (or, where that is empty, of the whole paragraph) of the text `old`: `wording`."""

    old: str
    paragraph: int
    quoted: str
    wording: str


def replaced(proposal: Proposal, current: str) -> str:
    """The canonical text `current` with the wording in its place.

    The paragraph is followed to where it is now. Raises Conflict where it is gone, where a whole one has changed
    since, where the words stand there no more or more than once, and where other paragraphs would change with it.
    """
    piece = _piece(proposal, current)
    block = next(block for block in paragraphs.blocks(current) if block.n == piece.new_n)
    lines = current.split("\n")
    source = "\n".join(lines[block.lines])
    _check_not_there(proposal, source, block)
    new = _with_words(proposal, source, block) if proposal.quoted else _whole(proposal, piece, block)
    made = texts.canonical("\n".join([*lines[: block.lines.start], new, *lines[block.lines.stop :]]))
    _check_others(current, made, block)
    return made


def _piece(proposal: Proposal, current: str) -> Piece:
    for piece in redline.compare(proposal.old, current):
        if piece.old_n == proposal.paragraph and piece.new_n is not None and piece.kind not in _GONE:
            return piece
    raise _refusal(f"Paragraph {proposal.paragraph} of the version it is about is not in the text any more.")


_GONE = frozenset({REMOVED, redline.LEFT})


def _check_not_there(proposal: Proposal, source: str, block: Block) -> None:
    """So that a press too many does not put it in twice."""
    wanted = _flat(proposal.wording)
    before = next(one.markdown for one in paragraphs.blocks(proposal.old) if one.n == proposal.paragraph)
    if wanted in _flat(source) and wanted not in _flat(before):
        raise _refusal(f"Paragraph {block.n} has this wording already.")


def _with_words(proposal: Proposal, source: str, block: Block) -> str:
    pattern = r"\s+".join(re.escape(word) for word in proposal.quoted.split())
    places = list(re.finditer(pattern, source))
    if not places:
        raise _refusal(f"Paragraph {block.n} was changed since, and does not have the quoted words any more.")
    if len(places) > 1:
        raise _refusal(f"The quoted words stand {len(places)} times in paragraph {block.n}.")
    return source[: places[0].start()] + proposal.wording + source[places[0].end() :]


def _whole(proposal: Proposal, piece: Piece, block: Block) -> str:
    if any(run.kind != KEPT for run in piece.runs):
        raise _refusal(f"Paragraph {block.n} was changed since, and the wording is for the whole of it.")
    return proposal.wording


def _check_others(current: str, made: str, block: Block) -> None:
    """What stands before and after it is as it was."""
    old, new = ([one.markdown for one in paragraphs.blocks(text)] for text in (current, made))
    before = [one.parts[0].first for one in paragraphs.blocks(current)].index(block.parts[0].first)
    after = len(old) - before - 1
    if new[:before] != old[:before] or (after and new[-after:] != old[-after:]) or len(new) <= before + after:
        raise _refusal(f"The wording would change other paragraphs than {block.n}.")


def _refusal(why: str) -> Conflict:
    return Conflict(f"{why} Add a version by hand, then answer the comment.", code=NO_PLACE)


def _flat(text: str) -> str:
    return " ".join(text.split())
