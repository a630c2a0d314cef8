"""What single settings may be: each gives the value as it is kept, or ValueError with a sentence."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from summit_service import dkim


def address(value: str) -> str:
    """An e-mail address in its normal form."""
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as fault:
        raise ValueError(f"“{value}” is not an e-mail address.") from fault


def bounce_address(value: str) -> str:
    """Its local part must leave room for `+NUMBER-PROOF` within the 64 octets of RFC 5321."""
    if value and len(address(value).rpartition("@")[0]) > 32:
        raise ValueError("what stands before the @ must have at most 32 characters.")
    return address(value) if value else ""


def bounce_listen(value: str) -> str:
    """Where something may listen for mails that come back."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"lmtp", "smtp"} or not parts.hostname or parts.port is None):
        raise ValueError("it must be lmtp://HOST:PORT or smtp://HOST:PORT.")
    return value


def bounce_days(value: str) -> str:
    """For how many days what came back is kept."""
    if not value.isascii() or not value.isdigit() or not 7 <= int(value) <= 3650:
        raise ValueError("it must be a number of days from 7 to 3650.")
    return value


def dkim_label(value: str) -> str:
    """A selector."""
    if value and not dkim.LABEL.fullmatch(value):
        raise ValueError("it must be a name such as mail2026, as DNS has it before ._domainkey.")
    return value


def one_line(value: str) -> str:
    """A name."""
    if any(ord(character) < 32 for character in value) or len(value) > 120:
        raise ValueError("it must be one line of at most 120 characters.")
    return value


def optional_line(value: str) -> str:
    """A name, or nothing."""
    return one_line(value) if value else ""


def short_text(value: str) -> str:
    """A paragraph."""
    if len(value) > 600:
        raise ValueError(f"it must have at most 600 characters; these are {len(value)}.")
    return value


def zone(value: str) -> str:
    """A time zone of the IANA database."""
    if value not in _zones():
        raise ValueError(f"“{value}” is not a time zone such as Europe/London.")
    return value


@cache
def _zones() -> set[str]:
    """Those that this machine knows; to read them from its files takes tens of milliseconds."""
    return available_timezones()


def hour(value: str) -> str:
    """An hour of the day."""
    if not value.isascii() or not value.isdigit() or not 0 <= int(value) <= 23:
        raise ValueError("it must be a whole hour from 0 to 23.")
    return str(int(value))
