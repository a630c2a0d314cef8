"""What taking an entry of a calendar from elsewhere would change here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec

from summit_service.errors import Invalid
from summit_service.events import history, occurrences, overrides, rules, series
from summit_service.events.details import FIELDS, Details
from summit_service.events.entries import DATE_NOTE
from summit_service.events.incoming import CHANGED, FAULTY, KNOWN, NEW, Incoming, Known, Taken, Words, key_of
from summit_service.events.occurrences import Span
from summit_service.events.overrides import Override
from summit_service.events.recurrence import read_rule
from summit_service.ical_reading import ChangedDate, Entry

MAY_BE_LEFT_OUT = {
    "url": "Its web address",
    "online_url": "Its address to join online",
    "categories": "Its topics",
}


def judge(entry: Entry, known: Known | None, *, timezone: str, now: datetime) -> Incoming:
    """What taking the entry would do; times without a zone are those of `timezone`."""
    title, notes = str(entry.fields["summary"])[:200], list[str]()
    base = Incoming(
        number=entry.number, key=key_of(entry), state=FAULTY, title=title, uid=entry.uid, known=known
    )
    try:
        details, span = _checked(_given(entry, known, timezone), known, notes)
        dates = _dates(entry.dates, details, known, notes)
    except Invalid as fault:
        return replace(base, reasons=tuple(one.sentence for one in fault.faults))
    _, reach = overrides.reach(details, span, dates.values())
    said = Taken(
        {name: getattr(details, name) for name in FIELDS if name in entry.fields}, dates, entry.is_cancelled
    )
    judged = replace(
        base,
        details=details,
        span=span,
        taken=said,
        is_over=reach.last is not None and reach.last <= now,
        reasons=tuple(notes),
    )
    if known is not None:
        return _compared(judged, known)
    if entry.is_cancelled:
        return replace(judged, state=FAULTY, reasons=("It is cancelled already.",))
    return replace(judged, state=NEW, dates=dates)


def _given(entry: Entry, known: Known | None, timezone: str) -> Details:
    fields = {name: value for name, value in entry.fields.items() if name in FIELDS}
    fields |= {name: tuple(fields[name]) for name in ("excluded", "categories") if name in fields}
    fields["timezone"] = fields["timezone"] or timezone
    if known is not None:
        return replace(known.details, **fields)
    if fields.get("online_url"):
        fields["mode"] = "hybrid" if fields.get("location") else "online"
    return Details(**fields)


def _checked(given: Details, known: Known | None, notes: list[str]) -> tuple[Details, Span]:
    """As the rules have it; what is only beside the point is left out and noted instead of refused."""
    given = replace(given, excluded=_own_dates(given, notes))
    for _ in MAY_BE_LEFT_OUT:
        try:
            return rules.check_details(given)
        except Invalid as fault:
            beside = {one.field: one.sentence for one in fault.faults}
            if not set(beside) <= set(MAY_BE_LEFT_OUT):
                raise
            notes += [
                f"{MAY_BE_LEFT_OUT[name]} is not taken. {sentence}" for name, sentence in beside.items()
            ]
            kept = known.details if known is not None else Details()
            given = replace(given, **{name: getattr(kept, name) for name in beside})
    return rules.check_details(given)


def _own_dates(given: Details, notes: list[str]) -> tuple[str, ...]:
    """The dates left out that the series has at all; to leave out others means nothing (RFC 5545, 3.8.5.1)."""
    if not given.excluded or not given.recurrence:
        return ()
    plain, _ = rules.check_times(replace(given, excluded=()))
    rule = read_rule(plain.recurrence, timezone=plain.timezone)[1]
    first = occurrences.first_wall(plain)
    counted = set(series.days(rule, first, start=first.date(), end=date.max)) if rule.count else None

    def is_own(text: str) -> bool:
        day = date.fromisoformat(text[:10])
        if text not in {day.isoformat(), occurrences.wall_on(plain, day)}:
            return False
        return day in counted if counted is not None else occurrences.is_occurrence(plain, day)

    own = tuple(text for text in given.excluded[: 2 * rules.MOST_EXCLUDED] if is_own(text))
    if len(own) < len(given.excluded):
        notes.append("It leaves out dates that its series does not have; that changes nothing.")
    return own


def _dates(
    changed: Iterable[ChangedDate], details: Details, known: Known | None, notes: list[str]
) -> dict[str, Override]:
    """What becomes of single dates of the series, by day; those that it does not have are noted."""
    found: dict[str, Override] = {}
    before = {one.day: one for one in known.overrides} if known is not None else {}
    for one in changed:
        day = datetime.fromisoformat(one.moment).date()
        own = replace(details, excluded=())
        if not details.recurrence or not overrides.is_live(own, Override(day=day, is_cancelled=True)):
            notes.append(f"It changes {one.moment.replace('T', ', ')}, which is not a date of its series.")
            continue
        if occurrences.wall_on(details, day) in details.excluded:
            continue
        reason = before[day].reason if day in before else ""
        if one.is_cancelled:
            found[day.isoformat()] = Override(day=day, is_cancelled=True, reason=reason)
            continue
        moved = overrides.check_move(
            details,
            day,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            location=one.location or "",
            reason=reason,
            summary=one.summary or "",
            description=_own_text(one.description or "", details.description),
        )
        if not overrides.changes_nothing(details, moved):
            found[day.isoformat()] = moved
    if len(found) > overrides.MOST_OVERRIDES:
        raise Invalid.one("recurrence", f"It moves more than {overrides.MOST_OVERRIDES} dates of its series.")
    return found


def _own_text(said: str, of_series: str) -> str:
    """What the date says of itself: nothing where it is the text of the series, with our own note before it."""
    is_ours = said.startswith(DATE_NOTE) and said.strip().endswith(of_series.strip())
    return "" if is_ours else said


def _compared(judged: Incoming, known: Known) -> Incoming:
    """Against the event that is here."""
    said, last = judged.taken, known.taken
    judged = replace(
        judged,
        has_news=last is None or _plain(said) != _plain(last),
        was_changed_here=last is not None and _here(known, last) != _plain(last),
    )
    if known.is_cancelled:
        return replace(judged, state=KNOWN, reasons=(*judged.reasons, "It is cancelled here."))
    if said.is_cancelled:
        return replace(
            judged, state=CHANGED, is_cancelled=True, changes=(("Takes place", "yes", "cancelled"),)
        )
    here = {one.day.isoformat(): one for one in known.overrides}
    dates = {day: wanted for day, wanted in said.dates.items() if here.get(day) != wanted}
    put_back = tuple(day for day in (last.dates if last else ()) if day in here and day not in said.dates)
    assert judged.details is not None  # noqa: S101 - what was compared was checked
    changes = _words(known.details, judged.details, here, dates, put_back)
    state = CHANGED if changes else KNOWN
    return replace(judged, state=state, dates=dates, put_back=put_back, changes=changes)


def _words(
    before: Details,
    after: Details,
    here: Mapping[str, Override],
    dates: Mapping[str, Override],
    put_back: Iterable[str],
) -> tuple[Words, ...]:
    names = rules.changed_fields(before, after)
    old = {name: getattr(before, name) for name in names} | {
        day: msgspec.to_builtins(here[day]) if day in here else None for day in (*dates, *put_back)
    }
    new = {name: getattr(after, name) for name in names} | {
        day: msgspec.to_builtins(dates[day]) if day in dates else None for day in (*dates, *put_back)
    }
    return tuple(history.words(old, new))


def _here(known: Known, last: Taken) -> Any:
    """What is here of that which was taken over."""
    here = {one.day.isoformat(): one for one in known.overrides}
    return _plain(
        Taken(
            {name: getattr(known.details, name) for name in last.fields},
            {day: one for day, one in here.items() if day in last.dates},
            known.is_cancelled,
        )
    )


def _plain(taken: Taken) -> Any:
    """As it is kept, without reasons, which are ours."""
    dates = {day: replace(one, reason="") for day, one in taken.dates.items()}
    return msgspec.json.decode(msgspec.json.encode(Taken(taken.fields, dates, taken.is_cancelled)))
