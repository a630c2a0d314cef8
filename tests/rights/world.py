"""What the walk over every route finds: something at each address, of the right member's organisation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from summit_service import handovers, tokens
from summit_service.accounts import actions as accounts
from summit_service.accounts.actor import OPERATOR, PUBLIC, Actor
from summit_service.accounts.tables import ApiToken, Login, Person
from summit_service.announcements import actions as announcements
from summit_service.consortia import actions as consortia
from summit_service.contributions import actions as contributions
from summit_service.contributions.tables import Call
from summit_service.desk import waiting_list
from summit_service.doors import actions as doors
from summit_service.events import actions as events
from summit_service.feeds import actions as feeds
from summit_service.feeds.queries import feeds_of
from summit_service.following import actions as following
from summit_service.following.tables import FollowedCalendar
from summit_service.mail.tables import OutboxMessage
from summit_service.members import actions as members
from summit_service.members import pictures, sheet
from summit_service.members.rules import Details
from summit_service.members.tables import Organisation, Role
from summit_service.officers import actions as officers
from summit_service.officers.rules import Details as OfficerDetails
from summit_service.registrations import actions as registrations
from summit_service.registrations.answers import Asked
from summit_service.resources import actions as resources
from summit_service.statements import actions as statements
from summit_service.zones import wall_text
from tests import factories, factories_contributions, factories_statements, factories_summits
from tests.factories_enquiries import make_confirmed
from tests.factories_events import FIRST_THURSDAYS, make_event
from tests.factories_funding import make_call
from tests.factories_pictures import make_picture
from tests.factories_resources import make_resource
from tests.rights.examples import more_examples

ROLES = "/organisations/{slug:str}/roles/{role_id:int}"
API_ROLES = f"/api/v1{ROLES}"
CALENDARS = "/organisations/{slug:str}/calendars/{calendar_id:int}"
API_CALENDARS = f"/api/v1{CALENDARS}"
PROGRAMME = factories_summits.programme(factories_summits.session(), factories_summits.session("Last words"))
FIELDS: dict[str, Any] = {
    "organisation": "right",
    "email": "ana@walk.example",
    "roles": ["signatory"],
    "starts_at": "2026-04-20T09:00",
    "ends_at": "2026-04-20T10:00",
    "timezone": "Europe/London",
    "changes_until": "2026-09-01",
    "sent_at": "2026-03-02T09:00:00Z",
}
"""Fields of a body that have to fit, so that rights are what is asked."""


@dataclass(frozen=True, slots=True)
class World:
    """The five who ask, and what stands for each parameter of an address: (part of the path, value)."""

    actors: dict[str, Actor]
    examples: tuple[tuple[str, str], ...]
    schema: dict[str, Any]
    """The OpenAPI document."""
    left: dict[str, tuple[tuple[str, str], ...]]
    """For those asked later: another of what the right member, who is asked before, has brought to its end."""

    def address(self, path: str, who: str = "") -> str:
        """The path with every parameter filled in; what has no example gets something that nobody knows."""
        for part, value in (*self.left.get(who, ()), *self.examples):
            path = path.replace(part, part.split("{")[0] + value)
        path = re.sub(r"\{\w+:int\}", "1", path)
        return re.sub(r"\{\w+:(str|path)\}", lambda _: tokens.mint(), path)


async def make_world(schema: dict[str, Any], *, now: datetime) -> World:
    """A network with one thing of each kind. Add an example when your route has a parameter of a new kind."""
    desk = await factories.secretariat()
    right = await factories_statements.make_member("Right", slug="right")
    wrong = await factories_statements.make_member("Wrong", slug="wrong")
    member = await factories.representative_of(right)
    proposed, handover = await _roles(right, member, now=now)
    series = {"starts_at": "2026-05-07T09:00", "ends_at": "2026-05-07T10:00", "recurrence": FIRST_THURSDAYS}
    event = await make_event(right, actor=member, now=now, **series)
    statement = await factories_statements.make_open(desk, now=now)
    await _consultation(desk, now=now)
    edition = await factories_summits.make_edition()
    await factories_summits.release(PROGRAMME, now=now)
    await registrations.set_sign_up(
        2026, "opening", places_wanted=5, attendance="", is_open=True, actor=OPERATOR, now=now
    )
    await _contribution(member, now=now)
    await registrations.name_arranger(2026, member.email, actor=OPERATOR, now=now)
    enquiry = await make_confirmed(now=now)
    resource = await make_resource(right, actor=member, now=now)
    png = make_picture()
    await resources.set_file(resource.slug, png, name="guide.png", actor=member, now=now)
    await members.set_logo("right", png, alt="", actor=member, now=now)
    call = await make_call(right, actor=member, now=now)
    together = await consortia.begin(call.slug, "Together", organisation="right", actor=member, now=now)
    await consortia.write(together, "A plan.", known=0, actor=member, now=now)
    terms = [
        await officers.name(
            OfficerDetails(office="Chair", name="Ana", starts_on="2026-01-01"), actor=desk, now=now
        )
        for _ in range(3)
    ]
    comment = await resources.comment(resource.slug, "It helps.", actor=member, now=now)
    other_comment = await resources.comment(resource.slug, "It did not help.", actor=member, now=now)
    person = await Person.objects().get(Person.id == member.person_id)
    assert person is not None
    # Not the role that the walk needs: ending this one leaves the right member a representative.
    role = await factories.give_role(person, "alternate", organisation=right)
    confirming = [await _alternate(n, right, is_proposed=True) for n in range(5)]
    ending = [await _alternate(n, right) for n in range(5, 10)]
    followed = [await _followed(member, f"walk-{n}", now=now) for n in range(5)]
    followed.append(await _another(followed[0]))
    drafts = [await _announcement(desk, now=now) for _ in range(3)]
    await _summit(desk, now=now)
    more = await more_examples(desk, member, right, now=now)
    return World(
        actors={
            "stranger": PUBLIC,
            "wrong": await factories.representative_of(wrong),
            "right": member,
            "former": member,
            "secretariat": desk,
        },
        examples=(
            *more,
            ("/events/{slug:str}", event.slug),
            ("/resources/{slug:str}", resource.slug),
            ("/funding/{slug:str}", call.slug),
            ("/api/docs/{area:str}", "events"),
            ("/desk/tasks/{key:str}", await _task(now)),
            ("/consortia/{consortium_id:int}", str(together)),
            (f"/api/v1/resources/{resource.slug}/comments/{{comment_id:int}}", str(comment)),
            (f"/resources/{resource.slug}/comments/{{comment_id:int}}", str(other_comment)),
            ("/api/v1/officers/{officer_id:int}/removal", f"{terms[1].id}/removal"),
            ("/desk/officers/{officer_id:int}/removal", f"{terms[2].id}/removal"),
            ("/officers/{officer_id:int}", str(terms[0].id)),
            ("/logos/{digest:str}", pictures.logo_of(png).digest),
            ("/occurrences/{when:str}", "2026-06-04"),
            ("/settings/{name:str}", "network_name"),
            ("/organisations/{slug:str}", "right"),
            ("/asked/{organisation:str}", "right"),
            ("/requests/{organisation:str}", "right"),
            ("/versions/{language:str}", "en"),
            ("/statements/{slug:str}/comments", "for-comments/comments"),
            ("/statements/{slug:str}/{name:str}", f"{statement.slug}/statement.en.txt"),
            ("/statements/{slug:str}/{step:str}", f"{statement.slug}/closure"),
            ("/statements/{slug:str}", statement.slug),
            ("/summits/{year:int}", str(edition.year)),
            ("/registrations/{year:int}", str(edition.year)),
            ("/reviews/{year:int}", str(edition.year)),
            ("/sign-ups/{session:str}", "opening"),
            ("/enquiries/{identifier:int}", str(enquiry.id)),
            ("/api/v1/organisations/right/roles/{role_id:int}/confirmation", f"{confirming[0]}/confirmation"),
            ("/api/v1/organisations/right/roles/{role_id:int}/end", f"{ending[0]}/end"),
            ("/roles/{role_id:int}/confirmation", f"{proposed}/confirmation"),
            ("/roles/{role_id:int}", str(role.id)),
            ("/handovers/{handover_id:int}", str(handover)),
            ("/desk/mails/{identifier:int}", str(await _mail())),
            ("/logins/{login_id:int}", str(await _login(member, now=now))),
            ("/tokens/{token_id:int}", str(await _token(member, now=now))),
            ("/desk/people/{person_id:int}/calendars", f"{member.person_id}/calendars"),
            ("/calendars/{feed_id:int}", str(await _feed(member, now=now))),
            ("/desk/import/{file_id:int}", str(await _members_file(desk, now=now))),
            ("/import/{upload_id:int}", str(await _upload(member, now=now))),
            ("/api/v1/organisations/right/calendars/{calendar_id:int}", str(followed[0])),
            ("/calendars/{calendar_id:int}", str(followed[1])),
            ("/announcements/{identifier:int}/deletion", f"{drafts[0]}/deletion"),
            ("/announcements/{identifier:int}/sending", f"{drafts[1]}/sending"),
            ("/announcements/{identifier:int}", str(drafts[2])),
            ("/sessions/{session_id:str}/removal", "last-words/removal"),
            ("/sessions/{session_id:str}", "opening"),
            ("/questions/{key:str}", "diet"),
            ("/doors/{door_id:int}/end", "2/end"),
            ("/static/{file_path:path}", "site.css"),
        ),
        schema=schema,
        left={
            who: (
                *(await _of_their_own(member, resource.slug, now=now) if who == "former" else ()),
                (API_CALENDARS, f"right/calendars/{followed[2 + n]}"),
                (f"{CALENDARS}/stop", f"right/calendars/{followed[3 + n]}/stop"),
                (f"{API_ROLES}/confirmation", f"right/roles/{confirming[1 + n]}/confirmation"),
                (f"{API_ROLES}/end", f"right/roles/{ending[1 + n]}/end"),
                (f"{ROLES}/confirmation", f"right/roles/{confirming[2 + n]}/confirmation"),
                (f"{ROLES}/end", f"right/roles/{ending[2 + n]}/end"),
            )
            for n, who in ((0, "former"), (2, "secretariat"))
        },
    )


async def _of_their_own(member: Actor, resource: str, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Another of what is this person's alone: comments, a file, a calendar, a login, a token."""
    comments = [await resources.comment(resource, f"Word {n}.", actor=member, now=now) for n in range(2)]
    at_comments = "/resources/{slug:str}/comments/{comment_id:int}/withdrawal"
    upload, feed = await _upload(member, now=now), await _feed(member, now=now)
    return (
        (f"/api/v1{at_comments}", f"{resource}/comments/{comments[0]}/withdrawal"),
        (at_comments, f"{resource}/comments/{comments[1]}/withdrawal"),
        ("/events/import/{upload_id:int}/discard", f"{upload}/discard"),
        ("/me/calendars/{feed_id:int}/end", f"{feed}/end"),
        ("/me/logins/{login_id:int}/end", f"{await _login(member, now=now, token_hash='1' * 64)}/end"),
        ("/me/tokens/{token_id:int}/end", f"{await _token(member, now=now)}/end"),
    )


