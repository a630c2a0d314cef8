"""Pages: a resource is confirmed, given back, withdrawn; and its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_manages, check_secretariat
from summit_service.errors import Invalid
from summit_service.resources import actions, queries
from summit_service.resources.queries import ResourceView
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.reader_zone import zone_of
from summit_service.web.reason import Step, reason_page
from summit_service.web.resource_forms import changeable

AnyRequest = Request[Any, Any, Any]
STEPS = {
    "return": Step(
        "Give this resource back?",
        "Its organisation can change it, and it waits for you again.",
        "It is mailed to who shared it.",
        "Give it back",
        "main",
    ),
    "withdrawal": Step(
        "Withdraw this resource?",
        "It leaves the list and the feed for good. Its address stays and says that it is withdrawn.",
        "Those who come back for it read this on its page.",
        "Withdraw it",
        "danger",
    ),
}
WORDS = {
    "shared": "Shared it",
    "changed": "Changed it",
    "confirmed": "Confirmed it",
    "returned": "Gave it back",
    "file_set": "Put a file to it",
    "file_removed": "Took its file away",
    "withdrawn": "Withdrew it",
}
FIELD_WORDS = {
    "title": "Title", "kind": "Kind", "summary": "Summary", "url": "Link", "topics": "Topics",
    "language": "Language", "licence": "Licence", "visibility": "Who may see it", "file": "File",
}  # fmt: skip
LONGEST_SHOWN = 300


@post("/resources/{slug:str}/confirmation")
async def confirm(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Publish the first resource of a new organisation."""
    await actions.confirm(slug, actor=actor, now=now)
    return see_other(f"/resources/{slug}?done=confirmed")


@get("/resources/{slug:str}/return")
async def why_return(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Why is it given back?"""
    check_secretariat(actor)
    return _reason_page(request, actor, await changeable(slug, actor), "return")


@post("/resources/{slug:str}/return", status_code=200)
async def give_back(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Give it back, with a reason."""
    reason = text(await request.form(), "reason")
    try:
        await actions.give_back(slug, reason=reason, actor=actor, now=now)
    except Invalid as refusal:
        found = await changeable(slug, actor)
        return _reason_page(request, actor, found, "return", reason=reason, refusal=refusal)
    return see_other(f"/resources/{slug}?done=returned")


@get("/resources/{slug:str}/withdrawal")
async def why_withdraw(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Sure? And why?"""
    return _reason_page(request, actor, await changeable(slug, actor), "withdrawal")


@post("/resources/{slug:str}/withdrawal", status_code=200)
async def withdraw(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take it back for good."""
    found = await changeable(slug, actor)
    reason = text(await request.form(), "reason")
    try:
        await actions.withdraw(slug, reason=reason, actor=actor, now=now)
    except Invalid as refusal:
        return _reason_page(request, actor, found, "withdrawal", reason=reason, refusal=refusal)
    return see_other(f"/resources/{slug}")


@get("/resources/{slug:str}/history")
async def history(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """Who did what when; for those who may change the resource."""
    found = await queries.resource_by_slug(slug, viewer=actor)
    check_manages(actor, found.organisation.id)
    return page(
        request,
        "resources/history.html",
        actor=actor,
        resource=found,
        changes=await queries.changes_of(found.id),
        words=WORDS,
        field_words=FIELD_WORDS,
        longest=LONGEST_SHOWN,
        zone=zone_of(actor),
        noindex=True,
    )


def _reason_page(
    request: AnyRequest,
    actor: Actor,
    found: ResourceView,
    step: str,
    *,
    reason: str = "",
    refusal: Invalid | None = None,
) -> Response[str]:
    at = f"/resources/{found.slug}"
    return reason_page(
        request,
        actor,
        STEPS[step],
        url=f"{at}/{step}",
        crumbs=[("Resources", "/resources"), (found.details.title, at)],
        of=found.organisation.name,
        reason=reason,
        refusal=refusal,
    )


ROUTES: list[Any] = [confirm, why_return, give_back, why_withdraw, withdraw, history]
