"""The link in the mail: each rule of what it may do and what it never does."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from summit_service import db, links, settings, tokens, visitor
from summit_service.statements import actions, queries
from summit_service.statements.tables import FormNonce, Response, ResponsePrivate, Statement
from tests.clients import BASE_URL, Clock, application, bearer, sign_in
from tests.factories import secretariat
from tests.factories_statements import (
    dump_tables,
    give_answer,
    link_to,
    make_member,
    make_open,
    request_to,
)
from tests.postbox import Postbox, link_in, text_of
from tests.rights.asking import actions_of

NOTHING = "This link opens nothing"


async def opened(now: datetime, **given: Any) -> tuple[Statement, str]:
    """A statement that one member is asked to sign, and the link's path."""
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz", contact_email="head@kind.example")
    statement = await make_open(await secretariat(), now=now, **given)
    return statement, f"/sign/{await link_to(statement, member, now=now)}"


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))


async def reviewed(client: httpx.AsyncClient, path: str, choice: str = "signed") -> dict[str, str]:
    """The second page's hidden fields, reached as a person does."""
    first = await client.get(path)
    second = await client.post(f"{path}/review", data=hidden(first) | {"choice": choice})
    assert second.status_code == 200
    return hidden(second)


FILLED = {"attested": "yes", "name": "Ana Ruiz", "capacity": "organisation"}


async def answers() -> list[Response]:
    return list(await Response.objects().order_by(Response.id))


async def test_link_1_reading_a_hundred_times_changes_nothing(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)
    agents = ["Mozilla/5.0 SafeLinks", "BarracudaURLScan", "HeadlessChrome/156", "curl/8"]
    before = await dump_tables()

    answered = [
        await client.request("HEAD" if n % 2 else "GET", path, headers={"User-Agent": agents[n % 4]})
        for n in range(100)
    ]

    after = await dump_tables()
    fields = await reviewed(client, path)
    signed = await client.post(f"{path}/answer", data=fields | FILLED)
    assert {answer.status_code for answer in answered} == {200}
    assert after == before
    assert signed.status_code == 303
    assert [answer.kind for answer in await answers()] == ["signed"]


async def test_link_1_page_runs_no_script_and_loads_nothing_but_our_styles(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)

    page = await client.get(path)

    assert "<script" not in page.text
    assert "hx-" not in page.text
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert [address for address in loaded if not address.startswith(("/", "#", "mailto:"))] == []


async def test_link_2_two_steps_with_tick_name_and_nonce(client: httpx.AsyncClient, now: datetime) -> None:
    _, path = await opened(now)

    first = await client.get(path)
    second = await client.post(f"{path}/review", data=hidden(first) | {"choice": "signed"})
    third = await client.post(f"{path}/answer", data=hidden(second) | FILLED)
    receipt = await client.get(third.headers["Location"])

    assert "Will you sign “Time to listen”?" in first.text
    assert "20 days are left" in first.text
    assert "You are about to sign" in second.text
    assert (third.status_code, third.headers["Location"]) == (303, path)
    assert "You have signed" in receipt.text
    kept = (await answers())[0]
    assert (kept.kind, kept.capacity, kept.signatory_name) == ("signed", "organisation", "Ana Ruiz")
    assert kept.record_id in receipt.text
    assert kept.entry_sha256 in receipt.text


@pytest.mark.parametrize("missing", ["nonce", "attested", "name", "capacity"])
async def test_link_2_without_one_of_them_nothing_is_written(
    client: httpx.AsyncClient, now: datetime, missing: str
) -> None:
    _, path = await opened(now)
    fields = await reviewed(client, path) | FILLED
    before = await dump_tables()

    refused = await client.post(
        f"{path}/answer", data={name: value for name, value in fields.items() if name != missing}
    )

    assert refused.status_code == 422
    assert await dump_tables() == before


async def test_link_2_scanner_that_submits_every_form_writes_no_answer(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)
    first = await client.get(path)

    bare = await client.post(f"{path}/review", data=hidden(first))
    pressed = await client.post(f"{path}/review", data=hidden(first) | {"choice": "signed"})
    second = await client.post(f"{path}/answer", data=hidden(pressed))
    blind = await client.post(f"{path}/answer")

    assert [page.status_code for page in (bare, pressed, second, blind)] == [422, 200, 422, 422]
    assert await answers() == []


