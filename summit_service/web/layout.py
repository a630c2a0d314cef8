"""How a page is made: the template environment, what every page knows, and the answer it becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.response import Redirect
from markupsafe import Markup

from summit_service import markup, settings, zones
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.templating import country_name, direction, language_name, templates_dir
from summit_service.web.reader_zone import reader_zone

PACKAGE = Path(__file__).parent.parent
STATIC = PACKAGE / "web" / "static"
_reader_zone: ContextVar[str] = ContextVar("reader_zone", default="")
"""For the parts, which are imported without a page's context."""


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    actor: Actor = PUBLIC,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[str]:
    """A whole page; `context` is what its template names."""
    return html(render(request, template, actor=actor, **context), status=status, headers=headers)


def html(body: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[str]:
    """An HTML answer that no shared cache keeps."""
    return Response(
        body,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def see_other(path: str) -> Redirect:
    """After a form: 303, so that reloading does not send it again."""
    return Redirect(path, status_code=303)


def is_htmx(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


def render(request: Request[Any, Any, Any], template: str, *, actor: Actor = PUBLIC, **context: Any) -> str:
    """The HTML of a page or fragment."""
    current, zone = settings.current(), reader_zone(request, actor)
    known = {
        "actor": actor,
        "csrf": getattr(request.state, "csrf", ""),
        "path": request.url.path,
        "network": current.network_name,
        "motto": current.motto,
        "imprint": current.imprint,
        "base_url": current.base_url,
        "demo": current.is_demo,
        "noindex": False,
    }
    kept = _reader_zone.set(zone)
    try:
        return environment().get_template(template).render(known | context)
    finally:
        _reader_zone.reset(kept)


@cache
def environment() -> Environment:
    """The page templates: escaped, and strict about names that are missing."""
    made = Environment(
        loader=FileSystemLoader(templates_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["markdown"] = lambda text: Markup(markup.to_html(text))  # noqa: S704 - sanitised by nh3
    made.filters["country"] = country_name
    made.filters["language"] = language_name
    made.filters["direction"] = direction
    made.filters["long_day"] = zones.long_day
    made.filters["typed_day"] = lambda typed: zones.long_day(date.fromisoformat(typed[:10]))
    made.filters["city"] = zones.city
    made.globals["static"] = static
    made.globals["long_moment"] = zones.long_moment
    made.globals["long_deadline"] = zones.long_deadline
    made.globals["long_span"] = zones.long_span
    made.globals["day_span"] = zones.day_span
    made.globals["at_wall"] = zones.at_wall
    made.globals["their_zone"] = _reader_zone.get
    made.globals["is_other_time"] = _is_other_time
    return made


def _is_other_time(moment: datetime, zone: str, other: str) -> bool:
    """Whether the clocks of two zones differ at that moment."""
    return zones.at_wall(moment, zone).utcoffset() != zones.at_wall(moment, other).utcoffset()


@cache
def static(name: str) -> str:
    """The address of a static file, with its content's hash, so that it can be cached for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
