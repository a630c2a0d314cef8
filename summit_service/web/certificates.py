"""Pages: the certificate of attendance by the delegate's link, and the page where anybody checks one."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.doors import certificates
from summit_service.errors import NotFound
from summit_service.registrations import queries
from summit_service.typeset import CannotTypeset
from summit_service.web import rates
from summit_service.web.layout import page

Page = Request[Any, Any, Any]
NO_FONT = (
    "Your name has characters that we have no font for. Write to the secretariat, and you get it by hand."
)


@get("/registrations/{token:str}/certificate.pdf")
async def certificate(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """The certificate of attendance, once the summit is over, for whoever was let in."""
    try:
        registration_id = await queries.registration_id_of(token, now=now)
    except NotFound:
        rates.check(request, "wrong_link")
        return page(
            request, "registrations/unknown.html", status=404, sentence=queries.UNKNOWN_LINK, noindex=True
        )
    data = await certificates.data_of(registration_id, now=now)
    try:
        made = await asyncio.to_thread(certificates.set_certificate, data)
    except CannotTypeset as fault:
        raise NotFound(NO_FONT) from fault
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="certificate.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@get("/certificates/{code:str}")
async def check(request: Page, code: FromPath[str]) -> Response[Any]:
    """Whether a certificate is valid; it says nothing of the person, but compares a name that is given."""
    rates.check(request, "wrong_link")
    name = request.query_params.get("name", "")[:200]
    found = await certificates.check(code, name)
    status = 404 if found.state == certificates.UNKNOWN else 200
    return page(
        request,
        "doors/certificate.html",
        status=status,
        noindex=True,
        found=found,
        code=code[:60].upper(),
        name=name,
    )


ROUTES: list[Any] = [certificate, check]
