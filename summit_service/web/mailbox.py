"""Pages: the demo's mailbox, which shows every mail as its reader would see it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service import settings
from summit_service.accounts.actor import Actor
from summit_service.errors import NotFound
from summit_service.mail import mailbox
from summit_service.mail.mailbox import Letter
from summit_service.web.layout import page

PAGE = 50
VIEWS = ("mail", "text", "headers")
ADDRESS = re.compile(r"(https?://[^\s<>\"]+)")
FRAMING = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
}
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@get("/mailbox")
async def letters(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    q: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """Every mail that was sent, the newest first."""
    found = await asyncio.to_thread(mailbox.letters, _folder(), search=q, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    older = shown[-1].id if len(found) > PAGE else None
    return page(
        request,
        "mailbox/list.html",
        actor=actor,
        letters=shown,
        search=q,
        before=before,
        older=older,
        noindex=True,
    )


@get("/mailbox/{identifier:int}")
async def letter(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    identifier: FromPath[int],
    view: FromQuery[str] = "mail",
) -> Response[str]:
    """One mail: as its reader sees it, as plain text, or what its envelope says."""
    found = await _letter(identifier)
    chosen = view if view in VIEWS else "mail"
    return page(
        request,
        "mailbox/letter.html",
        actor=actor,
        headers=FRAMING,
        letter=found,
        view=chosen,
        pieces=ADDRESS.split(found.text),
        noindex=True,
    )


@get("/mailbox/{identifier:int}/html")
async def letter_html(identifier: FromPath[int]) -> Response[str]:
    """The HTML part alone, for the frame; its links open in the whole window."""
    found = await _letter(identifier)
    html = re.sub(r"(?i)<head[^>]*>", lambda tag: tag[0] + '<base target="_top">', found.html, count=1)
    return Response(html, media_type=MediaType.HTML, headers=FRAMED)


@get("/mailbox/{identifier:int}/invite.ics")
async def letter_calendar(identifier: FromPath[int]) -> Response[bytes]:
    """The calendar entry of a mail, for a calendar app."""
    found = await _letter(identifier)
    if found.calendar is None:
        raise NotFound("This mail has no calendar entry.")
    return Response(
        found.calendar,
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="invite.ics"', "Cache-Control": "no-store"},
    )


def _folder() -> Path:
    """Where the mails are; there is no such page outside the demo, nor when they go to a real server."""
    current = settings.current()
    if not current.is_demo or current.smtp_url is not None:
        raise NotFound("There is nothing at this address. It may have been mistyped or cut off.")
    return current.mailbox_dir


async def _letter(identifier: int) -> Letter:
    found = await asyncio.to_thread(mailbox.letter, _folder(), identifier)
    if found is None:
        raise NotFound("There is no such mail in the mailbox.")
    return found


ROUTES: list[Any] = [letters, letter, letter_html, letter_calendar]
