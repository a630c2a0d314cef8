"""What an organisation may be called and be, and which roles people have in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from summit_service import canonical, markup, zones
from summit_service.accounts.addresses import email_address
from summit_service.errors import Conflict, Fault, Invalid, NotAllowed
from summit_service.members.countries import COUNTRIES

KINDS = {
    "centre": "Centre",
    "group": "Group",
    "charity": "Charity",
    "museum": "Museum",
    "individual": "Individual",
    "hospital": "Hospital",
    "university": "University",
    "other": "Other",
}
INDIVIDUAL = "individual"
"""One person who counts as an organisation."""
STANDINGS = {"member": "Member", "associate": "Associate member", "former": "Former member"}
MEMBERS = frozenset({"member", "associate"})
"""The standings of those for whom what is for members is; a former member is none."""
ROLES = {"representative": "Representative", "signatory": "Signatory", "alternate": "Alternate signatory"}
SIGNING_ROLES = frozenset({"signatory", "alternate"})
SECRETARIAT = "secretariat"
OUTCOMES = {
    "": "Asked",
    "confirmed": "Handed over",
    "refused": "Refused",
    "overtaken": "Nothing left to hand over",
}
CONFIRMED_AS = {"contact": "main contact", "secretariat": "secretariat", "operator": "operator"}
CONFIRMED_VIA = {
    "link": "by a link in a mail",
    "page": "signed in",
    "api": "by program",
    "cli": "at the command line",
}
RESERVED_SLUGS = frozenset({"new", "import"})
"""Addresses below /organisations/ that are pages of their own."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Who said that somebody may sign, as what (`CONFIRMED_AS`), by which way (`CONFIRMED_VIA`), and when.

    `person_id` is None for the operator, and for a main contact whom we know by their address alone.
    """

    name: str
    person_id: int | None
    standing: str
    via: str
    at: datetime

    @property
    def words(self) -> str:
        """Without the moment, which each reader is told in their own zone."""
        named = f"{self.name}, " if self.name and self.standing != "operator" else "the "
        return f"{named}{CONFIRMED_AS[self.standing]}, {CONFIRMED_VIA[self.via]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of an organisation, as it was typed or as it is kept; empty for what is not known."""

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


FIELDS = tuple(field.name for field in fields(Details))
WORDS = {
    "name": "Name",
    "kind": "Kind",
    "parent": "Part of",
    "city": "City",
    "country": "Country",
    "website": "Website",
    "summary": "About it",
    "timezone": "Time zone",
    "standing": "Standing",
    "contact_name": "Name of the key contact",
    "contact_email": "Address of the key contact",
}
"""The fields as pages call them."""


def name_key(name: str) -> str:
    """What two spellings of one name have in common: case and the width of spaces are left out."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_standing_of_member(standing: str | None) -> bool:
    """Whether an organisation of this standing is in the network now; None, for the network itself, is none."""
    return standing in MEMBERS


def checked(given: Details) -> Details:
    """The details in their normal form; raises Invalid with every fault at once, each for its field."""
    clean: dict[str, str] = {}
    faults: list[Fault] = []
    for field, value in asdict(given).items():
        try:
            clean[field] = _CHECKS[field](value)
        except Invalid as fault:
            faults.extend(fault.faults)
    if faults:
        raise Invalid(faults)
    return Details(**clean)


def with_changes(before: Details, changes: Mapping[str, str]) -> Details:
    """The details with some of them as they were given; raises Invalid for a field that there is not."""
    unknown = next((field for field in changes if field not in FIELDS), None)
    if unknown is not None:
        raise Invalid.one(unknown, "There is no such field.")
    return replace(before, **changes)


def mark_of(details: Details) -> str:
    """A mark of an organisation as it stands: another one where anything of it is another."""
    return canonical.digest(asdict(details))[:16]


def check_seen(details: Details, seen: str | None) -> None:
    """Raises Conflict where somebody has changed the organisation since it was read; no mark asks nothing."""
    if seen is not None and seen != mark_of(details):
        raise Conflict("Somebody else has changed this page since you opened it.", code="changed_meanwhile")


def with_contact_name(details: Details) -> Details:
    """A contact without a name goes by the organisation's."""
    return (
        replace(details, contact_name=details.contact_name or details.name)
        if details.contact_email
        else details
    )


def _line(field: str, name: str, longest: int, *, required: bool = False) -> Callable[[str], str]:
    return lambda value: markup.one_line(value, field=field, longest=longest, name=name, required=required)


