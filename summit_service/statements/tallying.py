"""The count of the answers, held against the policy of the opening; in integers only."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass
from typing import Any

SIGNING = ("signed", "reaffirmed")
"""The answers that are signatures: at first, and again after the text had changed."""
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the organisations answered: the last answer of each, and those in a personal capacity apart.

    `deemed` and `undeliverable` are parts of `unanswered`, and are there under a silence procedure alone; who took an
    answer back is neither.
    """

    eligible: int
    waived: int
    asked: int
    signed: int
    personal: int
    declined: int
    changes_requested: int
    unanswered: int
    satisfied: bool
    sentence: str
    deemed: int | None = None
    undeliverable: int | None = None

    def facts(self) -> dict[str, Any]:
        """As it is stored, chained and published."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def counts_as_signed(kind: str, capacity: str) -> bool:
    """Whether an answer is a signature of the organisation."""
    return kind in SIGNING and capacity == "organisation"


def tally(
    policy: Mapping[str, Any],
    answers: Mapping[int, tuple[str, str]],
    *,
    asked: int,
    waived: int,
    blocking: Container[int] = (),
    reached: int | None = None,
) -> Tally:
    """Count the last answer (kind, capacity) of each request; a personal signature never counts.

    `blocking` are the requests of members that can block. `reached` is how many of those from whom no word came had
    our mail when the period of silence ended; None while it has not. Who took an answer back has not answered, and
    has not been silent.
    """
    kinds = {request: _counted_kind(*answer) for request, answer in answers.items() if answer[0] != WITHDRAWN}
    listed = list(kinds.values())
    signed, personal = listed.count("signed"), listed.count("personal")
    declined, changes = listed.count("declined"), listed.count("changes_requested")
    unanswered, silent = asked - len(kinds), asked - len(answers)
    is_silence_counted = policy["silence"] == "deemed_assent"
    deemed = min(reached or 0, silent) if is_silence_counted else 0
    against = {"declined": declined, "changes_requested": changes}
    counted = sum(against[kind] for kind in policy["counted_as_declined"])
    # who is waived cannot answer, and so does not make the others' share smaller
    basis = asked if policy["basis"] == "eligible" else signed + declined + changes + deemed
    enough = _reaches(signed + deemed, policy["least_signed"], basis)
    peaceful = _stays_within(counted, policy["most_declined"], basis)
    free = not any(kind in policy["counted_as_declined"] and r in blocking for r, kind in kinds.items())
    return Tally(
        eligible=asked + waived,
        waived=waived,
        asked=asked,
        signed=signed,
        personal=personal,
        declined=declined,
        changes_requested=changes,
        unanswered=unanswered,
        satisfied=enough and peaceful and free,
        sentence=_verdict(enough, peaceful, free),
        deemed=deemed if is_silence_counted else None,
        undeliverable=(silent - deemed if reached is not None else 0) if is_silence_counted else None,
    )


def _counted_kind(kind: str, capacity: str) -> str:
    if kind not in SIGNING:
        return kind
    return "signed" if capacity == "organisation" else "personal"


def _reaches(count: int, share: Mapping[str, int] | None, basis: int) -> bool:
    if share is None:
        return True
    return (
        count >= share["count"]
        if "count" in share
        else count * share["den"] >= share["num"] * basis and count > 0
    )


def _stays_within(count: int, share: Mapping[str, int] | None, basis: int) -> bool:
    if share is None:
        return True
    return count <= share["count"] if "count" in share else count * share["den"] <= share["num"] * basis


def _verdict(enough: bool, peaceful: bool, free: bool) -> str:
    if enough and peaceful and free:
        return "The policy is satisfied."
    reasons = (
        (enough, "too few organisations have signed"),
        (peaceful, "there are more objections than the policy allows"),
        (free, "a member that can block has objected"),
    )
    words = " and ".join(sentence for holds, sentence in reasons if not holds)
    return f"{words[0].upper()}{words[1:]}."
