"""The rule by which a statement is adopted, in integers only, and the tally that is held against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from summit_service.errors import Fault, Invalid

PRESETS: dict[str, dict[str, Any]] = {
    "sign_on": {"basis": "eligible", "least_signed": {"count": 1}, "most_declined": None},
    "consensus": {
        "basis": "eligible",
        "least_signed": {"num": 2, "den": 3},
        "most_declined": {"count": 0},
        "counted_as_declined": ["declined", "changes_requested"],
    },
    "unanimous": {"basis": "eligible", "least_signed": {"num": 1, "den": 1}, "most_declined": {"count": 0}},
}
PRESET_WORDS = {
    "sign_on": ("Sign-on", "Whoever signs is listed; nobody can stop the others."),
    "consensus": ("Consensus", "Two thirds sign, and no objection and no wish for changes is left."),
    "unanimous": ("Unanimous", "Every member that is asked signs."),
}
BASES = ("eligible", "responding")
COUNTABLE = ("declined", "changes_requested")
KEYS = {"preset", "basis", "least_signed", "most_declined", "counted_as_declined", "silence"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the organisations answered: the last answer of each, and those in a personal capacity apart."""

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


def read(given: str | Mapping[str, Any]) -> dict[str, Any]:
    """A whole policy from a preset's name or from its parts; raises Invalid with every fault."""
    if isinstance(given, str):
        return {"preset": _preset(given), **_whole(PRESETS[given])}
    faults = [Fault(f"policy/{key}", "A policy has no such part.") for key in given if key not in KEYS]
    base = PRESETS.get(
        str(given.get("preset", "")), {"basis": "eligible", "least_signed": None, "most_declined": None}
    )
    policy = _whole({**base, **given})
    if "preset" in given:
        _preset(given["preset"])
    faults += _faults(policy)
    if faults:
        raise Invalid(faults)
    same = [
        name
        for name, preset in PRESETS.items()
        if _whole(preset) == {k: v for k, v in policy.items() if k != "preset"}
    ]
    return {**policy, "preset": same[0] if same else "own"}


def _preset(name: object) -> str:
    if not isinstance(name, str) or name not in PRESETS:
        raise Invalid.one("policy", f"There is no policy of that name. Choose one of {', '.join(PRESETS)}.")
    return name


def _whole(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {"counted_as_declined": ["declined"], "silence": "no_answer", **parts}


def _faults(policy: Mapping[str, Any]) -> list[Fault]:
    faults = []
    if policy["basis"] not in BASES:
        faults.append(Fault("policy/basis", f"The basis is one of {', '.join(BASES)}."))
    if policy["silence"] != "no_answer":
        faults.append(Fault("policy/silence", "Silence is never counted as an answer: give no_answer."))
    counted = policy["counted_as_declined"]
    if not isinstance(counted, list) or not counted or any(kind not in COUNTABLE for kind in counted):
        faults.append(Fault("policy/counted_as_declined", f"Give a list of {' and '.join(COUNTABLE)}."))
    elif len(set(counted)) < len(counted):
        faults.append(Fault("policy/counted_as_declined", "Name each kind of answer once."))
    for key in ("least_signed", "most_declined"):
        if not _is_share(policy[key]):
            faults.append(
                Fault(f"policy/{key}", 'Give {"num": 2, "den": 3}, {"count": 5} or null, in whole numbers.')
            )
    return faults


def _is_share(share: object) -> bool:
    if share is None:
        return True
    if not isinstance(share, Mapping) or any(type(part) is not int for part in share.values()):
        return False
    if set(share) == {"count"}:
        return bool(0 <= share["count"] <= 100_000)
    return set(share) == {"num", "den"} and bool(0 <= share["num"] <= share["den"] <= 1000 and share["den"])


def tally(
    policy: Mapping[str, Any], answers: Mapping[int, tuple[str, str]], *, asked: int, waived: int
) -> Tally:
    """Count the last answer (kind, capacity) of each organisation; a personal signature never counts."""
    kinds = [
        kind if (kind, capacity) != ("signed", "personal") else "personal"
        for kind, capacity in answers.values()
    ]
    signed, personal = kinds.count("signed"), kinds.count("personal")
    declined, changes = kinds.count("declined"), kinds.count("changes_requested")
    against = {"declined": declined, "changes_requested": changes}
    counted = sum(against[kind] for kind in policy["counted_as_declined"])
    # who is waived cannot answer, and so does not make the others' share smaller
    basis = asked if policy["basis"] == "eligible" else signed + declined + changes
    enough = _reaches(signed, policy["least_signed"], basis)
    peaceful = _stays_within(counted, policy["most_declined"], basis)
    return Tally(
        eligible=asked + waived,
        waived=waived,
        asked=asked,
        signed=signed,
        personal=personal,
        declined=declined,
        changes_requested=changes,
        unanswered=asked - len(kinds),
        satisfied=enough and peaceful,
        sentence=_verdict(enough, peaceful),
    )


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


def _verdict(enough: bool, peaceful: bool) -> str:
    if enough and peaceful:
        return "The policy is satisfied."
    missing = "Too few organisations have signed" if not enough else ""
    objecting = "there are more objections than the policy allows" if not peaceful else ""
    words = " and ".join(filter(None, (missing, objecting)))
    return f"{words[0].upper()}{words[1:]}."


def in_words(policy: Mapping[str, Any]) -> str:
    """What has to be true for it to be adopted, as a clause such as `at least one member signs`."""
    of = "the members that are asked" if policy["basis"] == "eligible" else "the members that answer"
    least, most = policy["least_signed"], policy["most_declined"]
    parts = [_at_least(_share_words(least, of, "signs", "sign"))] if least and any(least.values()) else []
    if most is not None:
        kinds = policy["counted_as_declined"]
        one = " or ".join({"declined": "declines", "changes_requested": "asks for changes"}[k] for k in kinds)
        many = " or ".join({"declined": "decline", "changes_requested": "ask for changes"}[k] for k in kinds)
        none = most.get("count") == 0 or most.get("num") == 0
        parts.append(f"no member {one}" if none else f"at most {_share_words(most, of, one, many)}")
    return " and ".join(parts) or "signing has ended, whoever signs"


def _at_least(words: str) -> str:
    return words if words.startswith("all") else f"at least {words}"


def _share_words(share: Mapping[str, int], of: str, one: str, many: str) -> str:
    if "count" in share:
        return f"one member {one}" if share["count"] == 1 else f"{share['count']} members {many}"
    return (
        f"all of {of} {many}"
        if share["num"] == share["den"]
        else f"{share['num']}/{share['den']} of {of} {many}"
    )
