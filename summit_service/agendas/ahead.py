"""The day on which the agendas of a past summit are erased."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from piccolo.query.functions import Count

from summit_service.agendas.actions import KEPT
from summit_service.agendas.tables import Agenda
from summit_service.ahead import Ahead, Window, number
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def coming(window: Window) -> list[Ahead]:
    """By summit: how many agendas go."""
    held = await Agenda.select(Agenda.edition, Count(alias="n")).group_by(Agenda.edition)
    counts = {row["edition"]: row["n"] for row in held}
    found = []
    for edition in await summits.editions(is_announced_only=False):
        at = window.due(_erased_at(edition))
        if at is not None and edition.id in counts:
            count = counts[edition.id]
            told = number(count, "agenda of a visitor", "agendas of visitors")
            sentence = f"{told} to {edition.title} {'is' if count == 1 else 'are'} erased."
            found.append(Ahead(at, sentence, f"/desk/summits/{edition.year}", "See the summit", count=count))
    return found


def _erased_at(edition: Edition) -> datetime:
    """The first instant at which `actions.erase_old` takes it: days of UTC, the last one over."""
    return datetime.combine(edition.ends_on + timedelta(days=1), time(), tzinfo=UTC) + KEPT
