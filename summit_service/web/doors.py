"""Pages: the door. The link is the authority: a helper needs no account. A script works on without a network."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.doors import actions, queries, rules, scans, words
from summit_service.doors.queries import OpenDoor, Seen
from summit_service.errors import Invalid, NotFound
from summit_service.web import rates
from summit_service.web.forms import text
from summit_service.web.layout import STATIC, page, see_other, static

Page = Request[Any, Any, Any]
SHOWN = 12
READER = ("vendor/qr-0.7.0/decode.js", "vendor/qr-0.7.0/index.js")
"""Reads QR codes where the browser itself does not."""


class UploadBody(msgspec.Struct):
    """What a device saw; `sent_at` is what its clock says now."""

    sent_at: str
    scans: list[Any]


@get("/doors/sw.js")
async def worker() -> Response[bytes]:
    """The script that keeps the door's page for when the network is gone; its folder is what it may look after."""
    return Response((STATIC / "door-worker.js").read_bytes(), media_type="text/javascript")


@get("/doors/{token:str}")
async def door(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Look somebody up and let them in; what was just done is said in big words."""
    try:
        opened = await queries.opened(token, now=now)
    except NotFound:
        return _unknown(request)
    search = request.query_params.get("q", "").strip()[:200]
    found = await queries.found(opened.edition, search, now=now) if search else []
    return _page(
        request, token, opened, search=search, found=found, answer=await _answer(request, opened, now=now)
    )


@get("/doors/{token:str}/list.json")
async def door_list(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """What the door keeps for when the network is gone; 304 while it is the same."""
    try:
        opened = await queries.opened(token, now=now)
    except NotFound:
        return _unknown(request)
    content = msgspec.json.encode(await queries.door_list(opened.door, opened.edition, now=now))
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return Response(None, status_code=304, headers={"ETag": tag})
    return Response(content, media_type=MediaType.JSON, headers={"ETag": tag})


@post("/doors/{token:str}/arrivals")
async def let_in(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Let in whoever was found; sent twice it counts once."""
    return await _by_form(request, token, is_undo=False, now=now)


@post("/doors/{token:str}/undo")
async def undo(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Take a check-in back."""
    return await _by_form(request, token, is_undo=True, now=now)


@post("/doors/{token:str}/uploads", status_code=200)
async def upload(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """What a device saw, now or while the network was gone; an answer for each."""
    try:
        await queries.opened(token, now=now, is_upload=True)
    except NotFound:
        return _unknown(request)
    try:
        body = msgspec.json.decode(await request.body(), type=UploadBody)
    except msgspec.MsgspecError as fault:
        raise Invalid.one("scans", f"The upload could not be read: {fault}") from fault
    sent_at = rules.read_moment(body.sent_at, otherwise=now)
    lines = scans.read(body.scans, sent_at=sent_at)
    seen = await actions.record(token, lines, sent_at=sent_at, now=now)
    answers = [{"id": line.identifier, **asdict(one)} for line, one in zip(lines, seen, strict=True)]
    return Response({"answers": answers}, media_type=MediaType.JSON)


@post("/doors/{token:str}/leave")
async def leave(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """End this link."""
    try:
        await actions.leave(token, now=now)
    except NotFound:
        return _unknown(request)
    return page(request, "doors/ended.html", is_left=True, noindex=True)


async def _by_form(request: Page, token: str, *, is_undo: bool, now: datetime) -> Response[Any]:
    form = await request.form()
    number, identifier = text(form, "number"), text(form, "id") or uuid4().hex
    told = {"id": identifier, "number": _number(number), "undo": is_undo}
    try:
        [seen] = await actions.record(token, scans.read([told], sent_at=now), now=now)
    except NotFound:
        return _unknown(request)
    if seen.kind == rules.REFUSED:
        raise Invalid.one("id", seen.reason)
    then = "undone=yes" if is_undo else f"by={identifier}"
    return see_other(f"/doors/{token}?of={_number(number) or 0}&{then}")


async def _answer(request: Page, opened: OpenDoor, *, now: datetime) -> Seen | None:
    """What is said of whoever was just let in, or not."""
    given = request.query_params
    if "of" not in given:
        return None
    row = await queries.registration_numbered(_number(given["of"]))
    is_undone = given.get("undone") == "yes"
    return await queries.seen(opened.edition, row, entry=given.get("by", ""), is_undone=is_undone, now=now)


def _page(
    request: Page, token: str, opened: OpenDoor, *, search: str, found: list[Seen], answer: Seen | None
) -> Response[Any]:
    zone = opened.edition.timezone
    shown = [(one, *words.told(one, zone), uuid4().hex) for one in found[:SHOWN]]
    return page(
        request,
        "doors/door.html",
        token=token,
        door=opened.door,
        edition=opened.edition,
        search=search,
        shown=shown,
        more=max(0, len(found) - SHOWN),
        answer=answer,
        told=words.told(answer, zone) if answer else None,
        words=words.WORDS,
        tones=rules.TONES,
        online_note=words.ONLINE_NOTE,
        reader=[static(READER[0]), f"/static/{READER[1]}"],
        noindex=True,
    )


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _unknown(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    return page(request, "doors/ended.html", status=404, is_left=False, noindex=True)


ROUTES: list[Any] = [worker, door, door_list, let_in, undo, upload, leave]
