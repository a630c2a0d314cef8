"""Reading plain values (JSON, or a form made into such) field by field, each fault kept with its pointer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from urllib.parse import urlsplit

from summit_service import markup, zones
from summit_service.errors import Fault, Invalid

MOST_FAULTS = 100


class Reader:
    """One object of the input. Readers made by `items` share their faults with the one they came from."""

    def __init__(
        self, values: Mapping[str, object], *, path: str = "", faults: list[Fault] | None = None
    ) -> None:
        self.values = values
        self.path = path
        self.faults: list[Fault] = [] if faults is None else faults

    def pointer(self, name: str) -> str:
        """Where that field is in the whole input, such as `sessions/3/room`."""
        return f"{self.path}/{name}" if self.path else name

    def fault(self, name: str, sentence: str) -> None:
        """Remember what is wrong with that field."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(self.pointer(name), sentence))

    def keep(self, name: str, refusal: Invalid) -> None:
        """Remember a refusal that somebody else has worded."""
        for found in refusal.faults:
            self.fault(name, found.sentence)

    def check(self) -> None:
        """Raises Invalid with every fault that was found, if any."""
        if self.faults:
            raise Invalid(self.faults)

    def check_names(self, known: Collection[str]) -> None:
        """A field that we do not know is a fault, so that a mistyped name is not lost in silence."""
        for name in self.values:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                meant = f" Did you mean “{near[0]}”?" if near else ""
                self.fault(name[:80], f"There is no field “{name[:80]}” here.{meant}")

    def line(self, name: str, label: str, *, longest: int, required: bool = False) -> str:
        """One line of text; empty when it is not given."""
        value = self._text(name, label)
        try:
            return markup.one_line(
                value, field=name, longest=longest, name=label, required=required and self._is_fresh(name)
            )
        except Invalid as refusal:
            self.keep(name, refusal)
            return ""

    def text(self, name: str, label: str, *, longest: int) -> str:
        """Text of several lines; empty when it is not given."""
        try:
            return markup.many_lines(self._text(name, label), field=name, longest=longest, name=label)
        except Invalid as refusal:
            self.keep(name, refusal)
            return ""

    def number(self, name: str, label: str, *, least: int, most: int) -> int | None:
        """A whole number; None when it is not given."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(name, f"{label} has to be a whole number.")
            return None
        if not least <= value <= most:
            form = "," if most >= 10_000 else ""  # a year has no separator
            self.fault(name, f"{label} has to be between {least:{form}} and {most:{form}}.")
            return None
        return value

    def flag(self, name: str, label: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(name, f"{label} has to be true or false.")
            return default
        return value

    def choice(self, name: str, label: str, choices: Sequence[str], *, default: str) -> str:
        """One of a few words."""
        value = self._text(name, label).strip() or default
        if value not in choices:
            self.fault(name, f"{label} has to be one of {', '.join(choices)}.")
            return default
        return value

    def day(self, name: str, label: str) -> date | None:
        """A day; a missing one is a fault."""
        value = self._text(name, label).strip()
        if not value:
            if self._is_fresh(name):
                self.fault(name, f"{label} is missing.")
            return None
        try:
            return zones.parse_day(value, field=name)
        except Invalid as refusal:
            self.keep(name, refusal)
            return None

    def wall(self, name: str, label: str, *, required: bool = True) -> str | None:
        """A day and hour on the wall, as `2027-03-04T09:00`."""
        value = self._text(name, label).strip()
        if not value:
            if required and self._is_fresh(name):
                self.fault(name, f"{label} is missing.")
            return None
        try:
            return zones.wall_text(zones.parse_wall(value, field=name))
        except Invalid as refusal:
            self.keep(name, refusal)
            return None

    def url(self, name: str, label: str) -> str:
        """An address on the web; empty when it is not given."""
        value = self.line(name, label, longest=255)
        try:
            parts = urlsplit(value)
            is_right = not value or (parts.scheme in {"http", "https"} and bool(parts.hostname))
        except ValueError:
            is_right = False
        if not is_right:
            self.fault(name, f"{label} has to begin with https:// and name a host.")
            return ""
        return value

    def lines(self, name: str, label: str, *, longest: int, most: int) -> tuple[str, ...]:
        """A list of single lines. A single text stands for a list of one."""
        given = self.values.get(name)
        listed = [given] if isinstance(given, str) else self.list_of(name, label, most=most)
        found: list[str] = []
        for index, value in enumerate(listed):
            part = Reader({str(index): value}, path=self.pointer(name), faults=self.faults)
            text = part.line(str(index), label, longest=longest)
            found.extend([text] if text else [])
        return tuple(found)

    def items(self, name: str, label: str, *, most: int, text_as: str = "") -> list[Reader]:
        """A reader for each object of a list; a bare text stands for an object with the field `text_as`."""
        readers: list[Reader] = []
        for index, value in enumerate(self.list_of(name, label, most=most)):
            found = {text_as: value} if text_as and isinstance(value, str) else value
            if not isinstance(found, Mapping):
                self.fault(f"{name}/{index}", f"{label}: item {index + 1} has to be an object.")
                continue
            readers.append(Reader(found, path=f"{self.pointer(name)}/{index}", faults=self.faults))
        return readers

    def list_of(self, name: str, label: str, *, most: int) -> list[object]:
        """A list of anything; empty when it is not given."""
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.fault(name, f"{label} has to be a list.")
            return []
        if len(value) > most:
            self.fault(name, f"{label} has {len(value):,} entries; {most:,} is the most it can have.")
        return list(value[:most])

    def _text(self, name: str, label: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(name, f"{label} has to be text.")
            return ""
        return value

    def _is_fresh(self, name: str) -> bool:
        """Whether nothing was said about this field yet: a wrong type is not also missing."""
        return all(fault.field != self.pointer(name) for fault in self.faults)


def object_of(value: object, what: str) -> Mapping[str, object]:
    """The input as an object; raises Invalid where it is something else."""
    if not isinstance(value, Mapping):
        raise Invalid.one("", f"{what} has to be a JSON object.")
    return value
