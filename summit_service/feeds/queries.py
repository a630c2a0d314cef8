"""Reads of personal feeds."""

from __future__ import annotations

from summit_service import tokens
from summit_service.feeds.tables import PersonalFeed

PURPOSE = "personal_feed"


async def feed_with(token: str) -> PersonalFeed | None:
    """The feed at that address, ended or not; None when there is none."""
    if not tokens.is_well_formed(token):
        return None
    return await PersonalFeed.objects().where(PersonalFeed.token_hash == fingerprint(token)).first()


async def feeds_of(person_id: int) -> list[PersonalFeed]:
    """The feeds of a person that are not ended, in the order in which they were made."""
    live = (PersonalFeed.person == person_id) & PersonalFeed.ended_at.is_null()
    return list(await PersonalFeed.objects().where(live).order_by(PersonalFeed.id))


async def feed_by_id(feed_id: int) -> PersonalFeed | None:
    """The feed with that number, ended or not; None when there is none."""
    return await PersonalFeed.objects().where(PersonalFeed.id == feed_id).first()


async def every_feed_of(person_id: int) -> list[PersonalFeed]:
    """The feeds of a person, ended ones too, in the order in which they were made."""
    return list(
        await PersonalFeed.objects().where(PersonalFeed.person == person_id).order_by(PersonalFeed.id)
    )


def fingerprint(token: str) -> str:
    """What is kept of the secret."""
    return tokens.fingerprint(PURPOSE, token)
