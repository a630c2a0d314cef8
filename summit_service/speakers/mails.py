"""The mails to a speaker or chair: what changed for them with a calendar file, and the thanks afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service import ical, settings, zones
from summit_service.feeds import programme
from summit_service.ical import Entry
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.speakers import rules, thanks
from summit_service.speakers.queries import LINK, Letter
from summit_service.speakers.tables import SpeakerContact
from summit_service.speakers.thanks import Thanks
from summit_service.summits import queries as summits
from summit_service.summits.rules.snapshot import Header, Item, Snapshot
from summit_service.summits.tables import Edition, Release

KIND = "speaker_programme"
THANKS = "speaker_thanks"


def about(contact: SpeakerContact) -> str:
    """What the mails to a speaker are about, so that they are erased with the address."""
    return f"speaker:{contact.id}"


def _own(contact: SpeakerContact) -> LinkSpec:
    """Where a speaker finds what is kept of them; it opens nothing once that is erased."""
    return LinkSpec(LINK, str(contact.id), "/speakers/{token}")


def changed(letter: Letter, contact: SpeakerContact, release: Release, *, note: str, now: datetime) -> Mail:
    """The release of which they are told; `note` is what the secretariat adds in its own words.

    Whoever was told by a wrong address is told the same release again, so the moment is part of the cause.
    """
    snapshot = summits.snapshot_of(release)
    header, names = snapshot.header, frozenset(letter.names)
    return Mail(
        kind=KIND,
        to_name=letter.name,
        to_email=letter.email,
        about=about(contact),
        dedupe_key=f"{KIND}:{release.edition}:{release.number}:{contact.id}:{now.isoformat()}",
        context={
            "title": header.title,
            "year": header.year,
            "zone": zones.city(header.timezone),
            "is_first": letter.told_release == 0,
            "note": note,
            "news": [{"title": told.title, "sentence": told.sentence} for told in letter.news],
            "sessions": [_line(item, names) for item in rules.sessions_of(names, snapshot)],
            "why": f"the programme of {header.title} names you, or did.",
        },
        links={"own_url": _own(contact)},
        calendar=calendar_of(letter, snapshot, release),
        calendar_method="PUBLISH",
    )


def thanked(letter: Thanks, contact: SpeakerContact, edition: Edition, *, words: str, now: datetime) -> Mail:
    """Thank you, with their sessions and a link to the letter; `words` is what the secretariat adds."""
    return Mail(
        kind=THANKS,
        to_name=letter.name,
        to_email=letter.email,
        about=about(contact),
        dedupe_key=f"{THANKS}:{contact.id}:{now.isoformat()}",
        context={
            "title": edition.title,
            "year": edition.year,
            "words": words,
            "sessions": letter.lines,
            "why": f"the programme of {edition.title} names you.",
        },
        links={"url": LinkSpec(thanks.LINK, str(contact.id), "/thanks/{token}"), "own_url": _own(contact)},
    )


def _line(item: Item, names: frozenset[str]) -> dict[str, str]:
    session = item.session
    return {"title": session.title, "place": rules.place(session), "part": rules.part(names, session)}


def calendar_of(letter: Letter, snapshot: Snapshot, release: Release) -> str:
    """Their sessions, with the UIDs of the public feed, and as cancelled what is theirs no more.

    Several entries in one file are published (RFC 5546, 3.2.1): a REQUEST or CANCEL speaks of one alone.
    """
    header = snapshot.header
    entries = {
        item.session.uid: _entry(item, header)
        for item in rules.sessions_of(frozenset(letter.names), snapshot)
    }
    for told in letter.news:
        if told.is_off:
            entry = _entry(told.item, header)
            off = replace(entry, status="CANCELLED", changed_at=max(entry.changed_at, release.released_at))
            entries[entry.uid] = off
    body = [ical.vevent(entry) for entry in entries.values()]
    return ical.calendar(body, zones={header.timezone}, name=header.title, method="PUBLISH").decode()


def _entry(item: Item, header: Header) -> Entry:
    current = settings.current()
    entry = programme.entry_of(item, header)
    return replace(entry, organizer_name=current.network_name, organizer_email=current.mail_reply_to)
