"""Saying something about a draft, and saying what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_acts_for, check_secretariat, check_signed_in
from summit_service.errors import Conflict, Invalid, NotAllowed
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.statements import comment_rules, comments, paragraphs, queries, reading, takeover
from summit_service.statements.actions import drafting, ledger
from summit_service.statements.comment_tables import Comment, Disposition
from summit_service.statements.tables import Statement, TextVersion


@dataclass(frozen=True, slots=True)
class CommentForm:
    """What was typed about a version; `paragraph` is None for the text as a whole."""

    language: str
    version: int
    paragraph: int | None = None
    quoted: str = ""
    body: str = ""
    wording: str = ""


async def comment(slug: str, form: CommentForm, *, organisation: str, actor: Actor, now: datetime) -> Comment:
    """Keep what a representative says for an organisation; after the deadline it is taken and marked as late.

    The same comment sent twice is kept once.
    """
    check_signed_in(actor)
    speaker = await members.organisation_by_slug(organisation)
    if speaker is None:
        raise Invalid.one("organisation", "There is no organisation at this address.")
    if speaker.id not in actor.represents:
        raise NotAllowed("Only a representative of the organisation can comment for it.")
    check_acts_for(actor, speaker.id)
    async with db.transaction():
        statement = await queries.locked(slug)
        version = await _readable_version(statement, form, actor)
        comment_rules.check_commentable(statement.state)
        await journal.note("statement.commented", actor, slug, statement.title, now=now)
        return await _keep(statement, version, form, speaker, actor, now=now)


async def dispose(
    slug: str, comment_id: int, *, kind: str, reason: str, actor: Actor, now: datetime
) -> Disposition:
    """Say what became of a comment and why; a later word counts instead of an earlier one, until the freeze."""
    check_secretariat(actor)
    said = comment_rules.check_disposition(kind, reason)
    async with db.transaction():
        statement = await queries.locked(slug)
        found = await comments.comment_by_id(statement, comment_id)
        if statement.state not in comment_rules.COMMENTABLE | {"drafting"}:
            raise Conflict("The text is fixed; its comments have their answers.", code="comments_ended")
        made = Disposition(
            comment=found.id, kind=kind, reason=said, decided_by=actor.person_id, created_at=now
        )
        await made.save()
        await journal.note("statement.comment_answered", actor, slug, statement.title, now=now)
    return made


async def take_over(slug: str, comment_id: int, *, actor: Actor, now: datetime) -> TextVersion:
    """Make the version that has a comment's wording in its place, and accept the comment with it.

    A consultation that runs is over with it. Raises Conflict where the wording has no place of its own any more.
    """
    check_secretariat(actor)
    async with db.transaction():
        statement = await queries.locked(slug)
        found = await comments.comment_by_id(statement, comment_id)
        if statement.state not in comment_rules.COMMENTABLE:
            raise Conflict("The text is fixed; its comments have their answers.", code="comments_ended")
        if not found.wording or found.paragraph is None:
            raise Conflict("This comment proposes no wording.", code="no_wording")
        typed = await _taken_over(statement, found)
        if statement.state == "consulting":
            await ledger.move(statement, "revising", {"by": "hand"}, now=now, actor=actor)
        made = await drafting.insert_version(statement, typed, actor=actor, now=now)
        reason = f"Your wording is in version {made.n}."
        await Disposition(
            comment=found.id, kind="accepted", reason=reason, decided_by=actor.person_id, created_at=now
        ).save()
        await journal.note("statement.comment_answered", actor, slug, statement.title, now=now)
    return made


async def _taken_over(statement: Statement, found: Comment) -> dict[str, Any]:
    """The next version in the comment's language, as it is typed; its note says whose wording it is."""
    versions = await queries.versions_of(statement)
    about = next(version for version in versions if version.id == found.version)
    current = next(version for version in versions if version.language == about.language)
    proposal = takeover.Proposal(about.canonical, found.paragraph, found.quoted, found.wording)
    place = f"paragraph {found.paragraph} of version {about.n}"
    return {
        "markdown": takeover.replaced(proposal, current.canonical),
        "note": f"The wording of {found.organisation_name} for {place}.",
        "language": current.language,
        "role": current.role,
    }


async def _readable_version(statement: Statement, form: CommentForm, actor: Actor) -> TextVersion:
    for version in await reading.versions_for(statement, actor):
        if (version.language, version.n) == (form.language, form.version):
            return version
    raise Invalid.one("version", "There is no such version of this text that you may read.")


async def _keep(
    statement: Statement,
    version: TextVersion,
    form: CommentForm,
    speaker: Organisation,
    actor: Actor,
    *,
    now: datetime,
) -> Comment:
    texts = comment_rules.check_comment(
        paragraphs.blocks(version.canonical),
        paragraph=form.paragraph,
        quoted=form.quoted,
        body=form.body,
        wording=form.wording,
    )
    mine = (Comment.version == version.id) & (Comment.organisation == speaker.id)
    for row in await Comment.objects().where(mine):
        if (row.paragraph, row.quoted, row.body, row.wording) == (form.paragraph, *texts.values()):
            return row
    made = Comment(
        statement=statement.id,
        version=version.id,
        paragraph=form.paragraph,
        organisation=speaker.id,
        organisation_name=speaker.name,
        person=actor.person_id,
        person_name=actor.name,
        via=actor.via,
        is_late=comment_rules.is_late(statement.state, statement.closes_at, now=now),
        created_at=now,
        quoted=texts["quoted"],
        body=texts["body"],
        wording=texts["wording"],
    )
    await made.save()
    return made
