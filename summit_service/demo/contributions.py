"""A made-up call for contributions to the demo's summit, with a few that came in."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service.accounts.actor import OPERATOR
from summit_service.contributions import actions
from summit_service.contributions.rules import CallForm, Form
from summit_service.demo import people
from summit_service.summits import queries as summits

INTRO = (
    "This call is a demonstration. Tell us what you have tried, measured or learned about **empathy in healthcare**: "
    "work that went well, and work that did not."
)
PROPOSED = (
    (
        "Listening at the end of a night shift",
        "Talk",
        "Practice",
        "What twelve nurses said when somebody asked.",
    ),
    (
        "A scale for empathy that patients fill in",
        "Poster",
        "Research",
        "How it was made, and what it cannot say.",
    ),
    (
        "Role play with retired patients",
        "Workshop",
        "Education",
        "An hour in which the students are the patients.",
    ),
)


async def load_call(now: datetime) -> None:
    """The call is open for three months."""
    edition = await summits.current_edition(now)
    if edition is None or summits.ends_instant(edition) <= now + timedelta(days=100):
        return
    closes = (now + timedelta(days=90)).date()
    call = CallForm(
        intro=INTRO,
        kinds="Talk; 20\nPoster; 5\nWorkshop; 60",
        themes="Practice\nResearch\nEducation",
        closes_at=f"{closes.isoformat()}T23:00",
    )
    await actions.put_call(edition.year, call, actor=OPERATOR, now=now)
    names = people.names(len(PROPOSED), start=90)
    for (title, kind, theme, abstract), name in zip(PROPOSED, names, strict=True):
        form = Form(
            title=title,
            kind=kind,
            theme=theme,
            abstract=abstract,
            name=name,
            email=people.address_of(name),
            affiliation="Example Hospital",
        )
        await actions.submit(edition.year, form, now=now)
