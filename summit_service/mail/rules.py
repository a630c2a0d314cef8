"""What follows from a server's answer, and when a mail is tried again: values in, a verdict out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

RETRY_MINUTES = (1, 5, 15, 30, 60, 120)
LATER_MINUTES = 60
JITTER = 0.2
LONGEST_TRYING = timedelta(hours=72)
REPEAT_AFTER = timedelta(minutes=15)
PROBE_EVERY = timedelta(minutes=15)
URGENT_PURPOSES = frozenset({"sign_in"})
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")


class Phase(StrEnum):
    """How far an attempt came. Before `DOT` the mail did not arrive; in it, only the server knows."""

    CONNECT = "connect"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class Verdict(StrEnum):
    """What becomes of an attempt."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    SLOWED = "slowed"
    FAILED = "failed"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was heard in which phase: the server's code and words, or no code and what went wrong.

    `is_ours` says that this mail cannot go through this server at all, whoever asks (a missing SMTPUTF8).
    """

    phase: Phase
    code: int | None
    text: str
    is_ours: bool = False

    @property
    def enhanced(self) -> str:
        """The code of RFC 3463, such as `5.7.1`; empty when there is none."""
        found = ENHANCED.match(self.text)
        return found[1] if found else ""

    @property
    def is_acceptance(self) -> bool:
        """Whether the server has taken the mail."""
        return self.phase is Phase.DOT and self.code is not None and 200 <= self.code < 300

    @property
    def words(self) -> str:
        """For the desk: the code, what it said, on one line."""
        return one_line(f"{self.code} {self.text}" if self.code is not None else self.text)[:1000]


def verdict_on(answer: Answer, *, refused_alone: bool = False) -> Verdict:
    """Sort an answer; docs/mail.md has the table.

    `refused_alone` says that this mail was refused before and others were accepted since: then it is the mail
    and not our standing with the server, and only this mail fails.
    """
    if answer.is_ours:
        return Verdict.FAILED
    if answer.code is None:
        return Verdict.UNCERTAIN if answer.phase is Phase.DOT else Verdict.DEFERRED
    if answer.code < 400:
        return Verdict.ACCEPTED if answer.is_acceptance else Verdict.DEFERRED
    if answer.code < 500:
        is_about_the_domain = answer.phase not in (Phase.CONNECT, Phase.AUTH)
        return (
            Verdict.SLOWED if is_about_the_domain and answer.enhanced.startswith("4.7.") else Verdict.DEFERRED
        )
    return _permanent(answer, refused_alone)


def _permanent(answer: Answer, refused_alone: bool) -> Verdict:
    is_about_us = answer.phase is not Phase.RCPT or answer.enhanced.startswith("5.7.")
    is_about_this_mail = refused_alone and answer.phase not in (Phase.CONNECT, Phase.AUTH)
    return Verdict.REFUSED if is_about_us and not is_about_this_mail else Verdict.FAILED


def delay(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts (from 1); `chance` in [0, 1) spreads it by a fifth."""
    minutes = RETRY_MINUTES[attempts - 1] if attempts <= len(RETRY_MINUTES) else LATER_MINUTES
    return timedelta(minutes=minutes * (1 + JITTER * (2 * chance - 1)))


def last_moment(tried_at: datetime, expires_at: datetime | None) -> datetime:
    """Until when a mail that was first tried at `tried_at` may be tried again."""
    end = tried_at + LONGEST_TRYING
    return min(end, expires_at) if expires_at is not None else end


def one_line(text: str) -> str:
    """The text without line breaks and other control characters, for headers and for lists."""
    return " ".join((text if text.isprintable() else CONTROLS.sub(" ", text)).split())


def domain_of(address: str) -> str:
    """The part that names the server."""
    return address.rpartition("@")[2].lower()
