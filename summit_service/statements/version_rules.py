"""Versions of a text: what can be one, what its writer must have seen, which translation is behind. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from summit_service import markup
from summit_service.errors import Conflict
from summit_service.statements import rules
from summit_service.statements.tables import TextVersion

ROLE_WORDS = {
    "authoritative": "Original",
    "equally_authentic": "Counts as much",
    "courtesy": "For reading only",
}
MOST_LANGUAGES = 40


def check_text(text: str) -> str:
    """The Markdown as it is kept; raises Invalid for one that is empty, too long, or has too many lines."""
    kept = markup.many_lines(text, field="text", longest=rules.LONGEST_TEXT, name="The text", required=True)
    rules.check_lines(kept)
    return kept


def numbers(newest: Iterable[TextVersion]) -> dict[str, tuple[int, str]]:
    """By language, the number and the role of the newest version."""
    return {version.language: (version.n, version.role) for version in newest}


def check_known(
    newest: Mapping[str, tuple[int, str]], known: Mapping[str, int], *, language: str, role: str
) -> None:
    """Raises Conflict when somebody saved a newer version than the writer knows, of this text or of its original."""
    n = newest.get(language, (0, ""))[0]
    if n > known.get(language, 0):
        raise Conflict(
            f"Somebody saved version {n} while you were writing. Nothing is lost: both texts are below.",
            code="version_newer",
        )
    if role != "courtesy":
        return
    for other, (theirs, kind) in newest.items():
        if other != language and kind == "authoritative" and theirs > known.get(other, 0):
            raise Conflict(
                f"The original ({other}) was changed while you were translating: it is at version {theirs} now. "
                "Nothing is lost: your translation is below.",
                code="original_newer",
            )


def pack(newest: Iterable[TextVersion]) -> str:
    """`en:3,fr:1`: what the writer of a form has seen, to be sent back with it."""
    return ",".join(f"{version.language}:{version.n}" for version in newest)


def unpack(packed: str) -> dict[str, int]:
    """What `pack` has written; what cannot be read is as if it had not been seen."""
    known = {}
    for part in packed.split(",")[:MOST_LANGUAGES]:
        language, _, n = part.partition(":")
        if n.isascii() and n.isdigit() and len(n) < 6:
            known[language] = int(n)
    return known


def original_of(version: TextVersion, newest: Sequence[TextVersion]) -> TextVersion | None:
    """The text that counts, of which a text for reading only is a translation."""
    if version.role != "courtesy":
        return None
    return next((v for v in newest if v.role == "authoritative" and v.language != version.language), None)


def is_behind(version: TextVersion, newest: Sequence[TextVersion]) -> bool:
    """Whether what it translates has changed since: a translation cannot be saved without having seen the original."""
    original = original_of(version, newest)
    return original is not None and original.id > version.id
