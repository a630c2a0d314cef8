"""What of the summits comes by itself: registration that opens and closes, a summit that begins and ends."""

from __future__ import annotations

from summit_service import zones
from summit_service.ahead import Ahead, Window
from summit_service.summits import queries, stages
from summit_service.summits.rules.stages import PLANNED
from summit_service.summits.tables import Edition, Release


async def coming(window: Window) -> list[Ahead]:
    """Each edition's steps; and, for the secretariat, that one is not announced or its programme not released."""
    released = await Release.select(Release.edition).group_by(Release.edition)
    with_programme = {row["edition"] for row in released}
    found = []
    for edition in await queries.editions(is_announced_only=False):
        found += _steps(edition, window)
        if edition.id not in with_programme:
            found += _without_programme(edition, window)
    return found


def _steps(edition: Edition, window: Window) -> list[Ahead]:
    url = f"/desk/summits/{edition.year}"
    if stages.stage_of(edition, now=window.now) == PLANNED:
        return _unannounced(edition, url, window)
    opens, closes = edition.registration_opens_instant, edition.registration_closes_instant
    begins, ends = zones.day_start(edition.starts_on, edition.timezone), queries.ends_instant(edition)
    steps = (
        (opens, f"Registration for {edition.title} opens."),
        (closes, f"Registration for {edition.title} closes."),
        (begins, f"{edition.title} begins."),
        (ends, f"{edition.title} is over{'' if closes else ', and registration closes'}."),
    )
    return [
        Ahead(at, sentence, url, "See the summit")
        for at, sentence in steps
        if at is not None and at <= ends and window.holds(at)
    ]


def _unannounced(edition: Edition, url: str, window: Window) -> list[Ahead]:
    opens = edition.registration_opens_instant
    if opens is None or not window.holds(opens):
        return []
    sentence = f"Registration for {edition.title} was to open, but the summit is not announced."
    return [Ahead(opens, sentence, url, "Announce it", is_for_somebody=True)]


def _without_programme(edition: Edition, window: Window) -> list[Ahead]:
    begins = zones.day_start(edition.starts_on, edition.timezone)
    if not window.holds(begins):
        return []
    sentence = f"{edition.title} begins, and its programme is not released."
    url = f"/desk/summits/{edition.year}/programme"
    return [Ahead(begins, sentence, url, "Look at the draft", is_for_somebody=True)]
