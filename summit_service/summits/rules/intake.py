"""How a programme is read from plain values, with every fault under its pointer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from summit_service import zones
from summit_service.errors import Invalid
from summit_service.summits.rules import editions
from summit_service.summits.rules.programme import KINDS, Programme, RoomPlan, SessionPlan, SpeakerPlan
from summit_service.summits.rules.reading import Reader, object_of

PARTS = ("rooms", "tracks", "speakers", "sessions")
SESSION_FIELDS = (
    "id",
    "title",
    "kind",
    "starts_at",
    "ends_at",
    "starts_fold",
    "ends_fold",
    "room",
    "track",
    "speakers",
    "chairs",
    "abstract",
    "objectives",
    "capacity",
    "cancelled",
)
READ_ONLY = ("uid", "sequence", "status", "changed_at", "created_at", "timezone")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SESSION = timedelta(hours=24)
MOST_SESSIONS, MOST_SPEAKERS, MOST_ROOMS = 1_000, 1_000, 60


def read_programme(value: object, *, year: int, timezone: str) -> Programme:
    """The programme that plain values describe; raises Invalid with every fault under its pointer.

    A file may carry the edition's own fields beside the programme; of those only the year is compared here.
    A list of rooms, tracks or speakers that is left out is made from the sessions.
    """
    reader = Reader(object_of(value, "A programme"))
    reader.check_names({*PARTS, *editions.FIELDS, "off_cycle", "announced", "release"})
    if reader.number("year", "The year", least=0, most=9999) not in {None, year}:
        reader.fault("year", f"This programme is for another year; the summit here is the one of {year}.")
    rooms = tuple(_rooms(reader))
    tracks = tuple(_tracks(reader))
    speakers = tuple(_speakers(reader))
    sessions = _sessions(reader, timezone)
    _check_references(reader, sessions, rooms=rooms, tracks=tracks, speakers=speakers)
    reader.check()
    found = [session for _, session in sessions]
    return Programme(
        rooms=rooms if "rooms" in reader.values else tuple(map(RoomPlan, _named(found, lambda s: (s.room,)))),
        tracks=tracks if "tracks" in reader.values else tuple(_named(found, lambda s: (s.track,))),
        speakers=speakers
        if "speakers" in reader.values
        else tuple(map(SpeakerPlan, _named(found, lambda s: s.speakers + s.chairs))),
        sessions=tuple(found),
    )


def _rooms(reader: Reader) -> Iterable[RoomPlan]:
    seen: set[str] = set()
    for item in reader.items("rooms", "The list of rooms", most=MOST_ROOMS, text_as="name"):
        item.check_names({"name", "capacity"})
        name = item.line("name", "The room's name", longest=80, required=True)
        _check_once(item, name, seen, "There are two rooms called")
        yield RoomPlan(name, item.number("capacity", "The room's capacity", least=1, most=100_000))


def _tracks(reader: Reader) -> Iterable[str]:
    seen: set[str] = set()
    for item in reader.items("tracks", "The list of tracks", most=MOST_ROOMS, text_as="name"):
        item.check_names({"name"})
        name = item.line("name", "The track's name", longest=80, required=True)
        _check_once(item, name, seen, "There are two tracks called")
        yield name


def _speakers(reader: Reader) -> Iterable[SpeakerPlan]:
    seen: set[str] = set()
    for item in reader.items("speakers", "The list of speakers", most=MOST_SPEAKERS, text_as="name"):
        item.check_names({"name", "affiliation"})
        name = item.line("name", "The speaker's name", longest=120, required=True)
        _check_once(item, name, seen, "There are two speakers called")
        yield SpeakerPlan(name, item.line("affiliation", "The affiliation", longest=200))


def _check_once(item: Reader, name: str, seen: set[str], words: str) -> None:
    if name and name in seen:
        item.fault("name", f"{words} “{name}”. Give one of them another name.")
    seen.add(name)


def _sessions(reader: Reader, timezone: str) -> list[tuple[Reader, SessionPlan]]:
    seen: set[str] = set()
    found: list[tuple[Reader, SessionPlan]] = []
    for item in reader.items("sessions", "The list of sessions", most=MOST_SESSIONS):
        session = read_session(item, timezone)
        if session.id and session.id in seen:
            item.fault("id", f"Another session has the id “{session.id}” already.")
        seen.add(session.id)
        found.append((item, session))
    return found


def read_session(item: Reader, timezone: str) -> SessionPlan:
    """One session; its faults stay with the reader, and what is faulty is left at its default."""
    item.check_names({*SESSION_FIELDS, *READ_ONLY, "slug"})
    starts_at, ends_at = item.wall("starts_at", "The beginning"), item.wall("ends_at", "The end")
    folds = [item.number(f"{name}_fold", "Which of the two", least=0, most=1) for name in ("starts", "ends")]
    starts = _instant(item, "starts_at", starts_at, timezone, folds[0])
    ends = _instant(item, "ends_at", ends_at, timezone, folds[1])
    _check_length(item, starts, ends)
    return SessionPlan(
        id=_id(item),
        title=item.line("title", "The title", longest=200, required=True),
        kind=item.choice("kind", "The kind", KINDS, default="talk"),
        starts_at=starts_at or "",
        ends_at=ends_at or "",
        starts=starts or _NEVER,
        ends=ends or _NEVER,
        starts_fold=folds[0],
        ends_fold=folds[1],
        room=item.line("room", "The room", longest=80),
        track=item.line("track", "The track", longest=80),
        speakers=item.lines("speakers", "The list of speakers", longest=120, most=100),
        chairs=item.lines("chairs", "The list of chairs", longest=120, most=20),
        abstract=item.text("abstract", "The abstract", longest=10_000),
        objectives=item.lines("objectives", "The list of objectives", longest=500, most=20),
        capacity=item.number("capacity", "The capacity", least=1, most=100_000),
        is_cancelled=item.flag("cancelled", "The mark for a cancelled session"),
    )


_NEVER = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


def _instant(item: Reader, name: str, wall: str | None, timezone: str, fold: int | None) -> datetime | None:
    if wall is None:
        return None
    try:
        return zones.instant(datetime.fromisoformat(wall), timezone, field=name, fold=fold)
    except Invalid as refusal:
        item.keep(name, refusal)
        return None


def _check_length(item: Reader, starts: datetime | None, ends: datetime | None) -> None:
    if starts is None or ends is None:
        return
    if ends <= starts:
        item.fault("ends_at", "The session ends before it begins.")
    elif ends - starts > LONGEST_SESSION:
        item.fault("ends_at", "A session lasts 24 hours at most. Make one for each day.")


def _id(item: Reader) -> str:
    name = "id" if item.values.get("id") is not None else "slug"
    given = item.line(name, "The id", longest=60)
    if given and not SLUG.fullmatch(given):
        item.fault(name, "An id has small letters, digits and single hyphens alone, such as opening-plenary.")
        return ""
    return given


def _check_references(
    reader: Reader,
    sessions: list[tuple[Reader, SessionPlan]],
    *,
    rooms: Collection[RoomPlan],
    tracks: Collection[str],
    speakers: Collection[SpeakerPlan],
) -> None:
    known = {
        "room": {room.name for room in rooms} if "rooms" in reader.values else None,
        "track": set(tracks) if "tracks" in reader.values else None,
        "speaker": {speaker.name for speaker in speakers} if "speakers" in reader.values else None,
    }
    for item, session in sessions:
        _check_known(item, "room", session.room, "room", known["room"])
        _check_known(item, "track", session.track, "track", known["track"])
        for part, names in (("speakers", session.speakers), ("chairs", session.chairs)):
            for index, name in enumerate(names):
                _check_known(item, f"{part}/{index}", name, "speaker", known["speaker"])


def _check_known(item: Reader, field: str, name: str, what: str, known: Collection[str] | None) -> None:
    if known is not None and name and name not in known:
        item.fault(field, f"There is no {what} “{name}” in this programme.")


def _named(sessions: list[SessionPlan], names_of: Callable[[SessionPlan], Iterable[str]]) -> Iterable[str]:
    return dict.fromkeys(name for session in sessions for name in names_of(session) if name)
