"""Calendar files that mean harm: each is small, and would cost much where it is read without care."""

from __future__ import annotations

START = "DTSTART;TZID=Europe/London:20270304T090000\r\n"


def hostile() -> dict[str, bytes]:
    """By what is wrong with them."""
    return _whole_files() | _lines() | _times()


def many(lines: str, count: int = 1_900) -> bytes:
    """That many entries, each with a UID of its own."""
    return b"".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:{n}\r\n{lines}END:VEVENT\r\n".encode() for n in range(count)
    )


def _whole_files() -> dict[str, bytes]:
    return {
        "nothing": b"",
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 500,
        "zeros": b"\0" * 1_900_000,
        "too large": b"a" * 5_000_000,
        "line ends": b"\n" * 1_900_000,
        "carriage returns": b"\r" * 1_900_000,
        "parts in parts": b"BEGIN:VEVENT\r\n" * 100_000,
        "ends of parts": b"END:VEVENT\r\n" * 90_000,
        "very many events": b"BEGIN:VEVENT\r\nDTSTART:20270304\r\nEND:VEVENT\r\n" * 20_000,
        "events of two lines": b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 40_000,
        "one UID": b"".join(
            b"BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20270304\r\nEND:VEVENT\r\n" for _ in range(1_900)
        ),
    }


def _lines() -> dict[str, bytes]:
    heads = START.replace("DTSTART", 'DTSTART;X="' + ";a=b" * 300 + '"')
    return {
        "one endless line": b"BEGIN:VEVENT\r\nSUMMARY:" + b"a" * 1_900_000,
        "folded without end": b"BEGIN:VEVENT\r\nSUMMARY:" + b"\r\n a" * 90_000,
        "folded again and again": (b"BEGIN:VEVENT\r\nSUMMARY:" + b"\r\n a" * 4_900 + b"\r\nEND:VEVENT\r\n")
        * 20,
        "very many properties": b"BEGIN:VEVENT\r\n" + b"A:b\r\n" * 350_000,
        "very many dates left out": b"BEGIN:VEVENT\r\n" + b"EXDATE:20270101\r\n" * 99_000 + b"END:VEVENT\r\n",
        "one endless head": b"BEGIN:VEVENT\r\nDTSTART" + b";A=b" * 20_000 + b":20270304\r\nEND:VEVENT\r\n",
        "long heads": many(heads, 1_400),
        "commas": many(f"{START}EXDATE:{',' * 90_000}\r\n", 1),
        "topics": many(f"{START}CATEGORIES:{'a,' * 49_000}\r\n", 1),
        "backslashes": many(f"{START}SUMMARY:{chr(92) * 90_000}\r\n", 20),
        "accents": many(f"{START}SUMMARY:{chr(0x301) * 30_000}\r\n", 30),
        "markup": many(f"{START}DESCRIPTION:{'<b>' * 30_000}\r\n", 20),
        "markup left open": many(f"{START}DESCRIPTION:{'<b <' * 20_000}\r\n", 20),
        "zones that nobody knows": many(START.replace("Europe/London", "Mars/Phobos")),
    }


def _times() -> dict[str, bytes]:
    every_day = ",".join(
        f"20{27 + k // 336:02d}{1 + k // 28 % 12:02d}{1 + k % 28:02d}T090000Z" for k in range(360)
    )
    moved = "UID:0\r\nRECURRENCE-ID:20270401T090000Z\r\nDTSTART:20270401T100000Z\r\n"
    return {
        "a thousand million dates": many(f"{START}RRULE:FREQ=DAILY;COUNT=1000000000\r\n"),
        "every second": many(f"{START}RRULE:FREQ=SECONDLY\r\n"),
        "a rule that never fits": many(f"{START}RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
        "a thousand dates each": many(f"{START}RRULE:FREQ=DAILY;COUNT=1000\r\n"),
        "the last day of each leap year": many(
            f"{START}RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366;UNTIL=22000101\r\n"
        ),
        "dates of two centuries left out": many(
            f"{START}RRULE:FREQ=DAILY\r\nEXDATE:20270304T090000Z,21990101T090000Z\r\n"
        ),
        "a year of dates left out": many(f"{START}RRULE:FREQ=DAILY\r\nEXDATE:{every_day}\r\n", 300),
        "one date moved again and again": many(f"{START}RRULE:FREQ=DAILY;COUNT=1000\r\n", 1)
        + f"BEGIN:VEVENT\r\n{moved}END:VEVENT\r\n".encode() * 1_900,
        "lengths": many(f"{START}DURATION:{'P1D' * 30_000}\r\n", 20),
        "a length of ages": many(f"{START}DURATION:P999999999W\r\n"),
        "before all time": many("DTSTART:00010101T000000Z\r\n").replace(
            b"BEGIN:VEVENT", b"BEGIN:VCALENDAR\r\nX-WR-TIMEZONE:America/Lima\r\nBEGIN:VEVENT", 1
        ),
    }