async def _alternate(number: int, organisation: Organisation, *, is_proposed: bool = False) -> int:
    """The role of somebody of their own, to be confirmed or ended."""
    person = await factories.make_person(f"Bo {number}", email=f"bo-{number}@helper.example")
    role = await factories.give_role(person, "alternate", organisation=organisation)
    await role.update_self({Role.is_proposed: is_proposed})
    return int(role.id)


async def _announcement(desk: Actor, *, now: datetime) -> int:
    made = await announcements.write(
        subject="News", body="All is well.", audience="members", actor=desk, now=now
    )
    return int(made.id)


async def _summit(desk: Actor, *, now: datetime) -> None:
    """Doors and a question of the edition."""
    for name in ("Main", "Side"):
        await doors.make_door(2026, name, actor=desk, now=now)
    question = Asked(key="diet", label="What do you eat?", kind="text")
    await registrations.set_questions(2026, [question], actor=desk, now=now)


async def _consultation(desk: Actor, *, now: datetime) -> None:
    """A draft that members comment on."""
    draft = await factories_statements.make_draft(desk, now=now, title="For comments")
    closes = wall_text(now + timedelta(days=20))
    await statements.start_consultation(draft.slug, actor=desk, now=now, closes_at=closes)


async def _contribution(reviewer: Actor, *, now: datetime) -> None:
    """Number 1 of a call that is closed, so that it can be reviewed."""
    await factories_contributions.make_call(now=now)
    await factories_contributions.propose(now=now)
    await contributions.appoint_reviewer(2026, reviewer.email, actor=OPERATOR, now=now)
    await Call.update({Call.closes_instant: now}, force=True)


