"""Rule 11 of the link: a token has a purpose, and one of a purpose opens nothing of another."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from limits import RateLimitItemPerMinute

import summit_service
from summit_service import edge, links, logs, visitor
from summit_service.app import create_app
from tests.factories import secretariat
from tests.factories_statements import dump_tables, give_answer, link_to, make_member, make_open
from tests.rights.asking import actions_of

PACKAGE = Path(summit_service.__file__).parent
MINTING = {"LinkSpec", "issue", "find", "find_live", "end_all"}
PAIRS = [(made, asked) for made in links.PURPOSES for asked in links.PURPOSES if made != asked]


def purposes_in_the_code() -> Iterator[str]:
    """The purpose of every call that mints or looks up a link, as its module resolves it."""
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in MINTING:
                named = [keyword.value for keyword in call.keywords if keyword.arg == "purpose"]
                for given in (*named, *call.args[:1]):
                    yield from _resolved(given, path)


def _name(func: ast.expr) -> str:
    if isinstance(func, ast.Attribute):
        is_ours = isinstance(func.value, ast.Name) and func.value.id == "links"
        return func.attr if is_ours or func.attr == "LinkSpec" else ""
    return func.id if isinstance(func, ast.Name) and func.id == "LinkSpec" else ""


def _resolved(given: ast.expr, path: Path) -> Iterator[str]:
    if isinstance(given, ast.Constant):
        yield str(given.value)
    elif isinstance(given, ast.Name | ast.Attribute):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        names = vars(importlib.import_module(".".join(parts).removesuffix(".__init__")))
        words = ast.unparse(given).split(".")
        if words[0] not in names:
            return  # a parameter: its callers are looked at
        found = names[words[0]]
        for word in words[1:]:
            found = getattr(found, word)
        yield str(found)


def test_every_purpose_in_the_code_is_on_the_list() -> None:
    found = set(purposes_in_the_code())

    assert {"sign", "dispute", "sign_in"} <= found
    assert found == set(links.PURPOSES)


@pytest.mark.parametrize("path", links.PURPOSES.values())
def test_every_secret_address_is_masked_and_private(path: str) -> None:
    address = path.replace("{token}", "a-secret")

    assert "a-secret" not in logs.mask(f"GET {address} HTTP/1.1")
    assert address.startswith(edge.SECRET_PREFIXES)


def test_every_route_with_a_token_keeps_it_to_itself() -> None:
    asked = {action.path for action in actions_of(create_app()) if "{token:" in action.path}

    assert {
        "/api/v1/registrations/{token:str}",
        "/api/v1/doors/{token:str}/list",
        "/sign/{token:str}",
    } <= asked
    for path in asked:
        address = path.replace("{token:str}", "a-secret")
        assert address.startswith(edge.SECRET_PREFIXES), path
        assert "a-secret" not in logs.mask(f"GET {address} HTTP/1.1")


async def test_wrong_links_of_the_api_are_private_and_counted_with_those_of_the_pages(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(visitor.LIMITS, "wrong_link", RateLimitItemPerMinute(3, 1))

    pages = [await client.get("/registrations/wrong") for _ in range(2)]
    told = [await client.get(f"/api/v1/{folder}") for folder in ("registrations/wrong", "doors/wrong/list")]

    assert [answer.status_code for answer in (*pages, *told)] == [404, 404, 404, 429]
    assert [answer.headers["cache-control"] for answer in told] == ["no-store"] * 2
    assert [answer.headers["referrer-policy"] for answer in told] == ["no-referrer"] * 2


async def test_link_11_token_of_one_purpose_opens_nothing_of_another(
    client: httpx.AsyncClient, now: datetime
) -> None:
    member = await make_member("Centre for Kindness", contact_email="head@kind.example")
    statement = await make_open(await secretariat(), now=now)
    answer = await give_answer(await link_to(statement, member, now=now), now=now)
    subjects = dict.fromkeys(links.PURPOSES, "1") | {"dispute": f"{answer.record_id}:signatory"}
    until = now + timedelta(days=1)
    tokens = {
        purpose: await links.issue(purpose, subject=subject, now=now, expires_at=until)
        for purpose, subject in subjects.items()
    }
    before = await dump_tables()

    opened = {}
    for made, asked in PAIRS:
        address = links.PURPOSES[asked].replace("{token}", tokens[made])
        assert await links.find(asked, tokens[made]) is None
        pages = [await client.get(address), await client.post(address, data={"confirmed": "yes"})]
        opened[made, asked] = {page.status_code for page in pages}

    assert len(opened) == len(links.PURPOSES) * (len(links.PURPOSES) - 1)
    assert {pair: codes for pair, codes in opened.items() if not codes <= {400, 404, 405, 410, 422}} == {}
    assert await dump_tables() == before


async def test_link_11_stopping_mails_touches_no_request(client: httpx.AsyncClient, now: datetime) -> None:
    member = await make_member("Centre for Kindness")
    statement = await make_open(await secretariat(), now=now)
    token = await link_to(statement, member, now=now)
    stop = await links.issue("unsubscribe", subject="1", now=now)
    tables = ("signing_request", "response", "link", "ledger_entry")
    before = await dump_tables()

    await client.post(f"/unsubscribe/{stop}", data={"List-Unsubscribe": "One-Click"})

    after = await dump_tables()
    assert {name: after[name] for name in tables} == {name: before[name] for name in tables}
    assert (await client.get(f"/sign/{token}")).status_code == 200
