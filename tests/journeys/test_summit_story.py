"""The programme is released, people register until it is full, and a cancelled place goes to the next in line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import httpx
import icalendar

from summit_service.demo.load import next_programme
from tests.journeys.world import SECRETARY, World, a_world, link_in


def programme_ahead(*, in_person: int) -> dict[str, object]:
    """The real programme, its dates moved on to lie ahead of today."""
    data = json.loads((files("summit_service.demo") / "data" / "programme.json").read_bytes())
    return {**next_programme(data, today=datetime.now(UTC).date()), "in_person_capacity": in_person}


async def test_programme_is_released_and_people_register_until_it_closes(
    database_url: str, tmp_path: Path
) -> None:
    programme = programme_ahead(in_person=2)
    year = programme["year"]
    async with a_world(tmp_path, database_url) as world:
        await _release(world, programme)
        async with world.browser() as public:
            page = await public.get(f"/summits/{year}/programme")
            feed = icalendar.Calendar.from_ical((await public.get(f"/summits/{year}/programme.ics")).content)

            assert "ROE: Return on Empathy" in page.text
            assert len(feed.walk("VEVENT")) == len(programme["sessions"])  # type: ignore[arg-type]

            told = [await _register(public, year, name) for name in ("ada", "bo", "chidi", "dana")]
            assert ["waiting list" in one for one in told] == [False, False, True, True]

            ada = await world.mail_to("ada@people.example", "place")
            assert [part.get_content_type() for part in ada.walk()].count("text/calendar") >= 1
            chidi = await world.mail_to("chidi@people.example", "waiting")
            dana = await world.mail_to("dana@people.example", "waiting")

            await _cancel(public, link_in(ada, "/registrations/"))
            offer = await world.mail_to("chidi@people.example", "place")
            link = link_in(offer, "/registrations/")
            assert "held for you" in (await public.get(link)).text
            taken = await public.post(f"{link}/acceptance")
            assert "is confirmed" in taken.text

            assert "is cancelled" in (await public.get(link_in(ada, "/registrations/"))).text
            assert "is confirmed" in (await public.get(link_in(chidi, "/registrations/"))).text
            assert "number 1 on the waiting list" in (await public.get(link_in(dana, "/registrations/"))).text
            wrong = await public.get("/registrations/" + "x" * 43)
            assert wrong.status_code == 404

            async with world.api(SECRETARY) as program:
                await _close(program, year)
                late = await public.post(f"/summits/{year}/register", data=_typed("late"))
                by_program = await program.post(
                    f"/summits/{year}/registrations",
                    json={"name": "Late", "email": "late@people.example", "attendance": "online"},
                )
            assert late.status_code == by_program.status_code == 410
            assert "late@people.example" not in str([message["To"] for message in world.post.messages])


async def _close(program: httpx.AsyncClient, year: object) -> None:
    """Registration has ended yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    closed = await program.patch(
        f"/summits/{year}", json={"registration_closes_at": f"{yesterday:%Y-%m-%dT%H:%M}"}
    )
    assert closed.status_code == 200, closed.text


async def _release(world: World, programme: dict[str, object]) -> None:
    year = programme["year"]
    edition = {
        name: value
        for name, value in programme.items()
        if name not in {"rooms", "tracks", "speakers", "sessions"}
    }
    draft = {name: programme[name] for name in ("rooms", "tracks", "speakers", "sessions")}
    async with world.api(SECRETARY) as secretary:
        made = await secretary.post("/summits", json=edition)
        assert made.status_code == 201, made.text
        kept = await secretary.put(f"/summits/{year}/programme", json=draft)
        assert kept.status_code == 200, kept.text
        released = await secretary.post(f"/summits/{year}/releases", json={"note": "The first programme"})
        assert released.status_code == 201, released.text


def _typed(name: str) -> dict[str, str]:
    return {
        "name": f"{name.capitalize()} Example",
        "email": f"{name}@people.example",
        "organisation": "Example Hospital",
        "attendance": "in_person",
        "timezone": "",
        "dietary": "",
        "access_needs": "",
    }


async def _register(public: httpx.AsyncClient, year: object, name: str) -> str:
    """The sentence that the delegate reads first."""
    assert (await public.get(f"/summits/{year}/register")).status_code == 200
    answer = await public.post(f"/summits/{year}/register", data=_typed(name))
    assert answer.status_code == 200, answer.text
    return answer.text.split("<main")[1].split("</h1>")[0] + answer.text.split("</h1>")[1][:400]


async def _cancel(public: httpx.AsyncClient, link: str) -> None:
    question = await public.get(f"{link}/cancellation")
    assert "Yes, cancel" in question.text
    for _ in range(2):
        assert (await public.post(f"{link}/cancellation")).status_code == 200
