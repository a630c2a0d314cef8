"""Reading what was typed field by field, each fault kept for its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from summit_service import markup
from summit_service.errors import Fault, Invalid

LONGEST_LINE, LONGEST_TEXT = 200, 20_000


@dataclass(slots=True)
class Faults:
    """Collects what is wrong, so that everything is told at once."""

    found: list[Fault] = field(default_factory=list)

    def line(
        self, value: str, name: str, label: str, *, required: bool = True, longest: int = LONGEST_LINE
    ) -> str:
        """One line, or empty where it is wrong."""
        try:
            return markup.one_line(value, field=name, longest=longest, name=label, required=required)
        except Invalid as refusal:
            self.found.extend(refusal.faults)
            return ""

    def text(self, value: str, name: str, label: str, *, required: bool = False) -> str:
        """Text of several lines, or empty where it is wrong."""
        try:
            return markup.many_lines(value, field=name, longest=LONGEST_TEXT, name=label, required=required)
        except Invalid as refusal:
            self.found.extend(refusal.faults)
            return ""

    def number(self, value: str, name: str, label: str, *, most: int) -> int:
        """A whole number from 1 to `most`; 0 or more where it is wrong."""
        number = int(value) if re.fullmatch(r"[0-9]{1,6}", value.strip()) else 0
        if not 1 <= number <= most:
            self.found.append(Fault(name, f"{label} has to be a whole number from 1 to {most:,}."))
        return number

    def check(self) -> None:
        """Raises Invalid with everything that was found."""
        if self.found:
            raise Invalid(self.found)
