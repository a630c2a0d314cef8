"""Reads about organisations, and what a person may do for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.query import Select
from piccolo.query.functions.aggregate import Count
from piccolo.querystring import QueryString

from summit_service import caseless, markup
from summit_service.accounts.actor import Actor
from summit_service.accounts.addresses import email_key
from summit_service.accounts.queries import person_by_email
from summit_service.accounts.tables import Person
from summit_service.errors import Invalid
from summit_service.members.rules import (
    FIELDS,
    MEMBERS,
    SECRETARIAT,
    SIGNING_ROLES,
    Confirmation,
    Details,
    is_standing_of_member,
    name_key,
)
from summit_service.members.tables import Organisation, Role

CONFIRMED = (
    Role.confirmed_at,
    Role.confirmed_by,
    Role.confirmed_name,
    Role.confirmed_as,
    Role.confirmed_via,
)


@dataclass(frozen=True, slots=True)
class Signatories:
    """Who signs for an organisation, and who may when they cannot; both in the order of their naming."""

    signatories: tuple[Person, ...] = ()
    alternates: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to write to about an organisation."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person and one of their roles in an organisation."""

    role_id: int
    kind: str
    person_id: int
    name: str
    email: str
    is_proposed: bool = False
    confirmed: Confirmation | None = None
    """Who let them sign; None where that is not on record, or nothing is signed in this role."""


async def actor_of(person: Person, *, via: str) -> Actor:
    """The person with the rights of this moment."""
    live = (Role.person == person.id) & Role.ended_at.is_null() & Role.is_proposed.eq(False)
    standing = Role.organisation.standing.as_alias("standing")
    roles = await Role.select(Role.kind, Role.organisation, standing).where(live)
    return Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        timezone=person.timezone,
        is_secretariat=any(role["kind"] == SECRETARIAT for role in roles),
        represents=frozenset(role["organisation"] for role in roles if role["kind"] == "representative"),
        member_of=frozenset(
            role["organisation"] for role in roles if is_standing_of_member(role["standing"])
        ),
        via=via,
    )


async def organisation_by_slug(slug: str) -> Organisation | None:
    """The organisation at that address."""
    return await Organisation.objects().where(Organisation.slug == slug).first()


async def organisation_by_id(organisation_id: int) -> Organisation | None:
    """The organisation of that id."""
    return await Organisation.objects().where(Organisation.id == organisation_id).first()


async def organisation_by_name(name: str) -> Organisation | None:
    """The organisation of that name, whatever its case."""
    return await Organisation.objects().where(Organisation.name_key == name_key(name)).first()


async def organisation_called(named: str, *, missing: str = "Say which organisation.") -> Organisation:
    """The organisation of that slug or name; raises Invalid, with `missing` where nothing is named."""
    named = named.strip()
    found = await organisation_by_slug(named) or await organisation_by_name(named)
    if found is None:
        sentence = f"There is no organisation “{named[:80]}”." if named else missing
        raise Invalid.one("organisation", sentence)
    return found


async def organisation_for(
    named: str, actor: Actor, *, missing: str = "Say for which organisation."
) -> Organisation:
    """For which organisation somebody acts: the one of that slug or name, or the only one that they represent.

    Whether they may is not asked here. Raises Invalid for `organisation`.
    """
    if not named.strip() and len(actor.represents) == 1:
        found = await organisation_by_id(next(iter(actor.represents)))
        if found is not None:
            return found
    return await organisation_called(named, missing=missing)


async def slugs_like(name: str) -> frozenset[str]:
    """The addresses in use that an organisation of that name could have got."""
    base = markup.slug(name)
    rows = await Organisation.select(Organisation.slug).where(Organisation.slug.like(f"{base}%"))
    return frozenset(row["slug"] for row in rows)


async def slugs_of(organisation_ids: Collection[int]) -> dict[int, str]:
    """The addresses of these organisations, by id."""
    wanted = Organisation.id.is_in(sorted(organisation_ids) or [0])
    return {
        row["id"]: row["slug"]
        for row in await Organisation.select(Organisation.id, Organisation.slug).where(wanted)
    }


