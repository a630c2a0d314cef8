"""Calendar entries by mail (RFC 6047), as ical.js and libical read them: made, changed, taken away."""

from __future__ import annotations

from datetime import date, datetime
from email.message import EmailMessage

from summit_service import db, settings
from summit_service.accounts.actor import OPERATOR
from summit_service.registrations import actions, rules
from tests import libical
from tests.factories_registrations import link_of, make_edition, register, registration_of
from tests.parsers import by_ical_js
from tests.postbox import Postbox

NAME = "Anna Berg"
LATER = {"starts_on": "2026-09-21", "ends_on": "2026-09-22", "venue": "Town Hall, Épernay"}


def entry_in(message: EmailMessage) -> tuple[str, bytes]:
    """The method that the mail says, and the object; inside the alternative and as a file it is the same."""
    inside = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    files = list(message.iter_attachments())
    assert [part.get_content_type() for part in files] == ["application/ics"]
    assert len(inside) == 1
    content = bytes(inside[0].get_payload(decode=True))
    assert content == files[0].get_payload(decode=True)
    assert files[0].get_filename() == "invite.ics"
    assert inside[0].get_param("charset") == "utf-8"
    return str(inside[0].get_param("method")), content


async def test_calendar_follows_the_registration(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await register(NAME, now=now)
    mails = await postbox.deliver(now)
    token = await link_of(NAME, now=now)
    await actions.change_edition(2026, LATER, actor=OPERATOR, now=now)
    mails += await postbox.deliver(now)
    await actions.change_attendance(token, attendance=rules.ONLINE, or_wait=False, now=now)
    mails += await postbox.deliver(now)
    await actions.cancel(token, now=now)
    mails += await postbox.deliver(now)

    methods, bodies = zip(*map(entry_in, mails), strict=True)

    seen = [libical.read(body) for body in bodies]
    entries = [one.entries[0] for one in seen]
    again = [by_ical_js(body)[0] for body in bodies]
    reply_to = f"mailto:{settings.current().mail_reply_to}"
    assert list(methods) == [one.method for one in seen] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [one.errors for one in seen] == [0, 0, 0, 0]
    assert {entry.uid for entry in entries} == {(await registration_of(NAME)).uid}
    assert [entry.sequence for entry in entries] == [0, 1, 2, 3]
    assert [entry.status for entry in entries] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [entry.start for entry in entries] == [date(2026, 9, 14), *[date(2026, 9, 21)] * 3]
    assert [entry.end for entry in entries] == [date(2026, 9, 16), *[date(2026, 9, 23)] * 3]
    assert entries[1].location == "Town Hall, Épernay"
    assert {entry.organizer for entry in entries} == {reply_to}
    assert {entry.attendees for entry in entries} == {("mailto:anna.berg@delegates.example",)}
    for theirs, ours in zip(again, entries, strict=True):
        assert (theirs.uid, theirs.sequence, theirs.status, theirs.start, theirs.end) == (
            ours.uid, ours.sequence, ours.status, ours.start, ours.end,
        )  # fmt: skip
        assert (theirs.summary, theirs.location) == (ours.summary, ours.location)
