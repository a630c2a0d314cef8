"""Pages: the logo of an organisation, sent by its representatives, and the picture itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid
from summit_service.members import actions, logos, pictures
from summit_service.members.tables import Organisation
from summit_service.web import rates
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.members_people import managed

AnyRequest = Request[Any, Any, Any]
FOREVER = "public, max-age=31536000, immutable"


@get("/organisations/{slug:str}/logo")
async def logo_form(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """The logo as it is, and the form to send another one."""
    return await _form(request, actor, await managed(slug, actor))


@post(
    "/organisations/{slug:str}/logo",
    status_code=200,
    request_max_body_size=pictures.LARGEST_FILE + 500_000,
)
async def send_logo(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Show this logo from now on."""
    found = await managed(slug, actor)
    rates.check(request, "picture")
    form = await request.form()
    given, alt = form.get("file"), text(form, "alt")
    data = await given.read() if isinstance(given, UploadFile) else b""
    try:
        await actions.set_logo(slug, data, alt=alt, actor=actor, now=now)
    except Invalid as refusal:
        return await _form(request, actor, found, alt=alt, faults=refusal.by_field())
    return see_other(f"/organisations/{slug}?done=logo")


@post("/organisations/{slug:str}/logo/removal")
async def remove_logo(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Show no logo any more."""
    await actions.remove_logo(slug, actor=actor, now=now)
    return see_other(f"/organisations/{slug}?done=logo_removed")


@get("/logos/{digest:str}")
async def logo(request: AnyRequest, digest: FromPath[str]) -> Response[bytes | None]:
    """The picture; its address changes with its bytes, so that it can be kept for ever."""
    found = await logos.picture(digest)
    headers = {
        "ETag": f'"{digest}"',
        "Cache-Control": FOREVER,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    known = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if f'"{digest}"' in known:
        return Response(None, status_code=304, headers=headers)
    return Response(found.data, media_type=found.media_type, headers=headers)


async def _form(
    request: AnyRequest,
    actor: Actor,
    organisation: Organisation,
    *,
    alt: str | None = None,
    faults: dict[str, str] | None = None,
) -> Response[str]:
    shown = await logos.logo_of(organisation.id)
    return page(
        request,
        "members/logo.html",
        actor=actor,
        status=422 if faults else 200,
        organisation=organisation,
        logo=shown,
        alt=alt if alt is not None else shown.alt if shown else "",
        faults=faults or {},
        noindex=True,
    )


ROUTES: list[Any] = [logo_form, send_logo, remove_logo, logo]