async def test_link_2_what_was_typed_comes_back_with_the_faults(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)
    fields = await reviewed(client, path, "changes_requested")

    back = await client.post(
        f"{path}/answer", data=fields | {"reason": "Too short <b>", "name": "Ana <Ruiz>"}
    )

    assert back.status_code == 422
    assert "Too short &lt;b&gt;" in back.text
    assert "Ana &lt;Ruiz&gt;" in back.text
    assert "Say what should change, in at least 20 characters." in back.text
    assert "Tick the box" in back.text
    assert hidden(back)["nonce"] == fields["nonce"]


async def test_link_2_no_cookie_is_set_and_none_is_needed(client: httpx.AsyncClient, now: datetime) -> None:
    _, path = await opened(now)

    first = await client.get(path)
    second = await client.post(f"{path}/review", data=hidden(first) | {"choice": "declined"})
    third = await client.post(f"{path}/answer", data=hidden(second) | FILLED)

    assert [page.headers.get("Set-Cookie") for page in (first, second, third)] == [None] * 3
    assert [answer.kind for answer in await answers()] == ["declined"]


async def test_link_2_three_choices_weigh_the_same(client: httpx.AsyncClient, now: datetime) -> None:
    _, path = await opened(now)

    page = await client.get(path)

    buttons = re.findall(r'<button class="([^"]*)" type="submit" name="choice" value="(\w+)">', page.text)
    assert [value for _, value in buttons] == ["signed", "changes_requested", "declined"]
    assert {look for look, _ in buttons} == {"button outline"}


async def test_link_3_text_swapped_between_page_and_post(client: httpx.AsyncClient, now: datetime) -> None:
    statement, path = await opened(now)
    secretary = await secretariat()
    fields = await reviewed(client, path) | FILLED
    first_page = hidden(await client.get(path)) | {"choice": "signed"}
    await actions.rework(statement.slug, actor=secretary, now=now)
    await actions.add_version(statement.slug, actor=secretary, now=now, text="Another text altogether.")
    await actions.freeze(statement.slug, actor=secretary, now=now)
    await actions.open_for_signing(statement.slug, actor=secretary, now=now)

    late = await client.post(f"{path}/answer", data=fields)
    early = await client.post(f"{path}/review", data=first_page)
    page = await client.get(path)

    assert (late.status_code, early.status_code, page.status_code) == (409, 409, 410)
    assert "The text has changed, please read it again" in late.text
    assert "The text has changed" in page.text
    assert await answers() == []


async def test_link_3_form_with_another_hash_is_refused(client: httpx.AsyncClient, now: datetime) -> None:
    _, path = await opened(now)
    fields = await reviewed(client, path) | FILLED | {"text_set": "0" * 64}

    refused = await client.post(f"{path}/answer", data=fields)

    assert refused.status_code == 409
    assert await answers() == []


