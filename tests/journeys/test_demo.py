"""The demo: its calendar read by strangers' parsers, loaded from a wheel far from the source, kept over a restart."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from summit_service import fetching, settings
from summit_service.demo import calendars, doors, funding, load, statements
from summit_service.desk import next_days
from summit_service.doors.tables import Arrival
from summit_service.events.tables import Event
from summit_service.fetching import Fetched
from summit_service.following import keeping, queries
from summit_service.registrations.tables import Letter, Registration
from tests import parsers
from tests.clients import Clock
from tests.servers import environment

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("read", [parsers.by_vobject, parsers.by_ical_js])
async def test_calendar_of_the_demo_has_the_instants_of_the_database(
    client: httpx.AsyncClient, clock: Clock, read: Callable[[bytes], list[parsers.Read]]
) -> None:
    await load.load_members(clock.now)
    await load.load_events(clock.now)

    entries = read((await client.get("/calendar.ics")).content)

    stored = {event.uid: event for event in await Event.objects()}
    assert len(entries) >= 5
    for entry in entries:
        event = stored[entry.uid]
        if event.all_day:
            whole_days = (
                date.fromisoformat(event.starts_at),
                date.fromisoformat(event.ends_at) + timedelta(days=1),
            )
            assert (entry.start, entry.end) == whole_days
        else:
            assert (entry.start, entry.end) == (event.starts_instant, event.ends_instant)


async def test_demo_has_things_ahead(client: httpx.AsyncClient, clock: Clock) -> None:
    for part in (load.load_members, load.load_digest, funding.load_funding, statements.load_draft):
        await part(clock.now)

    found = await next_days.in_next_days(clock.now)

    told = " ".join(item.sentence for day in found.by_itself for item in day.items)
    for words in (
        "digest leaves",
        "are erased",
        "are reminded of the deadline",
        "time to comment",
        "closes:",
    ):
        assert words in told


def test_next_summit_keeps_the_weekdays() -> None:
    programme = {
        "year": 2026,
        "title": "Summit 2026",
        "starts_on": "2026-09-14",
        "ends_on": "2026-09-15",
        "sessions": [{"starts_at": "2026-09-14T08:30", "ends_at": "2026-09-14T09:15"}],
    }

    moved = load.next_programme(programme, today=date(2026, 11, 22))

    assert (moved["year"], moved["starts_on"], moved["ends_on"]) == (2028, "2028-09-11", "2028-09-12")
    assert moved["sessions"] == [{"starts_at": "2028-09-11T08:30", "ends_at": "2028-09-11T09:15"}]
    assert date.fromisoformat(moved["starts_on"]).weekday() == date(2026, 9, 14).weekday()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_demo_from_a_wheel_needs_no_source_tree(empty_database_url: str, wheel: Path, tmp_path: Path) -> None:
    packages, data = tmp_path / "packages", tmp_path / "data"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    settings = {"SUMMIT_DATABASE_URL": empty_database_url, "PYTHONPATH": str(packages)}

    where = _run(tmp_path, settings, "-c", "import summit_service; print(summit_service.__file__)")
    _run(tmp_path, settings, "-m", "summit_service", "demo", "--directory", str(data), "--load-only")
    again = _run(tmp_path, settings, "-m", "summit_service", "migrate")

    assert where.startswith(str(packages))
    assert again == "The database is up to date."
    assert len(list((data / "mailbox" / "new").glob("*.eml"))) > 100


def test_second_start_keeps_what_was_done(tmp_path: Path) -> None:
    arguments = ("-m", "summit_service", "demo", "--directory", str(tmp_path / "data"), "--load-only")
    _run(tmp_path, {}, *arguments)
    mails = set((tmp_path / "data" / "mailbox" / "new").glob("*.eml"))
    (tmp_path / "data" / "mailbox" / "new" / "note.txt").write_text("kept")

    _run(tmp_path, {}, *arguments)

    assert set((tmp_path / "data" / "mailbox" / "new").glob("*.eml")) == mails
    assert (tmp_path / "data" / "mailbox" / "new" / "note.txt").exists()


async def test_summit_of_the_demo_is_half_full(database: object) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    await load.load_members(now)
    await load.load_summits(now)

    await load.load_registrations(now)
    await load.load_past(now)
    await load.load_door(now)

    assert await Registration.count() == load.IN_PERSON + load.ONLINE + doors.CAME + doors.STAYED_AWAY
    assert await Arrival.count().where(Arrival.is_counted.eq(True)) == doors.CAME
    assert await Letter.count().where(Letter.state == "asked") == 1


async def test_followed_calendar_of_the_demo_never_meets_the_network(
    database: object, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_network(*given: object, **named: object) -> Fetched:
        raise AssertionError("the demo asked the network")

    monkeypatch.setenv("SUMMIT_DEMO", "yes")
    settings.current.cache_clear()
    monkeypatch.setattr(fetching, "fetch", no_network)
    await load.load_members(now)

    await calendars.load_calendar(now)
    (loaded,) = await queries.followed()
    fetched = await keeping.fetch_due(now + timedelta(days=1))
    (later,) = await queries.followed()

    assert (loaded.waiting, later.waiting, fetched) == (2, 2, 1)
    assert (later.failures, later.result) == (0, "4 entries, 2 to look at, 1 cannot be taken.")
    assert [event.summary for event in await Event.objects()] == [calendars.ENTRIES[0][1]]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is installed elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def _run(folder: Path, settings: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
