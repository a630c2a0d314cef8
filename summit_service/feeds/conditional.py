"""Which coding an answer has, and whether the client has it already (RFC 9110, 12.5.3 and 13)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from summit_service.feeds.stored import CODINGS, IDENTITY, StoredCalendar


@lru_cache(maxsize=512)
def coding_for(accepted: str, among: tuple[str, ...] = CODINGS) -> str:
    """The content coding for an Accept-Encoding header (12.5.3): by weight, then by the order of `among`."""
    weights = _weights(accepted)
    everything = weights.get("*", 0.0)
    best = max(among, key=lambda coding: weights.get(coding, everything))
    weight = weights.get(best, everything)
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0.0) else IDENTITY


def _weights(accepted: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, _, parameter = part.partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weights[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    weights.pop("", None)
    return weights


def known_coding(
    calendar: StoredCalendar, coding: str, *, tags: str | None, since: str | None, now: datetime
) -> str:
    """The coding in which the client has this calendar, which need not be `coding`; empty where it has not.

    `tags` is If-None-Match, which goes before `since`, If-Modified-Since (13.2.2); None where it was not sent.
    """
    if tags is not None:
        given = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        if "*" in given:
            return coding
        known = (one for one in (coding, *CODINGS, IDENTITY) if calendar.etag(one) in given)
        return next(known, "")
    moment = _date(since) if since is not None else None
    if moment is None or calendar.changed_at > now:
        return ""
    # What we sent as Last-Modified has whole seconds.
    return coding if calendar.changed_at.replace(microsecond=0) <= moment else ""


@lru_cache(maxsize=512)
def _date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
