"""Who acts: the value that every action is given and every query about rights is asked with."""

from __future__ import annotations

from dataclasses import dataclass

from summit_service.errors import NotAllowed, NotSignedIn


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with their rights of this moment, or the public, or the operator at the command line."""

    person_id: int | None = None
    name: str = ""
    email: str = ""
    timezone: str | None = None
    is_secretariat: bool = False
    represents: frozenset[int] = frozenset()
    """Ids of the organisations this person is a representative of, whatever their standing."""
    member_of: frozenset[int] = frozenset()
    """Ids of the organisations in which this person has any role, as far as they are members or associates now."""
    via: str = "page"
    """The way in: `page`, `api`, `cli` or `link`."""

    @property
    def is_signed_in(self) -> bool:
        """Whether a person is known."""
        return self.person_id is not None

    @property
    def is_member(self) -> bool:
        """Whether what is for members is for this actor: somebody of a member or associate, or the secretariat."""
        return self.is_secretariat or bool(self.member_of)

    def can_manage(self, organisation_id: int) -> bool:
        """Whether this actor may keep in order what is that organisation's, also after it has left the network."""
        return self.is_secretariat or organisation_id in self.represents

    @property
    def acts_for(self) -> frozenset[int]:
        """Of the organisations that this person represents, those for which they may do something new."""
        return self.represents & self.member_of

    def can_act_for(self, organisation_id: int) -> bool:
        """Whether this actor may do something new for that organisation, which takes a member."""
        return self.is_secretariat or organisation_id in self.acts_for

    @property
    def can_act(self) -> bool:
        """Whether there is any organisation for which this actor may do something new."""
        return self.is_secretariat or bool(self.acts_for)


PUBLIC = Actor()
OPERATOR = Actor(name="Operator", is_secretariat=True, via="cli")
FOR_MEMBERS = "Only members can do this. Your organisation is not a member of the network now."
HAS_LEFT = (
    "Only members can do this, and this organisation is not one now. Its page, its people, its data and what it has "
    "posted and shared before are still yours to keep in order."
)
THEMSELVES = Actor(name="Who it was about", via="link")
"""Somebody who erases their own data by a mailed link; the log does not say who that was."""


def check_signed_in(actor: Actor) -> None:
    """Raises NotSignedIn for the public."""
    if not actor.is_signed_in and actor.via != "cli":
        raise NotSignedIn("Sign in to do this.")


def check_member(actor: Actor) -> None:
    """Raises NotSignedIn for the public and NotAllowed for who belongs to no member, or to none any more."""
    check_signed_in(actor)
    if not actor.is_member:
        raise NotAllowed(FOR_MEMBERS)


def check_secretariat(actor: Actor) -> None:
    """Raises NotSignedIn for the public and NotAllowed for everybody but the secretariat."""
    check_signed_in(actor)
    if not actor.is_secretariat:
        raise NotAllowed("Only the secretariat can do this.")


def check_manages(actor: Actor, organisation_id: int) -> None:
    """Raises NotSignedIn for the public and NotAllowed for those who do not represent the organisation."""
    check_signed_in(actor)
    if not actor.can_manage(organisation_id):
        raise NotAllowed("Only a representative of this organisation or the secretariat can do this.")


def check_acts_for(actor: Actor, organisation_id: int) -> None:
    """As `check_manages`, and NotAllowed for the representatives of an organisation that has left the network."""
    check_manages(actor, organisation_id)
    if not actor.can_act_for(organisation_id):
        raise NotAllowed(HAS_LEFT)
