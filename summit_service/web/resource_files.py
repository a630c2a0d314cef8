"""Pages: the file of a resource, sent by who shares it, and the download itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import downloads
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.resources import actions, files, queries
from summit_service.resources.queries import ResourceView
from summit_service.web import rates
from summit_service.web.layout import page, see_other
from summit_service.web.resource_forms import changeable

AnyRequest = Request[Any, Any, Any]


@get("/resources/{slug:str}/download")
async def download(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[bytes | None]:
    """The file, to be saved; for whoever may see the resource."""
    found = await queries.resource_by_slug(slug, viewer=actor)
    if found.state == "withdrawn":
        raise Gone("This resource was withdrawn, and its file with it.")
    carried = await files.content_of(found.id)
    headers = downloads.headers(carried.name, carried.digest)
    if downloads.is_known(request.headers.get("If-None-Match", ""), carried.digest):
        return Response(None, status_code=304, headers=headers)
    return Response(carried.data, media_type=carried.media_type, headers=headers)


@get("/resources/{slug:str}/file")
async def file_form(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """The file as it is, and the form to send another one."""
    return _form(request, actor, await changeable(slug, actor))


@post("/resources/{slug:str}/file", status_code=200, request_max_body_size=files.LARGEST + 500_000)
async def send_file(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Hand out this file from now on."""
    found = await changeable(slug, actor)
    rates.check(request, "picture")
    data, name = await sent_file(request)
    try:
        await actions.set_file(slug, data, name=name, actor=actor, now=now)
    except Invalid as refusal:
        return _form(request, actor, found, fault=refusal.sentence)
    return see_other(f"/resources/{slug}?done=file")


@post("/resources/{slug:str}/file/removal", status_code=200)
async def remove_file(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Hand out no file any more."""
    try:
        await actions.remove_file(slug, actor=actor, now=now)
    except Conflict as refusal:
        found = await changeable(slug, actor)
        return _form(request, actor, found, refusal=refusal.sentence)
    return see_other(f"/resources/{slug}?done=file_removed")


async def sent_file(request: AnyRequest) -> tuple[bytes, str]:
    """The bytes of the form's `file` and the name it came with; nothing where none was chosen."""
    given = (await request.form()).get("file")
    return (await given.read(), given.filename) if isinstance(given, UploadFile) else (b"", "")


def _form(
    request: AnyRequest, actor: Actor, found: ResourceView, *, fault: str = "", refusal: str = ""
) -> Response[str]:
    return page(
        request,
        "resources/file.html",
        actor=actor,
        status=422 if fault else 409 if refusal else 200,
        resource=found,
        faults={"file": fault} if fault else {},
        refusal=refusal,
        noindex=True,
    )


ROUTES: list[Any] = [download, file_form, send_file, remove_file]
