"""Letters of invitation: asked for by link, decided at the desk, checked by number, erased when they are done with."""

from __future__ import annotations

import asyncio
import io
from datetime import date, datetime

import httpx
import pytest
from pypdf import PdfReader

from summit_service import db
from summit_service.errors import Conflict, Invalid
from summit_service.journal.tables import JournalNote
from summit_service.registrations import actions, letters
from summit_service.registrations.tables import Letter
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import link_of, make_edition, register, registration_of
from tests.postbox import Postbox, text_of

PASSPORT = {
    "passport_name": "BERG ANNA MARIA",
    "passport_number": "c01 x00-t47",
    "nationality": "NG",
    "birth_date": "",
    "arrives_on": "2026-09-12",
    "leaves_on": "2026-09-17",
}
DESK = "/desk/summits/2026/letters"
SUMMIT = {"starts_on": date(2026, 9, 14), "ends_on": date(2026, 9, 15), "today": date(2026, 5, 4)}


def test_passport_is_read_as_it_is_typed() -> None:
    given = letters.checked(PASSPORT, **SUMMIT)

    assert (given.passport_number, given.birth_date) == ("C01X00T47", None)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"passport_name": " ", "passport_number": "no 1!"}, ["passport_name", "passport_number"]),
        ({"nationality": "ZZ", "birth_date": "2026-05-04"}, ["nationality", "birth_date"]),
        ({"arrives_on": "", "leaves_on": "soon"}, ["arrives_on", "leaves_on"]),
        ({"arrives_on": "2026-09-18"}, ["leaves_on"]),
        ({"arrives_on": "2025-09-12"}, ["arrives_on"]),
        ({"leaves_on": "2027-09-12"}, ["leaves_on"]),
    ],
)
def test_every_fault_of_a_passport_is_told(wrong: dict[str, str], fields: list[str]) -> None:
    with pytest.raises(Invalid) as fault:
        letters.checked(PASSPORT | wrong, **SUMMIT)

    assert sorted(fault.value.by_field()) == sorted(fields)


async def test_letter_from_the_wish_to_the_withdrawal(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    await make_edition(in_person=3)
    for name in ("Anna Berg", "Ben Young"):
        await register(name, now=clock.now)
    await register("Olga Online", attendance="online", now=clock.now)
    anna, ben, olga = [
        f"/registrations/{await link_of(name, now=clock.now)}/letter"
        for name in ("Anna Berg", "Ben Young", "Olga Online")
    ]
    online = await client.post(olga, data=PASSPORT)
    faulty = await client.post(anna, data=PASSPORT | {"passport_number": "!"})
    for number in ("A0000001", PASSPORT["passport_number"]):
        asked = await client.post(anna, data=PASSPORT | {"passport_number": number}, follow_redirects=True)
    await client.post(ben, data=PASSPORT | {"passport_name": "YOUNG BEN"})
    early = await client.get(f"{anna}.pdf")
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)

    desk = await client.get(DESK)
    waits = await client.get("/desk")
    first, second = [row.id for row in await Letter.objects().order_by(Letter.id)]
    for _ in range(2):
        issued = await client.post(f"{DESK}/{first}/approval", data={"csrf": csrf})
    no_reason = await client.post(f"{DESK}/{second}/refusal", data={"csrf": csrf, "reason": " "})
    await client.post(f"{DESK}/{second}/refusal", data={"csrf": csrf, "reason": "We do not know you."})
    pdf = await client.get(f"{anna}.pdf")
    row = await letters.letter_of((await registration_of("Anna Berg")).id)
    assert row is not None
    code = letters.code_of(row, (await registration_of("Anna Berg")).uid)
    valid = await client.get(f"/letters/{code}")
    forged = await client.get(f"/letters/{code[:-1]}{'1' if code[-1] == '0' else '0'}")
    refused = await client.get(ben)
    own = (await client.get(anna.removesuffix("letter") + "data.json")).json()["letter"]
    decided = (await client.get(DESK)).text
    sent = [mail for mail in await postbox.deliver(clock.now) if "letter" in str(mail["Subject"]).lower()]
    await actions.cancel(await link_of("Anna Berg", now=clock.now), now=clock.now)
    withdrawn = await client.get(f"/letters/{code}")

    assert (online.status_code, "whose place in person is confirmed" in online.text) == (409, True)
    assert (faulty.status_code, "BERG ANNA MARIA" in faulty.text) == (422, True)
    assert "You have asked for a letter" in asked.text
    assert "16 October 2026" in asked.text
    assert (early.status_code, issued.status_code, no_reason.status_code) == (409, 409, 422)
    assert all(word in desk.text for word in ("BERG ANNA MARIA", "C01X00T47", "Nigeria", "YOUNG BEN"))
    assert "2 people ask for a letter of invitation" in waits.text
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert all(word in text for word in ("BERG ANNA MARIA", "C01X00T47", "12 September 2026", code))
    assert "This letter is valid" in valid.text
    assert not any(word in valid.text for word in ("BERG", "Anna", "C01X00T47", "Nigeria"))
    assert forged.status_code == 404
    assert "We do not know you." in refused.text
    assert (own["told"]["passport_number"], own["erased_on"]) == ("C01X00T47", "2026-10-16")
    assert "C01X00T47" not in decided
    assert "This letter is withdrawn" in withdrawn.text
    kept = await Letter.select(Letter.passport_name, Letter.passport_number, Letter.state).order_by(Letter.id)
    assert [tuple(one.values()) for one in kept] == [("", "", "ended"), ("", "", "refused")]
    assert len(sent) == 2
    assert not any("C01X00T47" in text_of(mail) or "do not know" in text_of(mail) for mail in sent)
    assert (await client.post(f"{anna}/end")).status_code == 303


async def test_letter_asked_for_and_decided_by_several_at_once_is_one_with_one_decision(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=3)
    await register("Anna Berg", now=now)
    tokens = [await link_of("Anna Berg", now=now) for _ in range(6)]
    await asyncio.gather(*(letters.letter_of(1) for _ in tokens))  # a connection for each is open now
    desk = await factories.secretariat()

    await asyncio.gather(*(actions.ask_for_letter(token, PASSPORT, now=now) for token in tokens))
    [row] = await Letter.objects()
    decided = await asyncio.gather(
        actions.refuse_letter(2026, row.id, "We do not know you.", actor=desk, now=now),
        actions.issue_letter(2026, row.id, actor=desk, now=now),
        actions.refuse_letter(2026, row.id, "Nor do I.", actor=desk, now=now),
        return_exceptions=True,
    )

    assert [type(one) for one in decided if isinstance(one, Exception)] == [Conflict, Conflict]
    assert await JournalNote.count().where(JournalNote.verb.like("summit.letter%")) == 1
