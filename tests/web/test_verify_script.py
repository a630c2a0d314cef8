"""The verifier in the browser: the same verdict as ours on every vector, and the page that uses it."""

from __future__ import annotations

import asyncio
import base64
import mimetypes
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, Route

from summit_service import db, edge, settings
from summit_service.statements import bundle, publisher
from summit_service.web.layout import STATIC
from tests import databases
from tests.clients import Clock, new_client
from tests.vectors import bad, first, later, reopened, silent
from tests.vectors.good import publish_one
from tests.web.pages import chromium

pytestmark = pytest.mark.browser

ORIGIN = "http://localhost:9"
SLUG = "time-to-listen"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
JUDGE = """async vectors => {
  const bytes = text => Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
  const keys = await summitVerify.keyList(bytes(vectors.keys));
  const found = [];
  for (const given of vectors.given) {
    const files = typeof given === "string" ? bytes(given)
      : Object.fromEntries(Object.entries(given).map(([name, data]) => [name, bytes(data)]));
    found.push((await summitVerify.verify(files, keys)).verdict);
  }
  return found;
}"""


@dataclass(frozen=True)
class Published:
    """A good bundle, the key that signed it, and the page about checking as it is served."""

    files: dict[str, bytes]
    key: Ed25519PrivateKey
    html: str
    silent: dict[str, bytes]
    later: dict[str, bytes]
    reopened: dict[str, bytes]


@pytest.fixture
def published(sqlite_template: Path, tmp_path: Path) -> Published:
    """Made in an event loop of its own, which is over before the browser starts."""
    with ThreadPoolExecutor(1) as apart:
        url = databases.sqlite_copy(sqlite_template, tmp_path)
        return apart.submit(asyncio.run, _publish(url)).result()


async def _publish(url: str) -> Published:
    db.bind(db.connect(url))
    await db.open()
    try:
        statement, _ = await publish_one(NOW)
        async with new_client(Clock(NOW)) as client:
            page = await client.get(f"/statements/{statement.slug}/verify")
        key = publisher.load(settings.current(), now=NOW).private
        files = await bundle.files_of(statement)
        return Published(
            files,
            key,
            page.text,
            await silent.publish_silent(NOW),
            await later.later_files(NOW),
            await reopened.publish_reopened(NOW),
        )
    finally:
        await db.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def test_both_verifiers_agree_on_every_vector(browser: Browser, published: Published) -> None:
    good = bad.Vector("good", published.files, "valid")
    packed = bad.Vector("good, as a zip", bundle.zipped(published.files), "valid")
    quiet = bad.Vector("good, by silence", published.silent, "valid")
    since = bad.Vector("good, with what happened since", published.later, "valid")
    anew = bad.Vector("good, adopted anew after a dispute", published.reopened, "valid")
    lies = [*silent.lies(published.silent, published.key), *later.lies(published.later, published.key)]
    old = [
        bad.Vector(f"good, in the first format {n}", first.in_first_format(files, published.key), "valid")
        for n, files in enumerate((published.files, published.silent, published.later))
    ]
    vectors = [good, packed, quiet, since, anew, *old, *bad.vectors(published.files, published.key), *lies]
    given = [_encoded(vector.given) for vector in vectors]

    with _shown(browser, published) as page:
        keys = base64.b64encode(published.files["keys.json"]).decode()
        found = page.evaluate(JUDGE, {"keys": keys, "given": given})

    told = {vector.name: verdict for vector, verdict in zip(vectors, found, strict=True)}
    assert len(vectors) >= 200
    assert {v.name: told[v.name] for v in vectors if told[v.name] != v.verdict} == {}


def test_flipped_bytes_are_never_valid_in_the_browser(browser: Browser, published: Published) -> None:
    whole, dice = bundle.zipped(published.files), random.Random(5)
    spoiled = []
    for at in (dice.randrange(len(whole)) for _ in range(200)):
        data = bytearray(whole)
        data[at] ^= 1 << dice.randrange(8)
        spoiled.append(base64.b64encode(data).decode())

    with _shown(browser, published) as page:
        keys = base64.b64encode(published.files["keys.json"]).decode()
        found = page.evaluate(JUDGE, {"keys": keys, "given": spoiled})

    assert len(found) == 200
    assert "valid" not in found


def test_page_checks_what_is_published_and_what_is_given(
    browser: Browser, published: Published, tmp_path: Path
) -> None:
    good, wrong = tmp_path / "bundle.zip", tmp_path / "wrong.zip"
    good.write_bytes(bundle.zipped(published.files))
    wrong.write_bytes(bundle.zipped(published.files)[:-1])

    with _shown(browser, published) as page:
        page.get_by_role("button", name="Check what is published here").click()
        page.wait_for_selector("#check-result[data-verdict=valid]")
        said = page.inner_text("#check-result")
        page.set_input_files("#check-file", wrong)
        page.wait_for_selector("#check-result[data-verdict=invalid]")
        page.set_input_files("#check-file", good)
        page.wait_for_selector("#check-result[data-verdict=valid]")

    assert "It is valid." in said
    assert "1 of 4 asked have signed; 1 in a personal capacity." in said


def test_page_without_javascript_explains_the_steps(browser: Browser, published: Published) -> None:
    with _shown(browser, published, java_script_enabled=False) as page:
        assert page.get_by_text("Without JavaScript, check by hand").is_visible()
        assert page.get_by_text("openssl pkeyutl -verify").is_visible()
        assert not page.get_by_role("button", name="Check what is published here").is_visible()


@contextmanager
def _shown(browser: Browser, published: Published, **context: Any) -> Iterator[Page]:
    """The page as it is served, under our content security policy, with the files beside it."""
    served = {f"/statements/{SLUG}/{name}": data for name, data in published.files.items()}
    served["/statements/keys.json"] = published.files["keys.json"]

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).split("?")[0]
        if path.startswith("/static/"):
            kind = mimetypes.guess_type(path)[0] or "text/plain"
            route.fulfill(body=(STATIC / path.removeprefix("/static/")).read_bytes(), content_type=kind)
        elif path in served:
            route.fulfill(body=served[path], content_type="application/octet-stream")
        else:
            headers = {"Content-Security-Policy": edge.CSP}
            route.fulfill(body=published.html, content_type="text/html; charset=utf-8", headers=headers)

    window = browser.new_context(**context)
    page = window.new_page()
    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/statements/{SLUG}/verify")
    yield page
    window.close()


def _encoded(given: bytes | dict[str, bytes]) -> Any:
    if isinstance(given, bytes):
        return base64.b64encode(given).decode()
    return {name: base64.b64encode(data).decode() for name, data in given.items()}
