"""What an organisation may be called and be, and which roles people have in it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

KINDS = {
    "centre": "Centre",
    "group": "Group",
    "charity": "Charity",
    "museum": "Museum",
    "individual": "Individual",
    "hospital": "Hospital",
    "university": "University",
    "company": "Company",
    "other": "Other",
}
STANDINGS = {"member": "Member", "associate": "Associate member", "former": "Former member"}
ROLES = {"representative": "Representative", "signatory": "Signatory", "alternate": "Alternate signatory"}
SECRETARIAT = "secretariat"
RESERVED_SLUGS = frozenset({"new"})
"""Addresses below /organisations/ that are pages of their own."""
LONGEST_NAME = 200
LONGEST_URL = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of an organisation, as it was typed or as it is kept."""

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


def name_key(name: str) -> str:
    """What two spellings of one name have in common: case and the width of spaces are left out."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