async def _roles(right: Organisation, contact: Actor, *, now: datetime) -> tuple[int, int]:
    """A role that is proposed, and a hand-over that waits, for the main contact of the right organisation."""
    await right.update_self({Organisation.contact_email: contact.email})
    leaver = await factories.representative_of(right)
    added = await members.add_person(
        name="Ana", email="ana@new.example", organisation="right", roles=["signatory"], actor=leaver, now=now
    )
    role = await Role.objects().where(Role.person == added.person.id).first()
    made = await handovers.ask("right", name="Sue", email="sue@new.example", actor=leaver, now=now)
    assert role is not None
    assert role.is_proposed
    return role.id, made.id


async def _task(now: datetime) -> str:
    """Of what waits for the secretariat: that a member has nobody who represents it, which the walk leaves so."""
    await factories.make_organisation("Alone", slug="alone")
    [line] = [
        one for one in await waiting_list.for_secretariat(now) if one.url == "/organisations/alone/people"
    ]
    return line.key


async def _mail() -> int:
    row = await OutboxMessage.objects().first()
    assert row is not None
    return int(row.id)


async def _login(actor: Actor, *, now: datetime, token_hash: str = "0" * 64) -> int:
    row = Login(
        person=actor.person_id, token_hash=token_hash, created_at=now, expires_at=now + timedelta(days=1)
    )
    await row.save()
    return int(row.id)


