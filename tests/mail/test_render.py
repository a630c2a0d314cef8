"""The message itself: headers, names, parts, calendar entries, and what no user can put into it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from summit_service import settings
from summit_service.mail import render
from summit_service.mail.outbox import Mail
from summit_service.mail.render import CannotRender, Envelope
from summit_service.mail.tables import OutboxMessage
from tests.mail.letters import invitation, know_letters, letter, post, row_of
from tests.postbox import Postbox, calendar_of, html_of, link_in, parsed, text_of

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:Ünïcode\r\nEND:VCALENDAR\r\n"
NAMES = [
    "Emp@thies Humanisation des soins",
    "Müller, Jürgen (Prof.)",
    '"Quoted" \\ Name',
    "東京共感医療研究センター",
    "A very long name " * 8 + "é",
    "<script>alert(1)</script>",
]


async def sent(postbox: Postbox, mail: Mail, now: datetime) -> EmailMessage:
    """The one mail that arrives."""
    await post(mail, now=now)
    messages = await postbox.deliver(now)
    assert len(messages) == 1
    return messages[0]


async def test_message_has_the_headers_that_are_promised(postbox: Postbox, now: datetime) -> None:
    message = await sent(postbox, letter(to_name="Anna Berg", to_email="anna@members.example"), now)

    row = await row_of(1)
    assert str(message["From"]) == "Empathy in Healthcare Network <secretariat@network.example>"
    assert str(message["Reply-To"]) == "Empathy in Healthcare Network <secretariat@network.example>"
    assert str(message["To"]) == "Anna Berg <anna@members.example>"
    assert message["Date"].datetime == now
    assert str(message["Message-ID"]) == f"<{row.message_id}@127.0.0.1>"
    assert str(message["Content-Language"]) == "en"
    assert str(message["Auto-Submitted"]) == "auto-generated"
    assert str(message["X-Auto-Response-Suppress"]) == "OOF, AutoReply"
    assert message["In-Reply-To"] is None
    assert message["Bcc"] is None


async def test_message_has_text_first_and_then_html(postbox: Postbox, now: datetime) -> None:
    message = await sent(postbox, invitation(), now)

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "Emp@thies <Humanisation> & Co" in text_of(message)
    assert "Emp@thies &lt;Humanisation&gt; &amp; Co" in html_of(message)
    assert f"\n<http://127.0.0.1:8000{link_in(message, '/sign/')}>\n" in text_of(message)


@pytest.mark.parametrize("name", NAMES)
async def test_message_keeps_unusual_names(postbox: Postbox, now: datetime, name: str) -> None:
    message = await sent(postbox, letter(to_name=name[:200], to_email="a@members.example"), now)

    address = message["To"].addresses[0]
    raw = postbox.envelopes[0].content
    # by the older parser: in names, the newer one keeps the space between two encoded words (RFC 2047, 6.2)
    read, _, _ = str(make_header(decode_header(str(message_from_bytes(raw)["To"])))).rpartition(" <")
    assert re.sub(r'^"|"$|\\(?=["\\])', "", read) == " ".join(name[:200].split())
    assert address.addr_spec == "a@members.example"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


async def test_message_lets_nobody_write_headers(postbox: Postbox, now: datetime) -> None:
    title = "Hello\r\nBcc: everybody@example.org\r\n\r\nNot the body"

    message = await sent(
        postbox,
        letter(to_name="Anna\r\nBcc: all@example.org\x00", context={"title": title, "words": "-"}),
        now,
    )

    assert message["Bcc"] is None
    assert str(message["Subject"]) == "Hello Bcc: everybody@example.org Not the body"
    assert message["To"].addresses[0].display_name == "Anna Bcc: all@example.org"


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=some.text(max_size=80), title=some.text(max_size=200))
def test_message_survives_any_name_and_subject(now: datetime, name: str, title: str) -> None:
    know_letters()
    made = envelope_of(letter(to_name=name, context={"title": title, "words": "words"}), now)

    message = parsed(made.content)

    assert set(message.keys()) == {
        "From", "Reply-To", "To", "Date", "Message-ID", "Content-Language", "Auto-Submitted",
        "X-Auto-Response-Suppress", "Subject", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert [address.addr_spec for address in message["To"].addresses] == [made.recipient]
    assert text_of(message) == "words\n"


def envelope_of(mail: Mail, now: datetime) -> Envelope:
    """Rendered without a database."""
    row = OutboxMessage(
        id=1,
        kind=mail.kind,
        recipient_name=mail.to_name,
        recipient_email=mail.to_email,
        context=json.dumps(dict(mail.context)),
        message_id="abc",
        in_reply_to=mail.in_reply_to,
        calendar=mail.calendar,
        calendar_method=mail.calendar_method,
    )
    return render.envelope(row, links={}, settings=settings.current(), now=now)


async def test_message_with_a_calendar_entry_has_it_inside_and_as_a_file(
    postbox: Postbox, now: datetime
) -> None:
    message = await sent(postbox, letter(calendar=CALENDAR, calendar_method="REQUEST"), now)

    alternative, attachment = list(message.iter_parts())
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    entry = list(alternative.iter_parts())[-1]
    assert message.get_content_type() == "multipart/mixed"
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert entry.get_param("method") == "REQUEST"
    assert entry.get_param("charset") == "utf-8"
    assert calendar_of(message) == CALENDAR
    assert attachment.get_filename() == "invite.ics"
    assert attachment.get_payload(decode=True) == CALENDAR.encode()


async def test_message_answers_an_earlier_one(postbox: Postbox, now: datetime) -> None:
    first = await sent(postbox, letter(), now)
    earlier = (await row_of(1)).message_id

    second = await sent(postbox, letter(in_reply_to=earlier), now)

    assert str(second["In-Reply-To"]) == str(first["Message-ID"])
    assert str(second["References"]) == str(first["Message-ID"])


def test_message_to_an_address_outside_ascii_says_so(now: datetime) -> None:
    made = envelope_of(letter(to_email="jürgen@bücher.example"), now)

    assert made.needs_utf8
    assert "To: Anna Berg <jürgen@bücher.example>\r\n".encode() in made.content


def test_message_to_a_domain_outside_ascii_needs_nothing_special(now: datetime) -> None:
    made = envelope_of(letter(to_email="anna@bücher.example"), now)

    assert (made.recipient, made.needs_utf8) == ("anna@xn--bcher-kva.example", False)


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nRCPT TO:<c@d.example>", "a b@c.example"])
def test_message_to_no_address_cannot_be_written(now: datetime, address: str) -> None:
    with pytest.raises(CannotRender, match="The address cannot be used"):
        envelope_of(letter(to_email=address), now)


def test_message_with_lines_that_are_too_long_stays_within_the_limits(now: datetime) -> None:
    words = "é" * 3000 + "\n.\n" + "x" * 3000

    made = envelope_of(letter(context={"title": "-", "words": words}), now)

    assert max(map(len, made.content.split(b"\r\n"))) <= 998
    assert text_of(parsed(made.content)) == words + "\n"
