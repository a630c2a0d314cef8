"""Pages: an organisation says that it uses a resource; members comment on it; the desk hides a comment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat, check_signed_in
from summit_service.errors import Invalid
from summit_service.resources import actions, queries, talk
from summit_service.resources.queries import ResourceView
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.resources import resource_page

AnyRequest = Request[Any, Any, Any]


@post("/resources/{slug:str}/uses", status_code=200)
async def use(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """We use this: where and how."""
    check_signed_in(actor)
    typed = await fields(request, "organisation", "words")
    try:
        await actions.use(slug, typed["words"], organisation=typed["organisation"], actor=actor, now=now)
    except Invalid as refusal:
        return await _again(request, slug, actor, use=typed, faults=refusal.by_field())
    return see_other(f"/resources/{slug}?done=used")


@post("/resources/{slug:str}/uses/withdrawal")
async def stop_using(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """We do not use it any more."""
    typed = await fields(request, "organisation")
    await actions.stop_using(slug, organisation=typed["organisation"], actor=actor, now=now)
    return see_other(f"/resources/{slug}?done=unused")


@post("/resources/{slug:str}/comments", status_code=200)
async def comment(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Say something about it to the members."""
    check_signed_in(actor)
    typed = await fields(request, "body")
    try:
        await actions.comment(slug, typed["body"], actor=actor, now=now)
    except Invalid as refusal:
        return await _again(request, slug, actor, comment=typed["body"], faults=refusal.by_field())
    return see_other(f"/resources/{slug}?done=commented")


@get("/resources/{slug:str}/comments/{comment_id:int}")
async def own_comment(
    request: AnyRequest, slug: FromPath[str], comment_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """One's own comment, to change or to take back."""
    check_signed_in(actor)
    found = await queries.resource_by_slug(slug, viewer=actor)
    row = await talk.own_comment(found.id, comment_id, actor=actor)
    return _own_page(request, actor, found, comment_id, row.body)


@post("/resources/{slug:str}/comments/{comment_id:int}", status_code=200)
async def change_comment(
    request: AnyRequest,
    slug: FromPath[str],
    comment_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Put one's own words right."""
    typed = await fields(request, "body")
    try:
        await actions.change_comment(slug, comment_id, typed["body"], actor=actor, now=now)
    except Invalid as refusal:
        found = await queries.resource_by_slug(slug, viewer=actor)
        return _own_page(request, actor, found, comment_id, typed["body"], refusal)
    return see_other(f"/resources/{slug}?done=comment-changed")


@post("/resources/{slug:str}/comments/{comment_id:int}/withdrawal")
async def withdraw_comment(
    slug: FromPath[str],
    comment_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Take one's own comment back."""
    await actions.withdraw_comment(slug, comment_id, actor=actor, now=now)
    return see_other(f"/resources/{slug}?done=comment-withdrawn")


@get("/resources/{slug:str}/comments/{comment_id:int}/hiding")
async def why_hide(
    request: AnyRequest, slug: FromPath[str], comment_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """Why is it hidden?"""
    check_secretariat(actor)
    found = await queries.resource_by_slug(slug, viewer=actor)
    return await _hide_page(request, actor, found, comment_id)


@post("/resources/{slug:str}/comments/{comment_id:int}/hiding", status_code=200)
async def hide(
    request: AnyRequest,
    slug: FromPath[str],
    comment_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Hide a comment, with a reason that stands in its place."""
    typed = await fields(request, "reason")
    try:
        await actions.hide_comment(slug, comment_id, reason=typed["reason"], actor=actor, now=now)
    except Invalid as refusal:
        found = await queries.resource_by_slug(slug, viewer=actor)
        return await _hide_page(request, actor, found, comment_id, typed["reason"], refusal)
    return see_other(f"/resources/{slug}?done=comment-hidden")


async def _again(request: AnyRequest, slug: str, actor: Actor, **context: Any) -> Response[str]:
    found = await queries.resource_by_slug(slug, viewer=actor)
    return await resource_page(request, found, actor, status=422, **context)


def _own_page(
    request: AnyRequest,
    actor: Actor,
    found: ResourceView,
    comment_id: int,
    body: str,
    refusal: Invalid | None = None,
) -> Response[str]:
    return page(
        request,
        "resources/comment.html",
        actor=actor,
        status=422 if refusal else 200,
        resource=found,
        comment_id=comment_id,
        body=body,
        faults=refusal.by_field() if refusal else {},
        noindex=True,
    )


async def _hide_page(
    request: AnyRequest,
    actor: Actor,
    found: ResourceView,
    comment_id: int,
    reason: str = "",
    refusal: Invalid | None = None,
) -> Response[str]:
    row = await talk.standing_comment(found.id, comment_id)
    return page(
        request,
        "resources/hide_comment.html",
        actor=actor,
        status=422 if refusal else 200,
        resource=found,
        comment_id=comment_id,
        body=row.body,
        reason=reason,
        faults=refusal.by_field() if refusal else {},
        noindex=True,
    )


ROUTES: list[Any] = [
    use,
    stop_using,
    comment,
    own_comment,
    change_comment,
    withdraw_comment,
    why_hide,
    hide,
]
