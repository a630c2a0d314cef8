"""An organisation leaves the network and what is held about it is erased, but for what others rest on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, idempotency, journal
from summit_service.accounts import queries as accounts
from summit_service.accounts.actions import lock_out
from summit_service.accounts.actor import Actor
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.consortia import actions as consortia
from summit_service.consortia import rules as applying
from summit_service.consortia.tables import Consortium, ConsortiumMember
from summit_service.enquiries import actions as enquiries
from summit_service.events.changes import note_change
from summit_service.events.tables import Event, EventUpload
from summit_service.following.tables import FollowedCalendar, FollowedDecision, FollowedEvent
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.mail import erasing, outbox
from summit_service.members import queries as members
from summit_service.members.rules import name_key
from summit_service.members.tables import Handover, Organisation, OrganisationLogo, Role
from summit_service.own_data import rules
from summit_service.own_data.organisation import organisation_of
from summit_service.own_data.rules import Stay, Told
from summit_service.resources.tables import LinkCheck, Resource, ResourceChange, ResourceFile, ResourceUse
from summit_service.statements.comment_tables import Comment
from summit_service.statements.tables import EligibleMember, Response, SigningRequest

TAKEN_BACK = "A resource that was taken back"
LEFT = "The organisation has left the network."
ERASED_NAME = "An organisation whose data are erased"
GOES = (
    "its text, website, place, time zone, logo and main contact",
    "the roles of all its people; who has no other role cannot sign in any more",
    "its followed calendars, its wishes to apply for funding, and what it said it uses",
    "its resources with their titles and files; their addresses say that they are taken back",
    "its place in joint applications; where nobody else is in one, the outline, too",
    "the enquiry by which it joined",
)
BLANK = ("parent", "city", "website", "summary", "timezone", "contact_name", "contact_email")


async def told(organisation: Organisation, *, now: datetime) -> Told:
    """What goes, what stays and why, and what has to be ended first."""
    return Told(
        goes=GOES,
        stays=await _stays(organisation),
        forbidden=await _forbidden(organisation, now=now),
        changed_at=organisation.updated_at,
    )


async def _stays(organisation: Organisation) -> list[Stay]:
    mine = organisation.id
    found = []
    for answer in await Response.objects().where(Response.request.organisation == mine):
        what = f"Its answer of {answer.signed_at:%-d %B %Y}, with the name of who signed."
        found.append(Stay(what, "It is part of a chain that anybody may check."))
    if await EligibleMember.exists().where(EligibleMember.organisation == mine):
        found.append(
            Stay(
                "Its name in the lists of who was entitled to answer a statement.", "The count rests on them."
            )
        )
    if await Comment.exists().where(Comment.organisation == mine):
        found.append(Stay("Its comments on drafts.", "They show how the text came about."))
    if await Event.exists().where(Event.organisation == mine):
        what = "Past and cancelled events, and past calls for funding with their deadlines."
        found.append(Stay(what, "Others have them in their calendars."))
    if await _has_applied(mine):
        what = "That it applied for funding with others, and what became of it."
        found.append(
            Stay(what, "They read it; the outline is theirs, too, until two years after the deadline.")
        )
    if found:
        found.append(Stay("Its name, kind and country, as a former member.", "All of these name it."))
    log = f"In the log of who did what: that somebody did something, and when, and that it was “{organisation.slug}”."
    return [*found, Stay(log, rules.CHAINED)]


async def _has_applied(organisation_id: int) -> bool:
    """Whether others who are in a consortium read that it is or was in it, or everybody what became of one it led."""
    mine = ConsortiumMember.select(ConsortiumMember.consortium).where(
        ConsortiumMember.organisation == organisation_id
    )
    others = (ConsortiumMember.organisation != organisation_id) & (ConsortiumMember.state == "in")
    if await ConsortiumMember.exists().where(ConsortiumMember.consortium.is_in(mine) & others):
        return True
    return bool(
        await Consortium.exists().where((Consortium.lead == organisation_id) & (Consortium.public_line != ""))
    )


async def _forbidden(organisation: Organisation, *, now: datetime) -> list[str]:
    mine, found = organisation.id, []
    to_come = Event.last_instant.is_null() | (Event.last_instant > now)
    if await Event.exists().where((Event.organisation == mine) & (Event.state != "cancelled") & to_come):
        found.append("It has events that are still to come. Cancel or discard them first.")
    calls = (FundingCall.organisation == mine) & (FundingCall.state == "published")
    if await FundingCall.exists().where(calls & (FundingCall.deadline_instant > now)):
        found.append("It has a call for funding that is open. Withdraw that first.")
    found += await _applications(mine, now=now)
    statement: Any = SigningRequest.statement
    asked = (SigningRequest.organisation == mine) & (statement.state == "signing")
    for row in await SigningRequest.select(SigningRequest.id, statement.title).where(asked):
        if not await Response.exists().where(Response.request == row["id"]):
            found.append(f"It is asked to sign “{row['statement.title']}”. Answer that first.")
    return found


async def _applications(organisation_id: int, *, now: datetime) -> list[str]:
    """What it prepares with others for a call that is open; what is over, it leaves by being erased."""
    one: Any = ConsortiumMember.consortium
    mine = (ConsortiumMember.organisation == organisation_id) & (ConsortiumMember.state == "in")
    open_ones = (one.state == applying.FORMING) & (one.call.deadline_instant > now)
    rows = await ConsortiumMember.select(one.title.as_alias("title"), one.lead.as_alias("lead")).where(
        mine & open_ones & (one.call.state == "published")
    )
    led = "Let a partner lead, or record that it is given up, first."
    return [
        f"It prepares “{row['title']}” with others. {led if row['lead'] == organisation_id else 'Leave that first.'}"
        for row in rows
    ]


async def erase_organisation(slug: str, *, seen: str, name: str, actor: Actor, now: datetime) -> None:
    """Make it a former member without data; `seen` is the digest of what was told, `name` its name, typed once more.

    Raises NotSignedIn, NotAllowed and NotFound, Invalid for another name, and Conflict as for a person; so for the
    second of two who do it at once.
    """
    async with db.transaction():
        found = await organisation_of(slug, actor=actor)
        await consortia.lock_all_of(found.id)
        row = await db.for_update(Organisation.objects().where(Organisation.slug == slug)).first()
        organisation = row or found
        facts = await told(organisation, now=now)
        rules.check_confirmed(facts, seen=seen, typed=name, expected=organisation.name, field_name="name")
        is_named = len(facts.stays) > 1
        await _end_people(organisation, now=now)
        await _end_things(organisation, now=now)
        await _erase_mails(organisation, now=now)
        await consortia.leave_all(organisation, actor=actor, now=now)
        await idempotency.erase(organisation.name, organisation.contact_name, organisation.contact_email)
        if not is_named:
            await erasing.erase_name(organisation.name, instead=ERASED_NAME)
            await journal.erase_words_about(organisation.name)
        await _blank(organisation, is_named=is_named, now=now)
        await journal.note("organisation.erased", actor, organisation.slug, now=now)
        await note_change(now)


async def _end_people(organisation: Organisation, *, now: datetime) -> None:
    here = (Role.organisation == organisation.id) & Role.ended_at.is_null()
    people = sorted({row["person"] for row in await Role.select(Role.person).where(here)})
    await Role.update({Role.ended_at: now}).where(here)
    for number in people:
        if not await members.memberships_of(number):
            await lock_out(number, now=now)
            await Person.update({Person.ended_at: now}).where(Person.id == number)
    pending = (Handover.organisation == organisation.id) & Handover.decided_at.is_null()
    settled: dict[Any, Any] = {Handover.outcome: "refused", Handover.decided_at: now}
    await Handover.update(settled).where(pending)


async def _end_things(organisation: Organisation, *, now: datetime) -> None:
    mine = organisation.id
    await OrganisationLogo.delete().where(OrganisationLogo.organisation == mine)
    followed = FollowedCalendar.organisation == mine
    await FollowedCalendar.update({FollowedCalendar.ended_at: now}).where(
        followed & FollowedCalendar.ended_at.is_null()
    )
    emptied = ("host", "sealed", "etag", "last_modified", "body", "result", "detail")
    await FollowedCalendar.update({getattr(FollowedCalendar, one): "" for one in emptied}).where(followed)
    for table in (FollowedEvent, FollowedDecision):
        await table.delete().where(
            table.calendar.is_in(FollowedCalendar.select(FollowedCalendar.id).where(followed))
        )
    await EventUpload.delete().where(EventUpload.organisation == mine)
    await _take_resources_back(mine, now=now)
    unread = FundingCall.state.is_in(["waiting", "returned"])
    await FundingCall.update({FundingCall.state: "withdrawn", FundingCall.reason: LEFT}).where(
        (FundingCall.organisation == mine) & unread
    )
    used: dict[Any, Any] = {ResourceUse.words: "", ResourceUse.withdrawn_at: now}
    await ResourceUse.update(used).where(ResourceUse.organisation == mine)
    wished: dict[Any, Any] = {
        FundingInterest.brings: "",
        FundingInterest.contact: "",
        FundingInterest.withdrawn_at: now,
    }
    await FundingInterest.update(wished).where(FundingInterest.organisation == mine)
    await enquiries.erase_made(mine, now=now)
    await outbox.erase(f"organisation:{mine}", now=now)


async def _take_resources_back(organisation_id: int, *, now: datetime) -> None:
    """What stays is the address, which says that it is gone, and what others said about it."""
    mine = Resource.organisation == organisation_id
    taken: dict[Any, Any] = {Resource.state: "withdrawn", Resource.withdrawn_at: now}
    await Resource.update(taken).where(mine & (Resource.state != "withdrawn"))
    words = (Resource.summary, Resource.url, Resource.topics, Resource.search, Resource.title_key)
    blank: dict[Any, Any] = dict.fromkeys(words, "")
    blank |= {Resource.title: TAKEN_BACK, Resource.reason: LEFT, Resource.changed_at: now}
    await Resource.update(blank).where(mine)
    gone = Resource.select(Resource.id).where(mine)
    await ResourceFile.delete().where(ResourceFile.resource.is_in(gone))
    await LinkCheck.delete().where(LinkCheck.resource.is_in(gone))
    before: dict[Any, Any] = {ResourceChange.before: "", ResourceChange.note: ""}
    await ResourceChange.update(before).where(ResourceChange.resource.is_in(gone))


async def _erase_mails(organisation: Organisation, *, now: datetime) -> None:
    """What went to a main contact who is nobody here, such as an office; a person's mails are theirs to erase."""
    key = email_key(organisation.contact_email)
    if key and await accounts.person_by_email(key) is None:
        await outbox.erase_rows(await erasing.ids_to(key), reason=LEFT, now=now)


async def _blank(organisation: Organisation, *, is_named: bool, now: datetime) -> None:
    changed: dict[Any, Any] = {getattr(Organisation, one): "" for one in BLANK}
    changed |= {Organisation.standing: "former", Organisation.updated_at: now}
    if not is_named:
        name = f"{ERASED_NAME} ({organisation.id})"
        slug = f"erased-{organisation.id}"
        changed |= {Organisation.name: name, Organisation.name_key: name_key(name), Organisation.slug: slug}
        changed |= {Organisation.country: ""}
    await organisation.update_self(changed)
