"""Sorting what comes back: by RFC 3464, by the older shapes, answers of the absent, and what is hostile."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from summit_service.mail import bounces, return_path
from summit_service.settings import Settings
from tests.mail.bounces import samples

CURRENT = Settings(
    var_dir=Path(),
    database_url="",
    base_url="https://summit.example",
    secret_key="k" * 40,
    smtp_url=None,
    bounce_address="bounces@network.example",
)
KINDS = {"permanent", "transient", "delayed", "absent", "delivered", "unknown"}


@pytest.mark.parametrize(
    ("content", "kind", "is_bad"),
    [sample[1:] for sample in samples.SORTED],
    ids=[s[0] for s in samples.SORTED],
)
def test_mail_that_came_back_is_sorted(content: bytes, kind: str, is_bad: bool) -> None:
    notice = bounces.read(content)

    assert (notice.kind, notice.is_address_bad) == (kind, is_bad)


@pytest.mark.parametrize("content", [s[1] for s in samples.SORTED], ids=[s[0] for s in samples.SORTED])
def test_nothing_of_our_own_mail_is_kept(content: bytes) -> None:
    kept = repr(bounces.read(content))

    assert "AAAAAAAAAA" not in kept


def test_words_are_the_servers() -> None:
    report = samples.report("failed", "5.1.1", "550 5.1.1 <ana@hospital.example>: no such\r\n person")

    assert bounces.read(report).words.startswith("5.1.1 550 5.1.1 <ana@hospital.example>: no such")
    assert "5.1.1 User unknown" in bounces.read(samples.EXIM).words


def test_secret_that_is_broken_over_lines_is_not_kept() -> None:
    token = "B" * 43
    text = f"I could not open http://127.0.0.1:8000/sign/{token[:20]}=\r\n{token[20:]} at all."

    notice = bounces.read(samples.plain("From: a@b.example\nSubject: Re: link", text))

    assert "BBBBB" not in notice.text
    assert "at all." in notice.text


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_hostile_mail_costs_bounded_time(name: str) -> None:
    started = time.perf_counter()

    notice = bounces.read(samples.HOSTILE[name])

    assert notice.kind in KINDS
    assert len(notice.text) <= bounces.LONGEST_TEXT
    assert "\x00" not in repr(notice.subject + notice.text + notice.words)
    assert time.perf_counter() - started < 15  # measured: below one second each


@given(some.binary(max_size=2_000))
@hypothesis_settings(max_examples=60, deadline=None)
def test_nothing_that_comes_breaks_the_reading(content: bytes) -> None:
    assert bounces.read(b"From: a@b.example\nSubject: x\n" + content).kind in KINDS


def test_return_path_says_which_mail_it_was_and_cannot_be_made_up() -> None:
    address = return_path.sender_of(1_234_567_890, CURRENT)
    local = address.partition("@")[0]
    flipped = address.replace(local[-1] + "@", ("0" if local[-1] != "0" else "1") + "@")

    assert len(local) <= 64
    assert return_path.mail_in(address, CURRENT) == 1_234_567_890
    assert return_path.mail_in(f"<{address.upper()}>", CURRENT) == 1_234_567_890
    assert return_path.mail_in(flipped, CURRENT) is None
    assert return_path.mail_in(address.replace("+1234567890-", "+1234567891-"), CURRENT) is None
    assert return_path.mail_in(address.replace("network.example", "other.example"), CURRENT) is None
    assert return_path.mail_in("bounces@network.example", CURRENT) is None
    assert return_path.is_base("Bounces@network.example", CURRENT)
