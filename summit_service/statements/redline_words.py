"""A redline in words: what changed, counted, and the whole as plain text for mails. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from summit_service.statements import redline, word_changes
from summit_service.statements.redline import CHANGED, LEFT, MOVED, Piece
from summit_service.statements.word_changes import ADDED, KEPT, REMOVED

SAME = "No word has changed."
LEGEND = "[-Words taken out-] and {+new words+} are marked like this."
MARKS = {KEPT: "{}", REMOVED: "[-{}-]", ADDED: "{{+{}+}}"}
LONGEST = 20_000
"""Characters of a redline in a mail; the page has the rest."""


def place(piece: Piece) -> str:
    """What a paragraph is called: `Paragraph 4 (before: 3)`, `A heading`."""
    if piece.is_heading:
        return "A heading"
    if piece.new_n is None or piece.kind == LEFT:
        return f"Paragraph {piece.old_n} of the old text"
    moved = piece.old_n is not None and piece.old_n != piece.new_n
    return f"Paragraph {piece.new_n}" + (f" (before: {piece.old_n})" if moved else "")


def became(piece: Piece) -> str:
    """What became of it, to be read after `place`."""
    if piece.kind == LEFT:
        return "was moved" + ("" if piece.is_heading else f": it is paragraph {piece.new_n} now")
    words = {KEPT: "is as before", CHANGED: "was changed", ADDED: "is new", REMOVED: "was taken out"}
    if piece.kind == MOVED:
        is_same = all(run.kind == KEPT for run in piece.runs)
        return "was moved here" if is_same else "was moved here and changed"
    return words[piece.kind]


def unchanged(group: Sequence[Piece]) -> str:
    """What is said of pieces in a row that are as before: `Paragraphs 2 to 5 are as before`."""
    numbers = [piece.new_n for piece in group if piece.new_n is not None]
    if not numbers:
        return "A heading is as before" if len(group) == 1 else "Headings are as before"
    if len(numbers) == 1:
        return f"Paragraph {numbers[0]} is as before"
    return f"Paragraphs {numbers[0]} to {numbers[-1]} are as before"


def summary(pieces: Sequence[Piece]) -> str:
    """A sentence such as `2 paragraphs were changed and 1 is new: 3 words taken out, 14 new.`"""
    if redline.is_same(pieces):
        return SAME
    counts = [(_count(pieces, kind), kind) for kind in (CHANGED, ADDED, REMOVED, MOVED)]
    told = [_told(n, kind, is_first=i == 0) for i, (n, kind) in enumerate([c for c in counts if c[0]])]
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    out, new = words_of(pieces, REMOVED), words_of(pieces, ADDED)
    return f"{listed}: {out} {'word' if out == 1 else 'words'} taken out, {new} new."


def words_of(pieces: Sequence[Piece], kind: str) -> int:
    """How many words were removed or added; what was only moved is neither."""
    runs = [run for piece in pieces if piece.kind != LEFT for run in piece.runs if run.kind == kind]
    return sum(len(word_changes.said(run.text)) for run in runs)


def to_text(pieces: Sequence[Piece], *, longest: int = LONGEST) -> str:
    """What changed, paragraph by paragraph, for a mail; what is as before is left out."""
    changed = [piece for piece in pieces if piece.kind != KEPT]
    if not changed:
        return SAME
    told, length = [LEGEND], 0
    for n, piece in enumerate(changed):
        one = _paragraph(piece)
        length += len(one)
        if length > longest:
            rest = len(changed) - n
            return "\n\n".join([*told, f"{rest} more {'change' if rest == 1 else 'changes'} on the page."])
        told.append(one)
    return "\n\n".join(told)


def _paragraph(piece: Piece) -> str:
    head = f"{place(piece)} {became(piece)}"
    if piece.kind == LEFT or (piece.kind == MOVED and all(run.kind == KEPT for run in piece.runs)):
        return f"{head}."
    return f"{head}:\n" + "".join(_marked(run.kind, run.text) for run in piece.runs)


def _marked(kind: str, text: str) -> str:
    """Blanks at either end stand outside the marks, so that the marks hold on to their words."""
    inner = text.strip()
    if not inner or kind == KEPT:
        return text if kind != REMOVED else ""
    head = text[: len(text) - len(text.lstrip())]
    return f"{head}{MARKS[kind].format(inner)}{text[len(head) + len(inner) :]}"


def _count(pieces: Sequence[Piece], kind: str) -> int:
    return sum(piece.kind == kind for piece in pieces)


def _told(n: int, kind: str, *, is_first: bool) -> str:
    one = {CHANGED: "was changed", ADDED: "is new", REMOVED: "was taken out", MOVED: "was moved"}[kind]
    many = {CHANGED: "were changed", ADDED: "are new", REMOVED: "were taken out", MOVED: "were moved"}[kind]
    noun = (" paragraph" if n == 1 else " paragraphs") if is_first else ""
    return f"{n}{noun} {one if n == 1 else many}"
