"""Looking now and then whether the links of resources still work, and telling who shares one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import db, fetching, settings
from summit_service.errors import Invalid
from summit_service.mail import outbox
from summit_service.resources import mails, rules
from summit_service.resources.actions import writing
from summit_service.resources.tables import LinkCheck, Resource

AT_ONCE = 5
"""Links of one round; rounds come about once a minute."""
Probe = Callable[[str], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of one look: a sentence where the link is broken; `is_reached` is false where nobody answered."""

    fault: str = ""
    is_reached: bool = True


async def probe(url: str) -> int:
    """One GET with the bounds of followed calendars; plain http is asked, too, because readers may go there."""
    allowed = fetching.Limits(http=True, local=fetching.limits().local)
    return await fetching.probe(fetching.checked_address(url, allowed=allowed), allowed=allowed)


async def check_links(now: datetime, ask: Probe = probe) -> int:
    """Housekeeping: look at the links that are due; how many. Not in the demo, whose addresses are made up.

    When none of several answers, it is our own way out that is broken, and nothing is counted.
    """
    if settings.current().is_demo and ask is probe:
        return 0
    await _begin(now)
    rows = await _claim(now)
    looked = await asyncio.gather(*(_look(row.url, ask) for row in rows))
    if len(rows) > 1 and not any(one.is_reached for one in looked):
        return 0
    for row, one in zip(rows, looked, strict=True):
        await _keep(row, one, now=now)
    return len(rows)


async def _begin(now: datetime) -> None:
    """A row for each published link that has none; one whose link is another or gone begins anew or goes."""
    known = {row.resource: row for row in await LinkCheck.objects()}
    wanted = (Resource.state == "published") & (Resource.url != "")
    links = {row["id"]: row["url"] for row in await Resource.select(Resource.id, Resource.url).where(wanted)}
    stale = [number for number, row in known.items() if links.get(number) != row.url]
    fresh = [number for number in links if number not in known or number in stale]
    if not stale and not fresh:
        return
    async with db.transaction():
        if stale:
            await LinkCheck.delete().where(LinkCheck.resource.is_in(stale))
        for number in fresh:
            row = LinkCheck(resource=number, url=links[number], next_at=now + rules.FIRST_LOOK)
            await LinkCheck.insert(row).on_conflict(action="DO NOTHING")


async def _claim(now: datetime) -> Sequence[LinkCheck]:
    """Those that are due, ours alone until the lease ends."""
    async with db.transaction():
        due = LinkCheck.objects().where(LinkCheck.next_at <= now).order_by(LinkCheck.next_at).limit(AT_ONCE)
        rows = await db.for_update_skip_locked(due)
        if rows:
            lease: dict[Any, Any] = {LinkCheck.next_at: now + rules.LOOK_LEASE}
            await LinkCheck.update(lease).where(LinkCheck.id.is_in([row.id for row in rows]))
    return list(rows)


async def _look(url: str, ask: Probe) -> Looked:
    try:
        status = await ask(url)
    except Invalid:
        return Looked()  # an address that we do not go to; whether it works is not ours to say
    except fetching.Unfetched as refusal:
        return Looked(refusal.sentence, is_reached=False)
    return Looked(rules.link_fault(status))


async def _keep(row: LinkCheck, looked: Looked, *, now: datetime) -> None:
    async with db.transaction():
        kept = await db.for_update(LinkCheck.objects().where(LinkCheck.id == row.id)).first()
        resource = await Resource.objects().where(Resource.id == row.resource).first()
        if kept is None or resource is None or resource.url != row.url:
            return
        failures = kept.failures + 1 if looked.fault else 0
        changed: dict[Any, Any] = {
            LinkCheck.checked_at: now,
            LinkCheck.next_at: now + (rules.LOOK_AGAIN if looked.fault else rules.LOOK_EVERY),
            LinkCheck.failures: failures,
            LinkCheck.fault: looked.fault,
        }
        if not looked.fault:
            changed[LinkCheck.told_at] = None
        elif rules.is_broken(failures) and kept.told_at is None:
            changed[LinkCheck.told_at] = now
            await _tell(resource, looked.fault, now=now)
        await kept.update_self(changed)


async def _tell(resource: Resource, fault: str, *, now: datetime) -> None:
    person = await writing.sharer_of(resource)
    if person is not None:
        await outbox.add(mails.resource_link_broken(resource, person, fault=fault, now=now), now=now)
