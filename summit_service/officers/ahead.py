"""Terms of officers that begin, end, or begin to wait for somebody to follow."""

from __future__ import annotations

from datetime import timedelta

from summit_service import settings, zones
from summit_service.ahead import Ahead, Window
from summit_service.officers import queries, rules
from summit_service.officers.queries import Term


async def coming(window: Window) -> list[Ahead]:
    """Each by itself: there are few. Days are those of the network's zone."""
    zone = settings.current().timezone
    terms = await queries.all_terms()
    found = []
    for one in terms:
        if window.holds(begins := zones.day_start(one.starts_on, zone)):
            found.append(Ahead(begins, f"{_who(one)} begins.", "/who-we-are", "See the officers"))
        if one.ends_on is None:
            continue
        if window.holds(ends := zones.day_end(one.ends_on, zone)):
            found.append(Ahead(ends, f"{_who(one)} ends.", f"/desk/officers/{one.id}", "See the term"))
        asked = one.ends_on - rules.SOON
        is_open = one in rules.ending_soon(terms, max(asked, one.starts_on))
        if is_open and window.holds(at := zones.day_start(asked, zone)):
            sentence = (
                f"{_who(one)} ends in {rules.SOON // timedelta(days=1)} days, and nobody is named to follow."
            )
            url = f"/desk/officers/{one.id}"
            found.append(Ahead(at, sentence, url, "See the term", is_for_somebody=True))
    return found


def _who(one: Term) -> str:
    return f"The term of {one.name or 'an officer'} ({one.office})"
