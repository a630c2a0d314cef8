"""What one person is told before they are erased: what goes, what stays and why, and what to think of first."""

from __future__ import annotations

from typing import Any

from summit_service import caseless
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.contributions.tables import Contribution
from summit_service.members import queries as members
from summit_service.members.tables import Organisation, Role
from summit_service.own_data import rules, signing
from summit_service.own_data.rules import Stay, Told
from summit_service.speakers.tables import SpeakerContact
from summit_service.statements.comment_tables import Comment
from summit_service.statements.tables import Dispute, Response
from summit_service.summits.tables import Release

CHAIN = "The answer is part of a chain that anybody may check. Without it, nothing in the statement could be proved."


async def told(person: Person) -> Told:
    """For this person as things are now."""
    return Told(
        goes=rules.GOES,
        stays=(
            *await _answers(person),
            *await _comments(person),
            *await _programmes(person),
            *(Stay(what, why) for what, why in rules.ALWAYS_STAYS),
        ),
        first=await _first(person),
        forbidden=await _forbidden(person),
    )


async def _answers(person: Person) -> list[Stay]:
    found = []
    for row in await signing.answers_of(person.id):
        is_public = row["published_at"] is not None
        url = f"/statements/{row['statement']}" if is_public else ""
        seen = "the public reads it" if is_public else "it is public once the statement is published"
        what = f"Your answer to “{row['title']}”: {row['signatory_name']} for {row['organisation_name']}; {seen}."
        found.append(Stay(what, CHAIN, url))
    return found


async def _comments(person: Person) -> list[Stay]:
    mine = Comment.person == person.id
    rows: Any = await Comment.select(
        Comment.statement.slug.as_alias("slug"), Comment.statement.title.as_alias("title")
    ).where(mine)
    why = "They show how the text came about, and each has an answer. Members read them."
    return [
        Stay(f"Your comments on the draft of “{title}”, with your name.", why, f"/statements/{slug}/comments")
        for slug, title in sorted({(row["slug"], row["title"]) for row in rows})
    ]


async def _programmes(person: Person) -> list[Stay]:
    key = email_key(person.email)
    spoke = await SpeakerContact.exists().where(SpeakerContact.email_key == key)
    sent = await Contribution.exists().where((Contribution.email_key == key) & (Contribution.session != ""))
    why = "A release is what everybody was told on that day, and is never changed."
    found = [Stay("Your name as a speaker, in the programmes that were released.", why)]
    released = await Release.exists().where(Release.released_by == person.id)
    noted = [Stay("Your name beside the releases of a programme that you made; the desk reads it.", why)]
    return [*(found if spoke or sent else []), *(noted if released else [])]


async def _first(person: Person) -> list[Stay]:
    """Organisations that would be left without anybody: a successor keeps them going, nothing forbids going."""
    found = []
    for one in await members.memberships_of(person.id):
        if one.slug and await _is_needed(person, one.slug):
            what = f"{one.name} would have nobody to act for it, or no main contact."
            why = "Name a successor first, if you can. Otherwise nobody is reached until the secretariat finds one."
            found.append(Stay(what, why, f"/organisations/{one.slug}/handover"))
    return found


async def _is_needed(person: Person, slug: str) -> bool:
    organisation = await Organisation.objects().where(Organisation.slug == slug).first()
    if organisation is None:
        return False
    here = (Role.organisation == organisation.id) & (Role.kind == "representative") & Role.ended_at.is_null()
    others = await Role.count().where(here & (Role.person != person.id))
    return others == 0 or email_key(organisation.contact_email) == email_key(person.email)


async def _forbidden(person: Person) -> list[str]:
    found = []
    live = (Role.kind == "secretariat") & Role.ended_at.is_null()
    mine = await Role.exists().where(live & (Role.person == person.id))
    if mine and not await Role.exists().where(live & (Role.person != person.id)):
        found.append("You are the only one in the secretariat. Let somebody else in first.")
    open_ones = Dispute.settled_at.is_null()
    theirs = (caseless.is_same(Dispute.email, email_key(person.email))) | Dispute.response.is_in(
        Response.select(Response.id).where(Response.request.person == person.id)
    )
    if await Dispute.exists().where(open_ones & theirs):
        found.append(
            "A signature of yours is disputed, or you dispute one. The secretariat settles that first."
        )
    return found
