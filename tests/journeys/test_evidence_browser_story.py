"""Forty signatories in Chromium, each by the links in their mails; the bundle is checked on its page and by openssl."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.journeys import forty
from tests.journeys.world import SECRETARY, World
from tests.web.pages import chromium_beside

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TITLE, COMMENT = "Listen first", "Say when."
PHONE = ViewportSize(width=360, height=740)
PEOPLE_AT_ONCE = 4
PATIENCE = 30_000
"""Milliseconds for a page; a machine that runs other tests too takes longer than one that is quiet."""
BUTTONS = {
    "decline": ("Decline", "Decline now"),
    "change": ("Ask for changes", "Ask for these changes"),
}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_forty_signatories_in_chromium_from_draft_to_a_desk_without_us(
    database_url: str, tmp_path: Path
) -> None:
    async with forty.forty_members(tmp_path, database_url) as world, chromium_beside() as browser:
        async with _window(browser, world, has_scripts=True) as desk:
            board = await _drafted(world, desk)
            for round_number, text in enumerate(forty.DRAFTS[1:]):
                await _round_of_comments(world, browser, desk, board, text, number=round_number)
            await _open(desk, board)
            people = iter(forty.PLAN)
            await asyncio.gather(
                *(_people(world, browser, people, has_scripts=n % 2 == 0) for n in range(PEOPLE_AT_ONCE))
            )
            await _check_board(desk, board)
            await _close_and_publish(desk, board)
        packed = await _read_and_check(world, browser, tmp_path)
        forty.check_with_summit(world, packed)
    forty.check_by_hand(packed, tmp_path)


@asynccontextmanager
async def _window(browser: Browser, world: World, *, has_scripts: bool) -> AsyncIterator[Page]:
    """A phone's window that has never been here; nothing in it may fail, or be asked of another host."""
    window = await browser.new_context(
        base_url=world.base_url, java_script_enabled=has_scripts, viewport=PHONE, reduced_motion="reduce"
    )
    page, faults, hosts = await window.new_page(), list[str](), set[str]()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: hosts.add(httpx.URL(asked.url).netloc.decode()))
    yield page
    await window.close()
    assert [fault for fault in faults if "status of 4" not in fault] == []
    assert hosts == {httpx.URL(world.base_url).netloc.decode()}


async def _go(page: Page, path: str) -> None:
    await page.goto(path, wait_until="domcontentloaded")


async def _press(page: Page, button: str) -> None:
    await page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


async def _press_last(page: Page) -> None:
    await page.get_by_role("main").get_by_role("button").last.click()


async def _says(page: Page, words: str) -> None:
    await expect(page.get_by_role("main")).to_contain_text(words, timeout=PATIENCE)


async def _drafted(world: World, desk: Page) -> str:
    """The secretary signs in by the mailed link and writes the first draft; the path of its board."""
    await _go(desk, "/sign-in")
    await desk.get_by_label("Your e-mail address").fill(SECRETARY)
    await _press(desk, "Send me a link")
    await _go(desk, await forty.path_mailed(world, SECRETARY, "/sign-in/"))
    await _press(desk, "Sign in")
    await desk.wait_for_url("**/me")
    await _go(desk, "/desk/statements/new")
    await desk.get_by_label("Title").fill(TITLE)
    await desk.locator("textarea[name=text]").fill(forty.DRAFTS[0])
    await desk.locator("input[value=sign_on]").check()
    await _press(desk, "Save the draft")
    return httpx.URL(desk.url).path


async def _round_of_comments(
    world: World, browser: Browser, desk: Page, board: str, text: str, *, number: int
) -> None:
    """A member says something by the link in the mail; before it has an answer nothing is frozen; the text changes."""
    await _go(desk, f"{board}/consultation")
    await desk.get_by_label("Until when?").fill(_in_days(20))
    await desk.get_by_label("For how many days").fill("0")
    await _press_last(desk)
    async with _window(browser, world, has_scripts=False) as page:
        member = forty.address_of(*forty.PLAN[number])
        await _go(page, await forty.path_mailed(world, member, "/comments/", nth=number))
        await page.get_by_label("Why, or what else?").fill(COMMENT)
        await _press(page, "Send the comment")
        await _says(page, COMMENT)
    await _go(desk, f"{board}/freeze")
    await _press_last(desk)
    await _says(desk, "has no answer yet")
    await _go(desk, f"{board}/comments")
    unanswered = desk.locator("article details[open]")
    await unanswered.get_by_label("What becomes of it?").select_option("accepted")
    await unanswered.get_by_label("Why?").fill("It is in the next text.")
    await unanswered.get_by_role("button", name="Keep the answer").click()
    await _go(desk, f"{board}/versions")
    await desk.locator("textarea[name=text]").fill(text)
    await _press(desk, "Save this version")


def _in_days(days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT17:00}"


