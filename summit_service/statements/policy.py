"""The rule by which a statement is adopted, in integers only."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from summit_service.errors import Fault, Invalid
from summit_service.statements import rules

PRESETS: dict[str, dict[str, Any]] = {
    "sign_on": {"basis": "eligible", "least_signed": {"count": 1}, "most_declined": None},
    "consensus": {
        "basis": "eligible",
        "least_signed": {"num": 2, "den": 3},
        "most_declined": {"count": 0},
        "counted_as_declined": ["declined", "changes_requested"],
    },
    "unanimous": {"basis": "eligible", "least_signed": {"num": 1, "den": 1}, "most_declined": {"count": 0}},
    "silence": {
        "basis": "eligible",
        "least_signed": None,
        "most_declined": {"num": 1, "den": 5},
        "silence": "deemed_assent",
        "silence_days": 30,
    },
}
PRESET_WORDS = {
    "sign_on": ("Sign-on", "Whoever signs is listed; nobody can stop the others."),
    "consensus": ("Consensus", "Two thirds sign, and no objection and no wish for changes is left."),
    "unanimous": ("Unanimous", "Every member that is asked signs."),
    "silence": (
        "Silence procedure",
        "A month without an answer counts as no objection; more than a fifth declining fails it.",
    ),
}
BASES = ("eligible", "responding")
BASIS_WORDS = {"eligible": "Of all members that are asked", "responding": "Of those that answer"}
COUNTABLE = ("declined", "changes_requested")
SILENCES = ("no_answer", "deemed_assent")
SILENCE_DAYS = 30
LONGEST_SILENCE = 366
LONGEST_EARLY = 366
LONGEST_CONSULTATION = 180
LONGEST_LATE = 90
"""Days after the deadline; as long as the links are kept."""
MOST_BLOCKING = 100
KEYS = {
    "preset",
    "basis",
    "least_signed",
    "most_declined",
    "counted_as_declined",
    "silence",
    "silence_days",
    "blocking",
    "late_days",
    "early_end_days",
    "consultation_days",
}
APART = frozenset({"preset", "late_days", "early_end_days", "consultation_days"})
"""Parts that make no preset another rule: they say nothing about what is enough."""


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
        if _whole(preset) == {k: v for k, v in policy.items() if k not in APART}
    ]
    return {**policy, "preset": same[0] if same else "own"}


def typed(
    *,
    basis: str,
    least_signed: str,
    most_declined: str,
    counts_changes: bool,
    silence_days: str,
    blocking: Collection[str],
) -> dict[str, Any]:
    """A rule of one's own as a form has it: shares as `2/3` or `5`, empty for none. Raises Invalid with each fault."""
    faults: list[Fault] = []
    shares = {}
    for key, words in (("least_signed", least_signed), ("most_declined", most_declined)):
        try:
            shares[key] = _typed_share(words.strip())
        except ValueError:
            told = "Give a share such as 2/3, a number such as 5, or leave it empty."
            faults.append(Fault(f"policy/{key}", told))
    days = silence_days.strip()
    if days and not (days.isascii() and days.isdigit() and len(days) < 5):
        faults.append(
            Fault("policy/silence_days", f"Give a number of days up to {LONGEST_SILENCE}, or leave it empty.")
        )
    if faults:
        raise Invalid(faults)
    return {
        "basis": basis or "eligible",
        **shares,
        "counted_as_declined": list(COUNTABLE) if counts_changes else ["declined"],
        **({"silence": "deemed_assent", "silence_days": int(days)} if days else {}),
        **({"blocking": sorted(blocking)} if blocking else {}),
    }


def _typed_share(words: str) -> dict[str, int] | None:
    """Raises ValueError for what is neither a share, nor a number, nor nothing."""
    if not words:
        return None
    if not re.fullmatch(r"[0-9]{1,4}(\s*/\s*[0-9]{1,4})?", words):
        raise ValueError(words)
    first, _, last = words.partition("/")
    return {"num": int(first), "den": int(last)} if last else {"count": int(first)}


def with_late_days(rule: Mapping[str, Any], typed: str) -> dict[str, Any]:
    """The policy with another number of days in which members may join after its deadline; raises Invalid."""
    days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else -1
    if not 0 <= days <= LONGEST_LATE:
        raise Invalid.one("late_days", f"Give a number of days from 0 to {LONGEST_LATE}.")
    return read({key: part for key, part in rule.items() if key != "preset"} | {"late_days": days})


def with_consultation(rule: Mapping[str, Any], days: int) -> dict[str, Any]:
    """The policy with another number of days that members have at least for a draft; 0: none of its own."""
    rest = {key: part for key, part in rule.items() if key not in {"preset", "consultation_days"}}
    return read(rest | {"consultation_days": days})


def consultation_days(stored: str) -> int:
    """The days that members have at least for a draft, of a policy as it is stored; 0 for none of its own."""
    return int(json.loads(stored).get("consultation_days", 0))


