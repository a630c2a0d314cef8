"""Asking somebody else of an organisation at the desk, where whoever was asked cannot answer or does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service import db, handovers, links
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.mail import streams
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, Role
from summit_service.statements import actions, disputes, queries, waiting
from summit_service.statements.tables import SigningRequest, Statement
from tests.clients import bearer, sign_in
from tests.factories import give_role, make_person, secretariat
from tests.factories_statements import give_answer, link_to, make_member, make_open, request_to
from tests.postbox import Postbox, link_in, text_of

TOMORROW = timedelta(days=1)


async def opened(now: datetime) -> tuple[Statement, Organisation, Actor]:
    """A statement that one member is asked to sign: Ana is, and Bo could be."""
    member = await make_member(
        "Centre for Kindness",
        signatory="Ana Ruiz",
        contact_email="head@kind.example",
        contact_name="Hanna Head",
    )
    await give_role(await make_person("Bo Next", email="bo@kind.example"), "alternate", organisation=member)
    desk = await secretariat()
    return await make_open(desk, now=now), member, desk


async def leave(member: Organisation, name: str, *, now: datetime) -> None:
    """Their role to sign has ended."""
    person = await Person.objects().where(Person.name == name).first()
    assert person is not None
    await Role.update({Role.ended_at: now}).where(Role.person == person.id, Role.organisation == member.id)


async def tasks(now: datetime) -> list[tuple[str, str]]:
    """What the desk is told of signatories, and where its button leads."""
    return [(one.sentence, one.url) for one in await waiting.for_secretariat(now) if "Ana" in one.sentence]


async def test_desk_asks_somebody_else_where_whoever_was_asked_has_left(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, member, desk = await opened(now)
    (first,) = await postbox.deliver(now)
    old = link_in(first, "/sign/")
    await leave(member, "Ana Ruiz", now=now)
    csrf = {"csrf": await sign_in(client, desk, now=now)}
    path = f"/desk/statements/{statement.slug}"

    board = await client.get(path)
    told = await tasks(now)
    form = await client.get(f"{path}/asked/{member.slug}")
    nobody = await client.post(f"{path}/asked/{member.slug}", data=csrf | {"person": "x@kind.example"})
    done = await client.post(f"{path}/asked/{member.slug}", data=csrf | {"person": "bo@kind.example"})
    mails = {str(mail["To"]): mail for mail in await postbox.deliver(now)}

    assert "Does not sign for it any more" in board.text
    assert f"{path}/asked/{member.slug}" in board.text
    assert [url for _, url in told] == [f"{path}/asked/{member.slug}"]
    assert "does not sign for it any more" in told[0][0]
    assert "Ana Ruiz is asked now" in form.text
    assert "Bo Next" in form.text
    assert (nobody.status_code, done.status_code) == (422, 303)
    assert "Somebody else is asked" in (await client.get(done.headers["Location"])).text
    new = next(mail for to, mail in mails.items() if "bo@kind.example" in to)
    assert "The secretariat has handed on" in " ".join(
        text_of(m) for to, m in mails.items() if "head@kind" in to
    )
    assert (await client.get(old)).status_code == 410
    kept = await give_answer(link_in(new, "/sign/").removeprefix("/sign/"), now=now, name="Bo Next")
    assert kept.signatory_name == "Bo Next"
    assert await tasks(now) == []


async def test_program_asks_somebody_else(client: httpx.AsyncClient, now: datetime, postbox: Postbox) -> None:
    statement, member, desk = await opened(now)
    headers = await bearer(desk, now=now)
    path = f"/api/v1/statements/{statement.slug}/requests"

    wrong = await client.post(f"{path}/{member.slug}", headers=headers, json={"email": "x@kind.example"})
    missing = await client.post(f"{path}/nobody", headers=headers, json={"email": "bo@kind.example"})
    done = await client.post(f"{path}/{member.slug}", headers=headers, json={"email": "BO@kind.example"})

    assert (wrong.status_code, missing.status_code, done.status_code) == (422, 404, 201)
    (line,) = done.json()["requests"]
    assert (line["slug"], line["signatory"], line["mails"]) == (member.slug, "Bo Next", 1)


async def test_reminder_is_in_the_thread_of_who_is_asked_now(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    statement, member, desk = await opened(now)
    await postbox.deliver(now)
    await actions.ask_instead(
        statement.slug, organisation=member.slug, email="bo@kind.example", actor=desk, now=now
    )
    to_bo = next(mail for mail in await postbox.deliver(now) if "bo@kind.example" in str(mail["To"]))

    await actions.remind(statement.slug, actor=desk, now=now + TOMORROW)
    (reminder,) = await postbox.deliver(now + TOMORROW)

    assert reminder["In-Reply-To"] == to_bo["Message-ID"]


async def test_mail_to_who_was_asked_before_is_not_sent_again(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, member, desk = await opened(now)
    (first,) = await postbox.deliver(now)
    mail = (await OutboxMessage.objects().where(OutboxMessage.kind == "signing_request"))[0]
    await actions.ask_instead(
        statement.slug, organisation=member.slug, email="bo@kind.example", actor=desk, now=now
    )
    await postbox.deliver(now)
    csrf = {"csrf": await sign_in(client, desk, now=now)}

    page = await client.get(f"/desk/mails/{mail.id}")
    refused = await client.post("/desk/mails/copies", data=csrf | {"mail": str(mail.id)})
    sent = await postbox.deliver(now)

    assert "Send it again" not in page.text
    assert (refused.status_code, sent) == (409, [])
    assert "The link in this mail was ended" in refused.text
    assert (await client.get(link_in(first, "/sign/"))).status_code == 410


async def test_only_an_open_question_is_put_to_somebody_else(database: db.Engine, now: datetime) -> None:
    statement, member, desk = await opened(now)
    await give_answer(await link_to(statement, member, now=now), now=now)

    with pytest.raises(Conflict):
        await actions.ask_instead(
            statement.slug, organisation=member.slug, email="bo@kind.example", actor=desk, now=now
        )
    late = statement.closes_at + TOMORROW
    with pytest.raises(Gone):
        await actions.ask_instead(
            statement.slug, organisation=member.slug, email="bo@kind.example", actor=desk, now=late
        )
    with pytest.raises(NotFound):
        await actions.ask_instead(
            statement.slug, organisation="nobody", email="bo@kind.example", actor=desk, now=now
        )


async def test_who_is_asked_instead_begins_anew(database: db.Engine, now: datetime) -> None:
    statement, member, desk = await opened(now)
    link = await link_to(statement, member, now=now)
    await actions.propose_delegate(link, name="Cy", email="cy@kind.example", now=now)
    await actions.tell_wrong_person(link, words="Not me.", confirmed=True, now=now)
    await SigningRequest.update({SigningRequest.mails: 6}).where(SigningRequest.statement == statement.id)

    await actions.ask_instead(
        statement.slug, organisation=member.slug, email="bo@kind.example", actor=desk, now=now
    )

    request = await request_to(statement, member)
    assert (request.person_name, request.mails) == ("Bo Next", 1)
    assert not request.wrong_person_at
    assert await queries.asked_wrongly() == []
    done = await actions.remind(statement.slug, actor=desk, now=now + TOMORROW)
    assert done.reminded == ("Centre for Kindness",)
    kinds = [row.kind for row in await OutboxMessage.objects().where(OutboxMessage.state == "queued")]
    assert kinds.count("signing_request") == 1


async def test_successor_begins_anew_and_is_asked_where_an_answer_was_taken_off(
    database: db.Engine, now: datetime
) -> None:
    statement, member, desk = await opened(now)
    answer = await give_answer(await link_to(statement, member, now=now), "declined", now=now)
    doubt = await links.issue(
        disputes.PURPOSE, subject=f"{answer.record_id}:signatory", now=now, expires_at=now + TOMORROW
    )
    dispute = await actions.raise_dispute(doubt, reason="", confirmed=True, now=now)
    await actions.settle_dispute(dispute.id, actor=desk, now=now, outcome="upheld", note="Not theirs.")
    request = await request_to(statement, member)
    told: dict[Any, Any] = {
        SigningRequest.wrong_person_at: now,
        SigningRequest.remind_from: now,
        SigningRequest.mails: 6,
    }
    await SigningRequest.update(told).where(SigningRequest.id == request.id)

    await handovers.ask(
        member.slug, name="Cy Last", email="cy@kind.example", leaver_id=request.person, actor=desk, now=now
    )

    after = await request_to(statement, member)
    assert (after.person_name, after.mails) == ("Cy Last", 1)
    assert not after.wrong_person_at
    assert not after.remind_from
    assert await queries.asked_wrongly() == []


async def test_nobody_is_reminded_by_a_link_that_opens_nothing(database: db.Engine, now: datetime) -> None:
    statement, member, desk = await opened(now)
    await leave(member, "Ana Ruiz", now=now)

    done = await actions.remind(statement.slug, actor=desk, now=now + TOMORROW)

    assert done.reminded == ()
    assert done.skipped == (("Centre for Kindness", "whoever is asked does not sign for it any more"),)


async def test_who_stops_reminders_is_a_task_on_the_desk_and_is_promised_none(
    database: db.Engine, now: datetime
) -> None:
    statement, member, _ = await opened(now)
    request = await request_to(statement, member)
    person = await Person.objects().where(Person.id == request.person).first()
    assert person is not None
    before = (await request_to(statement, member)).to_dict()

    async with db.transaction():
        await streams.keep_choice(person.email, streams.REMINDERS, is_wanted=False, now=now)
    with pytest.raises(Invalid) as refused:
        await actions.remind_me_on(await link_to(statement, member, now=now), day="2026-03-09", now=now)

    assert "stopped our reminders" in refused.value.by_field()["day"]
    assert (await request_to(statement, member)).to_dict() == before
    assert [sentence.split(" for ")[0] for sentence, _ in await tasks(now)] == [
        "Ana Ruiz has stopped our reminders and has not answered “Time to listen”"
    ]


async def test_reminder_that_the_limit_forbids_is_not_promised(database: db.Engine, now: datetime) -> None:
    statement, member, _ = await opened(now)
    await SigningRequest.update({SigningRequest.mails: 6}).where(SigningRequest.statement == statement.id)

    with pytest.raises(Invalid) as refused:
        await actions.remind_me_on(await link_to(statement, member, now=now), day="2026-03-09", now=now)

    assert "as many mails from us" in refused.value.by_field()["day"]


async def test_somebody_new_is_confirmed_by_who_is_the_main_contact_now_alone(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, member, _ = await opened(now)
    link = await link_to(statement, member, now=now)
    await postbox.deliver(now)
    await actions.propose_delegate(link, name="Cy New", email="cy@kind.example", now=now)
    (asking,) = await postbox.deliver(now)
    confirm = link_in(asking, "/delegations/")
    changed: dict[Any, Any] = {
        Organisation.contact_email: "other@kind.example",
        Organisation.contact_name: "Otto Other",
    }
    await Organisation.update(changed).where(Organisation.id == member.id)

    by_who_was = await client.post(confirm, data={"choice": "confirm", "sure": "yes"})
    await actions.propose_delegate(link, name="Cy New", email="cy@kind.example", now=now)
    (again,) = await postbox.deliver(now)
    by_who_is = await client.post(link_in(again, "/delegations/"), data={"choice": "confirm", "sure": "yes"})

    assert "other@kind.example" in str(again["To"])
    assert (by_who_was.status_code, by_who_is.status_code) == (404, 303)
    role = await Role.objects().where(Role.kind == "alternate").order_by(Role.id, ascending=False).first()
    assert role is not None
    assert role.confirmed_name == "Otto Other"