async def _feed(actor: Actor, *, now: datetime) -> int:
    await feeds.make_feed("walk", actor=actor, now=now)
    row = (await feeds_of(actor.person_id or 0))[-1]
    return int(row.id)


async def _followed(actor: Actor, name: str, *, now: datetime) -> int:
    made = await following.follow(
        "right", f"https://calendar.example/{name}.ics", takes_new=False, actor=actor, now=now
    )
    return int(made.id)


async def _another(calendar_id: int) -> int:
    """One calendar more than an organisation may follow, as the walk stops so many."""
    row = await FollowedCalendar.objects().get(FollowedCalendar.id == calendar_id)
    assert row is not None
    columns = {name: value for name, value in row.to_dict().items() if name != "id"}
    made = FollowedCalendar(**columns | {"address_hash": "0" * 64})
    await made.save()
    return int(made.id)


async def _upload(actor: Actor, *, now: datetime) -> int:
    data = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260420T090000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    return await events.keep_upload(data, name="walk.ics", organisation="right", actor=actor, now=now)


async def _members_file(actor: Actor, *, now: datetime) -> int:
    kept, _ = await members.keep_file(
        sheet.written([Details(name="Walk", kind="group")]), name="walk.csv", actor=actor, now=now
    )
    assert kept is not None
    return kept.id


async def _token(actor: Actor, *, now: datetime) -> int:
    await accounts.create_api_token("walk", actor=actor, now=now)
    mine = ApiToken.objects().where(ApiToken.person == actor.person_id)
    row = await mine.order_by(ApiToken.id, ascending=False).first()
    assert row is not None
    return int(row.id)


def sample(schema: dict[str, Any], part: dict[str, Any]) -> Any:
    """The smallest JSON of this part of the OpenAPI document, so that a body is no reason to be refused."""
    if "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[-1]]
    for choices in (part.get("oneOf"), part.get("anyOf"), part.get("allOf")):
        if choices:
            return sample(schema, choices[0])
    if "enum" in part:
        return part["enum"][0]
    kind = part.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        given, needed = part.get("properties", {}), part.get("required", ())
        plain = {name: sample(schema, given[name]) for name in needed}
        return plain | {name: value for name, value in FIELDS.items() if name in given}
    return {"array": [], "string": "x", "boolean": False, "null": None}.get(kind, 1)
