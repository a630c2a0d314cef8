"""The settings that the secretariat may change: their words, what each affects, what it may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from summit_service import markup, setting_values
from summit_service.errors import Invalid, NotFound
from summit_service.settings import Settings

LINE, TEXT, ADDRESS, ZONE, HOUR = "line", "text", "address", "zone", "hour"


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting: `name` is the field of `Settings`, `environment` the variable with its default."""

    name: str
    label: str
    affects: str
    kind: str
    environment: str
    check: Callable[[str], str]
    is_optional: bool = False
    """Whether it may be empty."""


CHOICES = (
    Choice(
        "network_name",
        "Name of the network",
        "Every page, the sender of every mail, the names of calendars. Published statements keep theirs.",
        LINE,
        "SUMMIT_NETWORK_NAME",
        setting_values.one_line,
    ),
    Choice(
        "about",
        "What the network is",
        "The first paragraph of the home page.",
        TEXT,
        "SUMMIT_ABOUT",
        setting_values.short_text,
    ),
    Choice(
        "motto",
        "What we do, in a sentence",
        "At the foot of every page.",
        TEXT,
        "SUMMIT_MOTTO",
        setting_values.short_text,
    ),
    Choice(
        "join_about",
        "What joining means",
        "The first paragraph of the page where organisations ask to join. The rules below it stay as they are.",
        TEXT,
        "SUMMIT_JOIN_ABOUT",
        setting_values.short_text,
    ),
    Choice(
        "imprint",
        "Who is responsible",
        "At the foot of every page and every mail: a name and a postal address, as the law of many countries asks. "
        "Empty shows nothing.",
        TEXT,
        "SUMMIT_IMPRINT",
        setting_values.short_text,
        is_optional=True,
    ),
    Choice(
        "sender_name",
        "Name of the sender",
        "What mailboxes show as the sender of our mails. Empty means the name of the network.",
        LINE,
        "SUMMIT_SENDER_NAME",
        setting_values.optional_line,
        is_optional=True,
    ),
    Choice(
        "mail_reply_to",
        "Address for answers",
        "Where answers to our mails go; shown wherever people are told whom to write to, and in calendar entries.",
        ADDRESS,
        "SUMMIT_MAIL_REPLY_TO",
        setting_values.address,
    ),
    Choice(
        "timezone",
        "Time zone",
        "Which day it is for the network, and all times for people who have not chosen a zone: on pages, at the "
        "desk, in digests and mails.",
        ZONE,
        "SUMMIT_TIMEZONE",
        setting_values.zone,
    ),
    Choice(
        "digest_hour",
        "Hour of the digest",
        "What is offered to people who begin a digest. Those who have one keep their hour.",
        HOUR,
        "SUMMIT_DIGEST_HOUR",
        setting_values.hour,
    ),
)
_BY_NAME = {choice.name: choice for choice in CHOICES}
LONGEST = {TEXT: 600}


def choice_of(name: str) -> Choice:
    """The setting of that name; raises NotFound."""
    if name not in _BY_NAME:
        raise NotFound("There is no such setting.")
    return _BY_NAME[name]


def checked(choice: Choice, typed: str) -> str:
    """The value as it is kept; raises Invalid for `value` with a sentence."""
    text = " ".join(typed.split()) if choice.kind == TEXT else typed
    clean = markup.one_line(
        text,
        field="value",
        longest=LONGEST.get(choice.kind, 254),
        name=choice.label,
        required=not choice.is_optional,
    )
    try:
        return choice.check(clean)
    except ValueError as fault:
        said = str(fault)
        raise Invalid.one("value", said[:1].upper() + said[1:]) from fault


def overrides(kept: Mapping[str, str | None]) -> dict[str, Any]:
    """What is above the environment, as fields of `Settings`; a name that is not known any more is left out."""
    return {
        name: int(value) if _BY_NAME[name].kind == HOUR else value
        for name, value in kept.items()
        if value is not None and name in _BY_NAME
    }


def value_in(found: Settings, name: str) -> str:
    """The value of a setting as people type it."""
    return str(getattr(found, name))
