"""A member posts an event; it stands in the calendar feed at the right hour, is moved, and is called off."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import icalendar

from tests.journeys.world import SECRETARY, a_world, hidden_fields


async def test_member_posts_an_event_and_calendars_show_it(database_url: str, tmp_path: Path) -> None:
    async with a_world(tmp_path, database_url) as world:
        async with world.api(SECRETARY) as secretary:
            organisation = {
                "name": "Centre for Listening",
                "kind": "centre",
                "country": "FR",
                "timezone": "Europe/Paris",
            }
            made = await secretary.post("/organisations", json=organisation)
            assert made.status_code == 201
            person = {
                "name": "Ana Ruiz",
                "email": "ana@listening.example",
                "organisation": made.json()["slug"],
                "roles": ["representative"],
            }
            assert (await secretary.post("/people", json=person)).status_code == 201

        ana = await world.signed_in("ana@listening.example")
        form = await ana.get("/events/new")
        typed = hidden_fields(form.text) | {
            "organisation": made.json()["slug"],
            "summary": "Listening well",
            "starts_on": "2027-07-01",
            "starts_time": "18:00",
            "ends_on": "",
            "ends_time": "19:30",
            "timezone": "Europe/Paris",
            "mode": "online",
            "online_url": "https://meet.example/listening",
            "language": "en",
            "visibility": "public",
        }
        wrong = await ana.post("/events/new", data={**typed, "ends_time": "17:00"})
        posted = await ana.post("/events/new", data=typed)

        assert wrong.status_code == 422
        assert "Listening well" in wrong.text
        assert posted.status_code == 200, posted.text
        assert "Listening well" in posted.text

        async with world.browser() as public, world.api("ana@listening.example") as program:
            feed = await public.get("/calendar.ics")
            entry = _only_entry(feed.content)
            again = await public.get("/calendar.ics", headers={"If-None-Match": feed.headers["etag"]})

            assert entry["SUMMARY"] == "Listening well"
            assert _instant(entry) == datetime(2027, 7, 1, 16, 0, tzinfo=UTC)
            assert entry["SEQUENCE"] == 0
            assert (again.status_code, again.content) == (304, b"")
            assert "Listening well" in (await public.get("/events")).text

            listed = (await program.get("/events", params={"from": "2027-06-01", "to": "2027-08-01"})).json()
            slug = listed["items"][0]["slug"]
            moved = await program.patch(
                f"/events/{slug}", json={"starts_at": "2027-07-02T18:00", "ends_at": "2027-07-02T19:30"}
            )
            assert moved.json()["sequence"] == 1
            later = _only_entry((await public.get("/calendar.ics")).content)
            assert later["UID"] == entry["UID"]
            assert later["SEQUENCE"] == 1
            assert _instant(later) == datetime(2027, 7, 2, 16, 0, tzinfo=UTC)

            cancelled = await program.post(
                f"/events/{slug}/cancellation", json={"reason": "The speaker is ill."}
            )
            assert cancelled.status_code in {200, 201}
            last = _only_entry((await public.get("/calendar.ics")).content)
            assert (last["STATUS"], last["SEQUENCE"]) == ("CANCELLED", 2)
            assert "The speaker is ill." in (await public.get(f"/events/{slug}")).text
        await ana.aclose()


def _instant(entry: icalendar.Event) -> datetime:
    assert isinstance(entry.start, datetime)
    return entry.start.astimezone(UTC)


def _only_entry(content: bytes) -> icalendar.Event:
    (entry,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(entry, icalendar.Event)
    return entry
