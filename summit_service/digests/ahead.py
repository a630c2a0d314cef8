"""The digests that leave by themselves."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from summit_service import settings
from summit_service.accounts.tables import Person
from summit_service.ahead import Ahead, Window, number
from summit_service.digests import rules
from summit_service.digests.tables import DigestChoice
from summit_service.mail import streams

WORDS = {rules.WEEKLY: "weekly", rules.MONTHLY: "monthly"}


async def coming(window: Window) -> list[Ahead]:
    """By rhythm and day: how many leave, from when on. Nothing leaves where there is nothing new."""
    found: dict[str, Counter[datetime]] = {rhythm: Counter() for rhythm in WORDS}
    for (rhythm, zone, hour), readers in (await _readers()).items():
        for at in rules.dues_between(rhythm, zone, hour=hour, after=window.now, until=window.until):
            found[rhythm][at] += readers
    return [
        _line(rhythm, at, count)
        for rhythm, moments in found.items()
        for at, count in window.by_day(moments.elements())
    ]


async def _readers() -> Counter[tuple[str, str, int]]:
    """How many have chosen each rhythm at each hour of each zone; without those who left or stopped their digests."""
    rows = await DigestChoice.select(DigestChoice.person, DigestChoice.rhythm, DigestChoice.hour)
    wanted = DigestChoice.select(DigestChoice.person)
    people = await Person.select(Person.id, Person.email, Person.timezone).where(
        Person.id.is_in(wanted) & Person.ended_at.is_null()
    )
    stopped, default = await streams.opted_out(streams.DIGESTS), settings.current().timezone
    zone_of = {
        person["id"]: person["timezone"] or default
        for person in people
        if streams.email_key(person["email"]) not in stopped
    }
    return Counter(
        (row["rhythm"], zone_of[row["person"]], row["hour"]) for row in rows if row["person"] in zone_of
    )


def _line(rhythm: str, at: datetime, count: int) -> Ahead:
    readers = number(count, f"{WORDS[rhythm]} digest leaves", f"{WORDS[rhythm]} digests leave")
    sentence = f"{readers} if there is something new, each at its reader’s own hour."
    return Ahead(at, sentence, "/events", "See the calendar", count=count)