def details_of(organisation: Organisation) -> Details:
    """What is kept of an organisation."""
    return Details(**{field: getattr(organisation, field) for field in FIELDS})


def columns(details: Details) -> dict[Any, Any]:
    """The details, and the key of the name, by column."""
    values = {getattr(Organisation, field): getattr(details, field) for field in FIELDS}
    return {**values, Organisation.name_key: name_key(details.name)}


async def organisations_of(actor: Actor) -> list[Organisation]:
    """The organisations that this actor represents, by name; for the secretariat too, only its own."""
    if not actor.represents:
        return []
    mine = Organisation.id.is_in(sorted(actor.represents))
    return list(await Organisation.objects().where(mine).order_by(Organisation.name_key))


async def may_act_for(actor: Actor) -> list[Organisation]:
    """The organisations for which this actor may do something new, by name: for the secretariat every one."""
    if actor.is_secretariat:
        return await all_members(standings=sorted(MEMBERS))
    return await own_members_of(actor)


async def own_members_of(actor: Actor) -> list[Organisation]:
    """The organisations that this actor represents and that are in the network now, by name."""
    return [one for one in await organisations_of(actor) if one.standing in MEMBERS]


async def all_members(*, standings: Sequence[str] = ("member",)) -> list[Organisation]:
    """Every organisation of these standings, by name."""
    wanted = Organisation.standing.is_in(list(standings))
    return list(await Organisation.objects().where(wanted).order_by(Organisation.name_key))


async def members_by_zone() -> dict[str, int]:
    """How many members and associates live by the clock of each zone; who has not said is not counted."""
    where = Organisation.standing.is_in(["member", "associate"]) & (Organisation.timezone != "")
    rows = (
        await Organisation.select(Organisation.timezone, Count()).where(where).group_by(Organisation.timezone)
    )
    return {row["timezone"]: row["count"] for row in rows}


async def members_without_representative(*, limit: int) -> tuple[list[tuple[str, str]], int]:
    """Slug and name of members and associates that nobody represents, the first by name, and how many in all."""
    standings = Organisation.standing.is_in(["member", "associate"])
    return await _first_of(standings & Organisation.id.not_in(_with_role(["representative"])), limit=limit)


async def members_without_signatory(*, limit: int) -> tuple[list[tuple[str, str]], int]:
    """Slug and name of members for whom nobody could sign, though somebody represents them; as above."""
    nobody = Organisation.id.not_in(_with_role(SIGNING_ROLES))
    represented = Organisation.id.is_in(_with_role(["representative"]))
    return await _first_of((Organisation.standing == "member") & nobody & represented, limit=limit)


async def members_whose_contact_does_not_act(*, limit: int) -> tuple[list[tuple[str, str]], int]:
    """Slug and name of members and associates whose key contact is none of those who represent them; as above."""
    standings = Organisation.standing.is_in(["member", "associate"]) & (Organisation.contact_email != "")
    represented = Organisation.id.is_in(_with_role(["representative"]))
    return await _first_of(standings & represented & WhereRaw(_CONTACT_DOES_NOT_ACT, False), limit=limit)


_CONTACT_DOES_NOT_ACT = """
    organisation.id NOT IN (
        SELECT held.organisation FROM role held
        JOIN person ON person.id = held.person JOIN organisation own ON own.id = held.organisation
        WHERE held.kind = 'representative' AND held.ended_at IS NULL AND held.is_proposed = {}
        AND person.ended_at IS NULL AND LOWER(person.email) = LOWER(own.contact_email)
    )
"""


def _with_role(kinds: Collection[str]) -> Select[Role]:
    """The organisations in which somebody has one of these roles now."""
    return Role.select(Role.organisation).where(
        Role.organisation.is_not_null(),
        Role.kind.is_in(sorted(kinds)),
        Role.ended_at.is_null(),
        Role.is_proposed.eq(False),
        Role.person.ended_at.is_null(),
    )


