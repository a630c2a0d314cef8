"""A resource carries a file: sent, downloaded, changed, taken away; by page and API."""

from __future__ import annotations

import base64

import httpx

from summit_service.accounts import actions as accounts
from summit_service.resources.tables import ResourceFile
from tests import factories
from tests.clients import Clock, new_client, sign_in
from tests.rules.test_resource_files import PDF, packed

TYPED = {
    "title": "On listening",
    "kind": "guide",
    "summary": "For all.",
    "licence": "cc-by",
    "language": "en",
}


async def test_file_is_shared_downloaded_changed_and_taken_away(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    place = await factories.make_organisation("The Place", slug="place")
    anna = await factories.representative_of(place)
    csrf = await sign_in(client, anna, now=clock.now)
    typed = {**TYPED, "visibility": "members", "csrf": csrf}

    refused = await client.post("/resources/new", data=typed, files={"file": ("a.pdf", b"<html>")})
    made = await client.post("/resources/new", data=typed, files={"file": ("Our Guide.doc", PDF)})
    got = await client.get("/resources/on-listening/download")
    same = await client.get(
        "/resources/on-listening/download", headers={"If-None-Match": got.headers["ETag"]}
    )
    async with new_client(clock) as stranger:
        hidden = await stranger.get("/resources/on-listening/download")
    reserved = await client.post(
        "/resources/on-listening/edit", data={**typed, "licence": "reserved", "url": "https://a.example/b"}
    )
    last = await client.post("/resources/on-listening/file/removal", data={"csrf": csrf})
    other = await client.post(
        "/resources/on-listening/file",
        data={"csrf": csrf},
        files={"file": ("b.odt", packed("a", mimetype="application/vnd.oasis.opendocument.text"))},
    )
    history = (await client.get("/resources/on-listening/history")).text
    withdrawn = await client.post("/resources/on-listening/withdrawal", data={"csrf": csrf, "reason": "Old."})

    assert refused.status_code == 422
    assert "We hand out no such files" in refused.text
    assert made.status_code == 303
    assert (got.content, got.headers["Content-Type"]) == (PDF, "application/pdf")
    assert got.headers["Content-Disposition"] == 'attachment; filename="Our-Guide.pdf"'
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert (same.status_code, same.content, hidden.status_code) == (304, b"", 404)
    assert (reserved.status_code, last.status_code, other.status_code) == (422, 409, 303)
    assert "Put a file to it" in history
    assert withdrawn.status_code == 303
    assert await ResourceFile.count() == 0
    assert (await client.get("/resources/on-listening/download")).status_code == 410


async def test_file_goes_in_and_out_by_the_api(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await factories.make_organisation("The Place", slug="place")
    anna = await factories.representative_of(place)
    token = await accounts.create_api_token("x", actor=anna, now=clock.now)
    bearer = {"Authorization": f"Bearer {token}"}
    body = {
        **TYPED,
        "visibility": "members",
        "file": {"file": base64.b64encode(PDF).decode(), "name": "guide.pdf"},
    }

    made = await client.post("/api/v1/resources", json=body, headers=bearer)
    got = await client.get("/api/v1/resources/on-listening/file", headers=bearer)
    hidden = await client.get("/api/v1/resources/on-listening/file")
    wrong = await client.post(
        "/api/v1/resources/on-listening/file", json={"file": "%%%", "name": "a"}, headers=bearer
    )
    await client.patch("/api/v1/resources/on-listening", json={"url": "https://a.example/b"}, headers=bearer)
    gone = await client.post("/api/v1/resources/on-listening/file/removal", headers=bearer)
    again = await client.post("/api/v1/resources/on-listening/file/removal", headers=bearer)
    missing = await client.get("/api/v1/resources/on-listening/file", headers=bearer)

    assert made.status_code == 201
    told = made.json()["file"]
    assert (told["name"], told["media_type"], told["size"]) == ("guide.pdf", "application/pdf", len(PDF))
    assert told["url"].endswith("/resources/on-listening/download")
    assert (got.content, got.headers["Content-Type"], hidden.status_code) == (PDF, "application/pdf", 404)
    assert got.headers["Content-Disposition"] == 'attachment; filename="guide.pdf"'
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert (wrong.status_code, gone.status_code, again.status_code) == (422, 201, 201)
    assert missing.status_code == 404
    assert gone.json()["file"] is None