async def _open(desk: Page, board: str) -> None:
    await _go(desk, f"{board}/freeze")
    await _press_last(desk)
    await _go(desk, f"{board}/signing")
    await desk.get_by_label("Until when?").fill(_in_days(9))
    await desk.get_by_label("After how many days may you end signing").fill("0")
    await _press_last(desk)
    await _says(desk, "Answers are taken until")


async def _people(
    world: World, browser: Browser, people: Iterator[tuple[str, int]], *, has_scripts: bool
) -> None:
    """One after the other, in a window that gets no cookie."""
    async with _window(browser, world, has_scripts=has_scripts) as page:
        for kind, number in people:
            await _act(world, page, kind, number)
        assert await page.context.cookies() == []


async def _act(world: World, page: Page, kind: str, number: int) -> None:
    """What this member does with its mail."""
    address = forty.address_of(kind, number)
    if kind == "refused":
        return
    if kind == "returned":
        await forty.bring_back(world, address)
        return
    await _go(page, await forty.path_mailed(world, address, "/sign/"))
    await _says(page, f"Person {number}")
    if kind == "delegate":
        await _delegate(world, page, address, number)
    elif kind != "silent":
        await _answer(page, kind)


async def _answer(page: Page, kind: str) -> None:
    choice, send = BUTTONS.get(kind, ("Sign", "Sign now"))
    await _press(page, choice)
    if kind in BUTTONS:
        await page.locator("textarea[name=reason]").fill(forty.WANTED)
    else:
        capacity = "personal" if kind == "personal" else "organisation"
        await page.locator(f"input[name=capacity][value={capacity}]").check()
    await page.get_by_label("Type your name").fill("Ana")
    await page.locator("input[name=attested]").check()
    await _press(page, send)
    await _says(page, "Fingerprint of the record")


async def _delegate(world: World, page: Page, contact: str, number: int) -> None:
    """Somebody new, whom the main contact confirms by a link of its own; the first link ends."""
    letter, deputy = page.url, f"deputy-{number}@members.example"
    await page.get_by_role("link", name="Somebody else should answer").click()
    await page.get_by_label("Their name").fill(f"Deputy {number}")
    await page.get_by_label("Their address").fill(deputy)
    await _press(page, "Ask the main contact")
    await _go(page, await forty.path_mailed(world, contact, "/delegations/"))
    await page.locator("input[name=sure]").check()
    await _press(page, "Let them answer")
    await _go(page, letter)
    await _says(page, "Somebody else answers now")
    await _go(page, await forty.path_mailed(world, deputy, "/sign/"))
    await _answer(page, "sign")


async def _check_board(desk: Page, board: str) -> None:
    """The desk reads whom no mail reached, and what its servers said."""
    await _go(desk, board)
    for kind, words in (("refused", "could not be delivered"), ("returned", "came back undelivered")):
        line = desk.get_by_role("row").filter(has_text=re.compile(rf"\b{forty.name_of(kind)}\b"))
        await expect(line).to_contain_text(words)
        await expect(line).to_contain_text("550 5.1.1")


async def _close_and_publish(desk: Page, board: str) -> None:
    await _go(desk, f"{board}/closure")
    await desk.get_by_label("Why?").fill("Nobody else will answer.")
    await _press_last(desk)
    await _go(desk, f"{board}/publication")
    await _press_last(desk)
    await _says(desk, "The statement is published")


async def _read_and_check(world: World, browser: Browser, folder: Path) -> bytes:
    """A reader finds it, takes the bundle along and lets the page check both; the bundle."""
    async with _window(browser, world, has_scripts=True) as page:
        await _go(page, "/statements")
        await page.get_by_role("link", name=TITLE).click()
        lines = await page.get_by_role("main").inner_text()
        assert lines.count(", signed by ") == forty.SIGNED
        assert lines.count("signed by Deputy") == forty.COUNTS["delegate"]
        assert f"{forty.SIGNED} of the 40 members that were asked have signed" in lines
        assert forty.WANTED not in lines
        await page.emulate_media(media="print")
        await expect(page.get_by_role("link", name="As BibTeX")).to_be_hidden()
        await expect(page.get_by_alt_text("as a QR code")).to_be_visible()
        await page.emulate_media(media="screen")
        await page.get_by_role("link", name="Check it yourself").click()
        await _press(page, "Check what is published here")
        await expect(page.locator("#check-result")).to_contain_text("It is valid.", timeout=PATIENCE)
        async with page.expect_download() as saving:
            await page.get_by_role("link", name="bundle.zip").click()
        saved = folder / "saved.zip"
        await (await saving.value).save_as(saved)
        await page.reload()
        await page.get_by_label("Or check a bundle that you have").set_input_files(saved)
        await expect(page.locator("#check-result")).to_contain_text("It is valid.", timeout=PATIENCE)
    return saved.read_bytes()