async def _first_of(nobody: Combinable, *, limit: int) -> tuple[list[tuple[str, str]], int]:
    # Counted in the same query, which looks through the roles of everybody.
    in_all = QueryString("COUNT(*) OVER ()", alias="in_all")
    rows = (
        await Organisation.select(Organisation.slug, Organisation.name, in_all)
        .where(nobody)
        .order_by(Organisation.name_key)
        .limit(limit)
    )
    return [(row["slug"], row["name"]) for row in rows], rows[0]["in_all"] if rows else 0


async def without_anybody(organisation_ids: Collection[int]) -> dict[int, str]:
    """Of these organisations, those for which nobody acts, and why: `former`, or `nobody` represents them."""
    if not organisation_ids:
        return {}
    ids = sorted(organisation_ids)
    represented = Role.select(Role.organisation).where(
        Role.organisation.is_in(ids),
        Role.kind == "representative",
        Role.ended_at.is_null(),
        Role.is_proposed.eq(False),
        Role.person.ended_at.is_null(),
    )
    acted_for = {row["organisation"] for row in await represented}
    former = Organisation.select(Organisation.id).where(
        Organisation.id.is_in(ids), Organisation.standing == "former"
    )
    left = {row["id"] for row in await former}
    return {one: "former" if one in left else "nobody" for one in ids if one in left or one not in acted_for}


async def signatories_of(organisation_ids: Sequence[int]) -> dict[int, Signatories]:
    """The signatories and alternates of each of these organisations, empty where nobody is named."""
    if not organisation_ids:
        return {}
    roles = (
        await Role.objects(Role.person)
        .where(
            Role.organisation.is_in(list(organisation_ids)),
            Role.kind.is_in(sorted(SIGNING_ROLES)),
            Role.ended_at.is_null(),
            Role.is_proposed.eq(False),
            Role.person.ended_at.is_null(),
        )
        .order_by(Role.id)
    )
    named: dict[int, list[Role]] = {identifier: [] for identifier in organisation_ids}
    for role in roles:
        named[role.organisation].append(role)
    return {identifier: _signatories(own) for identifier, own in named.items()}


async def signing_at(
    people: Select[Any], organisations: Select[Any], *, at: datetime
) -> set[tuple[int, int]]:
    """Who of these could sign for one of those at that instant, as signatory or alternate: person and organisation.

    Both are sub-selects of ids: of hundreds, the numbers themselves take longer to write down than to look up.
    """
    rows = await Role.select(Role.person, Role.organisation).where(
        Role.person.is_in(people),
        Role.organisation.is_in(organisations),
        Role.kind.is_in(sorted(SIGNING_ROLES)),
        Role.is_proposed.eq(False),
        Role.ended_at.is_null() | (Role.ended_at > at),
    )
    return {(row["person"], row["organisation"]) for row in rows}


def _signatories(own: Sequence[Role]) -> Signatories:
    return Signatories(
        signatories=tuple(role.person for role in own if role.kind == "signatory"),
        alternates=tuple(role.person for role in own if role.kind == "alternate"),
    )


async def people_of(organisation_id: int) -> list[Member]:
    """Everybody with a live role in the organisation, one entry a role, by name."""
    rows = (
        await Role.select(
            Role.id,
            Role.kind,
            Role.is_proposed,
            Role.person.id,
            Role.person.name,
            Role.person.email,
            *CONFIRMED,
        )
        .where(
            Role.organisation == organisation_id,
            Role.ended_at.is_null(),
            Role.person.ended_at.is_null(),
        )
        .order_by(Role.person.name)
        .order_by(Role.id)
    )
    return [
        Member(
            row["id"],
            row["kind"],
            row["person.id"],
            row["person.name"],
            row["person.email"],
            row["is_proposed"],
            _confirmation(row),
        )
        for row in rows
    ]


