"""What may happen to a statement and when: states, deadlines, answers. Values in, a named refusal out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from summit_service.errors import Conflict, Fault, Gone, Invalid
from summit_service.zones import long_deadline, long_moment

STATES = {
    "drafting": "Being drafted",
    "consulting": "Members comment",
    "revising": "Being revised",
    "frozen": "Text is frozen",
    "signing": "Open for signing",
    "reworking": "Text is being changed",
    "closed": "Signing has ended",
    "adopted": "Adopted",
    "not_adopted": "Not adopted",
    "published": "Published",
    "cancelled": "Cancelled",
}
NEXT = {
    "drafting": {"consulting", "frozen", "cancelled"},
    "consulting": {"revising", "cancelled"},
    "revising": {"consulting", "frozen", "cancelled"},
    "frozen": {"signing", "reworking", "cancelled"},
    "signing": {"closed", "reworking", "cancelled"},
    "reworking": {"frozen", "cancelled"},
    "closed": {"adopted", "not_adopted", "cancelled"},
    "adopted": {"published", "cancelled"},
    "not_adopted": {"cancelled"},
    "published": set[str](),
    "cancelled": set[str](),
}
WRITABLE = frozenset({"drafting", "consulting", "revising", "reworking"})
ROLES = {
    "authoritative": "the text that counts",
    "equally_authentic": "counts as much",
    "courtesy": "for reading only",
}
TRANSLATABLE = WRITABLE | {"frozen", "signing", "closed", "adopted", "published"}
"""While a translation can be added: it is no part of what is signed."""
SIGNED_ROLES = frozenset({"authoritative", "equally_authentic"})
CHOICES = {"signed": "Sign", "changes_requested": "Ask for changes", "declined": "Decline"}
AFFIRMATION = "reaffirmed"
"""The choice of who had signed an earlier text: to sign this one too."""
WITHDRAWAL = "withdrawn"
"""The choice of who has answered already: to have no answer."""
CAPACITIES = {"organisation": "For the organisation", "personal": "In a personal capacity"}

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
LONGEST_TITLE = 200
LONGEST_TEXT = 200_000
MOST_LINES = 4_000
"""Of a text; 20 pages have some 300. Without a bound a text of one letter a line would take minutes to read."""
LONGEST_NOTE = 2_000
LONGEST_REASON = 4_000
SHORTEST_CHANGE = 20
CONSULTATION = timedelta(days=14)
NONCE_LIFE = timedelta(hours=24)
RECEIPT_LIFE = timedelta(days=90)
"""How long after the deadline a link still shows its receipt, or says what happened."""
DISPUTE_LIFE = timedelta(days=30)
"""How long after an answer who was told of it can say that it was not theirs."""
AFTER_THE_LAST = timedelta(hours=24)
"""How long an answer can still be changed when everybody has answered."""
BETWEEN_MAILS = timedelta(hours=24)
MOST_MAILS = 6
MOST_NAMED = 5
"""Somebody new for one question: each is a mail to the main contact, with a name that whoever has the link typed."""


def check_next(state: str, new: str) -> None:
    """Raises Conflict when a statement cannot go from `state` to `new`; the code names the refusal."""
    if new not in NEXT[state]:
        told = STATES[state].lower()
        raise Conflict(
            f"This is not possible now: the statement is “{told}”, "
            f"and cannot become “{STATES[new].lower()}” from there.",
            code=f"not_{new}_from_{state}",
        )


def check_writable(state: str) -> None:
    """Raises Conflict when the text can no longer be changed."""
    if state in WRITABLE:
        return
    if state in {"frozen", "signing"}:
        raise Conflict(
            "The text is frozen. Take it back for rework first: no signature is carried over.", code="frozen"
        )
    raise Conflict(
        f"The text can no longer be changed: the statement is “{STATES[state].lower()}”.", code="text_ended"
    )


def check_translatable(state: str, language: str, fixed: Collection[str]) -> None:
    """Raises Conflict when no translation can be added, or when the text in that language is one that is signed."""
    if state not in TRANSLATABLE:
        check_writable(state)
    if language in fixed:
        raise Conflict(
            f"The text in “{language}” is one of those that are signed. A translation has another language.",
            code="frozen",
        )


def check_edition(year: int | None) -> None:
    """Raises Invalid for what is no year of a summit; none is one."""
    if year is not None and not 1900 < year < 2200:
        raise Invalid.one("edition", "Give the year of a summit, such as 2026.")


def check_lines(text: str) -> None:
    """Raises Invalid when a text has too many lines to be read as Markdown in bounded time."""
    lines = text.count("\n") + 1
    if lines > MOST_LINES:
        raise Invalid.one("text", f"The text has {lines:,} lines; {MOST_LINES:,} is the most it can have.")


def check_consultation(closes_at: datetime, days: int, *, now: datetime) -> None:
    """Raises Invalid when members would have fewer days to comment than the policy says; 14 where it says none."""
    least = days or CONSULTATION.days
    if closes_at < now + timedelta(days=least):
        raise Invalid.one("closes_at", f"Members need at least {least} days to comment. Choose a later day.")


def check_deadline(closes_at: datetime, *, now: datetime) -> None:
    """Raises Invalid when the deadline has passed."""
    if closes_at <= now:
        raise Invalid.one("closes_at", "The deadline has passed already. Choose a later one.")


def check_silence(days: int | None, closes_at: datetime, *, now: datetime) -> None:
    """Raises Invalid when a silence procedure would end before silence counts."""
    if days is not None and closes_at < now + timedelta(days=days):
        raise Invalid.one(
            "closes_at", f"Silence counts after {days} days under this policy. Choose a deadline after that."
        )


def check_blocking(slugs: Iterable[str], asked: Collection[str]) -> None:
    """Raises Invalid that names who is to block and is not asked."""
    wrong = [slug for slug in slugs if slug not in asked]
    if wrong:
        raise Invalid(
            [Fault("policy/blocking", f"No member that is asked has the address “{slug}”.") for slug in wrong]
        )


def check_freezable(roles: Iterable[str], *, new_text: bool) -> None:
    """Raises Conflict unless one text counts (or several count equally), and it is a new one after rework."""
    given = list(roles)
    if not given:
        raise Conflict("There is no text yet. Add a version first.", code="no_text")
    counting, equal = given.count("authoritative"), given.count("equally_authentic")
    if (counting, equal) != (1, 0) and not (counting == 0 and equal >= 2):
        raise Conflict(
            "One text must be authoritative, or two or more equally authentic. Say which text counts.",
            code="no_authoritative_text",
        )
    if not new_text:
        raise Conflict(
            "The text has not changed since it was last signed. Add a new version first.", code="no_new_text"
        )


def check_second_person(first: int | None, second: int) -> None:
    """Raises Conflict when the one who asked for a freeze would confirm it too."""
    if first == second:
        raise Conflict(
            "You have asked for this freeze. Another member of the secretariat confirms it.",
            code="second_person",
        )


def check_somebody_signs(without: list[str], *, eligible: int, asked: int) -> None:
    """Raises Conflict that names the organisations which have nobody to sign and are not waived."""
    if without:
        raise Conflict(
            f"Nobody can sign for {in_words(without)}. Name a signatory for each, or waive them by name.",
            code="no_signatory",
        )
    if not eligible:
        raise Conflict("There is no member organisation to ask.", code="nobody_to_ask")
    if not asked:
        raise Conflict("Every organisation is waived, so nobody would be asked.", code="nobody_to_ask")


def check_somebody_comments(asked: int) -> None:
    """Raises Conflict when no member has anybody to comment."""
    if not asked:
        raise Conflict(
            "No member organisation has a representative or a signatory to ask.", code="nobody_to_ask"
        )


def end_of(closes_at: datetime | None, ends_early_at: datetime | None) -> datetime | None:
    """Until when answers are taken: the deadline, or sooner where everybody has answered."""
    return min((at for at in (closes_at, ends_early_at) if at is not None), default=None)


def check_closable(
    missing: list[str],
    *,
    closes_at: datetime,
    timezone: str,
    opened_at: datetime | None,
    early_days: int | None,
    note: str,
    now: datetime,
) -> None:
    """Raises Conflict or Invalid when signing cannot be ended now: somebody may still answer.

    `timezone` is that of the deadline; the sentences name times in it. `missing` are the organisations without an
    answer. `early_days` is what the policy says: after how many days from the opening signing may be ended with a
    reason; None: never before the deadline.
    """
    if closes_at <= now or not missing:
        return
    who, until = in_words(missing), long_deadline(closes_at, timezone)
    if early_days is None or opened_at is None:
        have = "has" if len(missing) == 1 else "have"
        raise Conflict(
            f"{who} {have} not answered and can do so until {until}. Signing ends before that only when everybody "
            "has answered, or where the policy of its opening allows it.",
            code="still_asked",
        )
    if now < opened_at + timedelta(days=early_days):
        earliest = long_moment(opened_at + timedelta(days=early_days), timezone)
        raise Conflict(
            f"{who} may still answer. By the policy of its opening signing can be ended from {earliest} on.",
            code="too_early",
        )
    if not note.strip():
        raise Invalid.one(
            "note", "Say why signing ends before its deadline: everybody who was asked is told."
        )


def is_open(state: str, end: datetime | None, *, now: datetime) -> bool:
    """Whether answers count now; the end counts whether or not anything has closed the statement."""
    return state == "signing" and end is not None and now < end


def seen_state(state: str, end: datetime | None, *, now: datetime) -> str:
    """The state that readers are shown: signing is over at its end, even before it is counted."""
    return "closed" if state == "signing" and not is_open(state, end, now=now) else state


def check_open(state: str, end: datetime | None, *, now: datetime) -> None:
    """Raises Gone when answers are not taken any more."""
    if is_open(state, end, now=now):
        return
    if state == "signing" and end is not None:
        raise Gone(
            f"Signing ended on {long_moment(end, 'Etc/UTC')}. Your answer came too late.", code="closed"
        )
    raise Gone("Signing has ended; answers are no longer taken.", code="closed")


def late_end(closes_at: datetime, late_days: object) -> datetime | None:
    """Until when members may join a published statement; None when the policy lets nobody."""
    return closes_at + timedelta(days=late_days) if isinstance(late_days, int) and late_days else None


def check_late_choice(choice: str, *, can_join: bool, can_withdraw: bool) -> None:
    """Raises Gone for an answer that nobody can give any more after publication."""
    if not (choice == "signed" and can_join) and not (choice == WITHDRAWAL and can_withdraw):
        raise Gone("The statement is published; this answer is not taken any more.", code="closed")


def check_same_text(given: str, current: str) -> None:
    """Raises Conflict for a form that was made for another text, and Invalid for one that names none."""
    if not given:
        raise Invalid.one("choice", "The form came back without its fields. Choose your answer once more.")
    if given != current:
        raise Conflict("The text has changed, please read it again.", code="text_changed")


def check_choice(choice: str, *, has_answer: bool = False, has_signed_before: bool = False) -> None:
    """Raises Invalid when no answer was chosen.

    Only an answer that was given can be taken back, and only who had signed an earlier text affirms it again.
    """
    also = {WITHDRAWAL} if has_answer else set()
    also |= {AFFIRMATION} if has_signed_before else set()
    if choice not in CHOICES and choice not in also:
        raise Invalid.one("choice", "Choose one of the three answers.")


def answer_faults(choice: str, *, attested: bool, name: str, capacity: str, reason: str) -> list[Fault]:
    """What is still missing on the second page."""
    faults = []
    if choice in {"signed", AFFIRMATION} and capacity not in CAPACITIES:
        faults.append(
            Fault("capacity", "Say whether you sign for the organisation or in a personal capacity.")
        )
    if choice == "changes_requested" and len(reason) < SHORTEST_CHANGE:
        faults.append(Fault("reason", f"Say what should change, in at least {SHORTEST_CHANGE} characters."))
    if not name:
        faults.append(Fault("name", "Type your name."))
    if not attested:
        faults.append(Fault("attested", "Tick the box to say that you mean it."))
    return faults


def check_undisputed(names: Collection[str]) -> None:
    """Raises Conflict that names the organisations whose answers are disputed."""
    if names:
        raise Conflict(
            f"An answer of {in_words(sorted(names))} is disputed. Settle that first.", code="disputed"
        )


def check_named(before: int) -> None:
    """Raises Conflict when so many were named for one question that the main contact is asked about no more."""
    if before >= MOST_NAMED:
        raise Conflict(
            f"Your main contact was asked about {MOST_NAMED} people already. Write to us instead.",
            code="named_too_often",
        )


def can_be_mailed(mails: int, last: datetime | None, *, now: datetime) -> bool:
    """At most one mail a day to a person about a statement, and six in all."""
    return mails < MOST_MAILS and (last is None or now - last >= BETWEEN_MAILS)


def why_not_reminded(remind_from: datetime | None, wrong_at: datetime | None, *, now: datetime) -> str:
    """Why a signatory is not to be reminded, by their own word; empty when nothing stands against it."""
    if wrong_at is not None:
        return "says that we ask the wrong person"
    if remind_from is not None and now < remind_from:
        return f"wants to be reminded on {long_moment(remind_from, 'Etc/UTC')}"
    return ""


def time_left(closes_at: datetime, *, now: datetime) -> str:
    """`12 days are left`, `5 hours are left`, or minutes; empty at the deadline."""
    seconds = int((closes_at - now).total_seconds())
    if closes_at <= now:
        return ""
    minutes = max(1, seconds // 60)
    if minutes == 1:
        return "1 minute is left"
    if minutes < 120:
        return f"{minutes} minutes are left"
    return f"{minutes // 60} hours are left" if minutes < 2 * 1440 else f"{minutes // 1440} days are left"


def in_words(names: list[str], *, most: int = 12) -> str:
    """`A, B and C`; a long list is cut and its rest counted."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
