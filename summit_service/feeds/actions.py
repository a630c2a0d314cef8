"""Making and ending personal feeds, and noting who came for one."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import db, tokens
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.errors import NotFound
from summit_service.feeds import mails, queries, rules
from summit_service.feeds.tables import PersonalFeed
from summit_service.mail import outbox


async def make_feed(name: str, *, actor: Actor, now: datetime) -> str:
    """The secret of a new feed, given this one time; raises Invalid for its name, Conflict for too many."""
    check_signed_in(actor)
    clean = rules.check_name(name)
    token = tokens.mint()
    async with db.transaction():
        await db.for_update(Person.objects().where(Person.id == actor.person_id)).first()
        rules.check_can_have_feed(len(await queries.feeds_of(actor.person_id or 0)))
        await PersonalFeed.insert(
            PersonalFeed(
                person=actor.person_id, name=clean, token_hash=queries.fingerprint(token), created_at=now
            )
        )
    return token


async def end_feed(feed_id: int, *, actor: Actor, now: datetime) -> None:
    """End one of the actor's feeds; raises NotFound for somebody else's."""
    check_signed_in(actor)
    mine = (PersonalFeed.id == feed_id) & (PersonalFeed.person == actor.person_id)
    async with db.transaction():
        ended = (
            await PersonalFeed.update({PersonalFeed.ended_at: now})
            .where(mine & PersonalFeed.ended_at.is_null())
            .returning(PersonalFeed.id)
        )
    if not ended:
        raise NotFound("This calendar address has been ended already.")


async def note_fetch(feed_id: int, *, app: str, digest: str, now: datetime) -> datetime:
    """Note that an app came for a feed and what it was given; since when the feed is these bytes.

    Other bytes get a second of their own, so that If-Modified-Since never hides a change.
    """
    async with db.transaction():
        feed = await db.for_update(PersonalFeed.objects().where(PersonalFeed.id == feed_id)).first()
        if feed is None:
            raise NotFound("There is no such calendar.")
        if feed.digest != digest or feed.changed_at is None:
            second = now.replace(microsecond=0)
            if feed.changed_at is not None:
                second = max(second, feed.changed_at + timedelta(seconds=1))
            feed.digest, feed.changed_at = digest, second
        feed.fetched_at, feed.fetched_by = now, app
        await feed.save()
        await _stop_what_was_seen(feed.person, now=now)
    return feed.changed_at


async def _stop_what_was_seen(person_id: int, *, now: datetime) -> None:
    """Stop the mails that wait about changes which every calendar of theirs that is in use has by now."""
    rows = await queries.feeds_of(person_id)
    seen_at = rules.all_have_seen([one.fetched_at for one in rows if one.fetched_at is not None])
    await outbox.stop(
        mails.about(person_id),
        reason="The calendar has been fetched.",
        now=now,
        queued_until=seen_at + rules.SETTLES_IN,
    )
