"""The world of a journey: the real server in its own process, a real SMTP server, and people with browsers."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import httpx

from tests import no_secrets, servers
from tests.postbox import text_of
from tests.smtp_server import Post, smtp_server

PATIENCE = 20.0
SECRETARY = "sam@network.example"


@dataclass
class World:
    """One running service with its mail server."""

    base_url: str
    post: Post
    settings: dict[str, str]
    folder: Path
    seen: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def summit(self, *arguments: str) -> str:
        """Run a command of `summit` against the same database; what it prints."""
        return servers.run(*arguments, settings=self.settings, folder=self.folder)

    def api(self, email: str) -> httpx.AsyncClient:
        """A program that acts for this person, always with the token that was made for it first."""
        if email not in self.tokens:
            self.tokens[email] = self.summit("token", "create", "--email", email)
        token = self.tokens[email]
        return httpx.AsyncClient(
            base_url=f"{self.base_url}/api/v1", headers={"Authorization": f"Bearer {token}"}, verify=False
        )

    def browser(self) -> httpx.AsyncClient:
        """Somebody with a browser without scripts."""
        return httpx.AsyncClient(base_url=self.base_url, follow_redirects=True, verify=False)

    async def mail_to(self, address: str, subject: str) -> EmailMessage:
        """The next mail to that address whose subject has these words; waits for it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for number, message in enumerate(self.post.messages):
                fresh = number >= self.seen.get(address, 0)
                if (
                    fresh
                    and address in str(message["To"])
                    and subject.lower() in str(message["Subject"]).lower()
                ):
                    self.seen[address] = number + 1
                    return message
            await asyncio.sleep(0.02)
        arrived = [(str(message["To"]), str(message["Subject"])) for message in self.post.messages]
        raise AssertionError(f"No mail to {address} about “{subject}” came. There were: {arrived}")

    async def signed_in(self, email: str) -> httpx.AsyncClient:
        """A browser in which this person has signed in by the link in their mail."""
        browser = self.browser()
        asked = await browser.post("/sign-in", data={"email": email})
        assert asked.status_code == 200
        link = link_in(await self.mail_to(email, "sign in"), "/sign-in/")
        shown = await browser.get(link)
        assert shown.status_code == 200
        assert not any("login" in name for name in browser.cookies)
        await browser.post(link, data=hidden_fields(shown.text))
        assert any("login" in name for name in browser.cookies)
        return browser


@asynccontextmanager
async def a_world(
    folder: Path, database_url: str, *, workers: int = 1, settings: Mapping[str, str] | None = None
) -> AsyncIterator[World]:
    """Everything runs until the block ends. The server waits for the mail server when it stops, so both go on then."""
    async with smtp_server() as post:
        own = {"SUMMIT_DATABASE_URL": database_url, "SUMMIT_SMTP_URL": post.url, **(settings or {})}
        server = servers.serving(folder, settings=own, workers=workers)
        base_url = await asyncio.to_thread(server.__enter__)
        try:
            all_settings = {**own, "SUMMIT_BASE_URL": base_url, "SUMMIT_VAR_DIR": str(folder / "var")}
            world = World(base_url, post, all_settings, folder)
            world.summit(
                "person", "add", "--email", SECRETARY, "--name", "Sam Secretary", "--role", "secretariat"
            )
            yield world
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
        await no_secrets.check_world(database_url, folder, post.messages)


def link_in(message: EmailMessage, path: str) -> str:
    """The path of the link in the mail's text that begins with `path`."""
    found = re.search(rf"<(https?://[^/>]+)({re.escape(path)}[^>]+)>", text_of(message))
    assert found, text_of(message)
    return found[2]


def hidden_fields(html: str) -> dict[str, str]:
    """Names and values of the hidden fields of a page, as a browser would send them."""
    tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}
