"""The pages of invitations and of groups."""

from __future__ import annotations

from datetime import datetime

import httpx

from summit_service import links
from summit_service.registrations import invited
from summit_service.registrations.tables import Invitation
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import make_edition, states

DESK = "/desk/summits/2026/invitations"
GUEST = {"name": "Ines Guest", "email": "ines@hospital.example", "attendance": "in_person"}


async def test_invitation_from_the_desk_to_a_place(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1)
    csrf = {"csrf": await sign_in(client, await factories.secretariat(), now=now)}

    faulty = await client.post(DESK, data=csrf | GUEST | {"email": "ines"})
    sent = await client.post(DESK, data=csrf | GUEST)
    full = await client.post(DESK, data=csrf | GUEST | {"email": "otto@hospital.example"})
    [row] = await Invitation.objects()
    link = f"/invitations/{await links.issue(invited.LINK, subject=str(row.id), now=now)}"
    looked = [await client.get(link) for _ in range(3)]
    refused = await client.post(link, data={"name": ""})
    taken = await client.post(link, data={"name": "Ines Guest"})
    late = await client.post(f"{link}/refusal")

    assert (faulty.status_code, sent.status_code, full.status_code) == (422, 303, 409)
    assert 'value="ines"' in faulty.text
    assert "is held for you until" in looked[-1].text
    assert looked[-1].headers["Referrer-Policy"] == "no-referrer"
    assert (refused.status_code, taken.status_code, late.status_code) == (422, 200, 410)
    assert await states() == {"Ines Guest": "confirmed in_person"}
    assert "Accepted" in (await client.get(DESK)).text
    assert (await client.get("/invitations/wrong")).status_code == 404


async def test_group_form_names_each_line_and_keeps_the_list(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person=3)
    organisation = await factories.make_organisation()
    csrf = {"csrf": await sign_in(client, await factories.representative_of(organisation), now=now)}
    form = csrf | {"attendance": "in_person"}
    url = f"/organisations/{organisation.slug}/registrations/2026"

    wrong = await client.post(url, data=form | {"people": "Anna Berg, anna@h.example\n\nBerta Cole"})
    right = await client.post(url, data=form | {"people": "Berg, Anna, anna@h.example\nBo; <bo@h.example>"})

    assert wrong.status_code == 422
    assert "Line 3: " in wrong.text
    assert "Anna Berg, anna@h.example" in wrong.text
    assert right.status_code == 200
    assert await states() == {"Berg, Anna": "confirmed in_person", "Bo": "confirmed in_person"}


async def test_group_form_sent_after_the_end_gives_the_list_back(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition(in_person=3)
    organisation = await factories.make_organisation()
    csrf = {"csrf": await sign_in(client, await factories.representative_of(organisation), now=now)}
    url = f"/organisations/{organisation.slug}/registrations/2026"
    clock.advance(days=400)

    late = await client.post(
        url, data=csrf | {"attendance": "in_person", "people": "Anna Berg, anna@h.example"}
    )

    assert late.status_code == 410
    assert "<pre>Anna Berg, anna@h.example</pre>" in late.text
    assert "Register these people" not in late.text
    assert await states() == {}


async def test_list_is_exported_as_a_workbook(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await sign_in(client, await factories.secretariat(), now=now)

    answer = await client.get("/desk/summits/2026/registrations.xlsx?state=confirmed")

    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="registrations-2026.xlsx"'
