"""How long links and logins live, how many mails somebody may ask for, and where a sign-in may lead."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from urllib.parse import quote, urlsplit

from summit_service.errors import Conflict

LINK_LIFE = timedelta(minutes=15)
LOGIN_DAYS = 30
LOGIN_LIFE = timedelta(days=LOGIN_DAYS)
MAILS_IN_A_ROW = 5
"""Sign-in mails to one person within the life of a link; further requests are answered alike, without one."""
MOST_TOKENS = 20
PACE = 0.25
"""Seconds; far more than the work for a known address and a wait that nobody minds."""
OWN_PAGE = "/me"
LONGEST_PATH = 500


def local_path(value: str) -> str:
    """Where to go after signing in: `value` when it is a path of this service, else the person's own page.

    Browsers take `//host`, `/\\host` and paths with a tab or line break inside as addresses of other hosts.
    """
    is_plain = value.startswith("/") and not value.startswith("//") and "\\" not in value
    if not is_plain or len(value) > LONGEST_PATH or any(_is_control(character) for character in value):
        return OWN_PAGE
    try:
        parts = urlsplit(value)
    except ValueError:
        return OWN_PAGE
    if (
        parts.scheme
        or parts.netloc
        or parts.path == "/sign-in"
        or parts.path.startswith(("/sign-in/", "/sign-out"))
    ):
        return OWN_PAGE
    return value


def link_path(next_path: str) -> str:
    """The address of a sign-in mail's link; `{token}` is put in when it is sent."""
    path = local_path(next_path)
    return "/sign-in/{token}" + ("" if path == OWN_PAGE else f"?next={quote(path, safe='/')}")


def may_be_mailed(mails_so_far: int) -> bool:
    """Whether one more sign-in mail may go to somebody who was sent that many within the life of a link."""
    return mails_so_far < MAILS_IN_A_ROW


def wait_after(seconds: float) -> float:
    """How long to wait before a request for a link is answered that took so long: always up to whole paces.

    A known address costs a few milliseconds more than an unknown one; nobody can tell which it was.
    """
    return PACE - seconds % PACE


def check_can_have_token(live_tokens: int) -> None:
    """Raises Conflict for somebody with as many API tokens as anybody needs."""
    if live_tokens >= MOST_TOKENS:
        raise Conflict(
            f"You have {live_tokens} API tokens. End one that is no longer used before you make another."
        )


def browser(agent: str) -> str:
    """A browser's User-Agent in a few words: `Firefox on Windows`."""
    names = (
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
    )
    more = (("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    )
    program = next((words for mark, words in names + more if mark in agent), "A browser")
    system = next((words for mark, words in systems if mark in agent), "")
    return f"{program} on {system}" if system else program


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
