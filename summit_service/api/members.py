"""JSON: organisations and people."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import UNSET, Struct, UnsetType, field, structs

from summit_service.accounts.actor import Actor, check_manages, check_secretariat
from summit_service.errors import Invalid, NotFound
from summit_service.events import actions as events
from summit_service.members import actions, directory, logos, pictures, queries
from summit_service.members.logos import Logo
from summit_service.members.queries import Member
from summit_service.members.rules import Confirmation, Details, mark_of
from summit_service.members.tables import Organisation

Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class NewOrganisation(Struct, forbid_unknown_fields=True):
    """An organisation to be taken in."""

    name: str
    kind: str
    parent: str = ""
    city: str = ""
    country: str = ""
    website: str = ""
    summary: str = ""
    timezone: str = ""
    standing: str = "member"
    contact_name: str = ""
    contact_email: str = ""


class OrganisationChanges(Struct, forbid_unknown_fields=True):
    """What is to change; a field that is left out stays. With `seen`, as read, 409 where it is another by now."""

    name: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    parent: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    website: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    standing: str | UnsetType = UNSET
    contact_name: str | UnsetType = UNSET
    contact_email: str | UnsetType = UNSET
    seen: str | None = None


class LogoBody(Struct, forbid_unknown_fields=True):
    """A picture in base64: PNG, JPEG or WebP, at most 2 MB; `alt` says what it shows.

    An empty `alt` means “Logo of” and the name of the organisation.
    """

    file: str
    alt: str = ""


class LogoShown(Struct):
    """A logo: its address, which changes with its bytes, what it shows, and its size in pixels."""

    url: str
    alt: str
    width: int
    height: int


class OrganisationShown(Struct):
    """An organisation; its contact is shown to its representatives and the secretariat alone.

    So is `seen`, the mark of it as it stands.
    """

    slug: str
    name: str
    kind: str
    parent: str
    city: str
    country: str
    website: str
    summary: str
    timezone: str
    standing: str
    logo: LogoShown | None
    contact_name: str | UnsetType = UNSET
    contact_email: str | UnsetType = UNSET
    seen: str | UnsetType = UNSET


class OrganisationPage(Struct):
    """A part of the directory; `next` is the cursor of the part that follows, null at the end."""

    items: list[OrganisationShown]
    next: str | None


class NewPerson(Struct, forbid_unknown_fields=True):
    """Somebody and what they are in an organisation (its slug)."""

    name: str
    email: str
    organisation: str | None = None
    roles: list[str] = field(default_factory=list)


class Confirmed(Struct):
    """Who let somebody sign: `standing` is contact, secretariat or operator, `via` is link, page, api or cli."""

    by: str
    standing: str
    via: str
    at: str


class RoleHolder(Struct):
    """A role and whose it is; one that `is_proposed` gives no right before it is confirmed.

    `confirmed` says who let them sign; null for who only represents, and where it is not on record.
    """

    role: int
    kind: str
    person: int
    name: str
    email: str
    is_proposed: bool
    confirmed: Confirmed | None


class RoleHolderList(Struct):
    """Everybody with a role in an organisation, by name."""

    items: list[RoleHolder]
    next: str | None = None


class PersonAdded(Struct):
    """The person as they are known, with all their roles in the organisation."""

    id: int
    name: str
    email: str
    organisation: str | None
    roles: list[str]


class RoleShown(Struct):
    """One role; `organisation` is null for a role in the network itself."""

    organisation: str | None
    role: str


class PersonShown(Struct):
    """Somebody whom the network knows."""

    id: int
    name: str
    email: str
    roles: list[RoleShown]


class PeoplePage(Struct):
    """A part of the people; `next` is the cursor of the part that follows, null at the end."""

    items: list[PersonShown]
    next: str | None


@post("/organisations", status_code=201, tags=["Organisations"], summary="Take an organisation in")
async def create_organisation(
    data: JSONBody[NewOrganisation], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> OrganisationShown:
    """For the secretariat."""
    made = await actions.create_organisation(Details(**structs.asdict(data)), actor=actor, now=now)
    return _shown(made, actor, {})


@get("/organisations", tags=["Organisations"], summary="The directory")
async def list_organisations(
    actor: NamedDependency[Actor],
    *,
    q: FromQuery[str] = "",
    country: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    standing: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    limit: Limit = 50,
) -> OrganisationPage:
    """Public. Former members are left out unless `standing=former` asks for them."""
    standings = (standing,) if standing else ("member", "associate")
    found = await directory.organisations(words=q, country=country, kind=kind, standings=standings)
    rest = sorted((one for one in found if one.slug > cursor), key=lambda one: one.slug)
    more = rest[limit - 1].slug if len(rest) > limit else None
    pictured = await logos.logos_of([one.id for one in rest[:limit]])
    return OrganisationPage([_shown(one, actor, pictured) for one in rest[:limit]], more)


@get("/organisations/{slug:str}", tags=["Organisations"], summary="One organisation")
async def show_organisation(slug: FromPath[str], actor: NamedDependency[Actor]) -> OrganisationShown:
    """Public."""
    return await _by_slug(slug, actor)


@patch("/organisations/{slug:str}", tags=["Organisations"], summary="Change an organisation")
async def change_organisation(
    slug: FromPath[str],
    data: JSONBody[OrganisationChanges],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> OrganisationShown:
    """For its representatives and the secretariat; the standing for the secretariat alone."""
    given = structs.asdict(data)
    changes = {name: value for name, value in given.items() if value is not UNSET and name != "seen"}
    changed = await actions.change_organisation(slug, changes, seen=data.seen, actor=actor, now=now)
    await events.render_again(now=now, organisation_id=changed.id)
    return _shown(changed, actor, await logos.logos_of([changed.id]))


@post(
    "/organisations/{slug:str}/logo",
    status_code=201,
    request_max_body_size=2 * pictures.LARGEST_FILE,
    tags=["Organisations"],
    summary="Set a logo",
)
async def set_logo(
    slug: FromPath[str],
    data: JSONBody[LogoBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> OrganisationShown:
    """Show this logo from now on. For its representatives and the secretariat."""
    check_manages(actor, (await _found(slug)).id)
    try:
        picture = base64.b64decode(data.file, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid.one("file", "The picture is not in base64.") from None
    await actions.set_logo(slug, picture, alt=data.alt, actor=actor, now=now)
    return await _by_slug(slug, actor)


@post(
    "/organisations/{slug:str}/logo/removal",
    status_code=201,
    tags=["Organisations"],
    summary="Take a logo away",
)
async def remove_logo(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> OrganisationShown:
    """Show no logo any more. For its representatives and the secretariat."""
    await actions.remove_logo(slug, actor=actor, now=now)
    return await _by_slug(slug, actor)


@post("/people", status_code=201, tags=["People"], summary="Add somebody to an organisation")
async def add_person(
    data: JSONBody[NewPerson], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> PersonAdded:
    """For the secretariat and the organisation's representatives. Somebody known already keeps their name."""
    added = await actions.add_person(**structs.asdict(data), actor=actor, now=now)
    slug = added.organisation.slug if added.organisation else None
    return PersonAdded(added.person.id, added.person.name, added.person.email, slug, list(added.roles))


