"""The few kinds of refusal that an action can give, each a code and a sentence, never an HTTP number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CANNOT_BE_KEPT = (
    "There is a number or a character in what was sent that we cannot keep. Check what you typed."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (a field's name, or a path such as `sessions/3/room`), and a sentence."""

    field: str
    sentence: str


class SummitError(Exception):
    """A refusal with a `code` for programs and a `sentence` for people."""

    code = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class NotFound(SummitError):
    """There is no such thing, or this actor may not know that there is."""

    code = "not_found"


class NotSignedIn(SummitError):
    """Somebody has to sign in before this can be answered."""

    code = "not_signed_in"


class NotAllowed(SummitError):
    """The actor is known and may not do this."""

    code = "not_allowed"


class Conflict(SummitError):
    """The state of the thing does not allow this now."""

    code = "conflict"


class Gone(SummitError):
    """It was there and has ended: a used link, a closed registration."""

    code = "gone"


class TooMany(SummitError):
    """Asked too often; `retry_after` is in seconds."""

    code = "too_many"

    def __init__(self, sentence: str, *, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(SummitError):
    """Something this service depends on does not answer; trying again later helps."""

    code = "unavailable"


class Invalid(SummitError):
    """What was given cannot be taken; `faults` says what and where."""

    code = "invalid"

    def __init__(self, faults: Iterable[Fault], *, sentence: str | None = None) -> None:
        self.faults = tuple(faults)
        super().__init__(sentence or " ".join(fault.sentence for fault in self.faults))

    @classmethod
    def one(cls, field: str, sentence: str) -> Invalid:
        """A refusal for a single field."""
        return cls([Fault(field, sentence)])

    def by_field(self) -> dict[str, str]:
        """The first sentence for each field, as a form shows them."""
        sentences: dict[str, str] = {}
        for fault in self.faults:
            sentences.setdefault(fault.field, fault.sentence)
        return sentences
