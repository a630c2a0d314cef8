"""What every answer passes: headers, HEAD, errors as pages and as problems, addresses of the service itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from summit_service import db, tokens
from summit_service.mail import outbox, pauses
from tests.clients import bearer
from tests.factories import secretariat
from tests.mail import goldens


async def test_headers_keep_the_page_to_ourselves(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")

    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/sign/", "/registrations/", "/sign-in/"])
async def test_secret_addresses_leave_no_trace(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path + tokens.mint())

    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    get, head = await client.get("/robots.txt"), await client.head("/robots.txt")

    assert head.status_code == get.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


async def test_unknown_page_is_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/no-such-page")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address" in answer.text


async def test_unknown_resource_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/no-such-thing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address. It may have been mistyped or cut off.",
        "code": "not_found",
    }


async def test_wrong_method_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/api/v1/events")

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("header", ["Bearer nonsense", f"Bearer {'x' * 43}", "Basic dXNlcjpwYXNz", "Bearer"])
async def test_wrong_bearer_is_refused(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/api/v1/events", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_signed_in"


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"organisation": 5}', "\xff"])
async def test_json_that_cannot_be_read_is_refused(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.post(
        "/api/v1/events", content=body.encode("latin-1"), headers={"Content-Type": "application/json"}
    )

    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_body_too_large_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/events", content=b'"' + b"x" * 3_000_000 + b'"', headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413
    assert answer.json()["detail"] == "What was sent is larger than we take (2 MB)."


async def test_ready_says_what_is_well(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "answers",
        "mail": "Nothing waits to be sent.",
        "mails_waiting": 0,
        "oldest_mail_due_at": None,
        "mailer_seen_at": None,
        "mail_paused_at": None,
    }


async def test_ready_says_what_is_wrong_with_the_mail(client: httpx.AsyncClient, now: datetime) -> None:
    async with db.transaction():
        await outbox.add(goldens.sample("sign_in"), now=now - timedelta(hours=1))
        await pauses.beat(now=now - timedelta(minutes=5))
        await pauses.pause("535 5.7.8 wrong password", now=now - timedelta(minutes=30))

    answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "database": "answers",
        "mail": "Sending is paused: 535 5.7.8 wrong password",
        "mails_waiting": 1,
        "oldest_mail_due_at": "2026-03-02T08:00:00Z",
        "mailer_seen_at": "2026-03-02T08:55:00Z",
        "mail_paused_at": "2026-03-02T08:30:00Z",
    }


async def test_database_that_is_down_is_told_and_comes_back(
    client: httpx.AsyncClient, database_url: str
) -> None:
    working = db.engine()
    db.bind(db.connect("postgres://nobody@127.0.0.1:1/none"))

    page, api, ready = (
        await client.get("/events"),
        await client.get("/api/v1/events"),
        await client.get("/readyz"),
    )
    db.bind(working)
    again = await client.get("/events")

    assert (page.status_code, api.status_code, ready.status_code) == (503, 503, 503)
    assert page.headers["retry-after"] == api.headers["retry-after"] == "30"
    assert "database" in page.text
    assert api.json()["code"] == "unavailable"
    assert again.status_code == 200


async def test_log_line_has_no_token(client: httpx.AsyncClient) -> None:
    token = tokens.mint()

    with capture_logs() as lines:
        await client.get(f"/sign/{token}")

    assert [line["path"] for line in lines if line["event"] == "request"] == ["/sign/…"]
    assert token not in str(lines)


async def test_api_docs_need_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    docs, schema = await client.get("/api/docs"), await client.get("/api/openapi.json")
    area, none = await client.get("/api/docs/funding"), await client.get("/api/docs/nothing")

    assert docs.status_code == schema.status_code == 200
    assert schema.json()["openapi"].startswith("3.1")
    assert "/api/v1/events" in docs.text
    assert "<script" not in docs.text + area.text
    assert "Fields of the body of POST /api/v1/funding" in area.text
    assert none.status_code == 404
    assert all(path in docs.text for path in schema.json()["paths"])
    assert all(path.startswith("/api/v1/") for path in schema.json()["paths"])


async def test_static_files_are_kept_for_a_year(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/site.css")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await client.get("/static/../settings.py")).status_code == 404


async def test_gallery_is_for_the_demo_alone(client: httpx.AsyncClient) -> None:
    assert (await client.get("/gallery")).status_code == 404
    assert (await client.get("/mailbox")).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/static/a%00b", "/events/a%00b", "/organisations/a%00b", "/statements/a%00b", "/api/v1/events/a%00b"],
)
async def test_null_character_in_an_address_finds_nothing(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
async def test_number_too_large_for_the_database_is_refused(
    client: httpx.AsyncClient, now: datetime, number: int
) -> None:
    headers = await bearer(await secretariat(), now=now)

    people = await client.get(f"/api/v1/people?cursor={number}", headers=headers)
    summit = await client.get(f"/summits/{number}")

    assert people.status_code in {200, 422}
    assert summit.status_code in {404, 422}


async def test_form_in_another_encoding_is_refused(client: httpx.AsyncClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\r\n--x--'

    answer = await client.post(
        "/sign-in", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )

    assert answer.status_code == 422
    assert "not in UTF-8" in answer.text


async def test_methods_that_are_made_up_are_counted_as_one(client: httpx.AsyncClient) -> None:
    await client.request("BREW", "/events")

    counted = (await client.get("/metrics")).text
    assert 'method="other"' in counted
    assert "BREW" not in counted
