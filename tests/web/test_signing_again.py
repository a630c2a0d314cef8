"""A text that changed after the opening: nothing is carried over, and who had signed affirms it in two steps."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import httpx
from icalendar import Calendar

from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from summit_service.statements import actions, bundle, holds, queries
from summit_service.statements.tables import SigningRequest, Statement
from tests.clients import Clock, client, clock, service_settings, sign_in
from tests.factories import secretariat
from tests.factories_statements import TEXT, give_answer, link_to, make_member, make_open

__all__ = ["client", "clock", "service_settings"]


async def reopened(now: datetime) -> tuple[Statement, list[Organisation], list[str]]:
    """One has signed the first text and one has declined it; it was changed, and signing is open again."""
    members = [await make_member(name) for name in ("Signer", "Decliner")]
    actor = await secretariat()
    first = await make_open(actor, now=now)
    old = [await link_to(first, member, now=now) for member in members]
    await give_answer(old[0], now=now, capacity="personal")
    await give_answer(old[1], "declined", now=now)
    await actions.rework(first.slug, actor=actor, now=now, note="A word was wrong.")
    await actions.add_version(first.slug, actor=actor, now=now, text=TEXT.replace("listen", "listen well"))
    await actions.freeze(first.slug, actor=actor, now=now)
    opened = await actions.open_for_signing(first.slug, actor=actor, now=now + timedelta(days=1))
    return opened, members, old


async def test_no_signature_is_carried_over_and_who_had_signed_is_asked_to_affirm(
    client: httpx.AsyncClient, now: datetime
) -> None:
    statement, members, old = await reopened(now)

    kinds = await OutboxMessage.select(OutboxMessage.kind, OutboxMessage.recipient_name).where(
        OutboxMessage.kind.is_in(["signing_again", "signing_request"]), OutboxMessage.state == "queued"
    )
    superseded = await client.get(f"/sign/{old[0]}")

    assert await queries.answers_of(statement) == {}
    assert {row["recipient_name"]: row["kind"] for row in kinds} == {
        "Signatory of Signer": "signing_again",
        "Signatory of Decliner": "signing_request",
    }
    assert "The text has changed" in superseded.text
    assert "no signature is carried over" in superseded.text
    assert [member.name for member in members] == ["Signer", "Decliner"]


async def test_deadline_in_the_calendar_is_moved_and_no_second_one_put_beside_it(
    client: httpx.AsyncClient, now: datetime
) -> None:
    statement, members, _ = await reopened(now)
    asked = await (
        SigningRequest.objects()
        .where(SigningRequest.organisation == members[0].id)
        .order_by(SigningRequest.id)
    )

    texts = [holds.render(statement, request, zone="Etc/UTC", now=now) for request in asked]
    first, again = (Calendar.from_ical(text).walk("VEVENT")[0] for text in texts)

    assert first["UID"] == again["UID"]
    assert first.decoded("SEQUENCE") < again.decoded("SEQUENCE")


async def test_affirming_takes_two_steps_and_is_a_record_of_its_own(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    statement, members, _ = await reopened(now)
    clock.now = now + timedelta(days=2)
    link = await link_to(statement, members[0], now=clock.now)

    letter = await client.get(f"/sign/{link}")
    text_set = re.findall(r'name="text_set" value="([^"]+)"', letter.text)[0]
    second = await client.post(f"/sign/{link}/review", data={"choice": "reaffirmed", "text_set": text_set})
    before = await queries.answers_of(statement)
    nonce = re.findall(r'name="nonce" value="([^"]+)"', second.text)[0]
    form = {
        "nonce": nonce,
        "text_set": text_set,
        "attested": "yes",
        "name": "Ana",
        "capacity": "organisation",
    }
    await client.post(f"/sign/{link}/answer", data=form)

    receipt = await client.get(f"/sign/{link}")
    (answer,) = (await queries.answers_of(statement)).values()
    assert "has changed since you signed it" in letter.text
    assert "Affirm again" in letter.text
    assert re.search(r"<ins>.*well", letter.text)
    assert before == {}
    assert re.search(r'value="personal"[^>]* checked', second.text)
    assert "You have signed again" in receipt.text
    assert (answer.kind, answer.text_set_sha256) == ("reaffirmed", text_set)


async def test_only_who_had_signed_can_affirm(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    statement, members, _ = await reopened(now)
    clock.now = now + timedelta(days=2)
    link = await link_to(statement, members[1], now=clock.now)
    letter = await client.get(f"/sign/{link}")
    text_set = re.findall(r'name="text_set" value="([^"]+)"', letter.text)[0]

    answer = await client.post(f"/sign/{link}/review", data={"choice": "reaffirmed", "text_set": text_set})

    assert "Affirm again" not in letter.text
    assert answer.status_code == 422


async def test_board_says_who_had_signed_and_not_yet_again(client: httpx.AsyncClient, now: datetime) -> None:
    statement, members, _ = await reopened(now)
    await sign_in(client, await secretariat(), now=now)
    before = await client.get(f"/desk/statements/{statement.slug}")

    await give_answer(
        await link_to(statement, members[0], now=now), "reaffirmed", now=now + timedelta(days=2)
    )

    after = await client.get(f"/desk/statements/{statement.slug}")
    assert before.text.count("Had signed text 1, not yet this one.") == 1
    assert "not yet this one" not in after.text
    assert "Signed again" in after.text


async def test_bundle_counts_who_affirmed_and_not_who_had_signed(
    client: httpx.AsyncClient, now: datetime
) -> None:
    statement, members, _ = await reopened(now)
    actor, then = await secretariat(), now + timedelta(days=2)
    await give_answer(await link_to(statement, members[0], now=now), "reaffirmed", now=then)
    await actions.close(statement.slug, actor=actor, now=then, note="It is time.")

    published = await actions.publish(statement.slug, actor=actor, now=then)

    files = await bundle.files_of(published)
    assert files["manifest.json"].count(b'"answer":"reaffirmed"') == 1
    assert b'"answer":"signed"' not in files["manifest.json"]
    assert b"listen well" in files["statement.en.txt"]
