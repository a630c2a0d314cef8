"""Every form of the summit: beside each personal field stands what it is for, and the day on which it is erased."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest

from summit_service import links
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.contributions import actions as contributions
from summit_service.doors import actions as doors
from summit_service.registrations import actions as registrations
from summit_service.registrations import invited
from summit_service.registrations.answers import Asked
from summit_service.speakers import actions as speakers
from tests import factories, factories_contributions, factories_registrations, factories_summits
from tests.clients import Clock, application, sign_in
from tests.factories_contributions import CLOSED
from tests.rights.asking import actions_of
from tests.web.pages import elements

ABOUT_SUMMITS = re.compile(
    r"/(summits|registrations|invitations|contributions|reviews|speakers|doors|agendas)/"
)
TOLD = {
    "name": "Name",
    "organisation": "Organisation",
    "timezone": "Time zone",
    "dietary": "Food",
    "access_needs": "Access",
    "answers/fed": "Answers to the summit’s questions",
    "answers/why": "Answers to the summit’s questions",
    "is_listed": "Consent to be listed",
}
PROPOSED = {
    "title": "Title and abstract",
    "abstract": "Title and abstract",
    "name": "Your name",
    "affiliation": "Where you work",
    "co_authors": "Co-authors",
}
SESSION = {"speakers": "Speakers and chairs", "chairs": "Speakers and chairs"}
PERSONAL: dict[str, dict[str, str]] = {
    "/summits/{year}/register": {**TOLD, "email": "E-mail address"},
    "/registrations/{token}": TOLD,
    "/invitations/{token}": TOLD,
    "/registrations/{token}/letter": {
        "passport_name": "Name as in your passport",
        "passport_number": "Passport number",
        "nationality": "Nationality",
        "birth_date": "Date of birth",
        "arrives_on": "Day of arrival",
        "leaves_on": "Day of departure",
    },
    "/organisations/{slug}/registrations/{year}": {"people": "Name", "people ": "E-mail address"},
    "/summits/{year}/call": {**PROPOSED, "email": "E-mail address"},
    "/contributions/{token}": PROPOSED,
    "/reviews/{year}/{number}": {"score": "Score and comment", "comment": "Score and comment"},
    "/desk/summits/{year}/invitations": {"name": "Name", "email": "E-mail address"},
    "/desk/summits/{year}/letters": {"reason": "Why a letter is refused"},
    "/desk/summits/{year}/needs": {"email": "Who arranges access and food"},
    "/desk/summits/{year}/call": {"email": "Who reviews"},
    "/desk/summits/{year}/contributions/{number}": {"note": "Your words to the author"},
    "/desk/summits/{year}/speakers": {
        "addresses": "Name",
        "addresses ": "E-mail address",
        "note:ana@hospital.example": "Your words to a speaker",
    },
    "/desk/summits/{year}/sessions/{session_id}": SESSION,
    "/desk/summits/{year}/sessions/new": SESSION,
    "/desk/summits/{year}/programme": {
        "speakers": "Speakers and chairs",
        "speakers ": "Where speakers work",
        "file": "Speakers and chairs",
    },
}
"""By page and field: the line of the page's table that speaks of it. A blank more: a second line for one field."""
EDITION = (
    "title theme starts_on ends_on timezone venue online_url registration_opens_at registration_closes_at"
)
QUESTION = "label hint kind choices is_required condition_key condition_value"
SITTING = "title kind starts_at ends_at room track capacity abstract objectives cancelled"
OTHERS = {
    "/summits/{year}/register": "attendance",
    "/organisations/{slug}/registrations/{year}": "attendance",
    "/summits/{year}/call": "kind theme",
    "/contributions/{token}": "kind theme",
    "/reviews/{year}/{number}": "conflict",
    "/desk/summits/new": f"year {EDITION} host in_person_capacity online_capacity announced",
    "/desk/summits/{year}": f"{EDITION} host in_person_capacity online_capacity",
    "/desk/summits/{year}/next": f"{EDITION} host in_person_capacity online_capacity parts",
    "/desk/summits/{year}/invitations": "attendance",
    "/desk/summits/{year}/call": "intro kinds themes limit_per_person most_words closes_at is_blind",
    "/desk/summits/{year}/contributions/{number}": "decision starts_at room",
    "/desk/summits/{year}/doors": "name",
    "/desk/summits/{year}/speakers": "to",
    "/desk/summits/{year}/registrations": "in_person_capacity online_capacity",
    "/desk/summits/{year}/questions": "changes_until organisation_limit",
    "/desk/summits/{year}/questions/new": QUESTION,
    "/desk/summits/{year}/questions/{key}": QUESTION,
    "/desk/summits/{year}/sign-ups": "session places attendance",
    "/desk/summits/{year}/sign-ups/{session}": "places attendance is_open",
    "/desk/summits/{year}/sessions/{session_id}": SITTING,
    "/desk/summits/{year}/sessions/new": SITTING,
    "/desk/summits/{year}/programme": "rooms tracks note",
    "/desk/summits/{year}/afterwards": "words to",
}
"""Fields of the summit itself, of a session or of a decision, which say nothing of a person."""
WHEN = {
    "/reviews/{year}/{number}": CLOSED,
    "/desk/summits/{year}/afterwards": datetime(2026, 9, 16, 9, 0, tzinfo=UTC),
}
"""Pages whose form is there later only."""
NO_PAGE = re.compile(r"\.(pdf|csv|xlsx|json|xml|ics|atom|js)$|schedule|{code}")
"""Files, and the pages that check a letter or a certificate and keep nothing of what is typed."""
LINE = re.compile(r'<th role="rowheader" scope="row">([^<]+)</th>((?:<td [^>]*>[^<]*</td>)+)')
CELL = re.compile(r"<td [^>]*>([^<]*)</td>")
DAY = re.compile(r"^\d{1,2} [A-Z][a-z]+ \d{4}$|^Stays in every release that named them$")


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_every_personal_field_of_a_summit_has_a_purpose_and_a_day_beside_it(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    (desk, member), examples = await one_of_everything(clock)
    begun = clock.now
    paths = sorted(
        action.path_shown
        for action in actions_of(application(clock))
        if action.method == "GET" and ABOUT_SUMMITS.search(f"{action.path_shown}/")
        if not action.is_api and not NO_PAGE.search(action.path_shown)
    )
    found: dict[str, set[str]] = {}
    silent: list[str] = []

    for path in paths:
        clock.now = WHEN.get(path, begun)
        client.cookies.clear()
        await sign_in(client, desk if path.startswith("/desk/") else member, now=clock.now)
        html = (await client.get(address(path, examples))).text
        fields = fields_of(html)
        found[path] = fields
        lines = lines_of(html)
        silent += [f"{path}: {field}" for field in fields if not is_told(path, field, lines)]

    wrong = {
        path: sorted(fields ^ expected(path)) for path, fields in found.items() if fields != expected(path)
    }
    assert sorted(set(silent)) == [], "beside each, say what it is for and until when (web/kept.py)"
    assert wrong == {}, "say of each field whether it is personal, here"
    assert sorted({*PERSONAL, *OTHERS} - found.keys()) == []


def expected(path: str) -> set[str]:
    return {*(field.strip() for field in PERSONAL.get(path, {})), *OTHERS.get(path, "").split()}


def is_told(path: str, field: str, lines: dict[str, list[str]]) -> bool:
    words = [words for name, words in PERSONAL.get(path, {}).items() if name.strip() == field]
    return all(
        any(purpose and DAY.match(day) for purpose, day in [lines.get(one, ["", ""])[:2]]) for one in words
    )


def fields_of(html: str) -> set[str]:
    """The names of what can be filled in within a form that is sent; hidden fields and searches left out."""
    method, found = "get", set()
    for element in elements(html):
        if element.tag == "form":
            method = element.attributes.get("method", "get")
        is_field = element.tag in {"input", "textarea", "select"} and "name" in element.attributes
        if is_field and method == "post" and element.attributes.get("type") != "hidden":
            found.add(element.attributes["name"])
    return found


def lines_of(html: str) -> dict[str, list[str]]:
    """The rows of the page's tables by their first cell."""
    return {unescape(head): CELL.findall(cells) for head, cells in LINE.findall(html)}


def address(path: str, examples: dict[str, str]) -> str:
    path = re.sub("{(token|number)}", examples.get(path.split("/")[1], "nothing"), path)
    for name in ("year", "slug", "session_id", "session", "key"):
        path = path.replace(f"{{{name}}}", examples[name])
    return path


async def one_of_everything(clock: Clock) -> tuple[tuple[Actor, Actor], dict[str, str]]:
    """A summit with a form of each kind open, who fills them in, and what stands in the addresses."""
    now = clock.now
    desk = await factories.secretariat()
    organisation = await factories.make_organisation()
    member = await factories.representative_of(organisation, name="Rita Member")
    await factories_registrations.make_edition(in_person=9)
    sessions = factories_summits.session(speakers=["Ana Ruiz"])
    closing = factories_summits.session("Closing")
    speakers_named = [{"name": "Ana Ruiz", "affiliation": "Hospital"}]
    await factories_summits.release(
        factories_summits.programme(sessions, closing, speakers=speakers_named), now=now
    )
    await speakers.put_addresses(2026, "Ana Ruiz; ana@hospital.example", actor=OPERATOR, now=now)
    await registrations.set_questions(
        2026,
        [Asked(key="fed", label="Dinner?", kind="tick"), Asked(key="why", label="Why?", kind="text")],
        actor=OPERATOR,
        now=now,
    )
    await registrations.set_sign_up(
        2026, "opening", places_wanted=5, attendance="", is_open=True, actor=OPERATOR, now=now
    )
    await factories_registrations.register("Anna Berg", now=now)
    token = await factories_registrations.link_of("Anna Berg", now=now)
    passport = {
        "passport_name": "Anna Berg",
        "passport_number": "C01X00T47",
        "nationality": "NO",
        "birth_date": "",
        "arrives_on": "2026-09-13",
        "leaves_on": "2026-09-16",
    }
    await registrations.ask_for_letter(token, passport, now=now)
    invitation = await registrations.invite(
        2026, name="Ines", email="ines@h.example", attendance="online", actor=desk, now=now
    )
    await factories_contributions.make_call(now=now)
    await contributions.appoint_reviewer(2026, member.email, actor=OPERATOR, now=now)
    contribution = await factories_contributions.propose(now=now)
    undecided = await factories_contributions.propose("Asking again", now=now)
    await contributions.decide(
        2026, contribution.number, decision="accepted", note="", seen="", actor=desk, now=now
    )
    door = await doors.make_door(2026, "Main entrance", actor=desk, now=now)
    ends = now + timedelta(days=900)
    return (desk, member), {
        "year": "2026",
        "slug": organisation.slug,
        "desk": str(contribution.number),
        "reviews": str(undecided.number),
        "session_id": "opening",
        "session": "opening",
        "key": "why",
        "registrations": token,
        "invitations": await links.issue(invited.LINK, subject=str(invitation.id), now=now, expires_at=ends),
        "contributions": await factories_contributions.link_to(contribution, now=now),
        "doors": door[1],
    }
