"""The day on which speakers' addresses are erased."""

from __future__ import annotations

from piccolo.query.functions import Count

from summit_service.ahead import Ahead, Window, number
from summit_service.speakers import rules
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits import queries as summits


async def coming(window: Window) -> list[Ahead]:
    """By summit: how many addresses go."""
    held = await SpeakerContact.select(SpeakerContact.edition, Count(alias="n")).group_by(
        SpeakerContact.edition
    )
    counts = {row["edition"]: row["n"] for row in held}
    found = []
    for edition in await summits.editions(is_announced_only=False):
        at = window.due(summits.ends_instant(edition) + rules.KEPT_FOR)
        if at is not None and edition.id in counts:
            count = counts[edition.id]
            told = number(count, "address of a speaker", "addresses of speakers")
            sentence = f"{told} at {edition.title} {'is' if count == 1 else 'are'} erased."
            url = f"/desk/summits/{edition.year}/speakers"
            found.append(Ahead(at, sentence, url, "See them", count=count))
    return found
