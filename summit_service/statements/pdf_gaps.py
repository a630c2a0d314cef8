"""What there would be no PDF of, because no font here shows it: told to the desk before it is published."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from summit_service import settings, typeset
from summit_service.statements import queries, rules, translations
from summit_service.statements.standings import Standing
from summit_service.statements.tables import Statement, TextVersion

OVER = frozenset({"published", "cancelled", "not_adopted"})


async def told(statement: Statement, asked: Sequence[Standing]) -> list[str]:
    """Sentences about the newest texts, the title and the names that would be printed; none once it is over."""
    if statement.state in OVER:
        return []
    texts = queries.newest(await queries.versions_of(statement))
    names = {statement.title} | {
        name
        for one in asked
        for name in (one.request.organisation_name, one.printed or one.request.person_name)
    }
    found = [
        f"There will be no PDF of the text in {translations.languages([text])}: no font here shows its script."
        for text in texts
        if not await can_set([text])
    ]
    strange = await asyncio.to_thread(_not_shown, names, settings.current().fonts_dir)
    if strange:
        quoted = rules.in_words([f"“{name}”" for name in strange])
        found.append(f"There will be no PDF at all: no font here shows {quoted}.")
    return found


async def can_set(texts: Iterable[TextVersion], *, names: Iterable[str] = ()) -> bool:
    """Whether a font here shows all of it."""
    return await _can_show("".join([*(text.canonical for text in texts), *names]))


def _not_shown(names: Collection[str], fonts: Path | None) -> list[str]:
    """Those that no font here shows; all of them are tried at once, because mostly there is none."""
    if typeset.can_show("".join(names), fonts=fonts):
        return []
    return sorted(name for name in names if not typeset.can_show(name, fonts=fonts))


async def _can_show(words: str) -> bool:
    return await asyncio.to_thread(typeset.can_show, words, fonts=settings.current().fonts_dir)
