"""Pages: best practice that members share, to find and to read."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.accounts.actor import Actor
from summit_service.feeds import atom
from summit_service.feeds.best_practice import best_practice
from summit_service.members import queries as members
from summit_service.resources import queries, rules, talk
from summit_service.resources.queries import Filters, ResourceView
from summit_service.resources.rules import topic_slug
from summit_service.web import feeds_http
from summit_service.web.languages import language_name
from summit_service.web.layout import page
from summit_service.web.reader_zone import zone_of

AnyRequest = Request[Any, Any, Any]
PAGE, COMMENTS = 30, 50
LONGEST_PARAMETER = 80
DONE = {
    "shared": "It is shared. Everybody who may see it finds it in the list now.",
    "waiting": "It waits for the secretariat, as the first thing of a new member does. You get a mail.",
    "changed": "What you changed is saved.",
    "file": "The file is there, to be downloaded.",
    "file_removed": "The file is gone.",
    "confirmed": "It is published, and its organisation is told.",
    "used": "Your organisation stands among those that use it.",
    "unused": "The organisation does not stand among those that use it any more.",
    "commented": "Your comment stands below, for members. Who shares this is told by mail.",
    "comment-changed": "Your comment is changed.",
    "comment-withdrawn": "Your comment is gone.",
    "comment-hidden": "The comment is hidden, and your reason stands in its place.",
    "returned": "It is given back, with your reason by mail.",
}


@get("/resources")
async def resources(
    request: AnyRequest, actor: NamedDependency[Actor], *, after: FromQuery[str] = ""
) -> Response[str]:
    """What is shared, the newest first, with search and filters in the address."""
    filters = filters_of(request)
    found, following = await queries.listed(filters, viewer=actor, after=after, limit=PAGE)
    kept = query_of(filters)
    return page(
        request,
        "resources/list.html",
        actor=actor,
        found=found,
        unpublished=await queries.unpublished(actor, limit=PAGE) if actor.is_signed_in else [],
        filters=filters,
        is_filtered=filters != queries.ALL,
        query=f"?{kept}" if kept else "",
        following=f"/resources?{urlencode({**_given(filters), 'after': following})}" if following else "",
        is_first=not after,
        can_share=actor.can_act,
        choices=await _choices(),
        **words(),
    )


@get("/resources.atom")
async def resources_feed(request: AnyRequest, now: NamedDependency[datetime]) -> Response[bytes]:
    """The same for news readers: what everybody may see, with the filters of the list."""
    filters = filters_of(request)
    feed = await best_practice(filters, query=query_of(filters))
    return await feeds_http.calendar_response(request, feed, now=now, media_type=atom.MEDIA_TYPE)


@get("/resources/{slug:str}")
async def resource(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """One resource; a withdrawn one ends with a page that says so."""
    return await resource_page(request, await queries.resource_by_slug(slug, viewer=actor), actor)


async def resource_page(
    request: AnyRequest, found: ResourceView, actor: Actor, *, status: int = 200, **context: Any
) -> Response[str]:
    """The page of a resource, with what a form of it has brought."""
    if found.state == "withdrawn":
        can_change = actor.can_manage(found.organisation.id)
        return page(
            request,
            "resources/withdrawn.html",
            actor=actor,
            status=410,
            resource=found,
            can_change=can_change,
            noindex=True,
        )
    comments, earlier = await talk.last_comments(
        found.id, viewer=actor, before=_number(request.query_params.get("before", "")), limit=COMMENTS
    )
    return page(
        request,
        "resources/resource.html",
        actor=actor,
        status=status,
        resource=found,
        details=found.details,
        language=language_name(found.details.language),
        can_change=actor.can_manage(found.organisation.id),
        done=DONE.get(request.query_params.get("done", ""), ""),
        noindex=found.details.visibility != "public" or found.state != "published",
        **words(),
        **{
            "use": {"organisation": "", "words": ""},
            "comment": "",
            "faults": {},
            "uses": await talk.uses_of(found.id),
            "users": await _users(found, actor),
            "comments": comments,
            "earlier": f"/resources/{found.slug}?before={earlier}#comments" if earlier else "",
            "zone": zone_of(actor),
        }
        | context,
    )


def _number(typed: str) -> int:
    """0, which is the newest, for what is no number of a comment."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


async def _users(found: ResourceView, actor: Actor) -> list[tuple[str, str]]:
    """The organisations for which this reader can say that they use it."""
    if not actor.represents or found.state != "published":
        return []
    mine = await members.own_members_of(actor)
    return [(one.slug, one.name) for one in mine if one.id != found.organisation.id]


def filters_of(request: AnyRequest) -> Filters:
    """The filters in an address. A value that nothing has gives an empty list, never an error."""
    given = {
        name: str(request.query_params.get(name, ""))[:LONGEST_PARAMETER].strip()
        for name in Filters.__dataclass_fields__
    }
    return replace(Filters(**given), topic=topic_slug(given["topic"]))


def query_of(filters: Filters) -> str:
    """`kind=guide&topic=teaching`, always in the same order; empty where nothing is filtered."""
    return urlencode(_given(filters))


def _given(filters: Filters) -> dict[str, str]:
    return {name: value for name, value in asdict(filters).items() if value}


def words() -> dict[str, Any]:
    """The words for what is kept as a code."""
    return {
        "kinds": rules.KINDS,
        "resource_kinds": rules.KINDS,
        "licences": rules.LICENCES,
        "states": rules.STATES,
        "visibilities": rules.VISIBILITIES,
    }


async def _choices() -> dict[str, list[tuple[str, str]]]:
    known = await queries.choices()
    names = {
        one.slug: one.name for one in await members.all_members(standings=("member", "associate", "former"))
    }
    sharers = [(slug, names.get(slug, slug)) for slug in known["organisation"]]
    return {
        "topic": [(topic, topic) for topic in known["topic"]],
        "language": [(code, language_name(code)) for code in known["language"]],
        "licence": [(code, said) for code, (said, _) in rules.LICENCES.items()],
        "organisation": sorted(sharers, key=lambda pair: pair[1].casefold()),
    }


ROUTES: list[Any] = [
    resources,
    resources_feed,
    resource,
]
