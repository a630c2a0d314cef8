"""A logo sent by a representative, shown in the directory and on the page, replaced and taken away."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import datetime

import httpx

from summit_service.journal.tables import JournalNote
from tests.clients import Clock, bearer, client, clock, new_client, service_settings, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_pictures import make_picture

__all__ = ["client", "clock", "service_settings"]
ADDRESS = "/organisations/kind/logo"


async def test_logo_by_the_api(client: httpx.AsyncClient, now: datetime) -> None:
    member = await representative_of(await make_organisation("Kind Place", slug="kind"), via="api")
    headers = await bearer(member, now=now)
    address = "/api/v1/organisations/kind"

    wrong = await client.post(f"{address}/logo", json={"file": "???"}, headers=headers)
    picture = b64encode(make_picture()).decode()
    sent = await client.post(f"{address}/logo", json={"file": picture}, headers=headers)
    listed = await client.get("/api/v1/organisations")
    image = await client.get(sent.json()["logo"]["url"])
    removed = await client.post(f"{address}/logo/removal", headers=headers)

    assert (wrong.status_code, sent.status_code, image.status_code, removed.status_code) == (
        422,
        201,
        200,
        201,
    )
    assert (sent.json()["logo"]["alt"], sent.json()["logo"]["width"]) == ("Logo of Kind Place", 40)
    assert listed.json()["items"][0]["logo"] == sent.json()["logo"]
    assert removed.json()["logo"] is None


async def test_logo_from_its_form_to_its_end(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    organisation = await make_organisation("Kind Place", slug="kind")
    form = {"csrf": await sign_in(client, await representative_of(organisation), now=now)}
    picture = make_picture(color="red")

    empty = await client.post(ADDRESS, data=form | {"alt": "Two hands"})
    svg = await client.post(
        ADDRESS, data=form | {"alt": "Two hands"}, files={"file": ("l.png", b"<svg/>", "image/png")}
    )
    sent = await client.post(
        ADDRESS, data=form | {"alt": "Two “hands”"}, files={"file": ("l.exe", picture, "text/html")}
    )
    async with new_client(clock) as public:
        page = await public.get("/organisations/kind")
        directory = await public.get("/organisations")
        (url,) = re.findall(r'src="(/logos/[0-9a-f]{64})"', page.text)
        image = await public.get(url)
        again = await public.get(url, headers={"If-None-Match": image.headers["ETag"]})

    assert (empty.status_code, svg.status_code, sent.status_code) == (422, 422, 303)
    assert "Choose a file first" in empty.text
    assert 'value="Two hands"' in svg.text
    assert "An SVG file can carry programs" in svg.text
    assert 'alt="Two “hands”" width="40" height="20"' in page.text
    assert url in directory.text
    assert image.status_code == 200
    assert image.headers["Content-Type"] in {"image/png", "image/webp"}
    assert image.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert image.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (again.status_code, again.content) == (304, b"")

    words = await client.post(ADDRESS, data=form | {"alt": ""})
    shown = await client.get("/organisations/kind")
    replaced = await client.post(ADDRESS, data=form, files={"file": ("l.png", make_picture(color="blue"))})
    old = await client.get(url)
    removed = await client.post(f"{ADDRESS}/removal", data=form)
    twice = await client.post(f"{ADDRESS}/removal", data=form)
    end = await client.get("/organisations/kind?done=logo_removed")

    assert {answer.status_code for answer in (words, replaced, removed, twice)} == {303}
    assert url in shown.text
    assert 'alt="Logo of Kind Place"' in shown.text
    assert old.status_code == 404
    assert "/logos/" not in end.text
    assert [note.verb for note in await JournalNote.objects().order_by(JournalNote.id)] == [
        *["organisation.logo_set"] * 3,
        "organisation.logo_removed",
    ]
