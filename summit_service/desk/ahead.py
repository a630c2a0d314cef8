"""The morning mails that leave by themselves."""

from __future__ import annotations

from summit_service import settings
from summit_service.ahead import Ahead, Window, number
from summit_service.desk import rules
from summit_service.desk.tables import MorningMail
from summit_service.mail import streams
from summit_service.members import queries as members


async def coming(window: Window) -> list[Ahead]:
    """One line for all of them: when the first leaves, and to how many of the secretariat."""
    stopped, default = await streams.opted_out(streams.MORNING), settings.current().timezone
    rows = await MorningMail.select(MorningMail.person, MorningMail.hour)
    hours = {row["person"]: row["hour"] for row in rows}
    moments = [
        rules.next_morning(person.timezone or default, hour=hours.get(person.id, rules.HOUR), now=window.now)
        for person in await members.secretariat()
        if streams.email_key(person.email) not in stopped
    ]
    if not moments:
        return []
    people = number(len(moments), "person", "people")
    sentence = f"The morning mail tells {people} of the secretariat what waits, as on each working day."
    return [Ahead(min(moments), sentence, "/me#mails", "Choose the hour", count=len(moments))]
