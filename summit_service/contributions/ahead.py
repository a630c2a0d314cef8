"""What of the calls for contributions comes by itself: a call that closes, contributions that are erased."""

from __future__ import annotations

from piccolo.query.functions import Count

from summit_service.ahead import Ahead, Window, number
from summit_service.contributions import queries
from summit_service.contributions.tables import Call, Contribution
from summit_service.summits import queries as summits


async def coming(window: Window) -> list[Ahead]:
    """By summit: the end of its call with what is to be reviewed then, and the day of erasing."""
    editions = {edition.id: edition for edition in await summits.editions(is_announced_only=False)}
    held = (
        await Contribution.select(Contribution.edition, Count(alias="n"))
        .where(Contribution.erased_at.is_null())
        .group_by(Contribution.edition)
    )
    counts = {row["edition"]: row["n"] for row in held}
    found = []
    for call in await Call.select(Call.edition, Call.closes_instant):
        edition, at = editions[call["edition"]], call["closes_instant"]
        if window.holds(at):
            url = f"/desk/summits/{edition.year}/contributions"
            sentence = f"The call for contributions to {edition.title} closes."
            found.append(Ahead(at, sentence, url, "See the call"))
            judge = f"The contributions to {edition.title} are in, to be reviewed and decided."
            found.append(Ahead(at, judge, url, "See them", is_for_somebody=True))
    for identifier, count in counts.items():
        edition = editions[identifier]
        if at := window.due(queries.erased_at(edition)):
            told = number(count, "contribution", "contributions")
            sentence = f"What is personal in {told} to {edition.title} is erased."
            url = f"/desk/summits/{edition.year}/contributions"
            found.append(Ahead(at, sentence, url, "See them", count=count))
    return found
