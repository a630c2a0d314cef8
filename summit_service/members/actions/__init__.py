"""What is done to organisations and to the roles in them, each in one transaction."""

from __future__ import annotations

from summit_service.members.actions.files import (
    discard_file,
    files_of,
    keep_file,
    look_at_file,
    take_file,
)
from summit_service.members.actions.importing import OVERTAKEN, ImportReport, import_organisations
from summit_service.members.actions.logos import remove_logo, set_logo
from summit_service.members.actions.organisations import change_organisation, create_organisation, end_newness
from summit_service.members.actions.people import (
    Added,
    add_person,
    add_person_by_operator,
    confirm_role,
    end_role,
)

__all__ = [
    "OVERTAKEN",
    "Added",
    "ImportReport",
    "add_person",
    "add_person_by_operator",
    "change_organisation",
    "confirm_role",
    "create_organisation",
    "discard_file",
    "end_newness",
    "end_role",
    "files_of",
    "import_organisations",
    "keep_file",
    "look_at_file",
    "remove_logo",
    "set_logo",
    "take_file",
]