@get("/people", tags=["People"], summary="Everybody whom the network knows")
async def list_people(
    actor: NamedDependency[Actor], cursor: FromQuery[int] = 0, limit: Limit = 50
) -> PeoplePage:
    """For the secretariat."""
    check_secretariat(actor)
    found = await queries.people(after=cursor, limit=limit + 1)
    items = [
        PersonShown(
            known.person.id,
            known.person.name,
            known.person.email,
            [RoleShown(slug or None, kind) for slug, kind in known.roles],
        )
        for known in found[:limit]
    ]
    return PeoplePage(items, str(items[-1].id) if len(found) > limit else None)


@get("/organisations/{slug:str}/people", tags=["People"], summary="Who acts for an organisation")
async def list_roles(slug: FromPath[str], actor: NamedDependency[Actor]) -> RoleHolderList:
    """One entry for each role. For its representatives and the secretariat."""
    found = await _found(slug)
    check_manages(actor, found.id)
    return await _holders(slug)


@post(
    "/organisations/{slug:str}/roles/{role_id:int}/confirmation",
    status_code=201,
    tags=["People"],
    summary="Confirm who signs",
)
async def confirm_role(
    slug: FromPath[str],
    role_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> RoleHolderList:
    """Let a signatory or alternate who was proposed sign. For the main contact and the secretariat."""
    await actions.confirm_role(role_id, organisation=slug, actor=actor, now=now)
    return await _holders(slug)


@post(
    "/organisations/{slug:str}/roles/{role_id:int}/end",
    status_code=201,
    tags=["People"],
    summary="End a role",
)
async def end_role(
    slug: FromPath[str],
    role_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> RoleHolderList:
    """From now on; 409 for the only representative. For its representatives and the secretariat."""
    await actions.end_role(role_id, organisation=slug, actor=actor, now=now)
    return await _holders(slug)


async def _holders(slug: str) -> RoleHolderList:
    return RoleHolderList([_holder(one) for one in await queries.people_of((await _found(slug)).id)])


def _holder(one: Member) -> RoleHolder:
    return RoleHolder(
        one.role_id,
        one.kind,
        one.person_id,
        one.name,
        one.email,
        one.is_proposed,
        confirmed(one.confirmed),
    )


def confirmed(one: Confirmation | None) -> Confirmed | None:
    """Times as RFC 3339 in UTC."""
    return Confirmed(one.name, one.standing, one.via, one.at.isoformat()) if one else None


async def _by_slug(slug: str, actor: Actor) -> OrganisationShown:
    found = await _found(slug)
    return _shown(found, actor, await logos.logos_of([found.id]))


async def _found(slug: str) -> Organisation:
    found = await queries.organisation_by_slug(slug)
    if found is None:
        raise NotFound("There is no such organisation.")
    return found


def _shown(organisation: Organisation, actor: Actor, pictured: Mapping[int, Logo]) -> OrganisationShown:
    public = {
        name: getattr(organisation, name)
        for name in OrganisationShown.__struct_fields__
        if name not in {"logo", "seen"}
    }
    logo = pictured.get(organisation.id)
    public["logo"] = LogoShown(logo.url, logo.alt, logo.width, logo.height) if logo else None
    if actor.can_manage(organisation.id):
        public["seen"] = mark_of(queries.details_of(organisation))
    else:
        public |= {"contact_name": UNSET, "contact_email": UNSET}
    return OrganisationShown(**public)


ROUTES: list[Any] = [
    create_organisation,
    list_organisations,
    show_organisation,
    change_organisation,
    set_logo,
    remove_logo,
    add_person,
    list_people,
    list_roles,
    confirm_role,
    end_role,
]
