"""The table of delegates: what a spreadsheet makes of it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime

from defusedxml import ElementTree

from summit_service.registrations import sheets
from summit_service.registrations.answers import Asked
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Registration
from summit_service.summits.tables import Edition

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EVIL = '=HYPERLINK("http://x.example","Zoë")'
QUESTIONS = (Asked(key="day", label="+Day?", kind="date"), Asked(key="guests", label="Guests", kind="number"))


def standing() -> Standing:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    answers = {"day": {"question": 1, "version": 1, "value": "2026-09-13"}, "guests": 2}
    row = Registration(
        edition=1, name=EVIL, email="a@b.example", answers=json.dumps(answers), created_at=at, changed_at=at
    )
    return Standing(row, Edition(year=2026, timezone="Europe/London", starts_on=date(2026, 9, 14)))


def cells(workbook: bytes) -> dict[str, str]:
    """Each cell as `type:value`, with formulas as `f:`, read without the library that wrote it."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        strings = [
            "".join(item.itertext()) for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    found = {}
    for cell in sheet.iter(f"{MAIN}c"):
        value = cell.findtext(f"{MAIN}v", "")
        kind = "f" if cell.find(f"{MAIN}f") is not None else cell.get("t", "n")
        found[cell.attrib["r"]] = f"{kind}:{strings[int(value)] if kind == 's' else value}"
    return found


def test_workbook_has_no_formula_and_days_are_days() -> None:
    found = cells(sheets.as_xlsx([standing()], QUESTIONS))

    assert found["A2"] == f"s:{EVIL}"
    assert found["L1"] == "s:+Day?"
    assert found["J2"].startswith("n:46204.97")  # 1 July 2026, 23:30 in London
    assert (found["L2"], found["M2"]) == ("n:46278", "n:2")
    assert not [cell for cell in found.values() if cell.startswith("f:")]


def test_day_that_a_spreadsheet_does_not_know_stays_as_it_was_told() -> None:
    one = standing()
    one.registration.answers = json.dumps({"day": "0900-02-03"})

    assert cells(sheets.as_xlsx([one], QUESTIONS))["L2"] == "s:0900-02-03"


def test_csv_disarms_formulas_and_keeps_moments_in_the_summits_zone() -> None:
    head, row = csv.reader(io.StringIO(sheets.as_csv([standing()], QUESTIONS)))

    assert head[-2:] == ["'+Day?", "Guests"]
    assert row[0] == f"'{EVIL}"
    assert row[9] == "2026-07-01 23:30"
    assert row[-2:] == ["2026-09-13", "2"]
