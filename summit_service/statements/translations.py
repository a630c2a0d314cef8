"""Translations for reading only: which there are of a fixed text, and what each of their files says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from summit_service import settings
from summit_service.statements import queries, rules, version_rules
from summit_service.statements.tables import Statement, TextVersion
from summit_service.templating import language_name

LINE = "-" * 60


async def of_fixed(statement: Statement) -> tuple[list[TextVersion], list[TextVersion]]:
    """The texts that count and the newest translation in each other language; none while the text is written."""
    text_set = await queries.text_set_of(statement) if statement.state not in rules.WRITABLE else None
    if text_set is None:
        return [], []
    signed = await queries.texts_of(text_set)
    newest = queries.newest(await queries.versions_of(statement))
    taken = {text.language for text in signed}
    found = [text for text in newest if text.role == "courtesy" and text.language not in taken]
    return signed, sorted(found, key=lambda text: text.language)


def file_name(text: TextVersion, ending: str) -> str:
    """`translation.fr.pdf`: never `statement.`, which is what was signed."""
    return f"translation.{text.language}.{ending}"


def languages(texts: Sequence[TextVersion]) -> str:
    """`English and French`."""
    names = [language_name(text.language) for text in texts]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def preface(statement: Statement, text: TextVersion, signed: Sequence[TextVersion]) -> list[str]:
    """What a reader must know before the first word: that it is a translation, of what, and how it stands to it."""
    tense = "was" if statement.state == "published" else "is"
    said = [
        f"A translation into {language_name(text.language)}, for reading only.",
        f"What {tense} signed is the text in {languages(signed)}.",
    ]
    if version_rules.is_behind(text, signed):
        said.append("The translation is older than the text it translates: words may differ.")
    return said


def plain(statement: Statement, text: TextVersion, signed: Sequence[TextVersion]) -> bytes:
    """The translation as a text file, with what it is above it."""
    address = f"{settings.current().base_url}/statements/{statement.slug}"
    head = [
        statement.title,
        "",
        *preface(statement, text, signed),
        f"That text is at {address}",
        "",
        LINE,
        "",
    ]
    return "\n".join([*head, text.canonical]).encode()
