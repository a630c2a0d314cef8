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
    """Ids of the organisations this person is a representative of."""
    via: str = "page"
    """The way in: `page`, `api`, `cli` or `link`."""

    @property
    def is_signed_in(self) -> bool:
        """Whether a person is known."""
        return self.person_id is not None

    def can_manage(self, organisation_id: int) -> bool:
        """Whether this actor may act for that organisation."""
        return self.is_secretariat or organisation_id in self.represents


PUBLIC = Actor()
OPERATOR = Actor(name="Operator", is_secretariat=True, via="cli")
THEMSELVES = Actor(name="Who it was about", via="link")
"""Somebody who erases their own data by a mailed link; the log does not say who that was."""


def check_signed_in(actor: Actor) -> None:
    """Raises NotSignedIn for the public."""
    if not actor.is_signed_in and actor.via != "cli":
        raise NotSignedIn("Sign in to do this.")


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
