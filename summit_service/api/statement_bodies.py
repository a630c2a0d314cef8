"""JSON: what requests about statements carry and what they are answered with."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec

from summit_service import settings
from summit_service.accounts.actor import Actor
from summit_service.api.members import Confirmed, confirmed
from summit_service.statements import (
    board,
    bundle,
    circulation,
    counting,
    evidence,
    history,
    pdf_gaps,
    policy,
    queries,
    rules,
    since,
    standings,
    translations,
    version_rules,
)
from summit_service.statements.standings import Standing
from summit_service.statements.tables import Statement


class NewStatement(msgspec.Struct, forbid_unknown_fields=True):
    """A draft; `policy` is the name of a preset or its parts, `closes_at` the deadline that is planned."""

    title: str
    text: str = ""
    note: str = ""
    edition: int | None = None
    policy: str | dict[str, Any] = "sign_on"
    closes_at: str = ""
    timezone: str = ""
    language: str = "en"


class StatementChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is not given stays. The title is fixed with the text; `edition` is the year of a summit, null for none."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    edition: int | msgspec.UnsetType | None = msgspec.UNSET


class NewVersion(msgspec.Struct, forbid_unknown_fields=True):
    """Another version of the text, in Markdown; once it is frozen, only translations (`role` is `courtesy`).

    `known` are the newest numbers that you have seen, such as {"en": 3}: if somebody has saved a newer one meanwhile,
    the answer is 409 and nothing is saved.
    """

    text: str
    note: str = ""
    language: str = "en"
    role: str = "authoritative"
    known: dict[str, int] | None = None


class Consultation(msgspec.Struct, forbid_unknown_fields=True):
    """Until when members may comment: wall time and zone, or an instant with its offset.

    `least_days` is for how many days from now the text cannot be frozen and the deadline cannot come; it becomes
    `consultation_days` of the policy. Without it, as the policy has it: 14 days for the deadline, none for the freeze.
    """

    closes_at: str = ""
    timezone: str = ""
    least_days: Annotated[int, msgspec.Meta(ge=0, le=180)] | None = None


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    """Until when members may sign, by what policy, and the slugs of members that are not asked."""

    closes_at: str = ""
    timezone: str = ""
    waived: list[str] = []
    policy: str | dict[str, Any] | None = None


class Erratum(msgspec.Struct, forbid_unknown_fields=True):
    """A correction that is attached to a published statement."""

    text: str


class Supersession(msgspec.Struct, forbid_unknown_fields=True):
    """The slug of the published statement that takes the place of this one."""

    by: str


class Withdrawal(msgspec.Struct, forbid_unknown_fields=True):
    """The slug of a member that has withdrawn by a letter, and what the letter said."""

    organisation: str
    note: str


class SomebodyElse(msgspec.Struct, forbid_unknown_fields=True):
    """The address of another signatory or alternate who is named for the organisation."""

    email: str


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """A reason, where there is one."""

    note: str = ""


class Version(msgspec.Struct):
    """One version; its text is at `text` of the statement when it is the one shown."""

    n: int
    language: str
    role: str
    sha256: str
    note: str
    created_at: str


class Signature(msgspec.Struct):
    """One signature as it is printed, with the record's number and hash."""

    name: str
    organisation: str
    country: str
    capacity: str
    signed_at: str
    record: str
    entry_sha256: str


class Asked(msgspec.Struct):
    """One organisation that was asked, for the secretariat alone; `remarks` are sentences of the board.

    `typed` is the name that was typed and `printed` the one below the text, where they are not the signatory's.
    `signed_before` is the number of an earlier text that the organisation had signed, 0 where there is none. `mail`
    is the kind of the last mail, and `server_reply` what the next server said to it, or why it was stopped.
    """

    organisation: str
    slug: str
    signatory: str
    confirmed: Confirmed | None
    answer: str | None
    capacity: str
    answered_at: str | None
    reason: str
    typed: str
    printed: str
    signed_before: int
    mails: int
    mail: str
    mail_state: str
    mailed_at: str | None
    server_reply: str
    remarks: list[str]


class RequestList(msgspec.Struct):
    """A part of the board; `next` is the cursor of the part that follows, null at the end. `counts` are over all of it.

    An organisation can be in several states: those whom no mail reached (`undeliverable`), for whom nobody can answer
    until somebody else is asked (`stuck`) or whose signatory has stopped our reminders (`quiet`) are `unanswered`, too.
    """

    items: list[Asked]
    next: str | None
    counts: dict[str, int]


class Happening(msgspec.Struct):
    """An entry of the ledger in words; `note` is what was said with it."""

    seq: int
    at: str
    words: str
    note: str
    entry_sha256: str


class Obstacle(msgspec.Struct):
    """What stands in the way of the next step, and the page on which it is put right; empty where time does it."""

    sentence: str
    url: str


class Supposed(msgspec.Struct):
    """What would come out if those who are missing did what `words` say."""

    words: str
    is_adopted: bool
    sentence: str


class Translation(msgspec.Struct):
    """A translation for reading only of a fixed text, and the addresses of its files; not every script has a PDF."""

    language: str
    n: int
    is_behind: bool
    plain_text: str
    pdf: str


