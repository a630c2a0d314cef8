"""Pages about the service itself: is it well, what its API takes, and every part of its look."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from summit_service import db, settings
from summit_service.accounts.actor import Actor
from summit_service.errors import NotFound, Unavailable
from summit_service.mail import queries as mail
from summit_service.web.layout import page

PRIVATE = (
    "/sign/",
    "/disputes/",
    "/delegations/",
    "/registrations/",
    "/sign-in",
    "/join/",
    "/desk",
    "/me",
    "/mailbox",
)
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in PRIVATE)


@get("/healthz", media_type=MediaType.TEXT)
async def healthz() -> str:
    """The process answers; nothing else is asked."""
    return "ok\n"


@get("/readyz")
async def readyz(now: NamedDependency[datetime]) -> Response[bytes]:
    """Whether the service can do its work: the database answers, its schema is current, mails leave in time."""
    try:
        body = await _readiness(now)
    except Unavailable as fault:
        body = {"ready": False, "database": fault.sentence}
    return Response(
        msgspec.json.encode(body),
        status_code=200 if body["ready"] else 503,
        media_type=MediaType.JSON,
        headers={"Cache-Control": "no-store"},
    )


async def _readiness(now: datetime) -> dict[str, Any]:
    await db.ping()
    pending = await db.pending_migrations()
    health = await mail.health(now=now)
    return {
        "ready": not pending and health.is_well,
        "database": "answers"
        if not pending
        else f"{len(pending)} migrations are waiting: run `summit migrate`",
        "mail": health.sentence,
        "mails_waiting": health.waiting,
        "oldest_mail_due_at": health.oldest_due_at,
        "mailer_seen_at": health.seen_at,
        "mail_paused_at": health.paused_at,
    }


@get("/metrics", media_type=MediaType.TEXT)
async def metrics() -> Response[bytes]:
    """Prometheus' text format; the counters are of the process that answers."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@get("/robots.txt", media_type=MediaType.TEXT)
async def robots() -> str:
    """Calendar services may read every feed; nobody indexes pages that need a secret."""
    return ROBOTS


@get("/api/docs")
async def api_docs(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """The OpenAPI document as pages: no script, nothing from another host. How to ask, and each call in a line."""
    schema = request.app.openapi_schema.to_schema()
    return page(request, "service/api.html", actor=actor, schema=schema, areas=_areas(schema))


@get("/api/docs/{area:str}")
async def api_area(
    request: Request[Any, Any, Any], area: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """The calls of one area, such as those under `/api/v1/events`, with what they take."""
    schema = request.app.openapi_schema.to_schema()
    operations = _areas(schema).get(area)
    if operations is None:
        raise NotFound("The API has nothing of this name.")
    calls = [
        operation | {"fields": _fields(schema, operation), "example": _example(operation)}
        for operation in operations
    ]
    return page(request, "service/api_area.html", actor=actor, area=area, operations=calls)


@get("/gallery")
async def gallery(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """Every part of the look in every state; shown in the demo alone."""
    if not settings.current().is_demo:
        raise NotFound("There is nothing at this address.")
    return page(request, "gallery.html", actor=actor, noindex=True, now=now)


def _areas(schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations by what stands behind `/api/v1/`, in the order of their addresses."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in sorted(schema.get("paths", {}).items()):
        area = path.removeprefix("/api/v1/").partition("/")[0]
        found.setdefault(area, []).extend(
            {"path": path, "method": method.upper(), **operation}
            for method, operation in methods.items()
            if method in {"get", "post", "put", "patch", "delete"}
        )
    return found


def _example(operation: dict[str, Any]) -> str | None:
    """The example of the body, laid out for reading; None where none is taken or shown."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    shown = [content["example"]] if "example" in content else content.get("schema", {}).get("examples")
    if not shown:
        return None
    return json.dumps(shown[0], ensure_ascii=False, indent=2)


def _fields(schema: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    struct = _resolved(schema, body)
    required = set(struct.get("required", ()))
    return [
        {
            "name": name,
            "type": _type_of(schema, kind),
            "required": name in required,
            "about": kind.get("description", ""),
        }
        for name, kind in struct.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = str(part.get("$ref", ""))
    if not reference:
        return part
    found: dict[str, Any] = schema["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    return found


def _type_of(schema: dict[str, Any], part: dict[str, Any]) -> str:
    choices = part.get("oneOf") or part.get("anyOf")
    if choices:
        return " or ".join(sorted({_type_of(schema, choice) for choice in choices}))
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[-1]
    if part.get("type") == "array":
        return f"list of {_type_of(schema, part.get('items', {}))}"
    if "enum" in part:
        return " or ".join(str(value) for value in part["enum"])
    kinds = part.get("type", "anything")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)


ROUTES: list[Any] = [healthz, readyz, metrics, robots, api_docs, api_area, gallery]
