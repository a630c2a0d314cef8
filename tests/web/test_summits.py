"""The pages of a summit: what the public sees of which release, and the secretariat's forms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree

import httpx
import pytest
from pypdf import PdfReader

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.summits import queries
from summit_service.summits.actions import replacing
from summit_service.summits.tables import Edition, Release
from tests.atom import ATOM, faults
from tests.clients import Clock, client, clock, service_settings, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_summits import make_edition, many_sessions, programme, real_programme, release, session

__all__ = ["client", "clock", "service_settings"]
PROGRAMME = "/summits/2026/programme"
DESK = "/desk/summits/2026"


async def desk(client: httpx.AsyncClient, now: datetime) -> dict[str, str]:
    """The fields that every form of a signed-in secretary carries."""
    return {"csrf": await sign_in(client, await secretariat(), now=now)}


def mark_on(page: httpx.Response) -> str:
    """What the form says of the state that it was made from."""
    [mark] = re.findall(r'name="seen" value="(\w*)"', page.text)
    return str(mark)


def text(answer: httpx.Response) -> str:
    """The words of a page, without marks and runs of white space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


@contextmanager
def counted_queries(engine: db.Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every query that goes to the database meanwhile."""
    seen: list[str] = []
    run = engine.run_querystring

    async def counting(querystring: object, *args: object, **kwargs: object) -> object:
        seen.append(str(querystring))
        return await run(querystring, *args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(engine, "run_querystring", counting)
        yield seen


async def test_list_leads_to_the_only_summit(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()

    alone = await client.get("/summits")
    await make_edition(year=2028)
    listed = await client.get("/summits")

    assert (alone.status_code, alone.headers["location"]) == (303, "/summits/2026")
    assert re.findall(r'href="/summits/(\d+)"', listed.text) == ["2028", "2026"]
    assert "Next summit" in listed.text


async def test_list_without_a_summit_says_so(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(is_announced=False)

    answer = await client.get("/summits")

    assert "No summit has been announced yet." in answer.text


async def test_summit_page_tells_when_where_and_what_is_left(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person_taken=119, online_taken=500)

    answer = await client.get("/summits/2026")

    words = text(answer)
    assert "Monday 14 to Tuesday 15 September 2026" in words
    assert "1 place of 120 is left" in words
    assert "all 500 places are taken; there is a waiting list" in words
    assert "Registration is open until the end of Tuesday 15 September 2026 in London." in words
    assert 'href="/summits/2026/register"' in answer.text
    assert "The programme is being made." in words


@pytest.mark.parametrize(
    ("day", "words", "has_button"),
    [
        ("2026-05-01", "Registration opens on Monday 1 June 2026, 09:00 London.", False),
        ("2026-06-02", "Registration is open until Thursday 10 September 2026, 18:00 London.", True),
        ("2026-09-11", "Registration has closed.", False),
        ("2026-09-16", "This summit is over.", False),
    ],
)
async def test_summit_page_says_whether_one_can_register(
    client: httpx.AsyncClient, clock: Clock, day: str, words: str, has_button: bool
) -> None:
    opens, closes = ("2026-06-01T08:00:00+00:00", "2026-09-10T17:00:00+00:00")
    await make_edition(
        registration_opens_instant=datetime.fromisoformat(opens),
        registration_closes_instant=datetime.fromisoformat(closes),
    )
    clock.now = datetime.fromisoformat(f"{day}T12:00:00+00:00")

    answer = await client.get("/summits/2026")

    assert words in text(answer)
    assert ("/summits/2026/register" in answer.text) == has_button


async def test_unannounced_summit_is_for_the_secretariat(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(is_announced=False)

    stranger = await client.get("/summits/2026")
    await desk(client, now)
    secretary = await client.get("/summits/2026")

    assert (stranger.status_code, secretary.status_code) == (404, 200)
    assert "This summit is not announced yet" in secretary.text


async def test_programme_shows_the_last_release_and_not_the_draft(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    early = await client.get(PROGRAMME)
    await release(programme(session("Released")), now=now)
    await replacing.replace_programme(2026, programme(session("Drafted")), actor=OPERATOR, now=now)

    answer = await client.get(PROGRAMME)

    assert "The programme is being made." in early.text
    assert "Released" in answer.text
    assert "Drafted" not in answer.text


async def test_programme_lists_what_changed_and_keeps_the_older_one(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await release(programme(session("ROE"), session("Gone", room="Library")), now=now)
    await release(
        programme(session("ROE", room="Library", speakers=["Ana Ruiz"]), session("New")),
        now=now + timedelta(days=1),
        note="Better rooms.",
    )

    last, first = await client.get(PROGRAMME), await client.get(f"{PROGRAMME}?release=1")

    words = text(last)
    assert "Better rooms." in words
    assert (
        "“ROE” moves from 14 September, 09:00–10:00, Great Hall to 14 September, 09:00–10:00, Library."
        in words
    )
    assert "“ROE” is now with Ana Ruiz." in words
    assert "“New” is new: 14 September, 09:00–10:00, Great Hall." in words
    assert "“Gone” is no longer in the programme (it was on 14 September, 09:00–10:00, Library)." in words
    assert "This is an older programme" in first.text
    assert "Gone" in text(first)
    assert '<meta name="robots" content="noindex">' in first.text


async def test_programme_opens_on_today_and_marks_what_runs(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await release(real_programme(), now=now)

    first = await client.get(PROGRAMME)
    clock.now = datetime.fromisoformat("2026-09-15T13:30:00+00:00")
    running = await client.get(PROGRAMME)
    other_day = await client.get(f"{PROGRAMME}?day=2026-09-14")
    all_days = await client.get(f"{PROGRAMME}?day=all")

    assert "ROE: Return on Empathy" in first.text
    assert "ROE: Return on Empathy" not in running.text
    assert running.text.count(">Now<") == 1
    assert ">Now<" not in other_day.text
    assert all_days.text.count("<table") == 2


async def test_programme_grid_gives_each_session_its_hours_and_room(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await release(real_programme(), now=now)

    answer = await client.get(f"{PROGRAMME}?day=2026-09-14")

    assert re.findall(r'<th scope="col"[^>]*>([^<]*)', answer.text) == [
        "Hour",
        "Great Hall",
        "Garden Room",
        "Library",
    ]
    assert '<td id="roe-return-on-empathy" class="session plenary across" colspan="3">' in answer.text
    assert 'datetime="2026-09-14T09:15+01:00" data-end="2026-09-14T10:15+01:00" data-local' in answer.text
    assert "style=" not in answer.text


async def test_programme_escapes_what_people_typed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    evil = "<script>alert(1)</script>"
    await release(
        programme(session(evil, abstract=evil, speakers=[evil], track=evil, objectives=[evil])), now=now
    )

    answer = await client.get(PROGRAMME)

    assert evil not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    "address", ["/summits/2027", "/summits/2026/programme?release=2", "/summits/99999999999"]
)
async def test_what_is_not_there_is_a_404(client: httpx.AsyncClient, now: datetime, address: str) -> None:
    await make_edition()
    await release(programme(), now=now)

    assert (await client.get(address)).status_code == 404


async def test_programme_takes_as_many_queries_for_thirty_sessions_as_for_three(
    client: httpx.AsyncClient, database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_edition()
    fields = await desk(client, now)
    counts = []
    for count in (3, 30):
        await release(programme(*many_sessions(count)), now=now)
        with counted_queries(database, monkeypatch) as seen:
            answers = [await client.get(address) for address in (PROGRAMME, f"{DESK}/programme")]
        counts.append(len(seen))
        assert [answer.status_code for answer in answers] == [200, 200]

    assert fields["csrf"]
    assert counts[0] == counts[1] > 0


DESK_PAGES = ("/desk/summits", "/desk/summits/new", DESK, f"{DESK}/programme", f"{DESK}/sessions/new")


@pytest.mark.parametrize("address", DESK_PAGES)
async def test_desk_is_for_the_secretariat(client: httpx.AsyncClient, now: datetime, address: str) -> None:
    await make_edition()

    stranger = await client.get(address)
    await sign_in(client, await representative_of(await make_organisation()), now=now)
    wrong = await client.get(address)
    await desk(client, now)
    right = await client.get(address)

    assert [answer.status_code for answer in (stranger, wrong, right)] == [303, 403, 200]
    assert stranger.headers["location"].startswith("/sign-in?next=/desk/summits")


async def test_desk_form_without_its_secret_changes_nothing(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(), actor=OPERATOR, now=now)
    await desk(client, now)

    answer = await client.post(f"{DESK}/releases", data={"note": "x"})

    assert answer.status_code == 403
    assert await Release.count() == 0


EDITION_FORM = {
    "year": "2026", "title": "Summit 2026", "starts_on": "2026-09-14", "ends_on": "2026-09-15",
    "timezone": "Europe/London", "in_person_capacity": "120", "online_capacity": "", "announced": "yes",
    "registration_opens_at": "2026-06-01T09:00",
}  # fmt: skip


async def test_edition_form_makes_a_summit(client: httpx.AsyncClient, now: datetime) -> None:
    fields = await desk(client, now)

    answer = await client.post("/desk/summits/new", data={**fields, **EDITION_FORM})

    edition = await queries.found_edition(2026)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}/programme")
    assert (edition.starts_on, edition.in_person_capacity, edition.announced_at) == (
        date(2026, 9, 14),
        120,
        now,
    )


async def test_edition_form_comes_back_with_faults_and_what_was_typed(
    client: httpx.AsyncClient, now: datetime
) -> None:
    fields = await desk(client, now)
    bad = {
        **fields,
        **EDITION_FORM,
        "title": "My “own” title",
        "in_person_capacity": "lots",
        "timezone": "Narnia",
    }

    answer = await client.post("/desk/summits/new", data=bad)

    assert answer.status_code == 422
    assert "The places in person has to be a whole number." in answer.text
    assert "There is no time zone “Narnia”." in answer.text
    for typed in ('value="My “own” title"', 'value="lots"', 'value="Narnia"', 'value="2026-06-01T09:00"'):
        assert typed in answer.text
    assert await Edition.count() == 0


async def test_edition_form_off_the_cycle_asks_for_a_tick(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(year=2025)
    fields = {**await desk(client, now), **EDITION_FORM}

    asked = await client.post("/desk/summits/new", data=fields)
    meant = await client.post("/desk/summits/new", data={**fields, "off_cycle": "yes"})

    assert (asked.status_code, meant.status_code) == (422, 303)
    assert 'name="off_cycle"' in asked.text


async def test_edition_form_changes_a_summit(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person_taken=10)
    fields = {**await desk(client, now), **EDITION_FORM}

    changed = await client.post(DESK, data={**fields, "venue": "Town Hall"})
    refused = await client.post(DESK, data={**fields, "in_person_capacity": "9"})

    edition = await queries.found_edition(2026)
    assert (changed.status_code, refused.status_code) == (303, 422)
    assert (edition.venue, edition.in_person_capacity) == ("Town Hall", 120)
    assert "10 places in person are taken or offered" in refused.text


async def test_announcement_shows_the_summit(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(is_announced=False)
    fields = await desk(client, now)

    await client.post(f"{DESK}/announcement", data=fields)

    assert (await queries.found_edition(2026)).announced_at == now


async def sent(
    client: httpx.AsyncClient, fields: dict[str, str], name: str, content: bytes
) -> httpx.Response:
    """The page that says what a file would do."""
    answer = await client.post(f"{DESK}/programme", data=fields, files={"file": (name, content)})
    assert answer.status_code == 303
    return await client.get(answer.headers["location"])


async def taken(client: httpx.AsyncClient, fields: dict[str, str], looked: httpx.Response) -> httpx.Response:
    """The answer to the button on that page."""
    return await client.post(looked.url.path, data={**fields, "seen": mark_on(looked)})


async def test_upload_is_shown_and_then_replaces_the_draft(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    fields = await desk(client, now)
    await replacing.replace_programme(2026, programme(session("Typed by hand")), actor=OPERATOR, now=now)

    looked = await sent(client, fields, "programme.json", json.dumps(real_programme()).encode())
    before = await client.get(f"{DESK}/programme")
    answer = await taken(client, fields, looked)
    page = await client.get(answer.headers["location"])
    again = await client.get(looked.url.path)

    assert "Nothing is changed yet" in looked.text
    assert "“Typed by hand” is no longer in the programme" in looked.text
    assert "Debate: chatbots and empathic care" in looked.text
    assert looked.url.path in before.text
    assert "Debate: chatbots and empathic care" not in before.text
    assert answer.status_code == 303
    assert "The file is the draft now" in page.text
    assert "Debate: chatbots and empathic care" in page.text
    assert "3 things are worth a look" in page.text
    assert again.status_code == 404


async def test_upload_is_shown_anew_where_the_draft_has_changed_since(
    client: httpx.AsyncClient, now: datetime
) -> None:
    edition = await make_edition()
    fields = await desk(client, now)
    looked = await sent(client, fields, "programme.json", json.dumps(programme()).encode())
    await replacing.replace_programme(2026, programme(session("Typed by hand")), actor=OPERATOR, now=now)

    anew = await taken(client, fields, looked)
    kept = (await queries.draft_of(edition)).programme.sessions
    done = await taken(client, fields, anew)
    last = await sent(client, fields, "programme.json", json.dumps(programme()).encode())
    thrown = await client.post(f"{last.url.path}/discard", data=fields)

    assert anew.status_code == 409
    assert "Somebody has changed the draft since you looked," in anew.text
    assert "“Opening” was called “Typed by hand”." in anew.text
    assert [one.title for one in kept] == ["Typed by hand"]
    assert done.status_code == 303
    assert "There is nothing to take in." in last.text
    assert "Replace the draft" not in last.text
    assert thrown.status_code == 303
    assert (await client.get(last.url.path)).status_code == 404


async def test_upload_that_cannot_be_read_any_more_says_so(client: httpx.AsyncClient, now: datetime) -> None:
    edition = await make_edition()
    fields = await desk(client, now)
    early = {"starts_at": "2026-03-29T01:30", "ends_at": "2026-03-29T03:00"}
    await edition.update_self({Edition.timezone: "UTC"})
    looked = await sent(client, fields, "p.json", json.dumps(programme(session(**early))).encode())
    await edition.update_self({Edition.timezone: "Europe/London"})

    answer = await taken(client, fields, looked)

    assert answer.status_code == 422
    assert "The file cannot be taken any more; the draft is as it was" in answer.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is not JSON:"),
        (b"{", "The file is not JSON:"),
        (
            json.dumps(programme(session(room="Attic"))).encode(),
            "There is no room “Attic” in this programme.",
        ),
    ],
)
async def test_upload_with_faults_lists_them(
    client: httpx.AsyncClient, now: datetime, content: bytes, sentence: str
) -> None:
    await make_edition()
    fields = await desk(client, now)

    answer = await client.post(f"{DESK}/programme", data=fields, files={"file": ("p.json", content)})

    assert answer.status_code == 422
    assert sentence in answer.text


async def test_upload_of_no_file_says_so(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()

    answer = await client.post(f"{DESK}/programme", data=await desk(client, now))

    assert answer.status_code == 422
    assert "Choose a file first." in answer.text


async def test_upload_of_a_sheet_with_a_fault_names_its_row(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    sheet = b"title,starts_at,ends_at\r\nOpening,2026-09-14T09:00,2026-09-14T08:00\r\n"

    answer = await client.post(
        f"{DESK}/programme", data=await desk(client, now), files={"file": ("p.csv", sheet)}
    )

    assert answer.status_code == 422
    assert "row 2, ends_at : The session ends before it begins." in text(answer)


@pytest.mark.parametrize(
    "address", [f"{DESK}/programme.json", f"{DESK}/programme.csv", "/summits/2026/schedule.json"]
)
async def test_download_can_be_uploaded_again(client: httpx.AsyncClient, now: datetime, address: str) -> None:
    await make_edition()
    fields = await desk(client, now)
    await release(real_programme(), now=now)
    before = await queries.draft_of(await queries.found_edition(2026))

    file = await client.get(address)
    name = address.rpartition("/")[2]
    looked = await sent(client, fields, name, file.content)

    assert "There is nothing to take in." in looked.text
    after = await queries.draft_of(await queries.found_edition(2026))
    assert after.programme.sessions == before.programme.sessions
    assert after.programme == before.programme


async def test_upload_of_xml_keeps_seats_and_affiliations(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    fields = await desk(client, now)
    await release(real_programme(), now=now)
    before = (await queries.draft_of(await queries.found_edition(2026))).programme

    file = await client.get("/summits/2026/schedule.xml")
    await taken(client, fields, await sent(client, fields, "schedule.xml", file.content))

    after = (await queries.draft_of(await queries.found_edition(2026))).programme
    assert (after.rooms, after.tracks, after.speakers) == (before.rooms, before.tracks, before.speakers)


SESSION_FORM = {
    "title": "New talk", "kind": "talk", "starts_at": "2026-09-14T11:00", "ends_at": "2026-09-14T12:00",
    "room": "Library", "track": "", "speakers": "Ana Ruiz\r\nBo Lee\r\n", "chairs": "",
    "objectives": "- Listen\r\n• Weigh\r\n-5 degrees",
    "abstract": "", "capacity": "20",
}  # fmt: skip


async def test_session_form_adds_changes_and_takes_out(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(), actor=OPERATOR, now=now)
    fields = {**await desk(client, now), **SESSION_FORM}

    added = await client.post(f"{DESK}/sessions/new", data=fields)
    form = await client.get(f"{DESK}/sessions/new-talk")
    changed = await client.post(
        f"{DESK}/sessions/new-talk", data={**fields, "title": "Old talk", "seen": seen_on(form)}
    )
    draft = await queries.draft_of(await queries.found_edition(2026))
    removed = await client.post(f"{DESK}/sessions/new-talk/removal", data=fields)
    after = await queries.draft_of(await queries.found_edition(2026))

    assert [one.status_code for one in (added, form, changed, removed)] == [303, 200, 303, 303]
    assert "Ana Ruiz\nBo Lee" in form.text
    assert [(one.title, one.capacity) for one in draft.programme.sessions] == [
        ("Opening", None),
        ("Old talk", 20),
    ]
    assert draft.programme.sessions[1].objectives == ("Listen", "Weigh", "-5 degrees")
    assert [one.title for one in after.programme.sessions] == ["Opening"]


async def test_session_form_comes_back_with_faults_and_what_was_typed(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(), actor=OPERATOR, now=now)
    fields = {
        **await desk(client, now),
        **SESSION_FORM,
        "ends_at": "2026-09-14T10:00",
        "abstract": "Kept words",
    }

    answer = await client.post(f"{DESK}/sessions/new", data=fields)

    assert answer.status_code == 422
    assert answer.text.count("The session ends before it begins.") == 2
    assert "Kept words" in answer.text
    assert "Ana Ruiz" in answer.text


async def test_session_form_asks_which_of_two_hours_is_meant(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    fields = {**await desk(client, now), **SESSION_FORM, "room": ""}
    fields |= {"starts_at": "2026-10-25T01:30", "ends_at": "2026-10-25T03:00"}

    asked = await client.post(f"{DESK}/sessions/new", data=fields)
    told = await client.post(f"{DESK}/sessions/new", data={**fields, "starts_fold": "1"})

    [one] = (await queries.draft_of(await queries.found_edition(2026))).programme.sessions
    assert (asked.status_code, told.status_code) == (422, 303)
    assert 'name="starts_fold"' in asked.text
    assert one.starts == datetime.fromisoformat("2026-10-25T01:30+00:00")


async def test_lists_form_names_the_session_that_needs_a_room(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(session("ROE")), actor=OPERATOR, now=now)
    fields = await desk(client, now)
    fields["seen"] = seen_on(await client.get(f"{DESK}/programme"))

    refused = await client.post(
        f"{DESK}/lists", data={**fields, "rooms": "Library; 25", "speakers": "Ana; NYU"}
    )
    saved = await client.post(
        f"{DESK}/lists", data={**fields, "rooms": "Great Hall; 99\nAnnex", "speakers": "Ana; NYU"}
    )

    programme_now = (await queries.draft_of(await queries.found_edition(2026))).programme
    assert (refused.status_code, saved.status_code) == (422, 303)
    assert "“ROE” still needs it; change that session first." in refused.text
    assert [(room.name, room.capacity) for room in programme_now.rooms] == [
        ("Great Hall", 99),
        ("Annex", None),
    ]
    assert [(one.name, one.affiliation) for one in programme_now.speakers] == [("Ana", "NYU")]


async def test_old_form_of_a_session_undoes_nothing_and_shows_what_differs(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(session("ROE", id="roe")), actor=OPERATOR, now=now)
    fields = {**await desk(client, now), **SESSION_FORM, "title": "ROE", "room": "Great Hall"}
    url = f"{DESK}/sessions/roe"
    tab = {"seen": seen_on(await client.get(url))}

    await client.post(url, data=fields | tab | {"abstract": "From the first tab."})
    stale = await client.post(url, data=fields | tab | {"title": "Return on Empathy"})
    blind = await client.post(url, data=fields | {"title": "Return on Empathy"})
    stands = (await queries.draft_of(await queries.found_edition(2026))).programme.sessions[0]
    anew = {"seen": seen_on(stale), "title": "Return on Empathy"}
    twice = [await client.post(url, data=fields | anew) for _ in range(2)]

    assert (stale.status_code, blind.status_code) == (409, 409)
    assert (stands.title, stands.abstract) == ("ROE", "From the first tab.")
    facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", stale.text)
    assert facts == [("Title", "ROE"), ("Abstract", "From the first tab.")]
    assert 'value="Return on Empathy"' in stale.text
    assert [one.status_code for one in twice] == [303, 303]


async def test_old_lists_take_nobody_out(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(), actor=OPERATOR, now=now)
    fields = await desk(client, now)
    tab = fields | {"seen": seen_on(await client.get(f"{DESK}/programme")), "rooms": "Great Hall\nLibrary"}

    await client.post(f"{DESK}/lists", data=tab | {"speakers": "Ana; NYU\nBo Lee"})
    stale = await client.post(f"{DESK}/lists", data=tab | {"speakers": "Ana; NYU\nCy Dee"})

    kept = (await queries.draft_of(await queries.found_edition(2026))).programme
    assert (stale.status_code, [one.name for one in kept.speakers]) == (409, ["Ana", "Bo Lee"])
    assert "Ana; NYU\nBo Lee</pre>" in stale.text
    assert "Ana; NYU\nCy Dee</textarea>" in stale.text


def seen_on(answer: httpx.Response) -> str:
    """The mark of what the form was made from."""
    return str(re.findall(r'name="seen" value="(\w+)"', answer.text)[0])


async def test_release_form_makes_the_draft_public(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await replacing.replace_programme(2026, real_programme(), actor=OPERATOR, now=now)
    fields = await desk(client, now)

    done = await client.post(f"{DESK}/releases", data={**fields, "note": "Ready.", "after": "0"})
    twice = await client.post(f"{DESK}/releases", data={**fields, "note": "Ready.", "after": "0"})
    shown = await client.get(done.headers["location"])

    assert (done.status_code, twice.status_code) == (303, 409)
    assert "Release 1 was made since you opened this page." in twice.text
    assert "Release 1 is public" in shown.text
    assert await Release.count() == 1


async def test_release_form_that_came_back_torn_is_refused(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    fields = await desk(client, now)

    torn = await client.post(f"{DESK}/releases", data={**fields, "after": "9" * 5000})

    assert torn.status_code in {409, 422}
    assert await Release.count() == 0


async def test_schedule_is_of_the_release_asked_for_and_not_sent_twice(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    nothing = await client.get("/summits/2026/schedule.json")
    await release(programme(session("First title", id="one")), now=now)
    await release(programme(session("Second title", id="one")), now=now + timedelta(hours=1))

    answer = await client.get("/summits/2026/schedule.json")
    again = await client.get("/summits/2026/schedule.json", headers={"If-None-Match": answer.headers["ETag"]})
    older = await client.get("/summits/2026/schedule.xml?release=1")
    missing = await client.get("/summits/2026/schedule.xml?release=3")

    assert nothing.status_code == missing.status_code == 404
    assert answer.json()["schedule"]["version"] == "2"
    assert (again.status_code, again.content) == (304, b"")
    assert older.headers["Content-Type"] == "application/xml"
    assert "<version>1</version>" in older.text
    assert "First title" in older.text
    assert answer.text.count("Second title") == 1


async def test_schedule_of_a_summit_that_is_not_announced_is_not_there(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(is_announced=False)

    answer = await client.get("/summits/2026/schedule.json")

    assert answer.status_code == 404


async def test_changes_are_told_on_a_page_and_in_a_feed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    nothing = await client.get("/summits/2026/programme/changes.atom")
    await release(programme(session("Opening", id="one")), now=now, note="The *first* one.")
    later = now + timedelta(days=1)
    await release(programme(session("Opening & <more>", id="one", room="")), now=later)

    page = await client.get("/summits/2026/programme/changes")
    feed = await client.get("/summits/2026/programme/changes.atom")
    again = await client.get(
        "/summits/2026/programme/changes.atom", headers={"If-None-Match": feed.headers["ETag"]}
    )

    assert nothing.status_code == 404
    assert (
        "“Opening & <more>” was called “Opening”.".replace("&", "&amp;").replace("<m", "&lt;m")[:20]
        in page.text
    )
    assert text(page).index("Release 2") < text(page).index("Release 1")
    root = ElementTree.fromstring(feed.content)
    assert faults(feed.content) == []
    assert feed.headers["Content-Type"] == "application/atom+xml"
    assert root.findtext(f"{ATOM}updated") == later.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")] == [
        "Release 2",
        "Release 1",
    ]
    contents = [entry.findtext(f"{ATOM}content") or "" for entry in root.iter(f"{ATOM}entry")]
    assert "was called “Opening”." in contents[0]
    assert "&lt;more&gt;" in contents[0]
    assert "<em>first</em>" in contents[1]
    assert again.status_code == 304


async def test_now_and_next_is_by_the_halls_clock(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await release(programme(session("Opening", id="one")), now=now)
    clock.now = datetime.fromisoformat("2026-09-14T09:30:00+01:00")

    page = await client.get("/summits/2026/now")
    fragment = await client.get("/summits/2026/now", headers={"HX-Request": "true"})
    clock.now = datetime.fromisoformat("2026-09-14T10:00:00+01:00")
    after = await client.get("/summits/2026/now")

    assert "It is 09:30 in the hall, in London." in text(page)
    assert "Now, until 10:00: Opening" in text(page)
    assert "<html" not in fragment.text
    assert "Now, until 10:00: Opening" in text(fragment)
    assert "This summit is over." in text(after)


async def test_next_edition_is_previewed_changed_and_made(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(), actor=OPERATOR, now=now)
    fields = await desk(client, now)

    preview = await client.get(f"{DESK}/next")
    other_year = await client.get(f"{DESK}/next?year=2030")
    bad_year = await client.get(f"{DESK}/next?year=soon")
    typed = fields | {"year": "2028", "title": "Summit 2028", "starts_on": "2028-09-11", "ends_on": "2028-09-10",
                      "timezone": "Europe/London", "theme": "Kept as typed", "parts": "rooms"}  # fmt: skip
    refused = await client.post(f"{DESK}/next", data=typed)
    made = await client.post(f"{DESK}/next", data=typed | {"ends_on": "2028-09-12"})
    again = await client.post(f"{DESK}/next", data=typed | {"ends_on": "2028-09-12"})

    assert "Monday 14 September 2026 Monday 11 September 2028" in text(preview)
    assert "2 rooms and 0 tracks" in text(preview)
    assert "Monday 16 September 2030" in text(other_year)
    assert (bad_year.status_code, "soon" in bad_year.text) == (422, True)
    assert (refused.status_code, "Kept as typed" in refused.text) == (422, True)
    assert made.headers["location"] == "/desk/summits/2028/programme"
    assert (again.status_code, "There is a summit of 2028 already." in text(again)) == (409, True)
    assert "Only the secretariat sees it until it is announced" in text(await client.get("/desk/summits"))


async def test_mails_to_speakers_are_read_changed_and_sent_once(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    given = programme(session(speakers=["Ana Ruiz"], chairs=["Ben Okoro"]),
                      speakers=[{"name": "Ana Ruiz"}, {"name": "Ben Okoro"}])  # fmt: skip
    await release(given, now=now)
    fields, page = await desk(client, now), f"{DESK}/speakers"

    before = await client.get(page)
    read = fields | {"seen": mark_on(before)}
    bad = await client.post(f"{page}/addresses", data=read | {"addresses": "Ana Ruiz; nowhere"})
    await client.post(f"{page}/addresses", data=read | {"addresses": "Ana Ruiz; ana@hospital.example"})
    drafts_page = await client.get(page)
    mail = fields | {"release": "1", "to": "ana@hospital.example", "note:ana@hospital.example": "Typed words"}
    stale = await client.post(f"{page}/mails", data=mail | {"release": "0"})
    sent = await client.post(f"{page}/mails", data=mail)
    twice = await client.post(f"{page}/mails", data=mail)

    assert "2 speakers have no address" in text(before)
    assert (bad.status_code, "Line 1: " in text(bad), "Ana Ruiz; nowhere" in bad.text) == (422, True, True)
    assert "“Opening” is new for you, as speaker" in text(drafts_page)
    assert (stale.status_code, "Typed words" in stale.text) == (409, True)
    assert (sent.status_code, twice.status_code) == (303, 409)
    assert "Everybody whose address is known has been told of release 1" in text(await client.get(page))


async def test_grid_moves_a_session_warns_undoes_and_tells_of_another_mover(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    given = programme(session("A", id="a"), session("B", id="b", room="Library", speakers=["Ana Ruiz"]),
                      speakers=[{"name": "Ana Ruiz"}])  # fmt: skip
    await replacing.replace_programme(2026, given, actor=OPERATOR, now=now)
    fields, page = await desk(client, now), f"{DESK}/grid"
    here = "2026-09-14T09:00/2026-09-14T10:00/Great Hall"
    typed = fields | {"id": "a", "day": "2026-09-14", "start": "09:30", "minutes": "45", "room": "Library"}

    form = await client.get(f"{page}?move=a")
    bad = await client.post(page, data=typed | {"seen": here, "start": "soon", "minutes": "37"})
    moved = await client.post(page, data=typed | {"seen": here})
    after = await client.get(moved.headers["location"])
    stale = await client.post(page, data=typed | {"seen": here, "minutes": "37"})
    undo = dict(re.findall(r'name="(id|day|start|minutes|room|seen)" value="([^"]+)"', after.text))
    undone = await client.post(page, data=fields | undo | {"do": "undo"})
    last = await client.get(undone.headers["location"])

    assert f'value="{here}"' in form.text
    assert (bad.status_code, 'value="37"' in bad.text) == (422, True)
    assert "“A” is at 09:30–10:15, Library now" in text(after)
    assert "Library is used twice at once" in text(after)
    assert (stale.status_code, 'value="37"' in stale.text) == (409, True)
    assert "Somebody else has moved “A” meanwhile: it is on 14 September, 09:30–10:15, Library now." in text(
        stale
    )
    draft = (await queries.draft_of(await queries.found_edition(2026))).programme
    assert (draft.sessions[0].starts_at, draft.sessions[0].room) == ("2026-09-14T09:00", "Great Hall")
    assert ("Undo" in text(last), "is used twice" in text(last)) == (False, False)


async def test_programme_pdf_is_the_same_for_the_same_release_and_has_everybody(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await release(real_programme(), now=now)
    first = await client.get("/summits/2026/programme.pdf")
    changed = real_programme()
    changed["sessions"][0] |= {
        "title": "Hello & *welcome* #everyone",
        "abstract": "# Aims\n\n- One\n- **Two**",
    }
    await release(changed, now=now + timedelta(days=1))

    old = await client.get("/summits/2026/programme.pdf?release=1")
    new = await client.get("/summits/2026/programme.pdf")
    none = await client.get("/summits/2026/programme.pdf?release=3")

    assert (first.status_code, new.status_code, none.status_code) == (200, 200, 404)
    assert first.headers["content-type"] == "application/pdf"
    assert (first.content == old.content, first.content == new.content) == (True, False)
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(new.content)).pages)
    assert "Hello & *welcome* #everyone" in " ".join(words.split())
    assert "Speakers and chairs" in words
    assert PdfReader(BytesIO(new.content)).trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
