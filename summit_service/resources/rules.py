"""What a resource must be, what may be done with it in which state, and under which terms it is shared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from summit_service import markup
from summit_service.errors import Conflict, Fault, Invalid

T = TypeVar("T")
KINDS = {"guide": "Guide", "tool": "Tool", "course": "Course", "paper": "Paper", "video": "Video"}
CREATIVE_COMMONS = "https://creativecommons.org/"
RESERVED = "reserved"
LICENCES = {
    "cc0": ("CC0: no rights reserved", f"{CREATIVE_COMMONS}publicdomain/zero/1.0/"),
    "cc-by": ("CC BY 4.0: name the authors", f"{CREATIVE_COMMONS}licenses/by/4.0/"),
    "cc-by-sa": ("CC BY-SA 4.0: share changes alike", f"{CREATIVE_COMMONS}licenses/by-sa/4.0/"),
    "cc-by-nc": ("CC BY-NC 4.0: not for profit", f"{CREATIVE_COMMONS}licenses/by-nc/4.0/"),
    "cc-by-nc-sa": (
        "CC BY-NC-SA 4.0: not for profit, share changes alike",
        f"{CREATIVE_COMMONS}licenses/by-nc-sa/4.0/",
    ),
    "cc-by-nd": ("CC BY-ND 4.0: without changes", f"{CREATIVE_COMMONS}licenses/by-nd/4.0/"),
    "cc-by-nc-nd": (
        "CC BY-NC-ND 4.0: not for profit, without changes",
        f"{CREATIVE_COMMONS}licenses/by-nc-nd/4.0/",
    ),
    RESERVED: ("All rights reserved: link only", ""),
}
VISIBILITIES = {"public": "Everybody", "members": "Members only"}
STATES = {
    "waiting": "waiting for confirmation",
    "returned": "given back",
    "published": "published",
    "withdrawn": "withdrawn",
}
RESERVED_SLUGS = frozenset({"new"})
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_URL, LONGEST_TOPIC, LONGEST_REASON = 200, 8_000, 500, 40, 1_000
LONGEST_USE, LONGEST_COMMENT = 400, 4_000
HIDDEN_KEPT = timedelta(days=365)
TELL_AFTER, TELL_EVERY = timedelta(hours=1), timedelta(days=1)
FIRST_LOOK, LOOK_EVERY, LOOK_AGAIN = timedelta(days=1), timedelta(days=14), timedelta(days=1)
LOOK_LEASE = timedelta(hours=1)
BROKEN_AFTER = 3
"""Looks in a row, a day between them: a server that rests for a night is none that is gone."""
MOST_TOPICS = 10
LONGEST_LANGUAGE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said about a resource: as it was typed, or checked and in the form that is kept."""

    title: str = ""
    kind: str = ""
    summary: str = ""
    url: str = ""
    topics: tuple[str, ...] = ()
    language: str = "en"
    licence: str = ""
    visibility: str = "public"


FIELDS = tuple(field.name for field in fields(Details))