async def test_link_4_same_nonce_twice_is_one_answer(client: httpx.AsyncClient, now: datetime) -> None:
    _, path = await opened(now)
    fields = await reviewed(client, path) | FILLED

    first = await client.post(f"{path}/answer", data=fields)
    second = await client.post(f"{path}/answer", data=fields | {"name": "Somebody Else"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(await answers()) == 1


async def test_link_4_twenty_posts_at_once_are_one_answer(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    _, path = await opened(now)
    fields = await reviewed(client, path) | FILLED

    pages = await asyncio.gather(*(client.post(f"{path}/answer", data=fields) for _ in range(20)))
    receipts = {(await client.get(page.headers["Location"])).text for page in pages}

    assert {page.status_code for page in pages} == {303}
    assert len(await answers()) == 1
    assert len(receipts) == 1
    kinds = [mail["Subject"] for mail in await postbox.deliver(now)]
    assert sorted(kinds) == [
        "Centre for Kindness has signed: “Time to listen”",
        "You have signed: “Time to listen”",
    ]


async def test_link_5_null_origin_is_taken_and_cross_site_refused(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)
    first = hidden(await client.get(path)) | {"choice": "signed"}

    foreign = await client.post(f"{path}/review", data=first, headers={"Sec-Fetch-Site": "cross-site"})
    own = await client.post(
        f"{path}/review", data=first, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    )
    fields = hidden(own) | FILLED
    foreign_answer = await client.post(
        f"{path}/answer", data=fields, headers={"Sec-Fetch-Site": "cross-site"}
    )
    own_answer = await client.post(f"{path}/answer", data=fields, headers={"Origin": "null"})

    assert (foreign.status_code, own.status_code) == (403, 200)
    assert (foreign_answer.status_code, own_answer.status_code) == (403, 303)
    assert await FormNonce.count() == 1


async def test_link_5_mail_program_may_open_the_page_from_elsewhere(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)

    page = await client.get(path, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status_code == 200


async def test_link_6_headers_keep_it_private(client: httpx.AsyncClient, now: datetime) -> None:
    _, path = await opened(now)
    first = await client.get(path)
    second = await client.post(f"{path}/review", data=hidden(first) | {"choice": "signed"})
    wrong = await client.get("/sign/nothing")

    for page in (first, second, wrong):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "ETag" not in page.headers


ADDRESSES = (
    ("GET", ""),
    ("HEAD", ""),
    ("GET", "/deadline.ics"),
    ("GET", "/text.pdf"),
    ("GET", "/others"),
    ("POST", "/review"),
    ("POST", "/answer"),
    ("POST", "/line"),
    ("POST", "/delegation"),
    ("POST", "/wrong-person"),
    ("POST", "/reminder"),
)
"""Every address below a signing link."""


async def test_link_7_unknown_expired_revoked_malformed_are_one_page(
    client: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, live = await opened(now)
    request = (await queries.requests_of(statement))[0]
    expired = await links.issue("sign", subject=str(request.id), now=now, expires_at=now)
    revoked = await links.issue("sign", subject="999", now=now)
    await links.end_all("sign", subject="999", reason="revoked", now=now)
    other = await links.issue("registration", subject=str(request.id), now=now)
    wrong = [tokens.mint(), expired, revoked, other, "short", "x" * 500, "%F0%9F%92%94" + "y" * 42]
    statements_run = count_statements(monkeypatch)

    texts = set()
    for method, below in ADDRESSES:
        told = set()
        for token in wrong:
            statements_run.clear()
            page = await client.request(method, f"/sign/{token}{below}")
            told.add((page.status_code, page.text, str(page.headers), len(statements_run)))
        assert len(told) == 1, (method, below)
        status, text, _, look_ups = told.pop()
        assert (status, look_ups) == (404, 1), (method, below)
        texts.add(text)

    assert texts == {"", max(texts)}
    assert NOTHING in max(texts)
    assert (await client.get(live)).status_code == 200


def test_link_7_no_address_below_a_signing_link_is_forgotten() -> None:
    routes = {(one.method, one.path) for one in actions_of(application())}

    below = {(method, path.split("}", 1)[1]) for method, path in routes if path.startswith("/sign/{token")}

    assert below == set(ADDRESSES) - {("HEAD", "")}


def count_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database is asked from now on."""
    run: list[str] = []
    engine: Any = db.engine()
    original = engine.run_querystring

    async def counted(querystring: Any, *args: Any, **kwargs: Any) -> Any:
        run.append(str(querystring))
        return await original(querystring, *args, **kwargs)

    monkeypatch.setattr(engine, "run_querystring", counted)
    return run


async def test_guessing_links_ends_and_the_right_one_still_opens(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)
    for _ in range(599):
        visitor.check_rate("wrong_link", "127.0.0.1")

    last = await client.get(f"/sign/{tokens.mint()}")
    one_more = await client.get(f"/sign/{tokens.mint()}")

    assert (last.status_code, one_more.status_code) == (404, 429)
    assert int(one_more.headers["Retry-After"]) > 0
    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("end", ["deadline", "rework"])
async def test_what_was_typed_too_late_is_not_lost(
    client: httpx.AsyncClient, now: datetime, clock: Clock, end: str
) -> None:
    statement, path = await opened(now)
    wish = "Paragraph 2 should name nurses too."
    fields = await reviewed(client, path, "changes_requested") | FILLED | {"reason": wish}
    if end == "rework":
        await actions.rework(statement.slug, actor=await secretariat(), now=now)
    else:
        clock.now = now + timedelta(days=20)

    late = await client.post(f"{path}/answer", data=fields)

    assert late.status_code == (409 if end == "rework" else 410)
    assert "It has not been sent" in late.text
    assert wish in late.text
    assert wish not in (await client.get(path)).text
    assert await answers() == []


async def test_link_7_after_the_deadline_says_so_and_takes_nothing(
    client: httpx.AsyncClient, now: datetime, clock: Clock
) -> None:
    _, path = await opened(now)
    fields = await reviewed(client, path) | FILLED
    clock.now = now + timedelta(days=20)

    page = await client.get(path)
    refused = await client.post(f"{path}/answer", data=fields)

    assert (page.status_code, refused.status_code) == (410, 410)
    assert "Signing has ended" in page.text
    assert "could be signed until Sunday 22 March 2026, 09:00 London" in page.text
    assert "secretariat@network.example" in page.text
    assert await answers() == []


async def test_link_7_a_moment_before_the_deadline_counts(
    client: httpx.AsyncClient, now: datetime, clock: Clock
) -> None:
    _, path = await opened(now)
    fields = await reviewed(client, path) | FILLED
    clock.now = now + timedelta(days=20) - timedelta(milliseconds=1)

    # the form was opened nearly three weeks ago: it asks for the choice once more, and keeps what was typed
    old = await client.post(f"{path}/answer", data=fields)
    signed = await client.post(f"{path}/answer", data=await reviewed(client, path) | FILLED)

    assert old.status_code == 422
    assert "left open for too long" in old.text
    assert hidden(old)["name"] == "Ana Ruiz"
    assert signed.status_code == 303


async def test_link_7_same_form_after_the_end_still_shows_the_receipt(
    client: httpx.AsyncClient, now: datetime, clock: Clock
) -> None:
    statement, path = await opened(now)
    fields = await reviewed(client, path) | FILLED
    await client.post(f"{path}/answer", data=fields)
    await actions.close(statement.slug, actor=await secretariat(), now=now, note="It is time.")

    again = await client.post(f"{path}/answer", data=fields)
    page = await client.get(path)

    assert again.status_code == 303
    assert page.status_code == 200
    assert "Signing has ended" in page.text
    assert (await answers())[0].record_id in page.text


async def test_link_7_while_the_text_is_reworked_says_so(client: httpx.AsyncClient, now: datetime) -> None:
    statement, path = await opened(now)
    await give_answer(path.removeprefix("/sign/"), now=now)
    await actions.rework(statement.slug, actor=await secretariat(), now=now)

    page = await client.get(path)

    assert "The text is being changed" in page.text
    assert "We write to you again when the new text is ready." in page.text
    assert "It does not count for the new one." in page.text


async def test_link_7_cancelled_and_published_have_their_own_words(
    client: httpx.AsyncClient, now: datetime
) -> None:
    secretary = await secretariat()
    statement, path = await opened(now)
    await give_answer(path.removeprefix("/sign/"), now=now)
    await actions.close(statement.slug, actor=secretary, now=now, note="It is time.")
    await actions.publish(statement.slug, actor=secretary, now=now)
    other = await make_open(secretary, now=now, title="Another one")
    member = (await queries.requests_of(statement))[0]
    request = next(r for r in await queries.requests_of(other) if r.organisation == member.organisation)
    token = await links.issue("sign", subject=str(request.id), now=now)
    await actions.cancel(other.slug, actor=secretary, now=now)

    published = await client.get(path)
    cancelled = await client.get(f"/sign/{token}")

    assert f'<a href="/statements/{statement.slug}">' in published.text
    assert "This statement was withdrawn" in cancelled.text


async def test_link_7_counted_adopted_and_not_adopted_have_their_own_words(
    client: httpx.AsyncClient, now: datetime, clock: Any
) -> None:
    statement, path = await opened(now, policy="unanimous")
    await give_answer(path.removeprefix("/sign/"), "declined", now=now)
    clock.now = now + timedelta(days=20)
    await actions.close_overdue(clock.now)

    counting = await client.get(path)
    await actions.settle(statement.slug, actor=await secretariat(), now=clock.now)
    settled = await client.get(path)
    await Statement.update({Statement.state: "adopted"}).where(Statement.id == statement.id)
    adopted = await client.get(path)

    assert "The answers are being counted." in counting.text
    assert "The statement was not adopted" in settled.text
    assert "Too few organisations have signed" in settled.text
    assert "being counted" not in settled.text
    assert "is about to be published" in adopted.text


async def test_link_8_no_live_link_anywhere(
    client: httpx.AsyncClient,
    now: datetime,
    postbox: Postbox,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    secretary = await secretariat()
    await make_member("Centre for Kindness")
    statement = await make_open(secretary, now=now)
    path = link_in((await postbox.deliver(now))[0], "/sign/")
    token = path.removeprefix("/sign/")
    await client.post(f"{path}/answer", data=await reviewed(client, path) | FILLED)
    await client.post(f"{path}/answer", data={"nonce": "wrong"})
    await sign_in(client, secretary, now=now)

    board = await client.get(f"/desk/statements/{statement.slug}")
    public = await client.get(f"/statements/{statement.slug}")
    api = await client.get(
        f"/api/v1/statements/{statement.slug}", headers=await bearer(await secretariat(via="api"), now=now)
    )
    mails = await client.get("/desk/mails")
    sent = await client.get("/desk/mails/1")

    rows = "\n".join(row for rows in (await dump_tables()).values() for row in rows)
    files = b"".join(file.read_bytes() for file in (tmp_path / "var").rglob("*") if file.is_file())
    said = capfd.readouterr()
    assert len(token) == 43
    assert {page.status_code for page in (board, public, api, mails, sent)} == {200}
    for place in (board.text, public.text, api.text, mails.text, sent.text, rows, said.out, said.err):
        assert token not in place
    assert token.encode() not in files
    assert "/sign/…" in said.out + said.err


async def test_link_9_forged_host_gets_nowhere(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    secretary = await secretariat()
    await make_member("Centre for Kindness")
    statement = await make_open(secretary, now=now)
    csrf = await sign_in(client, secretary, now=now)
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    later = now + timedelta(days=2)
    client.headers.update(forged)

    await postbox.deliver(now)
    invited = postbox.messages[0]
    path = link_in(invited, "/sign/")
    page = await client.get(path)
    signed = await client.post(f"{path}/answer", data=await reviewed(client, path) | FILLED)
    await client.post(f"/desk/statements/{statement.slug}/closure", data={"csrf": csrf})
    await postbox.deliver(later)

    assert signed.headers["Location"] == path
    assert "evil.example" not in page.text
    assert all("evil.example" not in message.as_string() for message in postbox.messages)
    assert f"<{BASE_URL}{path}>" in text_of(invited)
    assert len(f"{BASE_URL}{path}") < 120


async def test_link_9_address_is_the_sockets_unless_a_proxy_is_trusted(
    client: httpx.AsyncClient, now: datetime
) -> None:
    _, path = await opened(now)

    fields = await reviewed(client, path) | FILLED
    await client.post(f"{path}/answer", data=fields, headers={"X-Forwarded-For": "203.0.113.9"})

    private = (await ResponsePrivate.objects())[0].private
    assert '"address":"127.0.0.1","address_source":"socket"' in private


async def test_link_9_address_is_the_line_that_the_trusted_proxy_added(
    client: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_TRUSTED_PROXIES", "127.0.0.0/8")
    settings.current.cache_clear()
    _, path = await opened(now)

    fields = await reviewed(client, path) | FILLED
    lines = [("X-Forwarded-For", "192.0.2.66"), ("X-Forwarded-For", "203.0.113.9")]
    await client.post(f"{path}/answer", data=fields, headers=lines)

    private = (await ResponsePrivate.objects())[0].private
    assert '"address":"203.0.113.9","address_source":"forwarded"' in private


async def test_answer_can_be_changed_until_the_end_and_the_last_counts(
    client: httpx.AsyncClient, now: datetime
) -> None:
    statement, path = await opened(now)
    await client.post(f"{path}/answer", data=await reviewed(client, path) | FILLED)

    changed = await client.post(f"{path}/answer", data=await reviewed(client, path, "declined") | FILLED)
    page = await client.get(path)

    assert changed.status_code == 303
    assert "You have declined" in page.text
    assert [answer.kind for answer in await answers()] == ["signed", "declined"]
    assert [a.kind for a in (await queries.answers_of(statement)).values()] == ["declined"]


async def test_names_and_titles_are_escaped(client: httpx.AsyncClient, now: datetime) -> None:
    nasty = "<script>alert(1)</script>"
    member = await make_member(f"Centre {nasty}", signatory=f"Ana {nasty}")
    text = f"A text with {nasty} and [a link](javascript:alert(1)) and <img src=x onerror=alert(1)>"
    statement = await make_open(await secretariat(), now=now, title=f"On {nasty}", text=text)
    path = f"/sign/{await link_to(statement, member, now=now)}"

    first = await client.get(path)
    second = await client.post(f"{path}/review", data=hidden(first) | {"choice": "signed"})

    for page in (first, second):
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert 'href="javascript' not in page.text
        assert "&lt;script&gt;" in page.text


async def test_page_is_light(client: httpx.AsyncClient, now: datetime) -> None:
    long_text = "\n\n".join(f"{n}. " + "Patients who are heard get better care. " * 12 for n in range(1, 13))
    member = await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now, text=long_text)
    page = await client.get(f"/sign/{await link_to(statement, member, now=now)}")

    files = re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', page.text)
    sent = int(page.headers["Content-Length"])
    for address in files:
        answer = await client.get(address, headers={"Accept-Encoding": "br"})
        sent += int(answer.headers.get("Content-Length", 0)) or len(answer.content)

    assert len(files) == 3
    assert sent < 30_000


async def test_request_of_another_member_is_not_shown(client: httpx.AsyncClient, now: datetime) -> None:
    other = await make_member("The Other Member", signatory="Otto Other")
    statement, path = await opened(now)
    await give_answer(await link_to(statement, other, now=now), now=now)

    page = await client.get(path)

    assert "Otto Other" not in page.text
    assert "The Other Member" not in page.text
    assert await request_to(statement, other)
