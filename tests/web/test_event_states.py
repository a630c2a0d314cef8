"""Pages of drafts, confirmation and history: who may, what is shown, what is told to whom."""

from __future__ import annotations

import httpx

from summit_service.events import queries
from tests.clients import Clock, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_events import make_event
from tests.web.test_events import FORM

PAGE = "/events/listening-on-the-ward-round"


async def test_draft_is_finished_and_published_by_its_buttons(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation(slug="centre")
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)
    data = FORM | {"organisation": "centre", "csrf": csrf}

    posted = await client.post("/events/new", data=data | {"save": "draft"})
    draft, mine = (await client.get(posted.headers["location"])).text, (await client.get("/me")).text
    cookies = dict(client.cookies)
    client.cookies.clear()
    hidden = [(await client.get(path)).status_code for path in (PAGE, f"{PAGE}.ics", f"{PAGE}/history")]
    client.cookies.update(cookies)
    own_file = await client.get(f"{PAGE}.ics")
    listed = (await client.get("/events")).text
    published = await client.post(f"{PAGE}/edit", data=data | {"save": "publish", "location": "Oxford"})

    assert posted.headers["location"] == f"{PAGE}?done=drafted"
    assert "Publish this event" in draft
    assert "Your draft “Listening on the ward round” is not published." in mine
    assert hidden == [404, 404, 303]
    assert own_file.status_code == 404
    assert "Listening" not in listed
    assert published.headers["location"] == f"{PAGE}?done=posted"
    assert "Listening" in (await client.get("/events")).text


async def test_first_event_of_a_new_member_is_a_task_on_the_desk(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    organisation = await make_organisation(slug="centre", is_new=True)
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)
    posted = await client.post("/events/new", data=FORM | {"organisation": "centre", "csrf": csrf})
    own = (await client.get(PAGE)).text
    csrf = await sign_in(client, await secretariat(), now=clock.now)

    desk = (await client.get("/desk")).text
    no_reason = await client.post(f"{PAGE}/return", data={"csrf": csrf, "reason": ""})
    confirmed = await client.post(f"{PAGE}/confirmation", data={"csrf": csrf})

    assert posted.headers["location"] == f"{PAGE}?done=waiting"
    assert "waits for confirmation" in own
    assert "Confirm and publish" not in own
    assert "Centre for Kindness is new and has posted “Listening on the ward round”." in desk
    assert no_reason.status_code == 422
    assert confirmed.headers["location"] == f"{PAGE}?done=confirmed"
    assert "is new and has posted" not in (await client.get("/desk")).text


async def test_history_shows_what_was_changed_and_undoes_it(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation(slug="centre")
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)
    await make_event(organisation)
    for place in ("<b>Oxford</b>", "Leeds"):
        await client.post(f"{PAGE}/edit", data=FORM | {"csrf": csrf, "location": place})

    text = (await client.get(f"{PAGE}/history")).text
    view = await queries.event_by_slug(
        "listening-on-the-ward-round", viewer=await representative_of(organisation)
    )
    assert view is not None
    newest = int(text.split("/history/")[1].split("/")[0])
    refused = await client.post(f"{PAGE}/history/{newest - 1}/undo", data={"csrf": csrf})
    undone = await client.post(f"{PAGE}/history/{newest}/undo", data={"csrf": csrf})

    assert "<del>&lt;b&gt;Oxford&lt;/b&gt;</del><br><ins>Leeds</ins>" in text
    assert refused.status_code == 409
    assert "Undo the later change first." in refused.text
    assert undone.headers["location"] == f"{PAGE}?done=undone"
    assert "Oxford" in (await client.get(PAGE)).text


async def test_hosts_are_ticked_shown_and_kept(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation(slug="centre")
    await make_organisation("Museum of Care", slug="museum")
    csrf = await sign_in(client, await representative_of(organisation), now=clock.now)

    answer = await client.post(
        "/events/new", data=FORM | {"organisation": "centre", "csrf": csrf, "hosts": ["museum"]}
    )
    form = (await client.get(f"{PAGE}/edit")).text

    assert answer.status_code == 303
    assert '<a href="/organisations/museum">Museum of Care</a>' in (await client.get(PAGE)).text
    assert 'name="hosts" value="museum" checked' in form
    assert "Listening" in (await client.get("/events?organisation=museum")).text