def checked(given: Details, *, has_file: bool = False) -> Details:
    """The details in the form that is kept; raises Invalid with every fault found."""
    faults: list[Fault] = []

    def attempt(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Invalid as refusal:
            faults.extend(refusal.faults)
            return otherwise

    clean = Details(
        title=attempt(lambda: _line(given.title, "title", LONGEST_TITLE, "The title"), ""),
        kind=attempt(lambda: _one_of(given.kind, KINDS, "kind", "Choose what kind of thing it is."), ""),
        summary=attempt(lambda: _summary(given.summary), ""),
        url=attempt(lambda: checked_url(given.url), given.url),
        topics=attempt(lambda: _topics(given.topics), ()),
        language=attempt(lambda: _language(given.language), ""),
        licence=attempt(lambda: _one_of(given.licence, LICENCES, "licence", "Choose a licence."), ""),
        visibility=attempt(
            lambda: _one_of(given.visibility, VISIBILITIES, "visibility", "Say who may see it."), ""
        ),
    )
    if not clean.url and not has_file:
        faults.append(Fault("url", "Give a link, or add a file. There has to be something to use."))
    if faults:
        raise Invalid(faults)
    check_licence(clean.licence, has_file=has_file)
    return clean


def check_licence(licence: str, *, has_file: bool) -> None:
    """Raises Invalid for a file of which all rights are reserved: it may be linked to, not handed out."""
    if has_file and licence == RESERVED:
        raise Invalid.one(
            "licence",
            "A file is handed out from here, so it needs a licence that allows that. Choose one, or link to it.",
        )


def checked_url(value: str) -> str:
    """A whole web address, or nothing. Raises Invalid for `url`."""
    text = markup.one_line(value, field="url", longest=LONGEST_URL, name="The link", required=False)
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
    except ValueError:
        is_address = False
    if not is_address:
        raise Invalid.one("url", "Give the whole address, such as https://www.example.org/guide.")
    return text


def link_fault(status: int) -> str:
    """What is wrong with a page that answers so, in words; nothing where readers may well see it.

    A page that keeps programs out (401, 403, 405, 429) is there.
    """
    if status in {404, 410}:
        return f"The page answered {status}: it is not there{' any more' if status == 410 else ''}."
    return f"The server answered {status}: it has trouble of its own." if status >= 500 else ""


def is_broken(failures: int) -> bool:
    """Whether a link that failed so often in a row is said to be broken."""
    return failures >= BROKEN_AFTER


def topic_slug(name: str) -> str:
    """A topic as it is kept and filtered by."""
    return markup.slug(name) if name.strip() else ""


def first_state(*, is_new: bool, is_trusted: bool) -> str:
    """What a new organisation shares waits for the secretariat, as its events do."""
    return "waiting" if is_new and not is_trusted else "published"


def state_after_change(state: str, *, is_new: bool, is_trusted: bool) -> str:
    """What was given back waits again once it is changed."""
    return first_state(is_new=is_new, is_trusted=is_trusted) if state == "returned" else state


def check_state(state: str, *wanted: str) -> None:
    """Raises Conflict where the resource is in no state that this can be done in."""
    if state not in wanted:
        known = " or ".join(STATES[one] for one in wanted)
        raise Conflict(f"This resource is {STATES[state]}. It would have to be {known}.")


def check_reason(reason: str, sentence: str) -> str:
    """Why, in words; raises Invalid with the sentence where there are none."""
    text = markup.many_lines(reason, field="reason", longest=LONGEST_REASON, name="The reason")
    if not text:
        raise Invalid.one("reason", sentence)
    return text


def search_text(details: Details) -> str:
    """What words are looked for in: without case, accents and marks."""
    parts = (details.title, markup.to_text(details.summary), " ".join(details.topics), KINDS[details.kind])
    return markup.plain(" ".join(parts))


def changed_fields(before: Details, after: Details) -> tuple[str, ...]:
    """The names of the fields that differ."""
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def checked_use(words: str) -> str:
    """Where and how it is used, in a sentence; raises Invalid for `words`."""
    return markup.one_line(words, field="words", longest=LONGEST_USE, name="Where and how you use it")


def checked_comment(body: str) -> str:
    """What is said about a resource; raises Invalid for `body`."""
    return markup.many_lines(body, field="body", longest=LONGEST_COMMENT, name="Your comment", required=True)


def is_time_to_tell(oldest: datetime, told: datetime | None, *, now: datetime) -> bool:
    """Whether who shares something is told now."""
    return now >= time_to_tell(oldest, told)


def time_to_tell(oldest: datetime, told: datetime | None) -> datetime:
    """From when on who shares something is told: once a day at most, and not while somebody still puts words right."""
    after = oldest + TELL_AFTER
    return after if told is None else max(after, told + TELL_EVERY)


def _line(value: str, field: str, longest: int, name: str) -> str:
    return markup.one_line(value, field=field, longest=longest, name=name)


def _summary(value: str) -> str:
    return markup.many_lines(
        value, field="summary", longest=LONGEST_SUMMARY, name="The summary", required=True
    )


def _one_of(value: str, choices: Collection[str], field: str, sentence: str) -> str:
    if value not in choices:
        raise Invalid.one(field, sentence)
    return value


def _topics(given: tuple[str, ...]) -> tuple[str, ...]:
    if len(given) > 5 * MOST_TOPICS:
        raise Invalid.one("topics", f"Give at most {MOST_TOPICS} topics.")
    names = [
        markup.one_line(name, field="topics", longest=LONGEST_TOPIC, name="A topic", required=False)
        for name in given
    ]
    found = tuple(sorted({topic_slug(name) for name in names if name}))
    if len(found) > MOST_TOPICS:
        raise Invalid.one("topics", f"Give at most {MOST_TOPICS} topics.")
    return found


def _language(value: str) -> str:
    sentence = "Give the language by its code, such as en, fr or pt-BR."
    try:
        code = str(Locale.parse(value.strip(), sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise Invalid.one("language", sentence) from None
    if len(code) > LONGEST_LANGUAGE:
        raise Invalid.one("language", sentence)
    return code


def with_changes(details: Details, changes: Mapping[str, Any]) -> Details:
    """The details with the named fields changed; the caller has typed them."""
    return replace(details, **changes)
