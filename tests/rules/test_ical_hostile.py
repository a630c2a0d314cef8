"""What hostile calendar files cost: seconds and megabytes, whatever they try."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from summit_service import ical_reading
from summit_service.events import judging
from tests.hostile_calendars import START, hostile, many

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECONDS = 10
"""A file is read in one or two; the machines of a test run are busy."""
MEGABYTES = 100


@pytest.mark.parametrize("name", hostile())
def test_hostile_file_is_read_in_bounded_time(name: str) -> None:
    body, began = hostile()[name], time.monotonic()

    reading = ical_reading.read(body)

    assert reading.faults or reading.entries
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("name", hostile())
def test_entry_of_a_hostile_file_is_judged_or_refused_with_a_reason(name: str) -> None:
    entries = ical_reading.read(hostile()[name]).entries[:5]

    found = [judging.judge(entry, None, timezone="Europe/London", now=NOW) for entry in entries]

    assert all(one.state == "new" or (one.state == "faulty" and all(one.reasons)) for one in found)


MEASURE = """
import resource
from summit_service import ical_reading
from tests.hostile_calendars import hostile
files = hostile()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for body in files.values():
    ical_reading.read(body)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts memory as Linux does")
def test_hostile_files_take_bounded_memory() -> None:
    """A process of its own, so that nothing else is counted; 2 MB files that are kept whole would take 200."""
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, timeout=100, check=True
    )

    assert int(ran.stdout) < MEGABYTES


def test_four_times_the_file_takes_about_four_times_as_long() -> None:
    """Folding, unescaping and putting dates to their series are linear: nothing grows by the square."""
    lines = START + "SUMMARY:" + "one\\, two\r\n  three " * 40 + "\r\n"
    date = b"BEGIN:VEVENT\r\nUID:7\r\nRECURRENCE-ID:20270304\r\nDTSTART:20270304\r\nEND:VEVENT\r\n"

    small, large = (min(_cost(many(lines, n) + date * n) for _ in range(3)) for n in (200, 800))

    assert large < 10 * small


def _cost(body: bytes) -> float:
    began = time.thread_time()
    assert ical_reading.read(body).entries
    return time.thread_time() - began
