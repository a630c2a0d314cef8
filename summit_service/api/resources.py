"""JSON: best practice that members share."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from summit_service import downloads, settings
from summit_service.accounts.actor import Actor, check_manages, check_signed_in
from summit_service.errors import Gone, Invalid
from summit_service.resources import actions, files, queries, rules
from summit_service.resources.queries import Filters, ResourceView
from summit_service.resources.rules import Details, topic_slug

PAGE, MOST = 50, 200
WITHDRAWN = "This resource was withdrawn, and its file with it."
LARGEST_BODY = files.LARGEST * 4 // 3 + 500_000


class ResourceBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is shared. `licence` is cc0, cc-by, cc-by-sa, cc-by-nc, cc-by-nc-sa, cc-by-nd, cc-by-nc-nd or reserved."""

    title: str
    kind: str
    summary: str
    licence: str
    url: str = ""
    organisation: str = ""
    topics: list[str] = []
    language: str = "en"
    visibility: str = "public"
    file: FileBody | None = None


class ResourceChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The fields to change; others stay."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    kind: str | msgspec.UnsetType = msgspec.UNSET
    summary: str | msgspec.UnsetType = msgspec.UNSET
    licence: str | msgspec.UnsetType = msgspec.UNSET
    url: str | msgspec.UnsetType = msgspec.UNSET
    topics: list[str] | msgspec.UnsetType = msgspec.UNSET
    language: str | msgspec.UnsetType = msgspec.UNSET
    visibility: str | msgspec.UnsetType = msgspec.UNSET


class FileBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A file in base64: PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, PNG or JPEG, at most 10 MB.

    What it is is found in its bytes; `name` gives the download its name.
    """

    file: str
    name: str


class FileOut(msgspec.Struct, kw_only=True):
    """A file; `sha256` is of its bytes, `size` their number, `url` where people download it.

    A program gets it at `GET /api/v1/resources/{slug}/file`, with its token where the resource is for members only.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    url: str


class ReasonBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why."""

    reason: str


class ResourceOut(msgspec.Struct, kw_only=True):
    """A resource; `state` is waiting, returned, published or withdrawn.

    `link_fault` says in words why its link does not work, once it has not on several days.
    """

    slug: str
    title: str
    kind: str
    summary: str
    url: str
    topics: list[str]
    language: str
    licence: str
    visibility: str
    organisation: str
    state: str
    created_at: datetime
    changed_at: datetime
    file: FileOut | None = None
    link_fault: str = ""


class ResourceList(msgspec.Struct, kw_only=True):
    """Resources, the newest first; `next` is the cursor of the following page."""

    items: list[ResourceOut]
    next: str | None = None


@post("/resources", request_max_body_size=LARGEST_BODY)
async def share(
    data: JSONBody[ResourceBody], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[ResourceOut]:
    """Share something for an organisation that you represent."""
    values = {name: getattr(data, name) for name in rules.FIELDS}
    details = Details(**{**values, "topics": tuple(data.topics)})
    check_signed_in(actor)
    file = (_bytes(data.file), data.file.name) if data.file is not None else None
    made = await actions.share(details, organisation=data.organisation, file=file, actor=actor, now=now)
    return Response(_out(made), status_code=201, headers={"Location": f"/api/v1/resources/{made.slug}"})


@get("/resources")
async def resources(
    actor: NamedDependency[Actor],
    *,
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    topic: FromQuery[str] = "",
    language: FromQuery[str] = "",
    licence: FromQuery[str] = "",
    organisation: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = PAGE,
) -> ResourceList:
    """What is shared, with the filters of the page."""
    filters = Filters(
        q=q,
        kind=kind,
        topic=topic_slug(topic),
        language=language,
        licence=licence,
        organisation=organisation,
    )
    found, following = await queries.listed(filters, viewer=actor, after=cursor, limit=limit)
    return ResourceList(items=[_out(one) for one in found], next=following or None)


@get("/resources/{slug:str}")
async def resource(slug: FromPath[str], actor: NamedDependency[Actor]) -> ResourceOut:
    """One resource; one for members only needs a token, one that is withdrawn answers 410."""
    found = await queries.resource_by_slug(slug, viewer=actor)
    if found.state == "withdrawn":
        raise Gone(f"This resource was withdrawn. {found.reason}")
    return _out(found)


@patch("/resources/{slug:str}")
async def change(
    slug: FromPath[str],
    data: JSONBody[ResourceChange],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ResourceOut:
    """Change some fields."""
    changes: dict[str, Any] = {
        name: getattr(data, name) for name in rules.FIELDS if getattr(data, name) is not msgspec.UNSET
    }
    if "topics" in changes:
        changes["topics"] = tuple(changes["topics"])
    return _out(await actions.change(slug, changes, actor=actor, now=now))


@get(
    "/resources/{slug:str}/file",
    summary="The file of a resource",
    media_type="*/*",
)
async def file(slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[bytes]:
    """Its bytes, with the type that was found in them; one for members only needs a token."""
    found = await queries.resource_by_slug(slug, viewer=actor)
    if found.state == "withdrawn":
        raise Gone(WITHDRAWN)
    carried = await files.content_of(found.id)
    headers = downloads.headers(carried.name, carried.digest)
    return Response(carried.data, media_type=carried.media_type, headers=headers)


@post("/resources/{slug:str}/file", status_code=201, request_max_body_size=LARGEST_BODY)
async def set_file(
    slug: FromPath[str],
    data: JSONBody[FileBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ResourceOut:
    """Hand out this file from now on, instead of the one before."""
    found = await queries.resource_by_slug(slug, viewer=actor)
    check_manages(actor, found.organisation.id)
    return _out(await actions.set_file(slug, _bytes(data), name=data.name, actor=actor, now=now))


@post("/resources/{slug:str}/file/removal", status_code=201)
async def remove_file(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> ResourceOut:
    """Hand out no file any more; 409 where there is no link either."""
    return _out(await actions.remove_file(slug, actor=actor, now=now))


@post("/resources/{slug:str}/confirmation", status_code=201)
async def confirm(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> ResourceOut:
    """Publish the first resource of a new organisation."""
    return _out(await actions.confirm(slug, actor=actor, now=now))


@post("/resources/{slug:str}/return", status_code=201)
async def give_back(
    slug: FromPath[str],
    data: JSONBody[ReasonBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ResourceOut:
    """Give it back to who shared it, with a reason."""
    return _out(await actions.give_back(slug, reason=data.reason, actor=actor, now=now))


@post("/resources/{slug:str}/withdrawal", status_code=201)
async def withdraw(
    slug: FromPath[str],
    data: JSONBody[ReasonBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ResourceOut:
    """Take it back for good; its address says so from now on."""
    return _out(await actions.withdraw(slug, reason=data.reason, actor=actor, now=now))


def _bytes(given: FileBody) -> bytes:
    try:
        return base64.b64decode(given.file, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise Invalid.one("file", "The file is not in base64.") from fault


def _file(found: ResourceView) -> FileOut | None:
    one = found.file
    if one is None:
        return None
    url = f"{settings.current().base_url}/resources/{found.slug}/download"
    return FileOut(name=one.name, media_type=one.media_type, size=one.size, sha256=one.digest, url=url)


def _out(found: ResourceView) -> ResourceOut:
    details = found.details
    return ResourceOut(
        slug=found.slug,
        topics=list(details.topics),
        organisation=found.organisation.slug,
        state=found.state,
        created_at=found.created_at,
        changed_at=found.changed_at,
        file=_file(found),
        link_fault=found.link_fault,
        **{name: getattr(details, name) for name in rules.FIELDS if name != "topics"},
    )


ROUTES: list[Any] = [
    share,
    resources,
    resource,
    change,
    file,
    set_file,
    remove_file,
    confirm,
    give_back,
    withdraw,
]
