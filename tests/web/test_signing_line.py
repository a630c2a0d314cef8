"""How a signatory's name is printed: corrected by the link between the end of signing and publication."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import httpx

from summit_service import db, settings, verify
from summit_service.own_data.signing import answers_of
from summit_service.statements import actions, bundle, publisher, queries
from summit_service.statements.tables import ResponsePrivate
from tests.clients import Clock, client, clock, service_settings
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_member, make_open, request_to
from tests.postbox import Postbox, link_in, text_of

__all__ = ["client", "clock", "service_settings"]


async def test_printed_name_is_corrected_from_the_end_of_signing_until_publication(
    database: db.Engine, client: httpx.AsyncClient, clock: Clock, now: datetime, postbox: Postbox
) -> None:
    desk = await secretariat()
    member = await make_member("Centre", signatory="Ana Ruiz", contact_email="office@centre.example")
    other = await make_member("Museum")
    statement = await make_open(desk, now=now)
    link, theirs = [await link_to(statement, one, now=now) for one in (member, other)]
    signed = await give_answer(link, now=now)
    await give_answer(theirs, "declined", now=now)
    await postbox.deliver(now)
    form = {"text_set": signed.text_set_sha256, "printed": "Prof. Ana Ruíz", "confirmed": "yes"}

    async def sent(token: str = link, **more: str) -> httpx.Response:
        return await client.post(f"/sign/{token}/line", data=form | more)

    too_soon = await sent()
    clock.now = now + timedelta(days=2)
    page = await client.get(f"/sign/{link}")
    not_signed = await sent(theirs)
    missing = await sent(printed=" ", confirmed="")
    swapped = await sent(text_set="0" * 64)
    unknown = await sent("A" * 43)
    done = await asyncio.gather(*(sent() for _ in range(4)))
    shown = await client.get(f"/sign/{link}")
    mails = await postbox.deliver(clock.now)
    await actions.publish(statement.slug, actor=desk, now=clock.now)
    too_late = await sent(printed="Somebody")

    assert [one.status_code for one in (too_soon, not_signed, missing, swapped, unknown, too_late)] == [
        410,
        410,
        422,
        409,
        404,
        410,
    ]
    assert "Correct how your name is printed" in page.text
    assert "Tick the box" in missing.text
    assert {one.status_code for one in done} == {303}
    assert shown.text.count("Prof. Ana Ruíz") == 2
    told = [mail for mail in mails if mail["Subject"] == "The name below “Time to listen” was corrected"]
    assert sorted(mail["To"].addresses[0].addr_spec for mail in told)[0] == "office@centre.example"
    assert len(told) == 2
    assert "Before: Ana Ruiz\nNow: Prof. Ana Ruíz" in text_of(told[0])
    assert (await client.get(link_in(told[0], "/disputes/"))).status_code == 200

    entries = await queries.ledger_of(statement)
    assert [row.kind for row in entries if row.kind == "line_corrected"] == ["line_corrected"]
    assert "Ana Ruiz" not in next(row.content for row in entries if row.kind == "line_corrected")
    files = await bundle.files_of(statement)
    line = json.loads(files["manifest.json"])["signatures"][0]
    assert (line["signatory"], line["record"]) == ("Prof. Ana Ruíz", signed.record_id)
    assert line["corrected"]["seq"] > signed.seq
    assert b"Prof. Ana Ru" in (await client.get(f"/statements/{statement.slug}")).content
    keys = [verify.Trusted(key.public_key) for key in publisher.known_keys(settings.current())]
    assert verify.verify(files, keys).verdict == "valid"

    (held,) = await answers_of((await request_to(statement, member)).person)
    (corrected,) = held["corrections"]
    assert (corrected["printed"], corrected["behind_it"]["before"]) == ("Prof. Ana Ruíz", "Ana Ruiz")

    before = await ResponsePrivate.count()
    await actions.erase_private(signed.record_id, actor=desk, now=clock.now, note="Asked for.")
    assert await ResponsePrivate.count() == before - 2
