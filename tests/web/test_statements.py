"""Pages about statements: what the public sees, what members see, and the secretariat's desk."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service import db
from summit_service.members.tables import Organisation
from summit_service.statements import actions, board_pack, letters, queries
from summit_service.summits.tables import Edition
from tests.clients import sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_statements import (
    dump_tables,
    give_answer,
    link_to,
    make_draft,
    make_frozen,
    make_member,
    make_open,
)
from tests.factories_summits import make_edition

DESK = "/desk/statements"


async def published(now: datetime) -> str:
    """The slug of a statement that is out, with two signatories and one who declined."""
    first = await make_member("Centre for Kindness", signatory="Ana Ruiz", country="ES")
    second = await make_member("Emp@thies", signatory="Bo Ito", country="JP")
    third = await make_member("The Doubters", signatory="Dan Doubt")
    actor = await secretariat()
    statement = await make_open(actor, now=now)
    await give_answer(await link_to(statement, first, now=now), now=now)
    await give_answer(await link_to(statement, second, now=now), now=now, capacity="personal")
    await give_answer(await link_to(statement, third, now=now), "declined", now=now)
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")
    await actions.publish(statement.slug, actor=actor, now=now)
    return statement.slug


async def test_published_statement_shows_text_signatories_and_how_to_check(
    client: httpx.AsyncClient, now: datetime
) -> None:
    slug = await published(now)

    page = await client.get(f"/statements/{slug}")
    file = await client.get(f"/statements/{slug}/statement.en.txt")

    digest = hashlib.sha256(file.content).hexdigest()
    assert (
        page.text.index("We ask hospitals") < page.text.index("Signed by") < page.text.index("How to check")
    )
    assert "<h3>Japan</h3>" in page.text
    assert "<b>Centre for Kindness</b>, signed by Ana Ruiz" in page.text
    assert "<b>Bo Ito</b>, in a personal capacity (Emp@thies for identification only)" in page.text
    assert "Dan Doubt" not in page.text
    assert "The Doubters" not in page.text
    assert digest in page.text
    assert 'name="robots"' not in page.text


async def test_public_is_told_that_it_is_being_signed_and_no_more(
    client: httpx.AsyncClient, now: datetime
) -> None:
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    statement = await make_open(await secretariat(), now=now)
    await give_answer(await link_to(statement, member, now=now), now=now)

    page = await client.get(f"/statements/{statement.slug}")
    listed = await client.get("/statements")
    file = await client.get(f"/statements/{statement.slug}/statement.en.txt")

    assert "Members sign until Sunday 22 March 2026, 09:00 UTC." in page.text
    assert "We ask hospitals" not in page.text
    assert "Ana Ruiz" not in page.text
    assert "Time to listen" in listed.text
    assert file.status_code == 404


async def test_public_knows_nothing_of_drafts(client: httpx.AsyncClient, now: datetime) -> None:
    draft = await make_draft(await secretariat(), now=now)
    frozen = await make_frozen(await secretariat(), now=now)

    pages = [await client.get(f"/statements/{row.slug}") for row in (draft, frozen)]
    listed = await client.get("/statements")

    assert [page.status_code for page in pages] == [404, 404]
    assert "Time to listen" not in listed.text


async def test_member_reads_the_text_while_it_is_signed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now)
    await sign_in(client, await representative_of(await make_organisation("Another Centre")), now=now)

    page = await client.get(f"/statements/{statement.slug}")

    assert "We ask hospitals" in page.text
    assert "This text is for members." in page.text
    assert "Open it on the desk" not in page.text


@pytest.mark.parametrize(
    "path", ["", "/new", "/time-to-listen", "/time-to-listen/versions", "/time-to-listen/signing"]
)
async def test_desk_is_the_secretariats(client: httpx.AsyncClient, now: datetime, path: str) -> None:
    actor = await secretariat()
    await make_frozen(actor, now=now)

    stranger = await client.get(f"{DESK}{path}")
    await sign_in(client, await representative_of(await make_organisation("Another Centre")), now=now)
    member = await client.get(f"{DESK}{path}")
    await sign_in(client, actor, now=now)
    right = await client.get(f"{DESK}{path}")

    assert (stranger.status_code, member.status_code, right.status_code) == (303, 403, 200)
    assert stranger.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("path", ["/new", "/time-to-listen/versions", "/time-to-listen/freeze"])
async def test_desk_form_from_elsewhere_changes_nothing(
    client: httpx.AsyncClient, now: datetime, path: str
) -> None:
    actor = await secretariat()
    await make_draft(actor, now=now)
    await sign_in(client, actor, now=now)
    before = await dump_tables()

    refused = await client.post(f"{DESK}{path}", data={"title": "x", "text": "y"})

    assert refused.status_code == 403
    assert await dump_tables() == before


async def test_whole_story_on_the_desk(client: httpx.AsyncClient, now: datetime, clock: Any) -> None:
    actor = await secretariat()
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    await make_organisation("Museum of Empathy", slug="museum")
    csrf = {"csrf": await sign_in(client, actor, now=now)}

    new = await client.post(
        f"{DESK}/new", data=csrf | {"title": "Time to listen", "text": "We ask.", "policy": "sign_on"}
    )
    board = f"{DESK}/time-to-listen"
    version = await client.post(
        f"{board}/versions",
        data=csrf | {"text": "We ask again.", "language": "en", "role": "authoritative", "known": "en:1"},
    )
    frozen = await client.post(f"{board}/freeze", data=csrf)
    before = await client.get(f"{board}/signing")
    deadline = csrf | {"closes_at": "2026-03-22T17:00", "timezone": "Europe/London"}
    blocked = await client.post(f"{board}/signing", data=deadline)
    opened = await client.post(f"{board}/signing", data=deadline | {"waived": "museum"})
    clock.now = now + timedelta(days=2)
    plan = await client.get(f"{board}/reminders")
    reminded = await client.post(f"{board}/reminders", data=csrf)
    statement = await queries.statement_by_slug("time-to-listen")
    await give_answer(await link_to(statement, member, now=clock.now), now=clock.now)
    shown = await client.get(board)
    closed = await client.post(f"{board}/closure", data=csrf | {"note": "all answered"})
    last = await client.get(f"{board}/publication")
    out = await client.post(f"{board}/publication", data=csrf)
    public = await client.get("/statements/time-to-listen")

    steps = [new, version, frozen, blocked, opened, reminded, closed, out]
    assert [answer.status_code for answer in steps] == [303, 303, 303, 409, 303, 303, 303, 303]
    assert "1 mail is sent." in before.text
    assert "Nobody can sign for Museum of Empathy" in blocked.text
    assert 'value="2026-03-22T17:00"' in blocked.text
    assert "1 mail is sent." in plan.text
    assert reminded.headers["Location"] == f"{board}?done=reminders&n=1"
    assert "Waived: Museum of Empathy." in shown.text
    assert "Signed" in shown.text
    assert "1 mail is sent." in last.text
    assert "We ask again." in public.text


async def test_desk_lists_each_statement_with_its_deadline_as_people_read_it(
    client: httpx.AsyncClient, now: datetime
) -> None:
    first = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    await make_member("Emp@thies", signatory="Bo Ito")
    actor = await secretariat()
    frozen = await make_frozen(actor, now=now)
    statement = await actions.open_for_signing(
        frozen.slug,
        actor=actor,
        now=now,
        closes_at="2026-03-23T00:00",
        timezone="Europe/London",
        policy_given={"preset": "sign_on"},
    )
    await give_answer(await link_to(statement, first, now=now), now=now)
    await sign_in(client, actor, now=now)

    listed = await client.get(DESK)
    board = await client.get(f"{DESK}/{statement.slug}")
    public = await client.get("/statements")

    until = "the end of Sunday 22 March 2026 in London"
    assert f"Members sign until {until}." in listed.text
    assert "1 has not answered." in listed.text
    assert f"Members sign until {until}." in public.text
    assert until in board.text
    assert "00:00" not in board.text


async def test_statement_says_from_which_summit_it_comes(client: httpx.AsyncClient, now: datetime) -> None:
    desk = await secretariat()
    await make_edition()
    made = await actions.create_statement(
        actor=desk, now=now, title="Time to listen", text="We ask.", edition=2026
    )
    await sign_in(client, desk, now=now)

    before = [(await client.get(f"{base}/{made.slug}")).text for base in (DESK, "/statements")]
    await Edition.update({Edition.announced_at: None}, force=True)
    after = (await client.get(f"{DESK}/{made.slug}")).text

    link = 'A joint statement, from <a href="/summits/2026">'
    assert [link in text for text in before] == [True, True]
    assert "A joint statement, from the summit of 2026." in after


async def test_desk_new_keeps_what_was_typed(client: httpx.AsyncClient, now: datetime) -> None:
    csrf = {"csrf": await sign_in(client, await secretariat(), now=now)}
    typed = {
        "title": "",
        "text": "A <b>text</b>",
        "edition": "next year",
        "policy": "unanimous",
        "note": "Mine",
    }

    refused = await client.post(f"{DESK}/new", data=csrf | typed)

    assert refused.status_code == 422
    assert "A &lt;b&gt;text&lt;/b&gt;" in refused.text
    assert "next year" in refused.text
    assert "Mine" in refused.text
    assert 'value="unanimous" checked' in refused.text


async def test_desk_board_escapes_and_names_who_typed_another_name(
    client: httpx.AsyncClient, now: datetime
) -> None:
    nasty = "<script>alert(1)</script>"
    actor = await secretariat()
    member = await make_member(f"Centre {nasty}", signatory="Ana Ruiz")
    statement = await make_open(actor, now=now, title=f"On {nasty}")
    reason = f"{nasty} and twenty characters more"
    token = await link_to(statement, member, now=now)
    await give_answer(token, "changes_requested", now=now, name="Pat Assistant", reason=reason)
    await sign_in(client, actor, now=now)

    page = await client.get(f"{DESK}/{statement.slug}")

    assert "<script>alert" not in page.text
    assert "The name typed was “Pat Assistant”." in page.text
    assert "Asks for changes" in page.text


async def test_desk_board_asks_the_database_as_often_for_nine_as_for_three(
    client: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = await secretariat()
    await sign_in(client, actor, now=now)
    costs = []
    for number, rows in enumerate((3, 6)):
        for n in range(rows):
            await make_member(f"Member {number}-{n}")
        statement = await make_open(actor, now=now)
        run: list[str] = []
        engine: Any = db.engine()
        original = type(engine).run_querystring

        async def counted(querystring: Any, *args: Any, **kwargs: Any) -> Any:
            run.append(str(querystring))  # noqa: B023 - used within this turn of the loop
            return await original(engine, querystring, *args, **kwargs)  # noqa: B023

        monkeypatch.setattr(engine, "run_querystring", counted)
        page = await client.get(f"{DESK}/{statement.slug}")
        monkeypatch.undo()
        costs.append((page.text.count('scope="row"'), len(run)))

    assert [rows for rows, _ in costs] == [3, 9]
    assert costs[0][1] == costs[1][1]


async def test_unknown_step_and_statement_are_not_found(client: httpx.AsyncClient, now: datetime) -> None:
    actor = await secretariat()
    await make_draft(actor, now=now)
    csrf = {"csrf": await sign_in(client, actor, now=now)}

    pages = [
        await client.get(f"{DESK}/nowhere"),
        await client.get(f"{DESK}/time-to-listen/dance"),
        await client.post(f"{DESK}/time-to-listen/dance", data=csrf),
        await client.get("/statements/nowhere"),
    ]

    assert [page.status_code for page in pages] == [404] * 4


async def test_steps_that_do_not_fit_the_state_are_refused_in_words(
    client: httpx.AsyncClient, now: datetime
) -> None:
    actor = await secretariat()
    await make_draft(actor, now=now)
    csrf = {"csrf": await sign_in(client, actor, now=now)}

    refused = await client.post(f"{DESK}/time-to-listen/publication", data=csrf)

    assert refused.status_code == 409
    assert "This is not possible now" in refused.text


async def test_desk_opens_with_a_rule_of_its_own(client: httpx.AsyncClient, now: datetime) -> None:
    one, two = await make_member("Centre for Kindness"), await make_member("Emp@thies")
    desk = await secretariat()
    slug = (await make_frozen(desk, now=now)).slug
    csrf = {"csrf": await sign_in(client, desk, now=now)}
    typed = csrf | {
        "closes_at": "2026-03-22T17:00",
        "timezone": "Europe/London",
        "policy": "own",
        "basis": "responding",
        "least_signed": "half",
        "most_declined": "0",
        "counts_changes": "yes",
        "blocking": one.slug,
        "late_days": "0",
        "early_end_days": "",
    }

    refused = await client.post(f"{DESK}/{slug}/signing", data=typed)
    waived = await client.post(
        f"{DESK}/{slug}/signing", data=typed | {"least_signed": "1/2", "waived": one.slug}
    )
    opened = await client.post(f"{DESK}/{slug}/signing", data=typed | {"least_signed": "1/2"})

    assert (refused.status_code, waived.status_code, opened.status_code) == (422, 422, 303)
    assert "Give a share such as 2/3" in refused.text
    assert 'value="half"' in refused.text
    assert f'value="{one.slug}" checked' in refused.text
    assert "No member that is asked has the address" in waived.text
    rule = json.loads((await queries.statement_by_slug(slug)).policy)
    assert (rule["basis"], rule["least_signed"]) == ("responding", {"num": 1, "den": 2})
    assert (rule["preset"], rule["blocking"]) == ("own", [one.slug])
    board = await client.get(f"{DESK}/{slug}")
    assert "at least 1/2 of the members that answer sign" in board.text
    assert two.name.split("@")[0] in board.text


async def test_who_can_block_is_named_as_at_the_opening(client: httpx.AsyncClient, now: datetime) -> None:
    can_block, signer = await make_member("Centre for Kindness"), await make_member("Emp@thies")
    desk = await secretariat()
    rule = {"preset": "sign_on", "blocking": [can_block.slug]}
    opened = await make_open(desk, now=now, policy=rule)
    renamed: dict[Any, Any] = {Organisation.name: "Kindness International"}
    await Organisation.update(renamed).where(Organisation.id == can_block.id)
    token = await link_to(opened, signer, now=now)
    told = "at least one member signs and no member that can block (Centre for Kindness) objects."

    letter = await client.get(f"/sign/{token}")
    found = await letters.letter_of(token, now=now)
    assert found is not None
    paper = json.loads(await board_pack.pack_data(found))
    await give_answer(token, now=now)
    await sign_in(client, desk, now=now)
    board = await client.get(f"{DESK}/{opened.slug}")
    text = await client.get(f"/statements/{opened.slug}")
    await actions.close(opened.slug, actor=desk, now=now, note="It is time.")
    await actions.publish(opened.slug, actor=desk, now=now)
    page = await client.get(f"/statements/{opened.slug}")

    for shown in (letter.text, paper["rule"], board.text, text.text, page.text):
        assert told in shown
