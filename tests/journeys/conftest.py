"""The demo in a process of its own, and a browser before it; both once for each worker of the test run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from summit_service.demo import load
from tests import no_secrets
from tests.journeys.world import link_in
from tests.postbox import parsed
from tests.servers import free_port, process, wait_until_up
from tests.web.pages import chromium

SECRETARY = "secretariat@network.example"
MEMBER = "stoneygate@members.example"


@dataclass(frozen=True)
class Demo:
    """The demo that runs: its address and its folder."""

    base_url: str
    folder: Path
    cookies: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def year(self) -> str:
        """The year of the summit that people can register for."""
        return str(load.open_year(datetime.now(UTC)))

    def sign_in(self, page: Page, email: str, *, is_story: bool = False) -> None:
        """As a person would: ask, read the mail, follow the link, press the button.

        Nobody gets more than five of these mails in a quarter of an hour, so what is not the story itself goes on
        with the first login's cookie.
        """
        known = self.cookies.get(email)
        if known and not is_story:
            page.context.add_cookies(known)
            return
        last = self.last_mail()
        page.goto(f"{self.base_url}/sign-in")
        page.get_by_label("Your e-mail address").fill(email)
        page.get_by_role("button", name="Send me a link").click()
        page.goto(self.newest_link(page, email, "/sign-in/", after=last))
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.base_url}/me")
        self.cookies[email] = [
            {"name": cookie["name"], "value": cookie["value"], "url": self.base_url}
            for cookie in page.context.cookies()
        ]

    def last_mail(self) -> int:
        """The number of the newest mail; `after=` it, a mail is new."""
        return max((int(mail.stem) for mail in self._mails()), default=0)

    def newest_link(
        self, page: Page, email: str, path: str, *, after: int = 0, is_oldest: bool = False
    ) -> str:
        """The link in the newest (or oldest) mail to that address that has one of that kind; waits for the mail."""
        for _ in range(200):
            for mail in sorted(self._mails(), key=lambda file: int(file.stem), reverse=not is_oldest):
                is_theirs = int(mail.stem) > after and email in mail.read_text().split("\n\n")[0]
                found = _link(mail, path) if is_theirs else ""
                if found:
                    return f"{self.base_url}{found}"
            page.wait_for_timeout(50)
        raise AssertionError(f"No mail with {path} came to {email}.")

    def address(self, path: str, page: Page) -> str:
        """Where a page of the demo is: `YEAR` is the open summit's, `/sign/LINK to somebody then /others` in a mail.

        `FIRST LINK to` is the one of the oldest mail; `CODE to` the page that checks the paper behind their link.
        """
        if "CODE to " in path:
            return self._check_page(path, page)
        kind, _, rest = path.partition("LINK to ")
        email, _, then = rest.partition(" then ")
        return (
            self.newest_link(page, email, kind.removesuffix("FIRST "), is_oldest=kind.endswith("FIRST "))
            + then
            if email
            else self.base_url + path.replace("YEAR", self.year)
        )

    def _check_page(self, path: str, page: Page) -> str:
        """Where the paper says that it is checked: the delegate opens it by the link in their newest mail."""
        kind, _, rest = path.partition("CODE to ")
        email, _, then = rest.partition(" then ")
        paper = page.request.get(self.newest_link(page, email, "/registrations/") + then).body()
        text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(paper)).pages)
        found = re.search(rf"{re.escape(self.base_url + kind)}\S+", text)
        assert found is not None, text
        return found[0]

    def _mails(self) -> list[Path]:
        return list((self.folder / "mailbox" / "new").glob("*.eml"))


def _link(file: Path, path: str) -> str:
    try:
        return link_in(parsed(file.read_bytes()), path)
    except AssertionError:
        return ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Closed with its module: its event loop would keep the async tests that follow from running."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`summit demo`, loaded and serving."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    log, base_url = folder / "demo.log", f"http://127.0.0.1:{port}"
    arguments = ("demo", "--directory", str(folder / "data"), "--port", str(port))
    with process(*arguments, settings={}, log=log) as started:
        wait_until_up(base_url, started, log)
        yield Demo(base_url, folder / "data")
        secrets = no_secrets.tokens_in_mails(folder)
        assert len(secrets) > 10
        no_secrets.check_files(folder, secrets)
