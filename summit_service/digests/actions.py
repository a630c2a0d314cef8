"""Choosing a digest, and sending those that are due."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import db, settings
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.digests import mails, rules
from summit_service.digests.tables import DigestChoice
from summit_service.events.news import news_between
from summit_service.mail import outbox, streams
from summit_service.members import queries as members

SETTLES_IN = timedelta(minutes=2)


async def choose(rhythm: str, *, hour: str = "", actor: Actor, now: datetime) -> None:
    """Begin, change or end the actor's digest. A new one tells of what happens from now on. Raises Invalid."""
    check_signed_in(actor)
    wanted, at = rules.checked(rhythm), rules.checked_hour(hour or str(settings.current().digest_hour))
    mine = DigestChoice.person == actor.person_id
    async with db.transaction():
        if wanted == rules.OFF:
            await DigestChoice.delete().where(mine)
            return
        stopped = await streams.is_stopped(actor.email, streams.DIGESTS)
        await streams.keep_choice(actor.email, streams.DIGESTS, is_wanted=True, now=now)
        await DigestChoice.insert(
            DigestChoice(person=actor.person_id, rhythm=wanted, told_until=now)
        ).on_conflict(target=DigestChoice.person, action="DO NOTHING")
        await DigestChoice.update({DigestChoice.rhythm: wanted, DigestChoice.hour: at}).where(mine)
        if stopped:
            await DigestChoice.update({DigestChoice.told_until: now}).where(mine)


async def send_due(now: datetime) -> int:
    """Queue every digest that is due and has something to tell; how many.

    Right when it runs late, twice, or in two processes: what counts is the moment up to which each was told.
    """
    sent = 0
    for choice in await DigestChoice.objects().order_by(DigestChoice.id):
        person = await accounts.person_by_id(choice.person)
        if person is not None and choice.told_until < _due(choice, person, now):
            sent += await _send(choice.id, person, now=now)
    return sent


def _due(choice: DigestChoice, person: Person, now: datetime) -> datetime:
    """A little later than the hour: what somebody was doing at that moment is in the database by then."""
    zone = person.timezone or settings.current().timezone
    return rules.last_due(choice.rhythm, zone, hour=choice.hour, now=now - SETTLES_IN)


async def _send(choice_id: int, person: Person, *, now: datetime) -> bool:
    async with db.transaction():
        choice = await db.for_update(DigestChoice.objects().where(DigestChoice.id == choice_id)).first()
        if choice is None:
            return False
        due_at = _due(choice, person, now)
        if due_at <= choice.told_until:
            return False  # another process was faster
        viewer = await members.actor_of(person, via="digest")
        news = await news_between(choice.told_until, due_at, viewer=viewer)
        await DigestChoice.update({DigestChoice.told_until: due_at}).where(DigestChoice.id == choice_id)
        if news.is_empty or await streams.is_stopped(person.email, streams.DIGESTS):
            return False
        mail = mails.digest(person, news, rhythm=choice.rhythm, due_at=due_at)
        return await outbox.add(mail, now=now) is not None