async def confirmations_of(
    people: Collection[int], organisations: Collection[int]
) -> dict[tuple[int, int], Confirmation]:
    """Who let these people sign for these organisations, by person and organisation; the last word of several."""
    theirs = Role.person.is_in([*people, 0]) & Role.organisation.is_in([*organisations, 0])
    rows = (
        await Role.select(Role.person, Role.organisation, *CONFIRMED)
        .where(theirs, Role.kind.is_in(sorted(SIGNING_ROLES)))
        .order_by(Role.id)
    )
    found = {(row["person"], row["organisation"]): _confirmation(row) for row in rows}
    return {who: confirmed for who, confirmed in found.items() if confirmed is not None}


def _confirmation(row: Mapping[str, Any]) -> Confirmation | None:
    if row["confirmed_at"] is None:
        return None
    return Confirmation(
        name=row["confirmed_name"],
        person_id=row["confirmed_by"],
        standing=row["confirmed_as"],
        via=row["confirmed_via"],
        at=row["confirmed_at"],
    )


async def roles_of(person_id: int, organisation_id: int | None) -> tuple[str, ...]:
    """The kinds of the live roles of a person in an organisation, or (None) in the network."""
    here = Role.organisation.is_null() if organisation_id is None else Role.organisation == organisation_id
    live = (Role.person == person_id) & Role.ended_at.is_null()
    rows = await Role.select(Role.kind).where(live & here).order_by(Role.id)
    return tuple(row["kind"] for row in rows)


async def is_contact(actor: Actor, organisation: Organisation) -> bool:
    """Whether this person says who signs and who follows: of those who represent it, the main contact."""
    contact = await confirmer_of(organisation)
    return contact is not None and contact.person_id == actor.person_id


async def confirmer_of(organisation: Organisation) -> Member | None:
    """Its key contact where they represent it, so that they can sign in and act; else its first representative."""
    people = [one for one in await people_of(organisation.id) if one.kind == "representative"]
    named = [one for one in people if email_key(one.email) == email_key(organisation.contact_email)]
    return min(named or people, key=lambda one: one.role_id, default=None)


async def confirmed_by(actor: Actor) -> list[int]:
    """The organisations for which this person confirms, by id; as `is_contact` says of each."""
    if not actor.represents:
        return []
    here = Role.organisation.is_in(sorted(actor.represents)) & (Role.kind == "representative")
    rows = (
        await Role.select(
            Role.organisation,
            Role.person,
            Role.person.email.as_alias("email"),
            Role.organisation.contact_email.as_alias("contact"),
        )
        .where(here & Role.ended_at.is_null() & Role.person.ended_at.is_null())
        .order_by(Role.id)
    )
    first: dict[int, int] = {}
    named: dict[int, int] = {}
    for row in rows:
        first.setdefault(row["organisation"], row["person"])
        if email_key(row["email"]) == email_key(row["contact"]):
            named.setdefault(row["organisation"], row["person"])
    return sorted(one for one, person in (first | named).items() if person == actor.person_id)


async def contact_of(actor: Actor) -> list[Organisation]:
    """The organisations about which this person is written to, by name: twin of `main_contact_of`."""
    if not actor.is_signed_in or not actor.email:
        return []
    unnamed = (Organisation.contact_email == "") & Organisation.id.is_in(sorted(actor.represents) or [0])
    named = caseless.is_same(Organisation.contact_email, email_key(actor.email))
    found = await Organisation.objects().where(named | unnamed).order_by(Organisation.name_key)
    first = await _first_representatives([one.id for one in found if not one.contact_email])
    return [one for one in found if one.contact_email or first.get(one.id) == actor.person_id]


async def _first_representatives(organisations: Sequence[int]) -> dict[int, int]:
    """By organisation: whoever represents it for the longest time."""
    here = Role.organisation.is_in(list(organisations) or [0]) & (Role.kind == "representative")
    rows = (
        await Role.select(Role.organisation, Role.person)
        .where(here & Role.ended_at.is_null() & Role.person.ended_at.is_null())
        .order_by(Role.id, ascending=False)
    )
    return {row["organisation"]: row["person"] for row in rows}