def as_consulted(rule: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A policy that is chosen at the opening, with the days that members had for the draft under the one before.

    Raises Invalid where it names others: that time is over.
    """
    days = before.get("consultation_days", 0)
    if rule.get("consultation_days", days) != days:
        told = f"Members had {days} days for the draft; that cannot be changed any more."
        raise Invalid.one("policy/consultation_days", told)
    return with_consultation(rule, days)


def with_early_end(rule: Mapping[str, Any], typed: str) -> dict[str, Any]:
    """The policy with another number of days after which signing may be ended with a reason; empty: never.

    Raises Invalid.
    """
    rest = {key: part for key, part in rule.items() if key not in {"preset", "early_end_days"}}
    if not typed:
        return read(rest)
    days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else -1
    if not 0 <= days <= LONGEST_EARLY:
        raise Invalid.one(
            "early_end_days", f"Give a number of days from 0 to {LONGEST_EARLY}, or leave it empty."
        )
    return read(rest | {"early_end_days": days})


def _preset(name: object) -> str:
    if not isinstance(name, str) or name not in PRESETS:
        raise Invalid.one("policy", f"There is no policy of that name. Choose one of {', '.join(PRESETS)}.")
    return name


def _whole(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Every part that belongs to it: how long silence lasts only where it counts, who blocks only where some do.

    `late_days` is there only where members may join after publication, `early_end_days` only where signing may be
    ended before its deadline, `consultation_days` only where members have a time for a draft that nothing shortens.
    """
    whole = {"counted_as_declined": ["declined"], "silence": "no_answer", **parts}
    if whole["silence"] == "deemed_assent":
        whole.setdefault("silence_days", SILENCE_DAYS)
    elif whole.get("silence_days") is None:
        whole.pop("silence_days", None)
    if not whole.get("blocking"):
        whole.pop("blocking", None)
    if not whole.get("late_days"):
        whole.pop("late_days", None)
    if not whole.get("consultation_days"):
        whole.pop("consultation_days", None)
    if whole.get("early_end_days") is None:
        whole.pop("early_end_days", None)
    return whole


def _faults(policy: Mapping[str, Any]) -> list[Fault]:
    faults = []
    if policy["basis"] not in BASES:
        faults.append(Fault("policy/basis", f"The basis is one of {', '.join(BASES)}."))
    faults += _silence_faults(policy)
    late = policy.get("late_days", 0)
    if type(late) is not int or not 0 <= late <= LONGEST_LATE:
        told = f"Say for how many days after the deadline members may join, from 0 to {LONGEST_LATE}."
        faults.append(Fault("policy/late_days", told))
    days = policy.get("consultation_days", 0)
    if type(days) is not int or not 0 <= days <= LONGEST_CONSULTATION:
        told = f"Say how many days members have for a draft at least, from 0 to {LONGEST_CONSULTATION}."
        faults.append(Fault("policy/consultation_days", told))
    early = policy.get("early_end_days", 0)
    if type(early) is not int or not 0 <= early <= LONGEST_EARLY:
        told = f"Say after how many days signing may be ended with a reason: 0 to {LONGEST_EARLY}, or leave it out."
        faults.append(Fault("policy/early_end_days", told))
    if not _is_list_of_slugs(policy.get("blocking", [])):
        faults.append(Fault("policy/blocking", "List the addresses (slugs) of the members that can block."))
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


def _silence_faults(policy: Mapping[str, Any]) -> list[Fault]:
    if policy["silence"] not in SILENCES:
        return [Fault("policy/silence", f"Silence is one of {', '.join(SILENCES)}.")]
    days = policy.get("silence_days")
    if policy["silence"] == "no_answer":
        told = "Silence is no answer, so no days belong to it."
        return [] if days is None else [Fault("policy/silence_days", told)]
    if type(days) is not int or not 1 <= days <= LONGEST_SILENCE:
        told = f"Say after how many days silence counts, from 1 to {LONGEST_SILENCE}."
        return [Fault("policy/silence_days", told)]
    return []


def _is_list_of_slugs(given: object) -> bool:
    if not isinstance(given, list) or len(given) > MOST_BLOCKING:
        return False
    return all(isinstance(slug, str) and 0 < len(slug) <= 80 for slug in given) and len(set(given)) == len(
        given
    )


def _is_share(share: object) -> bool:
    if share is None:
        return True
    if not isinstance(share, Mapping) or any(type(part) is not int for part in share.values()):
        return False
    if set(share) == {"count"}:
        return bool(0 <= share["count"] <= 100_000)
    return set(share) == {"num", "den"} and bool(0 <= share["num"] <= share["den"] <= 1000 and share["den"])


def in_words(policy: Mapping[str, Any], *, blocking: Sequence[str] = ()) -> str:
    """What has to be true for it to be adopted, as a clause such as `at least one member signs`.

    `blocking` are the names of the members whose objection alone stops it; the policy has their addresses alone.
    """
    of = "the members that are asked" if policy["basis"] == "eligible" else "the members that answer"
    least, most = policy["least_signed"], policy["most_declined"]
    parts = [_at_least(_share_words(least, of, "signs", "sign"))] if least and any(least.values()) else []
    if most is not None:
        kinds = policy["counted_as_declined"]
        one = " or ".join({"declined": "declines", "changes_requested": "asks for changes"}[k] for k in kinds)
        many = " or ".join({"declined": "decline", "changes_requested": "ask for changes"}[k] for k in kinds)
        none = most.get("count") == 0 or most.get("num") == 0
        parts.append(f"no member {one}" if none else f"at most {_share_words(most, of, one, many)}")
    if policy["silence"] == "deemed_assent":
        parts.append(f"{policy['silence_days']} days without an answer count as no objection")
    if policy.get("blocking"):
        named = f" ({rules.in_words(list(blocking), most=MOST_BLOCKING)})" if blocking else ""
        parts.append(f"no member that can block{named} objects")
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
