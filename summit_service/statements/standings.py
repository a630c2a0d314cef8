"""Where everybody who is asked stands: what a board counts, sorts and filters by before a line is read whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service.errors import Invalid
from summit_service.statements import disputes, instead, queries, tallying
from summit_service.statements.tables import Response, SigningRequest, Statement
from summit_service.statements.undeliverable import lost_among

STATES = (
    "disputed",
    "undeliverable",
    "stuck",
    "quiet",
    "unanswered",
    "withdrawn",
    "declined",
    "changes_requested",
    "signed",
)
"""Those that a person of the desk has to do something about come first. `stuck`: nobody can answer until somebody else
is asked; `quiet`: whoever is asked has stopped our reminders. Both, and `undeliverable`, are `unanswered`, too."""
_CURSOR = re.compile(r"([0-8])-([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One request and its last answer; `printed` is the name as it stands below the text."""

    request: SigningRequest
    answer: Response | None
    printed: str
    is_disputed: bool
    is_lost: bool
    has_left: bool
    is_quiet: bool

    @property
    def kind(self) -> str:
        """The answer, empty where there is none."""
        return self.answer.kind if self.answer else ""

    @property
    def states(self) -> list[str]:
        """Each of STATES that it is in, the first one being where it stands on the board."""
        is_wrong = self.answer is None and self.request.wrong_person_at is not None
        found = {
            "disputed": self.is_disputed,
            "undeliverable": self.is_lost,
            "stuck": self.has_left or is_wrong,
            "quiet": self.is_quiet,
            "unanswered": self.answer is None,
            "signed": self.kind in tallying.SIGNING,
        }
        return [state for state in STATES if found.get(state, self.kind == state)]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the board. `following` is the cursor of the next part, empty at the end."""

    standings: list[Standing]
    following: str


async def standings_of(statement: Statement, *, now: datetime) -> list[Standing]:
    """Everybody who is asked about the text that is frozen now, by organisation; as many queries for any number."""
    requests = await queries.requests_of(statement)
    answers = await queries.answers_of(statement)
    corrections = await queries.corrections_of(statement)
    disputed = {row.response for row in await disputes.disputed_in(statement)}
    missing = [request for request in requests if request.id not in answers]
    lost = {request.id for request in await lost_among(missing)}
    asked = missing if statement.state == "signing" else []
    left = await instead.unable_among(asked, at=now)
    quiet = await instead.unwilling_among(asked)
    found = []
    for request in requests:
        answer = answers.get(request.id)
        standing = Standing(
            request=request,
            answer=answer,
            printed=queries.printed_name(answer, corrections) if answer else "",
            is_disputed=answer is not None and answer.id in disputed,
            is_lost=request.id in lost,
            has_left=request.id in left,
            is_quiet=request.id in quiet,
        )
        found.append(standing)
    return found


def apart(found: Sequence[Standing]) -> tuple[list[SigningRequest], dict[int, Response]]:
    """The requests, and the answers by the request's id."""
    requests = [one.request for one in found]
    return requests, {one.request.id: one.answer for one in found if one.answer is not None}


def counts(found: Sequence[Standing]) -> dict[str, int]:
    """How many there are in each state; every state is named."""
    states = [state for standing in found for state in standing.states]
    return {state: states.count(state) for state in STATES}


def part_of(
    found: Sequence[Standing],
    *,
    state: str = "",
    search: str = "",
    organisation: int | None = None,
    after: str = "",
    limit: int,
) -> Part:
    """Those in the state (or all) whose organisation or signatory is called so, who needs the desk most first.

    Raises Invalid for a cursor that is not one of ours. It says where the last line stood then: an answer that comes
    meanwhile moves its own line, and none that is still to come is left out.
    """
    words = search.strip().casefold()
    placed = sorted(
        ((STATES.index(one.states[0]), place), one)
        for place, one in enumerate(found)
        if (not state or state in one.states)
        and (organisation is None or one.request.organisation == organisation)
        and (words in one.request.organisation_name.casefold() or words in one.request.person_name.casefold())
    )
    beyond = _read(after, found)
    rest = [(key, one) for key, one in placed if beyond is None or key > beyond]
    shown = [one for _, one in rest[:limit]]
    following = f"{rest[limit - 1][0][0]}-{shown[-1].request.id}" if len(rest) > limit else ""
    return Part(shown, following)


def _read(cursor: str, found: Sequence[Standing]) -> tuple[int, int] | None:
    if not cursor:
        return None
    read = _CURSOR.fullmatch(cursor)
    places = {one.request.id: place for place, one in enumerate(found)}
    if read is None or int(read[2]) not in places:
        raise Invalid.one("cursor", "This cursor is not one of ours. Begin the list anew.")
    return int(read[1]), places[int(read[2])]