async def roles_to_confirm(actor: Actor, *, limit: int) -> tuple[list[Role], int]:
    """Those that others proposed where this person is the main contact, the first one first; and how many they are."""
    mine = await confirmed_by(actor)
    if not mine:
        return [], 0
    here = Role.organisation.is_in(mine) & Role.is_proposed.eq(True) & Role.ended_at.is_null()
    theirs = here & Role.person.ended_at.is_null() & (Role.person != actor.person_id)
    rows = await Role.objects(Role.person, Role.organisation).where(theirs).order_by(Role.id).limit(limit)
    return list(rows), await Role.count().where(theirs)


async def secretariat() -> list[Person]:
    """Everybody in the secretariat, in the order in which they came."""
    live = (Role.kind == SECRETARIAT) & Role.ended_at.is_null() & Role.person.ended_at.is_null()
    return [role.person for role in await Role.objects(Role.person).where(live).order_by(Role.id)]


async def main_contact_of(organisation: Organisation) -> Contact | None:
    """Whom to write to: its key contact; where none is named, its first representative; None when there is nobody."""
    if organisation.contact_email:
        return Contact(await _contact_name(organisation), organisation.contact_email)
    people = [member for member in await people_of(organisation.id) if member.kind == "representative"]
    first = min(people, key=lambda member: member.role_id, default=None)
    return Contact(first.name, first.email) if first else None


async def _contact_name(organisation: Organisation) -> str:
    """As it was given, else as the person of that address is called; never the organisation's own name."""
    if organisation.contact_name:
        return str(organisation.contact_name)
    person = await person_by_email(organisation.contact_email)
    return person.name if person is not None else ""


@dataclass(frozen=True, slots=True)
class Membership:
    """An organisation in which somebody has roles, and which; `slug` is empty for the network itself."""

    slug: str
    name: str
    kinds: tuple[str, ...]
    has_left: bool = False
    """Whether the organisation was in the network and is not now."""


async def memberships_of(person_id: int) -> list[Membership]:
    """Everything that a person is, the network first, then by the name of the organisation."""
    rows = (
        await Role.select(
            Role.kind, Role.organisation.slug, Role.organisation.name, Role.organisation.standing
        )
        .where((Role.person == person_id) & Role.ended_at.is_null())
        .order_by(Role.id)
    )
    places = {(row["organisation.name"] or "", row["organisation.slug"] or "") for row in rows}
    left = {row["organisation.slug"] for row in rows if row["organisation.standing"] not in {None, *MEMBERS}}
    return [
        Membership(
            slug,
            name,
            tuple(row["kind"] for row in rows if (row["organisation.slug"] or "") == slug),
            has_left=slug in left,
        )
        for name, slug in sorted(places)
    ]


async def represented_by(actor: Actor) -> frozenset[int]:
    """The ids of the organisations that this person represents now, whatever the actor was given before."""
    live = (Role.person == actor.person_id) & (Role.kind == "representative") & Role.ended_at.is_null()
    rows = await Role.select(Role.organisation).where(live)
    return frozenset(row["organisation"] for row in rows)


@dataclass(frozen=True, slots=True)
class Known:
    """A person and their roles: (the organisation's slug, kind), the slug empty for the network itself."""

    person: Person
    roles: tuple[tuple[str, str], ...]


async def people(*, after: int = 0, limit: int = 50) -> list[Known]:
    """Everybody who has not left, in the order in which they became known."""
    found = list(
        await Person.objects()
        .where((Person.id > after) & Person.ended_at.is_null())
        .order_by(Person.id)
        .limit(limit)
    )
    rows = await _roles_of_all([person.id for person in found])
    return [
        Known(
            person,
            tuple(
                (row["organisation.slug"] or "", row["kind"]) for row in rows if row["person"] == person.id
            ),
        )
        for person in found
    ]


async def _roles_of_all(person_ids: Sequence[int]) -> list[dict[str, Any]]:
    if not person_ids:
        return []
    live = Role.person.is_in(list(person_ids)) & Role.ended_at.is_null()
    rows = await Role.select(Role.person, Role.kind, Role.organisation.slug).where(live).order_by(Role.id)
    return list(rows)
