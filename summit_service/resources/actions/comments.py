"""Members comment on a resource, change and take back what they said; the secretariat hides what does not belong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_member, check_secretariat, check_signed_in
from summit_service.errors import NotAllowed
from summit_service.mail import erasing
from summit_service.resources import mails, queries, rules, talk
from summit_service.resources.actions.uses import shared
from summit_service.resources.tables import Resource, ResourceComment

TAKEN_BACK = "(taken back)"
CHANGED = "(changed since: the page has what it says now)"
"""Where a mail told of words that are no more."""


async def comment(resource: str, body: str, *, actor: Actor, now: datetime) -> int:
    """Say something about a resource to the members; its number.

    Raises NotSignedIn, NotAllowed for who is no member, NotFound, Conflict, Invalid.
    """
    check_member(actor)
    if actor.person_id is None:
        raise NotAllowed("A comment has a name: sign in as yourself.")
    clean = rules.checked_comment(body)
    async with db.transaction():
        row = await shared(resource, actor)
        made = ResourceComment(
            resource=row.id, person=actor.person_id, body=clean, created_at=now, changed_at=now
        )
        made.told_at = now if row.created_by in {None, actor.person_id} else None
        await made.save()
        await journal.note("resource.commented", actor, row.slug, row.title, now=now)
    return int(made.id)


async def change_comment(resource: str, comment_id: int, body: str, *, actor: Actor, now: datetime) -> None:
    """Put one's own words right; the same words again write nothing.

    Raises NotFound for the comments of others, NotAllowed for who is no member any more: they can take theirs back.
    """
    check_member(actor)
    found = await queries.resource_by_slug(resource, viewer=actor)
    async with db.transaction():
        row = await talk.own_comment(found.id, comment_id, actor=actor)
        clean = rules.checked_comment(body)
        if row.body != clean:
            await forget_told(row, instead=CHANGED)
            row.body, row.changed_at = clean, now
            await row.save()
            await journal.note("resource.comment_changed", actor, found.slug, found.details.title, now=now)


async def withdraw_comment(resource: str, comment_id: int, *, actor: Actor, now: datetime) -> None:
    """Take one's own comment back: its words are gone at once, also from our copy of the mail that told of them."""
    check_signed_in(actor)
    found = await queries.resource_by_slug(resource, viewer=actor)
    async with db.transaction():
        row = await talk.own_comment(found.id, comment_id, actor=actor)
        await forget_told(row)
        row.body, row.withdrawn_at, row.told_at = "", now, row.told_at or now
        await row.save()
        await journal.note("resource.comment_withdrawn", actor, found.slug, found.details.title, now=now)


async def hide_comment(resource: str, comment_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Hide a comment from everybody but its author and the secretariat; the reason stands in its place."""
    check_secretariat(actor)
    why = rules.check_reason(reason, "Say why: it is shown in the place of the comment.")
    found = await queries.resource_by_slug(resource, viewer=actor)
    async with db.transaction():
        row = await talk.standing_comment(found.id, comment_id)
        row.hidden_at, row.hidden_reason, row.told_at = row.hidden_at or now, why, row.told_at or now
        await row.save()
        await journal.note(
            "resource.comment_hidden", actor, found.slug, found.details.title, now=now, subject=row.person
        )


async def forget_told(comment: ResourceComment, *, instead: str = TAKEN_BACK) -> None:
    """Mails that told who shares it of this comment tell its words no more, in the caller's transaction.

    The same words of somebody else, or about something else, stay.
    """
    if not comment.body:
        return
    slug = (await Resource.select(Resource.slug).where(Resource.id == comment.resource))[0]["slug"]
    others = await talk.others_who_say(comment)

    def without(context: dict[str, Any]) -> None:
        for told in context["told"]:
            if told["slug"] == slug:
                told["lines"] = [
                    [who, instead if words == comment.body and who not in others else words]
                    for who, words in told["lines"]
                ]

    await erasing.change_told(comment.body, kind=mails.TALK, change=without)


async def forget_hidden(now: datetime) -> int:
    """Housekeeping: the words of comments that were hidden long ago go; how many."""
    async with db.transaction():
        due = ResourceComment.objects().where(
            (ResourceComment.hidden_at <= now - rules.HIDDEN_KEPT) & (ResourceComment.body != "")
        )
        rows = await db.for_update(due)
        for row in rows:
            await forget_told(row)
            row.body = ""
            await row.save()
    return len(rows)