def _one_of(field: str, name: str, choices: Collection[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        word = value.strip().lower()
        if not word:
            raise Invalid.one(field, f"The {name} is missing. It is one of {', '.join(choices)}.")
        if word not in choices:
            raise Invalid.one(
                field, f"There is no {name} “{_shown(word)}”. It is one of {', '.join(choices)}."
            )
        return word

    return check


def _country(value: str) -> str:
    code = value.strip().upper()
    if code and code not in COUNTRIES:
        sentence = (
            f"There is no country “{_shown(value)}”. Give its two letters (ISO 3166), such as GB or FR."
        )
        raise Invalid.one("country", sentence)
    return code


def _website(value: str) -> str:
    text = markup.one_line(value, field="website", longest=300, name="The website", required=False)
    if text and not _is_web_address(text):
        sentence = (
            f"“{_shown(text)}” is not the address of a website; one looks like https://www.example.org."
        )
        raise Invalid.one("website", sentence)
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = (
        not any(character.isspace() for character in text) and "\\" not in text and "@" not in parts.netloc
    )
    return is_plain and parts.scheme in {"http", "https"} and "." in host.strip(".")


def _timezone(value: str) -> str:
    return zones.zone(value.strip()).key if value.strip() else ""


def _contact_email(value: str) -> str:
    return email_address(value, field="contact_email") if value.strip() else ""


def _summary(value: str) -> str:
    return markup.many_lines(value, field="summary", longest=2_000, name="The text")


_CHECKS: dict[str, Callable[[str], str]] = {
    "name": _line("name", "The name", LONGEST_NAME, required=True),
    "kind": _one_of("kind", "kind", KINDS),
    "parent": _line("parent", "The parent body", LONGEST_NAME),
    "city": _line("city", "The city", 120),
    "country": _country,
    "website": _website,
    "summary": _summary,
    "timezone": _timezone,
    "standing": _one_of("standing", "standing", STANDINGS),
    "contact_name": _line("contact_name", "The contact's name", LONGEST_NAME),
    "contact_email": _contact_email,
}


def check_roles(roles: Sequence[str]) -> tuple[str, ...]:
    """The roles without repetition, in our order; raises Invalid for one that there is not, or for none."""
    unknown = next((role for role in roles if role not in ROLES), None)
    if unknown is not None:
        raise Invalid.one("roles", f"There is no role “{_shown(unknown)}”. They are {', '.join(ROLES)}.")
    if not roles:
        raise Invalid.one("roles", f"Choose at least one role: {', '.join(ROLES)}.")
    return tuple(role for role in ROLES if role in roles)


def check_can_end_role(
    kind: str, *, representatives: int, is_contacts: bool = False, is_secretariat: bool
) -> None:
    """Raises Conflict when nobody would represent an organisation any more, unless the secretariat acts.

    `is_contacts`: it is another's, who is the main contact; whoever ended it could take their place.
    """
    if kind != "representative" or is_secretariat:
        return
    if representatives <= 1:
        raise Conflict("This is the only representative. Add another one first, or ask the secretariat.")
    if is_contacts:
        raise Conflict(
            "This is the main contact, who confirms who signs. They hand over themselves, or ask the secretariat."
        )


def check_contact(before: str, after: str, *, may_change: bool) -> None:
    """Raises Invalid for `contact_email` where it is changed by another than the main contact and the secretariat."""
    if before.casefold() != after.casefold() and not may_change:
        raise Invalid.one(
            "contact_email",
            "The main contact confirms who signs, so only they and the secretariat change this address. Ask them.",
        )


def check_can_confirm(*, is_contact: bool, is_secretariat: bool, is_own: bool) -> None:
    """Raises NotAllowed unless the key contact or the secretariat confirms, and nobody their own affair."""
    if not is_secretariat and (is_own or not is_contact):
        raise NotAllowed("Only the key contact of this organisation or the secretariat can confirm this.")


def check_successor(leaver_key: str, successor_key: str) -> None:
    """Raises Invalid when somebody names themselves."""
    if leaver_key == successor_key:
        raise Invalid.one("email", "This is the address of who leaves. Name somebody else.")


def is_one_person(kind: str, organisation: str, person: str) -> bool:
    """Whether an individual member and this person are one: all words of one name stand in the other.

    `Professor Jodi Halpern` is `Jodi Halpern`; whoever signs for her under another name is named beside her.
    """
    one, other = set(_plain(organisation).split()), set(_plain(person).split())
    return kind == INDIVIDUAL and bool(one and other) and (one <= other or other <= one)


def slug_for(name: str, taken: Collection[str]) -> str:
    """The address of an organisation of that name: `a-place`, or `a-place-2` when it is taken."""
    base = markup.slug(name)
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 3))
    return next(slug for slug in candidates if slug not in taken and slug not in RESERVED_SLUGS)


def matches(words: str, *texts: str) -> bool:
    """Whether every word of a search occurs in one of the texts, whatever its case and accents."""
    found = _plain(" ".join(texts))
    return all(word in found for word in _plain(words).split())


@lru_cache(maxsize=8_192)
def _plain(text: str) -> str:
    return markup.plain(text)


def _shown(text: str) -> str:
    return "".join(character for character in text.strip()[:60] if character.isprintable())