class StatementBody(msgspec.Struct):
    """A statement as this reader may see it; `requests` and, while answers are taken, `supposed` are the secretariat's.

    So are `obstacles` to the next step, `history`, the newest first, and `without_pdf`: sentences, before publication,
    about what no font here shows.

    `least_days` are those that members have for a draft before its text can be frozen, and `freezable_from` is when
    they end for the draft that was circulated last. `ends_early_at` is when signing ends because everybody has
    answered. Once published, `no_objection` names who was counted so by a rule
    of silence, without a signature, and `after` is what its newest manifest tells of what has happened since.
    """

    slug: str
    title: str
    edition: int | None
    state: str
    policy: dict[str, Any]
    closes_at: str | None
    timezone: str | None
    closes_instant: str | None
    text: str
    text_set_sha256: str | None
    chain_head: str
    versions: list[Version]
    tally: dict[str, Any] | None
    signatures: list[Signature]
    requests: list[Asked] | None = None
    manifest: int | None = None
    after: dict[str, Any] | None = None
    no_objection: list[str] = []
    least_days: int = 0
    freezable_from: str | None = None
    ends_early_at: str | None = None
    translations: list[Translation] = []
    supposed: list[Supposed] | None = None
    without_pdf: list[str] | None = None
    obstacles: list[Obstacle] | None = None
    history: list[Happening] | None = None


class Summary(msgspec.Struct):
    """A line of the list."""

    slug: str
    title: str
    state: str
    edition: int | None
    published_at: str | None


class StatementList(msgspec.Struct):
    """Every statement that this reader may read, the newest first."""

    items: list[Summary]
    next: str | None = None


class ReminderBody(msgspec.Struct):
    """Who was reminded; who was not, and why."""

    reminded: list[str]
    skipped: list[dict[str, str]]


async def body_of(statement: Statement, actor: Actor, *, now: datetime) -> StatementBody:
    """The statement as this reader may see it."""
    view = await board.view_of(statement, actor, now=now)
    manifest = await bundle.latest(statement)
    asked = await standings.standings_of(statement, now=now) if actor.is_secretariat else []
    return StatementBody(
        slug=statement.slug,
        title=statement.title,
        edition=statement.edition,
        state=view.state,
        policy=view.policy,
        closes_at=statement.closes_wall or None,
        timezone=statement.closes_timezone or None,
        closes_instant=moment(statement.closes_at),
        text=view.text.canonical if view.text else "",
        text_set_sha256=view.text_set.sha256 if view.text_set else None,
        chain_head=bundle.head_of(manifest) if manifest else view.chain_head,
        versions=[_version(version) for version in view.versions],
        tally=view.tally,
        signatures=[_signature(line) for line in view.signatures],
        requests=await requests_shown(statement, asked) if actor.is_secretariat else None,
        manifest=manifest.n if manifest else None,
        after=dict(since.of(manifest)) if manifest else None,
        no_objection=view.no_objection,
        least_days=policy.consultation_days(statement.policy),
        freezable_from=await _freezable_from(statement),
        ends_early_at=moment(statement.ends_early_at) if view.state == "signing" else None,
        translations=await _translations(statement),
        supposed=await _supposed(statement, asked)
        if actor.is_secretariat and view.state == "signing"
        else None,
        without_pdf=await pdf_gaps.told(statement, asked) if actor.is_secretariat else None,
        obstacles=await _obstacles(statement, view.state, asked, now=now) if actor.is_secretariat else None,
        history=await _history(statement) if actor.is_secretariat else None,
    )


async def _obstacles(
    statement: Statement, state: str, asked: list[Standing], *, now: datetime
) -> list[Obstacle]:
    base = settings.current().base_url
    found = await history.obstacles(statement, state, asked, now=now)
    return [Obstacle(sentence, f"{base}{where}" if where else "") for sentence, where in found]


async def _history(statement: Statement) -> list[Happening]:
    return [
        Happening(one.seq, evidence.moment(one.at), one.words, one.note, one.entry_sha256)
        for one in await history.of(statement)
    ]


async def _supposed(statement: Statement, asked: list[Standing]) -> list[Supposed]:
    requests, answers = standings.apart(asked)
    found = await counting.suppositions(statement, requests, answers, at=statement.closes_at)
    return [Supposed(one.words, one.is_adopted, one.sentence) for one in found]


async def _translations(statement: Statement) -> list[Translation]:
    signed, found = await translations.of_fixed(statement)
    address = f"{settings.current().base_url}/statements/{statement.slug}"
    return [
        Translation(
            language=text.language,
            n=text.n,
            is_behind=version_rules.is_behind(text, signed),
            plain_text=f"{address}/{translations.file_name(text, 'txt')}",
            pdf=f"{address}/{translations.file_name(text, 'pdf')}",
        )
        for text in found
    ]


async def _freezable_from(statement: Statement) -> str | None:
    is_written = statement.state in rules.WRITABLE
    return moment(await circulation.freezable_from(statement)) if is_written else None


def _version(row: Any) -> Version:
    return Version(row.n, row.language, row.role, row.sha256, row.note, evidence.moment(row.created_at))


def _signature(line: queries.Signature) -> Signature:
    parts = asdict(line) | {"signed_at": evidence.moment(line.signed_at)}
    return Signature(record=parts.pop("record_id"), **parts)


async def requests_shown(statement: Statement, asked: list[Standing]) -> list[Asked]:
    """Each of these organisations with all that the board tells of it, in their order."""
    return [_asked(line) for line in await board.lines_of(statement, asked)]


def _asked(line: board.Line) -> Asked:
    return Asked(
        organisation=line.organisation,
        slug=line.slug,
        signatory=line.person,
        confirmed=confirmed(line.confirmed),
        answer=line.answer or None,
        capacity=line.capacity,
        answered_at=moment(line.answered_at),
        reason=line.reason,
        typed=line.differs,
        printed=line.printed,
        signed_before=line.before,
        mails=line.mails,
        mail=line.mail_kind,
        mail_state=line.mail_state,
        mailed_at=moment(line.mailed_at),
        server_reply=line.server_reply,
        remarks=line.remarks,
    )


def moment(instant: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return evidence.moment(instant) if instant else None
