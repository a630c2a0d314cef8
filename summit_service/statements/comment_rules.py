"""Comments on a draft and what becomes of them: when, about what, with which words. Values in, a refusal out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from summit_service import markup
from summit_service.errors import Conflict, Fault, Invalid
from summit_service.statements.paragraphs import Block
from summit_service.statements.policy import LONGEST_CONSULTATION
from summit_service.zones import long_moment

DISPOSITIONS = {
    "accepted": "Accepted",
    "accepted_in_part": "Accepted in part",
    "not_accepted": "Not accepted",
    "out_of_scope": "Out of scope",
}
COMMENTABLE = frozenset({"consulting", "revising"})
LONGEST = 8_000
LONGEST_QUOTE = 2_000


def check_commentable(state: str) -> None:
    """Raises Conflict when the text is not for comments: not yet, or not any more."""
    if state == "drafting":
        raise Conflict("This text has not been circulated for comments yet.", code="not_consulting")
    if state not in COMMENTABLE:
        raise Conflict("The text is fixed, and comments on it are over.", code="comments_ended")


def is_late(state: str, closes_at: datetime | None, *, now: datetime) -> bool:
    """Whether a comment comes after the deadline; it is taken all the same, and marked."""
    return state != "consulting" or closes_at is None or now >= closes_at


def check_comment(
    blocks: Sequence[Block], *, paragraph: int | None, quoted: str, body: str, wording: str
) -> dict[str, str]:
    """The three texts as they are kept; raises Invalid with every fault."""
    faults: list[Fault] = []
    texts = {}
    for field, value, longest, name in (
        ("quoted", quoted, LONGEST_QUOTE, "The quotation"),
        ("body", body, LONGEST, "The comment"),
        ("wording", wording, LONGEST, "The wording"),
    ):
        try:
            texts[field] = markup.many_lines(value, field=field, longest=longest, name=name)
        except Invalid as fault:
            faults += fault.faults
    if not faults:
        faults = _place_faults(blocks, paragraph, texts["quoted"], texts["wording"])
        if not texts["body"] and not texts["wording"]:
            faults.append(Fault("body", "Write what you think of it, or how it should read."))
    if faults:
        raise Invalid(faults)
    return texts


def _place_faults(blocks: Sequence[Block], paragraph: int | None, quoted: str, wording: str) -> list[Fault]:
    if paragraph is None:
        if quoted or wording:
            return [Fault("paragraph", "Choose the paragraph that these words are for.")]
        return []
    found = next((block for block in blocks if block.n == paragraph), None)
    if found is None:
        return [Fault("paragraph", f"The text has no paragraph {paragraph}.")]
    if quoted and _flat(quoted) not in _flat(found.markdown):
        return [
            Fault(
                "quoted", f"Paragraph {paragraph} does not have these words. Copy them as they stand there."
            )
        ]
    return []


def _flat(text: str) -> str:
    return " ".join(text.split())


def check_disposition(kind: str, reason: str) -> str:
    """The reason as it is kept; raises Invalid for an unknown kind, or without a reason."""
    faults = []
    if kind not in DISPOSITIONS:
        faults.append(Fault("kind", f"Choose one of {', '.join(DISPOSITIONS)}."))
    said = markup.many_lines(reason, field="reason", longest=LONGEST, name="The reason")
    if not said:
        faults.append(Fault("reason", "Say why: the member reads it."))
    if faults:
        raise Invalid(faults)
    return said


def read_days(typed: str) -> int:
    """The least days between a circulation and the freeze, as typed; raises Invalid."""
    days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else -1
    if not 0 <= days <= LONGEST_CONSULTATION:
        raise Invalid.one("least_days", f"Give a number of days from 0 to {LONGEST_CONSULTATION}.")
    return days


def check_consulted(until: datetime | None, days: int, *, now: datetime) -> None:
    """Raises Conflict with the day from which the text can be frozen, while members still have their days."""
    if until is None or now >= until:
        return
    raise Conflict(
        f"Members have {days} days for the draft that was circulated last. "
        f"It can be frozen from {long_moment(until, 'Etc/UTC')} on.",
        code="consultation_too_short",
    )


def check_all_disposed(waiting: int, slug: str) -> None:
    """Raises Conflict with the count, and where to go, while a comment has no disposition."""
    if waiting:
        what = "1 comment has" if waiting == 1 else f"{waiting} comments have"
        raise Conflict(
            f"{what} no answer yet. Give each one at /desk/statements/{slug}/comments before freezing the text.",
            code="comments_without_disposition",
        )
