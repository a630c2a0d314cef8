"""The pages of one's own data by a mailed link: a delegate's, a guest's, a speaker's; and who sees a delegate."""

from __future__ import annotations

from datetime import datetime

import httpx

from summit_service.accounts.actor import OPERATOR
from summit_service.registrations import actions
from summit_service.registrations.tables import Invitation
from summit_service.speakers import actions as speakers
from summit_service.speakers.tables import SpeakerContact
from tests import factories, factories_summits
from tests.factories_enquiries import everything_stored
from tests.factories_registrations import link_of, make_edition, register, states
from tests.postbox import Postbox, link_in, text_of


async def test_copy_by_link_and_erasure_after_one_more_question(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now, dietary="No nuts")
    link = f"/registrations/{await link_of('Anna Berg', now=now)}"

    read = await client.get(f"{link}/data")
    copy = await client.get(f"{link}/data.json")
    asked = await client.get(f"{link}/erasure")
    kept = await states()
    erased = await client.post(f"{link}/erasure")

    assert "No nuts" in read.text
    assert copy.json()["told"]["dietary"] == "No nuts"
    assert copy.headers["Cache-Control"] == "no-store"
    assert "Yes, erase everything" in asked.text
    assert kept == {"Anna Berg": "confirmed in_person"}
    assert "Nothing about you is left in it" in erased.text
    assert [(await client.get(f"{link}{path}")).status_code for path in ("", "/data", "/data.json")] == [
        404
    ] * 3


async def test_invited_guest_reads_copies_and_erases_what_is_kept_by_the_link(
    client: httpx.AsyncClient, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    guest = {"name": "Ines Guest", "email": "ines@guest.example", "attendance": "online"}
    await actions.invite(2026, **guest, actor=await factories.secretariat(), now=now)
    mail = (await postbox.deliver(now))[0]
    link = link_in(mail, "/invitations/")

    start = await client.get(link)
    read = await client.get(f"{link}/data")
    copy = await client.get(f"{link}/data.json")
    asked = await client.get(f"{link}/erasure")
    await client.post(f"{link}/refusal")
    declined = await client.get(link)
    kept = await Invitation.count().where(Invitation.name == "Ines Guest")
    erased = await client.post(f"{link}/erasure")

    assert "we erase your name and address on 16 April 2026" in " ".join(text_of(mail).split())
    assert f"{link}/data" in start.text
    assert all(words in read.text for words in ("Ines Guest", "16 April 2026", "To invite them by it"))
    body = copy.json()
    assert body["told"] == {"name": "Ines Guest", "email": "ines@guest.example"}
    assert (body["state"], body["erased_on"]) == ("open", "2026-04-16")
    assert [one["kind"] for one in body["mails"]] == ["registration_invited"]
    assert "you decline with it" in asked.text
    assert "We erase your name and address on" in declined.text
    assert "Thursday 16 April 2026" in declined.text
    assert kept == 1
    assert "Nothing about you is left in it" in erased.text
    paths = ("", "/data", "/data.json", "/erasure")
    assert [(await client.get(f"{link}{path}")).status_code for path in paths] == [404] * 4
    assert "ines" not in (await everything_stored()).lower()


async def test_speaker_reads_copies_and_erases_what_is_kept_and_is_told_what_stays(
    client: httpx.AsyncClient, postbox: Postbox, now: datetime
) -> None:
    await factories_summits.make_edition()
    sessions = [factories_summits.session("Listening", speakers=["Ana Ruiz"])]
    people = [{"name": "Ana Ruiz"}]
    await factories_summits.release(factories_summits.programme(*sessions, speakers=people), now=now)
    lines = "Ana Ruiz; ana@hospital.example\nBo Li; bo@clinic.example"
    await speakers.put_addresses(2026, lines, actor=OPERATOR, now=now)
    await speakers.send(2026, {"ana@hospital.example": "Welcome."}, release=1, actor=OPERATOR, now=now)
    mail = (await postbox.deliver(now))[0]
    link = link_in(mail, "/speakers/")

    read = await client.get(link)
    body = (await client.get(f"{link}/data.json")).json()
    asked = await client.get(f"{link}/erasure")
    erased = await client.post(f"{link}/erasure")

    assert all(words in read.text for words in ("ana@hospital.example", "Listening", "16 September 2027"))
    assert (body["names"], body["email"]) == (["Ana Ruiz"], "ana@hospital.example")
    assert (body["told_release"], body["erased_on"]) == (1, "2027-09-16")
    assert [one["kind"] for one in body["mails"]] == ["speaker_programme"]
    assert "the next release is then without it" in asked.text
    assert "gone" in erased.text
    paths = ("", "/data.json", "/erasure")
    assert [(await client.get(f"{link}{path}")).status_code for path in paths] == [404] * 3
    stored = await everything_stored()
    assert ("ana@hospital.example" in stored, "Welcome." in stored) == (False, False)
    assert [row.name for row in await SpeakerContact.objects()] == ["Bo Li"]
    assert "Ana Ruiz" in (await client.get("/summits/2026/programme")).text


async def test_delegate_sees_of_the_others_those_who_agreed_by_name_and_organisation_alone(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person=4)
    await make_edition(year=2028)
    for name, is_listed in (
        ("Zoe Listed", True),
        ("Ana Listed", True),
        ("Bo Silent", False),
        ("Cy Gone", True),
    ):
        await register(name, now=now, is_listed=is_listed)
    await register("Di Waits", now=now, is_listed=True)
    await register("Ed Elsewhere", now=now, is_listed=True, year=2028)
    await actions.cancel(await link_of("Cy Gone", now=now), now=now)
    own, waiting = [await link_of(name, now=now) for name in ("Bo Silent", "Di Waits")]

    page = await client.get(f"/registrations/{own}/delegates")
    told = await client.get(f"/api/v1/registrations/{own}/delegates")
    found = await client.get(f"/registrations/{own}/delegates?q=ZOÉ")
    refused = [await client.get(f"{way}/registrations/{waiting}/delegates") for way in ("", "/api/v1")]
    unknown = [await client.get(f"{way}/registrations/wrong/delegates") for way in ("", "/api/v1")]

    listed = [{"name": name, "organisation": "Centre for Kindness"} for name in ("Ana Listed", "Zoe Listed")]
    assert told.json() == {"items": listed, "next": None}
    assert page.text.index("Ana Listed") < page.text.index("Zoe Listed")
    assert "You are not listed." in page.text
    assert not [
        name
        for name in ("Cy Gone", "Di Waits", "Ed Elsewhere", "@")
        if name in page.text.split("<main", 1)[1]
    ]
    assert ("Zoe Listed" in found.text, "Ana Listed" in found.text) == (True, False)
    assert [answer.status_code for answer in (*refused, *unknown)] == [409, 409, 404, 404]
