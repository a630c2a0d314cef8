"""A statement's board at the desk and in the API: by parts, who needs the desk first, light with hundreds."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.errors import Invalid
from summit_service.mail import streams
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, Role
from summit_service.statements import mails, queries, standings
from summit_service.statements.tables import (
    Dispute,
    LedgerEntry,
    Response,
    ResponsePrivate,
    SigningRequest,
    Statement,
)
from tests.clients import bearer, sign_in
from tests.counting import count_queries
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_member, make_open, request_to

MANY = 500
LONG = "We cannot sign this as it stands, and we say why at length. " * 60

ASKED = (
    "id organisation organisation_name statement text_set person person_name mails last_mailed_at created_at"
)
ANSWERED = """request record_id seq organisation_name nonce_hash signed_at kind signatory_name capacity
text_set_sha256 attestation_sha256 commitment entry_sha256"""


async def crowded(actor: Actor, *, now: datetime, declined: int = 0) -> Statement:
    """A statement about which 500 members are asked, of whom some have declined at length; and a long ledger."""
    first = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    statement = await make_open(actor, now=now)
    (asked,) = await queries.requests_of(statement)
    names = [f"University hospital of the city of Somewhere-upon-Water {n:03}" for n in range(1, MANY)]
    await db.insert_all(
        Organisation,
        ["id", "name", "name_key", "slug", "created_at", "updated_at"],
        [
            [first.id + n, name, name.lower(), name.lower().replace(" ", "-"), now, now]
            for n, name in enumerate(names, 1)
        ],
    )
    same = [statement.id, statement.text_set, asked.person, "Ana Ruiz", 1, now, now]
    await db.insert_all(
        SigningRequest,
        ASKED.split(),
        [[asked.id + n, first.id + n, name, *same] for n, name in enumerate(names, 1)],
    )
    await _declined(statement, names[:declined], asked.id, now)
    entries = [[statement.id, 100 + n, f"{n:064}"] for n in range(MANY)]
    rest = ["signing", "0" * 64, '{"body":{"note":"It goes on."}}', now]
    await db.insert_all(
        LedgerEntry,
        ["statement", "seq", "entry_sha256", "kind", "prev", "content", "created_at"],
        [[*entry, *rest] for entry in entries],
    )
    return statement


async def _declined(statement: Statement, names: list[str], first: int, now: datetime) -> None:
    if not names:
        return
    same = ["declined", "Ana Ruiz", "organisation", *["0" * 64] * 4]
    await db.insert_all(
        Response,
        ANSWERED.split(),
        [[first + n, f"{n:032}", n, name, f"{n:064}", now, *same] for n, name in enumerate(names, 1)],
    )
    await db.insert_all(
        ResponsePrivate,
        ["record_id", "salt", "private"],
        [[f"{n:032}", "0" * 64, f'{{"reason":"{LONG}"}}'] for n in range(1, len(names) + 1)],
    )


@pytest.mark.parametrize("declined", [0, 200])
async def test_board_of_hundreds_is_light_and_costs_no_more_queries(
    client: httpx.AsyncClient, now: datetime, declined: int
) -> None:
    desk = await secretariat()
    statement = await crowded(desk, now=now, declined=declined)
    await sign_in(client, desk, now=now)
    path = f"/desk/statements/{statement.slug}"

    with count_queries() as many:
        board = await client.get(f"{path}?state=declined" if declined else path)
    with count_queries() as one:
        await client.get(f"{path}?q=Kindness")

    assert len(board.content) < 100_000
    assert many.number <= one.number + 1, "what was written in private is read where there is an answer"
    assert board.text.count('<th role="rowheader"') == 50
    assert f"All ({MANY})" in board.text
    assert f"No answer yet ({MANY - declined})" in board.text
    assert "More organisations" in board.text
    assert "599 entries in the ledger" in board.text
    assert board.text.count("It goes on.") == 50
    assert LONG.strip() not in board.text


async def test_what_was_written_at_length_is_read_whole_by_its_organisation(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    statement = await crowded(desk, now=now, declined=12)
    await sign_in(client, desk, now=now)

    board = await client.get(f"/desk/statements/{statement.slug}?state=declined")
    link = re.search(r'href="([^"]+)">all of it<', board.text)
    assert link is not None
    whole = await client.get(link[1].replace("&amp;", "&"))

    assert whole.text.count('<th role="rowheader"') == 1
    assert LONG.strip() in whole.text


async def test_older_history_is_read_by_parts(client: httpx.AsyncClient, now: datetime) -> None:
    desk = await secretariat()
    statement = await crowded(desk, now=now)
    await sign_in(client, desk, now=now)
    path = f"/desk/statements/{statement.slug}"

    newest = await client.get(path)
    older = await client.get(f"{path}?before=550")
    over = await client.get(f"{path}?before=1")

    assert f'href="{path}?before=550#history"' in newest.text
    assert "Entries in the ledger from number 549 back" in older.text
    assert "<details open>" in older.text
    assert f'href="{path}?before=500#history"' in older.text
    assert "There is nothing older." in over.text


async def scattered(now: datetime) -> tuple[Statement, Actor]:
    """A member in each state, called as they would come by name: the other way round."""
    desk = await secretariat()
    names = ["A signed", "B asks", "C declined", "D silent", "E quiet", "F left", "G lost", "H disputed"]
    members = {name[2:]: await make_member(name, signatory=f"Sig {name}") for name in names}
    statement = await make_open(desk, now=now)

    async def answer(name: str, choice: str) -> Response:
        return await give_answer(await link_to(statement, members[name], now=now), choice, now=now)

    await answer("signed", "signed")
    await answer("asks", "changes_requested")
    await answer("declined", "declined")
    kept = await answer("disputed", "signed")
    disputed = Dispute(response=kept.id, raised_by="contact", name="X", email="x@y.example", raised_at=now)
    await disputed.save()
    lost = await request_to(statement, members["lost"])
    about = OutboxMessage.about == mails.about(lost)
    await OutboxMessage.update({OutboxMessage.state: "failed", OutboxMessage.settled_at: now}).where(about)
    await Role.update({Role.ended_at: now}).where(Role.organisation == members["left"].id)
    quiet = await request_to(statement, members["quiet"])
    person = await Person.objects().get(Person.id == quiet.person)
    assert person is not None
    async with db.transaction():
        await streams.keep_choice(person.email, streams.REMINDERS, is_wanted=False, now=now)
    return statement, desk


ORDER = ["H disputed", "G lost", "F left", "E quiet", "D silent", "C declined", "B asks", "A signed"]


async def test_who_needs_the_desk_comes_first_and_counts_are_over_all(
    client: httpx.AsyncClient, now: datetime
) -> None:
    statement, desk = await scattered(now)
    headers = await bearer(desk, now=now)
    path = f"/api/v1/statements/{statement.slug}/requests"

    async def listed(query: str = "") -> dict[str, Any]:
        answer = await client.get(f"{path}{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    whole = await listed()
    wrong = await client.get(f"{path}?state=lost", headers=headers)
    made_up = await client.get(f"{path}?cursor=here", headers=headers)
    first = await listed("?limit=3")
    second = await listed(f"?limit=3&cursor={first['next']}")
    third = await listed(f"?limit=3&cursor={second['next']}")

    assert [one["organisation"] for one in whole["items"]] == ORDER
    assert whole["next"] is None
    parts = [*first["items"], *second["items"], *third["items"]]
    assert (parts, third["next"]) == (whole["items"], None)
    counts = {"disputed": 1, "undeliverable": 1, "stuck": 1, "quiet": 1, "unanswered": 4, "withdrawn": 0}
    assert second["counts"] == counts | {"declined": 1, "changes_requested": 1, "signed": 2}
    assert [one["organisation"] for one in (await listed("?state=unanswered"))["items"]] == ORDER[1:5]
    assert [one["organisation"] for one in (await listed("?q=SIG%20F"))["items"]] == ["F left"]
    assert (wrong.status_code, made_up.status_code) == (422, 422)


async def test_page_of_the_board_filters_as_the_api_does(client: httpx.AsyncClient, now: datetime) -> None:
    statement, desk = await scattered(now)
    await sign_in(client, desk, now=now)
    path = f"/desk/statements/{statement.slug}"

    board = await client.get(path)
    lost = await client.get(f"{path}?state=undeliverable")
    nobody = await client.get(f"{path}?state=withdrawn")
    unknown = await client.get(f"{path}?state=lost")
    broken = await client.get(f"{path}?after=here")
    later = await client.get(f"{path}?after=5-{(await queries.requests_of(statement))[0].id}&q=D")

    def named(answer: httpx.Response) -> list[str]:
        return re.findall(r'<th role="rowheader" scope="row">([^<]+)</th>', answer.text)

    assert named(board) == named(unknown) == ORDER
    assert f'<a href="{path}?state=undeliverable#answers">Mail did not arrive (1)</a>' in board.text
    assert "Took the answer back" not in board.text
    assert named(lost) == ["G lost"]
    assert "<b>2</b> have signed" in lost.text
    assert "Nobody stands there or is called so." in nobody.text
    assert broken.status_code == 422
    assert named(later) == ["C declined", "A signed"]
    assert f'href="{path}?q=D#answers" rel="prev"' in later.text


async def test_answer_that_comes_between_two_parts_leaves_nobody_out(
    database: db.Engine, now: datetime
) -> None:
    members = [await make_member(f"Member {n}") for n in range(5)]
    statement = await make_open(await secretariat(), now=now)
    first = standings.part_of(await standings.standings_of(statement, now=now), limit=2)
    await give_answer(await link_to(statement, members[1], now=now), now=now)

    found = await standings.standings_of(statement, now=now)
    second = standings.part_of(found, after=first.following, limit=2)
    third = standings.part_of(found, after=second.following, limit=2)

    names = [[one.request.organisation_name for one in part.standings] for part in (first, second, third)]
    assert names == [["Member 0", "Member 1"], ["Member 2", "Member 3"], ["Member 4", "Member 1"]]
    with pytest.raises(Invalid):
        standings.part_of(found, after="4-999999", limit=2)


async def test_a_later_mail_that_stays_ends_what_did_not_arrive(
    database: db.Engine, now: datetime, client: httpx.AsyncClient
) -> None:
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    statement = await make_open(await secretariat(), now=now)
    about = OutboxMessage.about == mails.about(await request_to(statement, member))
    await OutboxMessage.update({OutboxMessage.state: "failed"}).where(about)

    async def states() -> list[str]:
        (one,) = await standings.standings_of(statement, now=now)
        return one.states

    assert await states() == ["undeliverable", "unanswered"]
    row = await OutboxMessage.select().where(about).first()
    assert row is not None
    later = {"state": "accepted", "dedupe_key": "later", "message_id": "<later@x>"}
    await OutboxMessage.insert(OutboxMessage(**{k: v for k, v in row.items() if k != "id"} | later))
    assert await states() == ["unanswered"]
    came_back: dict[Any, Any] = {OutboxMessage.returned_at: now + timedelta(hours=1)}
    await OutboxMessage.update(came_back).where(OutboxMessage.dedupe_key == "later")
    assert await states() == ["undeliverable", "unanswered"]
