"""The pages of resources: found, shared, changed, confirmed, withdrawn, without a script."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree import ElementTree

import httpx
import pytest

from summit_service.members import actions as members
from summit_service.resources import actions
from summit_service.web import resources as pages
from tests import atom
from tests.clients import Clock, client, clock, new_client, service_settings, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_resources import GUIDE, make_resource

__all__ = ["client", "clock", "service_settings"]
TYPED = {
    "title": GUIDE.title, "kind": "guide", "summary": "Sit **down**. <script>x</script>",
    "url": "https://www.example.org/guide", "topics": "Teaching, night shifts", "language": "en",
    "licence": "cc-by", "visibility": "public",
}  # fmt: skip
ADDRESS = "/resources/listening-on-the-ward-round"


def text(answer: httpx.Response) -> str:
    """The words of a page, without marks and runs of white space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


async def test_resource_from_the_form_to_its_end(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    organisation = await make_organisation()
    form = {"csrf": await sign_in(client, await representative_of(organisation), now=now)}

    empty = await client.get("/resources/new")
    made = await client.post("/resources/new", data=form | TYPED)
    assert (empty.status_code, made.status_code, made.headers["Location"]) == (
        200,
        303,
        f"{ADDRESS}?done=shared",
    )
    async with new_client(clock) as public:
        shown = await public.get(ADDRESS)
        found = await public.get("/resources", params={"q": "sit", "topic": "night-shifts"})
        none = await public.get("/resources", params={"kind": "video"})
    assert "Sit <strong>down</strong>" in shown.text
    assert "<script>x" not in shown.text
    assert 'href="https://creativecommons.org/licenses/by/4.0/"' in shown.text
    assert "For you who share it" not in shown.text
    assert (GUIDE.title in found.text, GUIDE.title in none.text) == (True, False)
    assert "Nothing here matches your search." in none.text

    changed = await client.post(f"{ADDRESS}/edit", data=form | TYPED | {"title": "Listening"})
    assert "What you changed is saved." in text(await client.get(changed.headers["Location"]))
    assert f"Title was: {GUIDE.title}" in text(await client.get(f"{ADDRESS}/history"))
    asked = await client.get(f"{ADDRESS}/withdrawal")
    unsaid = await client.post(f"{ADDRESS}/withdrawal", data=form | {"reason": ""})
    gone = await client.post(f"{ADDRESS}/withdrawal", data=form | {"reason": "It is out of date."})
    assert (asked.status_code, unsaid.status_code, gone.status_code) == (200, 422, 303)
    async with new_client(clock) as public:
        end = await public.get(ADDRESS)
    assert end.status_code == 410
    assert "This resource is withdrawn." in text(end)
    assert "It is out of date." in text(end)


async def test_form_with_a_fault_keeps_everything_typed(client: httpx.AsyncClient, now: datetime) -> None:
    form = {"csrf": await sign_in(client, await representative_of(await make_organisation()), now=now)}

    answer = await client.post(
        "/resources/new", data=form | TYPED | {"title": "", "url": "javascript:alert(1)"}
    )

    assert answer.status_code == 422
    assert "Give the whole address" in answer.text
    assert 'value="javascript:alert(1)"' in answer.text
    assert 'value="Teaching, night shifts"' in answer.text
    assert "Sit **down**." in answer.text


async def test_first_one_of_a_new_member_waits_at_the_desk(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    organisation = await make_organisation("New Place", is_new=True)
    member = await representative_of(organisation)
    await make_resource(organisation, actor=member, now=now)
    form = {"csrf": await sign_in(client, await secretariat(), now=now)}

    desk = await client.get("/desk")
    empty = await client.post(f"{ADDRESS}/return", data=form | {"reason": ""})
    back = await client.post(f"{ADDRESS}/return", data=form | {"reason": "Which ward?"})
    async with new_client(clock) as own:
        await sign_in(own, member, now=now)
        told = await own.get("/me")
        page = await own.get(ADDRESS)
    await actions.change(GUIDE_SLUG, {"title": "Listening"}, actor=member, now=now)
    done = await client.post(f"{ADDRESS}/confirmation", data=form)

    assert "New Place is new and has shared “Listening on the ward round”." in text(desk)
    assert (empty.status_code, back.status_code) == (422, 303)
    assert "gave “Listening on the ward round” back" in text(told)
    assert "Which ward?" in text(page)
    assert "It is published" in text(await client.get(done.headers["Location"]))


GUIDE_SLUG = ADDRESS.rpartition("/")[2]


@pytest.mark.parametrize("path", ["edit", "withdrawal", "history"])
async def test_pages_of_who_shares_it_are_theirs(client: httpx.AsyncClient, now: datetime, path: str) -> None:
    organisation = await make_organisation()
    right = await representative_of(organisation)
    await make_resource(organisation, actor=right, now=now)

    stranger = await client.get(f"{ADDRESS}/{path}")
    await sign_in(client, await representative_of(await make_organisation("Other")), now=now)
    wrong = await client.get(f"{ADDRESS}/{path}")
    await sign_in(client, right, now=now)
    mine = await client.get(f"{ADDRESS}/{path}")

    assert [answer.status_code for answer in (stranger, wrong, mine)] == [303, 403, 200]


async def test_list_goes_on_by_a_link(client: httpx.AsyncClient, now: datetime) -> None:
    organisation = await make_organisation()
    actor = await representative_of(organisation)
    for number in range(31):
        await make_resource(organisation, f"Guide number {number}", actor=actor, now=now)

    first = await client.get("/resources?kind=guide")
    link = re.search(r'href="(/resources\?[^"]*after=[^"]*)"', first.text)

    assert link is not None
    rest = await client.get(link[1].replace("&amp;", "&"))
    assert "Guide number 0<" in rest.text
    assert "Guide number 0<" not in first.text
    assert "kind=guide" in link[1]


async def test_what_is_new_is_a_feed_on_the_home_page_and_on_the_page_of_its_organisation(
    client: httpx.AsyncClient, now: datetime
) -> None:
    organisation = await make_organisation(slug="right")
    member = await representative_of(organisation)
    empty = await client.get("/resources.atom")
    await make_resource(organisation, actor=member, now=now)
    await make_resource(organisation, "For us", actor=member, now=now, visibility="members")

    feed = await client.get("/resources.atom")
    again = await client.get("/resources.atom", headers={"If-None-Match": feed.headers["ETag"]})
    other = await client.get("/resources.atom?kind=video")
    pages = [await client.get(path) for path in ("/", "/organisations/right")]

    assert [atom.faults(one.content) for one in (feed, empty, other)] == [[], [], []]
    assert feed.headers["Content-Type"].startswith("application/atom+xml")
    (entry,) = ElementTree.fromstring(feed.text).findall("{*}entry")
    assert entry.findtext("{*}id") == "tag:127.0.0.1,2026:resources/listening-on-the-ward-round"
    assert "<em>sit down</em>" in (entry.findtext("{*}content") or "")
    assert again.status_code == 304
    assert [one.text.count("<entry>") for one in (empty, other)] == [0, 0]
    assert all(GUIDE.title in one.text and "For us" not in one.text for one in pages)


async def test_reader_that_asks_by_time_alone_hears_of_what_is_withdrawn_and_of_another_name(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    organisation = await make_organisation(slug="right")
    member = await representative_of(organisation)
    await make_resource(organisation, "First", actor=member, now=now)
    second = await make_resource(organisation, "Second", actor=member, now=now)

    async def since() -> dict[str, str]:
        clock.advance(hours=1)
        feed = await client.get("/resources.atom")
        return {"If-Modified-Since": feed.headers["Last-Modified"]}

    first_time = await since()
    same = await client.get("/resources.atom", headers=first_time)
    await actions.withdraw(second.slug, reason="Old.", actor=member, now=clock.now)
    withdrawn = await client.get("/resources.atom", headers=first_time)
    second_time = await since()
    await members.change_organisation("right", {"name": "Another"}, actor=member, now=clock.now)
    renamed = await client.get("/resources.atom", headers=second_time)

    assert (same.status_code, withdrawn.status_code, renamed.status_code) == (304, 200, 200)
    assert (withdrawn.text.count("<entry>"), renamed.text.count("Another")) == (1, 2)


async def test_others_say_that_they_use_it_and_comment_without_losing_what_they_typed(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    organisation = await make_organisation()
    await make_resource(organisation, actor=await representative_of(organisation), now=now)
    form = {
        "csrf": await sign_in(
            client, await representative_of(await make_organisation("Museum", slug="museum")), now=now
        )
    }

    empty = await client.post(f"{ADDRESS}/uses", data=form | {"organisation": "museum", "words": ""})
    used = await client.post(
        f"{ADDRESS}/uses", data=form | {"organisation": "museum", "words": "On Sundays."}
    )
    long = await client.post(f"{ADDRESS}/comments", data=form | {"body": "x" * 4001})
    said = await client.post(f"{ADDRESS}/comments", data=form | {"body": "It **helps**. <b>x</b>"})
    shown = await client.get(said.headers["Location"])
    link = re.search(rf'href="({ADDRESS}/comments/\d+)"', shown.text)
    async with new_client(clock) as public:
        seen = await public.get(ADDRESS)
        desk_form = {"csrf": await sign_in(public, await secretariat(), now=now)}
        assert link is not None
        asked = await public.get(f"{link[1]}/hiding")
        hidden = await public.post(f"{link[1]}/hiding", data=desk_form | {"reason": "Off topic."})
    own = await client.get(link[1])

    assert (empty.status_code, used.status_code, long.status_code, said.status_code) == (422, 303, 422, 303)
    assert "Where and how you use it is missing" in text(empty)
    assert "x" * 4001 in long.text
    assert "It <strong>helps</strong>" in shown.text
    assert "Used by 1 organisation" in text(seen)
    assert "On Sundays." in text(seen)
    assert "helps" not in seen.text
    assert (asked.status_code, hidden.status_code, own.status_code) == (200, 303, 200)
    assert "The secretariat has hidden this: Off topic." in text(await client.get(ADDRESS))
    gone = await client.post(f"{link[1]}/withdrawal", data=form)
    assert "Your comment is gone." in text(await client.get(gone.headers["Location"]))


async def test_newest_comments_stand_on_the_page_and_lead_to_the_earlier_ones(
    client: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await make_organisation()
    member = await representative_of(organisation)
    made = await make_resource(organisation, actor=member, now=now)
    for n in range(3):
        await actions.comment(made.slug, f"Word {n}.", actor=member, now=now)
    await sign_in(client, member, now=now)
    monkeypatch.setattr(pages, "COMMENTS", 2)

    page = (await client.get(f"/resources/{made.slug}")).text
    earlier = (await client.get(f"/resources/{made.slug}?before=2")).text

    assert ["Word 0." in page, "Word 2." in page, "Word 0." in earlier] == [False, True, True]
    assert f'href="/resources/{made.slug}?before=2#comments"' in page
    assert "Earlier comments" not in earlier
    assert (await client.get(f"/resources/{made.slug}?before=x")).status_code == 200
