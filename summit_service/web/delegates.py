"""Pages: who else comes, for a delegate, by the link of their registration: those who have agreed to be listed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.errors import NotFound
from summit_service.registrations import delegates, queries
from summit_service.web import rates
from summit_service.web.layout import page

Page = Request[Any, Any, Any]
ROWS = 200


@get("/registrations/{token:str}/delegates")
async def listed(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Name and organisation of the delegates who have agreed to it, page by page."""
    try:
        standing = await queries.standing(await queries.registration_id_of(token, now=now), now=now)
    except NotFound:
        rates.check(request, "wrong_link")
        return page(
            request, "registrations/unknown.html", status=404, sentence=queries.UNKNOWN_LINK, noindex=True
        )
    search, start = request.query_params.get("q", "")[:200], _start(request)
    found = await delegates.listed_for(standing, search=search)
    return page(
        request,
        "registrations/delegates.html",
        token=token,
        edition=standing.edition,
        is_listed=standing.registration.is_listed,
        search=search,
        total=len(found),
        shown=found[start : start + ROWS],
        next_url=_address(token, search, start + ROWS) if start + ROWS < len(found) else "",
        previous_url=_address(token, search, max(0, start - ROWS)) if start else "",
        noindex=True,
    )


def _start(request: Page) -> int:
    given = request.query_params.get("from", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


def _address(token: str, search: str, start: int) -> str:
    asked = {"q": search, "from": str(start)} if search else {"from": str(start)}
    return f"/registrations/{token}/delegates?{urlencode(asked)}"


ROUTES: list[Any] = [listed]
