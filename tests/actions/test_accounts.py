"""Signing in by a mailed link, logins, API tokens, and one's own details."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from summit_service import links, tokens
from summit_service.accounts import actions, queries
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.accounts.tables import ApiToken, Login, Person
from summit_service.errors import Conflict, Gone, Invalid, NotFound, NotSignedIn
from summit_service.links import Link
from summit_service.mail.tables import OutboxMessage
from summit_service.members.queries import actor_of
from tests.factories import make_person
from tests.postbox import Postbox, html_of, link_in, postbox, text_of  # noqa: F401 - postbox is a fixture


async def signed_in(**person: str) -> Actor:
    return await actor_of(await make_person(**person), via="page")


async def mint_link(person: Person, *, now: datetime) -> str:
    return await links.issue(
        queries.SIGN_IN, subject=str(person.id), now=now, expires_at=now + timedelta(minutes=15)
    )


async def test_request_sign_in_for_a_known_address_queues_one_mail(database: object, now: datetime) -> None:
    person = await make_person("Anna Berg", email="Anna@members.example", timezone="Europe/Paris")

    await actions.request_sign_in(" anna@MEMBERS.example", next_path="/events?q=a", now=now)

    (row,) = await OutboxMessage.select()
    assert (row["kind"], row["about"], row["state"]) == ("sign_in", f"person:{person.id}", "queued")
    assert (row["recipient_name"], row["recipient_email"]) == ("Anna Berg", "Anna@members.example")
    assert row["expires_at"] == now + timedelta(minutes=15)
    assert row["links"] == (
        f'{{"url":{{"purpose":"sign_in","subject":"{person.id}",'
        '"path":"/sign-in/{token}?next=/events%3Fq%3Da","expires_at":null,"lifetime_seconds":900}}'
    )
    assert await Link.count() == 0


async def test_request_sign_in_for_an_unknown_address_queues_nothing(database: object, now: datetime) -> None:
    await make_person(email="anna@members.example")

    await actions.request_sign_in("ben@members.example", next_path="/me", now=now)

    assert await OutboxMessage.count() == 0


async def test_request_sign_in_for_somebody_who_has_left_queues_nothing(
    database: object, now: datetime
) -> None:
    person = await make_person(email="anna@members.example")
    await Person.update({Person.ended_at: now}).where(Person.id == person.id)

    await actions.request_sign_in("anna@members.example", next_path="/me", now=now)

    assert await OutboxMessage.count() == 0


async def test_request_sign_in_for_no_address_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(Invalid):
        await actions.request_sign_in("anna", next_path="/me", now=now)


async def test_request_sign_in_mails_five_times_in_fifteen_minutes(database: object, now: datetime) -> None:
    await make_person(email="anna@members.example")
    await make_person(email="ben@members.example")

    for minute in range(7):
        at = now + timedelta(minutes=minute)
        await actions.request_sign_in("anna@members.example", next_path="/me", now=at)
    assert await OutboxMessage.count() == 5

    await actions.request_sign_in("ben@members.example", next_path="/me", now=now + timedelta(minutes=7))
    assert await OutboxMessage.count() == 6

    await actions.request_sign_in("anna@members.example", next_path="/me", now=now + timedelta(minutes=15))
    assert await OutboxMessage.count() == 7


async def test_request_sign_in_twenty_at_once_mails_five(database: object, now: datetime) -> None:
    await make_person(email="anna@members.example")

    await asyncio.gather(
        *(actions.request_sign_in("anna@members.example", next_path="/me", now=now) for _ in range(20))
    )

    assert await OutboxMessage.count() == 5


async def test_sign_in_mail_is_whole_and_its_link_signs_in(
    database: object,
    now: datetime,
    postbox: Postbox,  # noqa: F811
) -> None:
    person = await make_person("Anna Berg", email="anna@members.example", timezone="Europe/Paris")
    await actions.request_sign_in("anna@members.example", next_path="/desk", now=now)

    (message,) = await postbox.deliver(now)

    assert message["Subject"] == "Your link to sign in to the Empathy in Healthcare Network"
    assert message["To"] == "Anna Berg <anna@members.example>"
    link = link_in(message, "/sign-in/")
    assert text_of(message).startswith(
        "Dear Anna Berg,\n\nHere is the link to sign in. It opens a page with one button; it works\n"
        "once, for 15 minutes after this mail was sent.\n\nSign in:\n<http://127.0.0.1:8000" + link + ">\n"
    )
    assert "Why you got this mail: this address was given on our sign-in page." in text_of(message)
    assert f'href="http://127.0.0.1:8000{link}"' in html_of(message)
    token = link.removeprefix("/sign-in/").removesuffix("?next=/desk")
    login = await actions.sign_in(token, agent="Firefox/140 Linux", now=now)
    found = await queries.person_of_login(login, now=now)
    assert found is not None
    assert found.id == person.id


async def test_sign_in_link_lives_from_its_sending(
    database: object,
    now: datetime,
    postbox: Postbox,  # noqa: F811
) -> None:
    await make_person(email="anna@members.example")
    await actions.request_sign_in("anna@members.example", next_path="/me", now=now)

    (message,) = await postbox.deliver(now + timedelta(minutes=10))

    token = link_in(message, "/sign-in/").removeprefix("/sign-in/")
    await actions.check_sign_in_link(token, now=now + timedelta(minutes=24))
    with pytest.raises(Gone):
        await actions.check_sign_in_link(token, now=now + timedelta(minutes=25))


async def test_sign_in_mail_is_not_sent_when_it_is_late(
    database: object,
    now: datetime,
    postbox: Postbox,  # noqa: F811
) -> None:
    await make_person(email="anna@members.example")
    await actions.request_sign_in("anna@members.example", next_path="/me", now=now)

    assert await postbox.deliver(now + timedelta(minutes=15)) == []


async def test_sign_in_opens_a_login_for_thirty_days(database: object, now: datetime) -> None:
    person = await make_person()
    token = await mint_link(person, now=now)

    login_token = await actions.sign_in(token, agent="Firefox/140 Linux", now=now)

    (login,) = await Login.select()
    assert (login["person"], login["agent"], login["ended_at"]) == (person.id, "Firefox on Linux", None)
    assert (login["created_at"], login["expires_at"]) == (now, now + timedelta(days=30))
    assert login["token_hash"] == tokens.fingerprint(queries.LOGIN, login_token)
    assert await queries.person_of_login(login_token, now=now + timedelta(days=30)) is None


async def test_sign_in_with_an_unknown_link_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(NotFound, match="We do not know this link"):
        await actions.sign_in(tokens.mint(), agent="", now=now)

    assert await Login.count() == 0


async def test_sign_in_with_a_link_for_something_else_is_refused(database: object, now: datetime) -> None:
    person = await make_person()
    token = await links.issue("sign", subject=str(person.id), now=now)

    with pytest.raises(NotFound):
        await actions.sign_in(token, agent="", now=now)


async def test_sign_in_with_a_used_link_is_refused(database: object, now: datetime) -> None:
    token = await mint_link(await make_person(), now=now)
    await actions.sign_in(token, agent="", now=now)

    with pytest.raises(Gone, match="has been used or its time is over"):
        await actions.sign_in(token, agent="", now=now)

    assert await Login.count() == 1


async def test_sign_in_after_fifteen_minutes_is_refused(database: object, now: datetime) -> None:
    token = await mint_link(await make_person(), now=now)

    with pytest.raises(Gone):
        await actions.sign_in(token, agent="", now=now + timedelta(minutes=15))

    assert await Login.count() == 0


async def test_sign_in_of_somebody_who_has_left_is_refused_and_uses_nothing(
    database: object, now: datetime
) -> None:
    person = await make_person()
    token = await mint_link(person, now=now)
    await Person.update({Person.ended_at: now}).where(Person.id == person.id)

    with pytest.raises(Gone):
        await actions.sign_in(token, agent="", now=now)

    assert await Login.count() == 0
    assert await Link.count().where(Link.used_at.is_not_null()) == 0


async def test_sign_in_eight_at_once_opens_one_login(database: object, now: datetime) -> None:
    token = await mint_link(await make_person(), now=now)

    outcomes = await asyncio.gather(
        *(actions.sign_in(token, agent="", now=now) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Gone) for outcome in outcomes) == 7
    assert await Login.count() == 1


async def test_check_sign_in_link_changes_nothing(database: object, now: datetime) -> None:
    token = await mint_link(await make_person(), now=now)
    before = await Link.select()

    for _ in range(20):
        await actions.check_sign_in_link(token, now=now)

    assert await Link.select() == before


async def test_sign_out_ends_the_login(database: object, now: datetime) -> None:
    person = await make_person()
    login = await actions.sign_in(await mint_link(person, now=now), agent="", now=now)

    await actions.sign_out(login, now=now)

    assert await queries.person_of_login(login, now=now) is None
    assert await queries.logins_of(person.id, now=now) == []


async def test_end_login_of_a_stranger_is_refused(database: object, now: datetime) -> None:
    person = await make_person()
    login = await actions.sign_in(await mint_link(person, now=now), agent="", now=now)
    (row,) = await queries.logins_of(person.id, now=now)

    with pytest.raises(NotSignedIn):
        await actions.end_login(row.id, actor=PUBLIC, now=now)
    with pytest.raises(NotFound):
        await actions.end_login(row.id, actor=await signed_in(name="Ben"), now=now)

    assert await queries.person_of_login(login, now=now) is not None


async def test_end_login_of_ones_own(database: object, now: datetime) -> None:
    person = await make_person()
    login = await actions.sign_in(await mint_link(person, now=now), agent="", now=now)
    (row,) = await queries.logins_of(person.id, now=now)
    actor = await actor_of(person, via="page")

    await actions.end_login(row.id, actor=actor, now=now)

    assert await queries.person_of_login(login, now=now) is None
    with pytest.raises(NotFound):
        await actions.end_login(row.id, actor=actor, now=now)


async def test_end_other_logins_keeps_this_one_and_those_of_others(database: object, now: datetime) -> None:
    anna, ben = await make_person("Anna"), await make_person("Ben")
    here, there, bens = [
        await actions.sign_in(await mint_link(person, now=now), agent="", now=now)
        for person in (anna, anna, ben)
    ]

    await actions.end_other_logins(here, actor=await actor_of(anna, via="page"), now=now)

    assert await queries.person_of_login(here, now=now) is not None
    assert await queries.person_of_login(there, now=now) is None
    assert await queries.person_of_login(bens, now=now) is not None


async def test_change_own_details_keeps_name_and_zone(database: object, now: datetime) -> None:
    actor = await signed_in(name="Anna")

    await actions.change_own_details(name="  Anna Bérg ", timezone="Asia/Tokyo", actor=actor, now=now)

    person = await queries.person_by_id(actor.person_id or 0)
    assert person is not None
    assert (person.name, person.timezone) == ("Anna Bérg", "Asia/Tokyo")
    await actions.change_own_details(name="Anna", timezone="", actor=actor, now=now)
    person = await queries.person_by_id(actor.person_id or 0)
    assert person is not None
    assert person.timezone is None


@pytest.mark.parametrize(
    ("name", "zone", "field"),
    [("", "", "name"), ("A" * 10_000, "", "name"), ("A\nB", "", "name"), ("Anna", "Mars/Base", "timezone")],
)
async def test_change_own_details_that_cannot_be_kept(
    database: object, now: datetime, name: str, zone: str, field: str
) -> None:
    actor = await signed_in(name="Anna")

    with pytest.raises(Invalid) as fault:
        await actions.change_own_details(name=name, timezone=zone, actor=actor, now=now)

    assert list(fault.value.by_field()) == [field]
    person = await queries.person_by_id(actor.person_id or 0)
    assert person is not None
    assert person.name == "Anna"


async def test_create_api_token_keeps_its_hash_alone(database: object, now: datetime) -> None:
    actor = await signed_in()

    token = await actions.create_api_token("My calendar", actor=actor, now=now)

    (row,) = await ApiToken.select()
    assert (row["person"], row["name"], row["ended_at"]) == (actor.person_id, "My calendar", None)
    assert token not in str(row)
    person = await queries.person_of_api_token(token)
    assert person is not None
    assert person.id == actor.person_id


async def test_create_api_token_by_the_public_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(NotSignedIn):
        await actions.create_api_token("x", actor=PUBLIC, now=now)


async def test_create_api_token_without_a_name_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(Invalid, match="name is missing"):
        await actions.create_api_token(" ", actor=await signed_in(), now=now)


async def test_create_api_token_twenty_five_at_once_makes_twenty(database: object, now: datetime) -> None:
    actor = await signed_in()

    outcomes = await asyncio.gather(
        *(actions.create_api_token(f"t{n}", actor=actor, now=now) for n in range(25)), return_exceptions=True
    )

    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert await ApiToken.count() == 20


async def test_create_api_token_for_an_address(database: object, now: datetime) -> None:
    person = await make_person(email="anna@members.example")

    token = await actions.create_api_token_for("ANNA@members.example", now=now)

    found = await queries.person_of_api_token(token)
    assert found is not None
    assert found.id == person.id
    with pytest.raises(NotFound, match=r"Nobody has the address ben@members\.example"):
        await actions.create_api_token_for("ben@members.example", now=now)


async def test_end_api_token_of_somebody_else_is_refused(database: object, now: datetime) -> None:
    token = await actions.create_api_token("x", actor=await signed_in(name="Anna"), now=now)
    (row,) = await ApiToken.select(ApiToken.id)

    with pytest.raises(NotFound):
        await actions.end_api_token(row["id"], actor=await signed_in(name="Ben"), now=now)

    assert await queries.person_of_api_token(token) is not None


async def test_end_api_token_of_ones_own(database: object, now: datetime) -> None:
    actor = await signed_in()
    token = await actions.create_api_token("x", actor=actor, now=now)
    (row,) = await ApiToken.select(ApiToken.id)

    await actions.end_api_token(row["id"], actor=actor, now=now)

    assert await queries.person_of_api_token(token) is None
    assert await queries.api_tokens_of(actor.person_id or 0) == []
