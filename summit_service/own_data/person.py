"""A copy of everything that is held about one person, by number and by address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import caseless
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import ApiToken, Login, Person
from summit_service.desk.tables import Hold, MorningMail
from summit_service.digests.tables import DigestChoice
from summit_service.feeds.tables import PersonalFeed
from summit_service.journal import queries as journal
from summit_service.mail.tables import BouncingAddress, MailEvent, OptOut, OutboxMessage, ReceivedMail
from summit_service.members.tables import Handover, Role
from summit_service.officers.tables import Officer
from summit_service.own_data import signing, work
from summit_service.own_data.rows import Row, opened, plain, rows

MOST_DEEDS = 100_000


async def held(person: Person, *, now: datetime) -> dict[str, Any]:
    """One object with a list for each kind of thing; a kind without anything has an empty list.

    No secret is in it: of links, logins and tokens only hashes are kept, and those say nothing about anybody.
    """
    key = email_key(person.email)
    return {
        "made_at": plain(now),
        "account": {
            "number": person.id,
            "name": person.name,
            "email": person.email,
            "timezone": person.timezone,
            "language": person.language,
            "known_since": plain(person.created_at),
        },
        **await _access(person),
        "mails": await _mails(key),
        **await _around_mails(person, key),
        **await work.held(person, key, now=now),
        **await signing.held(person, key),
        "log": await _log(person),
    }


async def _access(person: Person) -> dict[str, list[Row]]:
    mine = Role.person == person.id
    organisation = Role.organisation.slug.as_alias("organisation")
    officer = Officer.person == person.id
    leaver = (Handover.leaver == person.id) | (
        caseless.is_same(Handover.successor_email, email_key(person.email))
    )
    return {
        "roles": await rows(
            Role,
            mine,
            organisation,
            Role.kind,
            Role.is_proposed,
            Role.created_at,
            Role.ended_at,
            Role.confirmed_at,
            Role.confirmed_name,
            Role.confirmed_as,
            Role.confirmed_via,
        ),
        "signatories_confirmed": await rows(
            Role,
            Role.confirmed_by == person.id,
            organisation,
            Role.kind,
            Role.confirmed_at,
            Role.confirmed_as,
            Role.confirmed_via,
        ),
        "offices": await rows(
            Officer, officer, Officer.office, Officer.name, Officer.starts_on, Officer.ends_on
        ),
        "hand_overs": await rows(
            Handover,
            leaver,
            Handover.organisation.slug.as_alias("organisation"),
            Handover.leaver_name,
            Handover.successor_name,
            Handover.successor_email,
            Handover.outcome,
            Handover.created_at,
            Handover.decided_at,
        ),
        "logins": await rows(
            Login, Login.person == person.id, Login.agent, Login.created_at, Login.expires_at, Login.ended_at
        ),
        "tokens": await rows(
            ApiToken, ApiToken.person == person.id, ApiToken.name, ApiToken.created_at, ApiToken.ended_at
        ),
        "calendars": await rows(
            PersonalFeed,
            PersonalFeed.person == person.id,
            PersonalFeed.name,
            PersonalFeed.created_at,
            PersonalFeed.fetched_at,
            PersonalFeed.fetched_by,
            PersonalFeed.ended_at,
        ),
    }


async def _mails(key: str) -> list[Row]:
    """What we sent to this address, with all that was told in it."""
    table = OutboxMessage
    found = await rows(
        table,
        caseless.is_same(table.recipient_email, key),
        table.kind,
        table.recipient_name,
        table.recipient_email,
        table.created_at,
        table.state,
        table.settled_at,
        table.server_reply,
        table.stop_reason,
        table.returned_words,
        table.context,
    )
    return [{**row, "context": opened(row["context"])} for row in found]


async def _around_mails(person: Person, key: str) -> dict[str, list[Row]]:
    received, bouncing, event = ReceivedMail, BouncingAddress, MailEvent
    mine = OutboxMessage.select(OutboxMessage.id).where(caseless.is_same(OutboxMessage.recipient_email, key))
    return {
        "history_of_mails": await rows(
            event, event.message.is_in(mine), event.at, event.kind, event.words, event.who
        ),
        "digest": await rows(
            DigestChoice, DigestChoice.person == person.id, DigestChoice.rhythm, DigestChoice.hour
        ),
        "morning_mail": await rows(
            MorningMail, MorningMail.person == person.id, MorningMail.hour, MorningMail.told_until
        ),
        "taken_at_the_desk": await rows(Hold, Hold.person == person.id, Hold.key, Hold.taken_at),
        "mails_not_wanted": await rows(OptOut, OptOut.email_key == key, OptOut.stream, OptOut.created_at),
        "mails_from_you": await rows(
            received,
            caseless.has(received.sender, key),
            received.received_at,
            received.sender,
            received.subject,
            received.words,
            received.text,
        ),
        "undeliverable": await rows(bouncing, bouncing.email_key == key, bouncing.since, bouncing.words),
    }


async def _log(person: Person) -> list[Row]:
    """What the journal says of them: what they did, and what was done to them."""
    found = await journal.deeds(journal.Filter(people=[person.id]), limit=MOST_DEEDS)
    return [
        {
            "number": one.number,
            "at": plain(one.at),
            "who": one.who,
            "sentence": one.sentence,
            "face": one.face,
        }
        for one in found
    ]
