"""The day from which on speakers can be thanked, and that on which their addresses are erased."""

from __future__ import annotations

from collections.abc import Sequence

from piccolo.query.functions import Count

from summit_service.ahead import Ahead, Window, number
from summit_service.speakers import queries, thanks
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def coming(window: Window) -> list[Ahead]:
    """By summit: how many letters of thanks can go, and how many addresses are erased."""
    editions = await summits.editions(is_announced_only=False)
    return [*await _thanks(editions, window), *await _erasures(editions, window)]


async def _thanks(editions: Sequence[Edition], window: Window) -> list[Ahead]:
    found = []
    for edition in editions:
        ends = summits.ends_instant(edition)
        count = len(await thanks.due(edition)) if window.holds(ends) else 0
        if count:
            letters = number(count, "letter of thanks", "letters of thanks")
            sentence = f"{letters} to speakers at {edition.title} can be sent."
            url = f"/desk/summits/{edition.year}/afterwards"
            found.append(Ahead(ends, sentence, url, "Read the letters", count=count, is_for_somebody=True))
    return found


async def _erasures(editions: Sequence[Edition], window: Window) -> list[Ahead]:
    held = await SpeakerContact.select(SpeakerContact.edition, Count(alias="n")).group_by(
        SpeakerContact.edition
    )
    counts = {row["edition"]: row["n"] for row in held}
    found = []
    for edition in editions:
        at = window.due(queries.erased_at(edition))
        if at is not None and edition.id in counts:
            count = counts[edition.id]
            told = number(count, "address of a speaker", "addresses of speakers")
            sentence = f"{told} at {edition.title} {'is' if count == 1 else 'are'} erased."
            url = f"/desk/summits/{edition.year}/speakers"
            found.append(Ahead(at, sentence, url, "See them", count=count))
    return found
