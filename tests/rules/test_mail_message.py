"""A message as bytes: what is written straight reads like what the standard library writes."""

from __future__ import annotations

import quopri
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import SMTP, default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from summit_service.mail.message import Mailbox, compose, header, quoted_printable

NAMES = some.one_of(
    some.text(max_size=60).filter(lambda text: text.isprintable()),
    some.text("AZaz09 '-.,@\"()<>=?_\\", max_size=100),
).map(lambda text: " ".join(text.split()))


def read(line: str, name: str) -> str:
    return str(message_from_bytes(f"{line}\r\n".encode(), policy=default)[name])


@settings(max_examples=200, deadline=None)
@given(name=NAMES)
def test_mailbox_reads_like_the_librarys(name: str) -> None:
    theirs = SMTP.header_factory("To", Address(name, "anna", "members.example")).fold(policy=SMTP)

    ours = header("To", Mailbox(name, "anna@members.example"))

    assert read(ours, "To") == read(theirs, "To")
    assert ours.isascii()
    assert max(map(len, ours.split("\r\n"))) <= 998


@settings(max_examples=200, deadline=None)
@given(value=NAMES)
def test_subject_reads_like_the_librarys(value: str) -> None:
    ours = header("Subject", value)

    assert read(ours, "Subject") == value
    assert ours.isascii()


@pytest.mark.parametrize("value", ["Hello\r\nBcc: all@example.org", "a\nb", "a\rb", "a\x0bb", "a\u2028b"])
def test_header_with_a_line_break_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="line breaks"):
        header("Subject", value)
    with pytest.raises(ValueError, match="CR or LF"):
        header("To", Mailbox(f"{value}\n", "anna@members.example"))


def test_plain_headers_are_written_as_they_are() -> None:
    assert header("To", Mailbox("Anna Berg", "a@b.example")) == "To: Anna Berg <a@b.example>\r\n"
    assert header("To", Mailbox("", "a@b.example")) == "To: a@b.example\r\n"
    assert header("Subject", "Your place") == "Subject: Your place\r\n"
    assert header("To", Mailbox("Emp@thies", "a@b.example")) == 'To: "Emp@thies" <a@b.example>\r\n'


@settings(max_examples=200, deadline=None)
@given(text=some.text(some.one_of(some.sampled_from("ab =.\r\n\t"), some.characters(codec="utf-8"))))
def test_quoted_printable_can_be_read_back(text: str) -> None:
    made = quoted_printable(text)

    lines = made.split(b"\r\n")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = plain if plain.endswith("\n") else f"{plain}\n"
    assert quopri.decodestring(made).decode() == whole.replace("\n", "\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(b"\r" in line or b"\n" in line or line == b"." for line in lines)


@settings(max_examples=50, deadline=None)
@given(text=some.text(max_size=80), html=some.text(max_size=80), entry=some.text(max_size=80))
def test_no_part_can_end_another(text: str, html: str, entry: str) -> None:
    traps = "\n--=_alternative--\n--=_mixed\n"

    made = compose(
        [("Subject", "-")], text=text + traps, html=html + traps, calendar=entry + traps, method="REQUEST"
    )

    message = message_from_bytes(made, policy=default)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert [part.defects for part in message.walk()] == [[]] * 6
