"""Drafting a statement: versions, consultation, freezing, and taking the text back."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db, settings
from summit_service.accounts.actor import PUBLIC
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.journal.tables import JournalNote
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, evidence, history, queries, texts
from summit_service.statements.tables import Statement, TextVersion
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_statements import (
    TEXT,
    dump_tables,
    give_answer,
    link_to,
    make_draft,
    make_frozen,
    make_member,
    make_open,
)


async def kinds_of(statement: Statement) -> list[str]:
    return [entry.kind for entry in await queries.ledger_of(statement)]


async def test_create_statement_keeps_draft_version_and_ledger(database: db.Engine, now: datetime) -> None:
    made = await actions.create_statement(
        actor=await secretariat(), now=now, title="Time to listen", text=TEXT, note="first", edition=2026
    )

    version = (await queries.versions_of(made))[0]
    assert (made.slug, made.state, made.edition) == ("time-to-listen", "drafting", 2026)
    assert json.loads(made.policy)["preset"] == "sign_on"
    assert (version.n, version.canonical, version.note) == (1, TEXT + "\n", "first")
    assert version.sha256 == texts.sha256(TEXT + "\n")
    assert await kinds_of(made) == ["drafting", "version"]


async def test_create_statement_twice_gives_two_addresses(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()

    made = [await make_draft(actor, now=now) for _ in range(3)]
    new = await make_draft(actor, now=now, title="New")

    assert [row.slug for row in made] == ["time-to-listen", "time-to-listen-2", "time-to-listen-3"]
    assert new.slug == "new-2"


async def test_create_statement_at_once_never_shares_an_address(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()

    done = await asyncio.gather(*(make_draft(actor, now=now) for _ in range(5)), return_exceptions=True)

    made = [row.slug for row in done if isinstance(row, Statement)]
    refused = [fault.code for fault in done if isinstance(fault, Conflict)]
    assert len(made) == len(set(made)) >= 1
    assert refused == ["slug_taken"] * (5 - len(made))


async def test_create_statement_tells_every_fault(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    before = await dump_tables()

    with pytest.raises(Invalid) as refused:
        await actions.create_statement(
            actor=actor,
            now=now,
            title="",
            text="x" * 200_001,
            edition=26,
            policy_given="majority",
            closes_at="soon",
        )

    assert set(refused.value.by_field()) == {"title", "text", "edition", "policy", "closes_at"}
    assert await dump_tables() == before


async def test_only_the_secretariat_may(database: db.Engine, now: datetime) -> None:
    statement = await make_draft(await secretariat(), now=now)
    member = await representative_of(await make_organisation())
    acts: list[Any] = [
        lambda actor: actions.create_statement(actor=actor, now=now, title="x"),
        lambda actor: actions.add_version(statement.slug, actor=actor, now=now, text="x"),
        lambda actor: actions.start_consultation(statement.slug, actor=actor, now=now),
        lambda actor: actions.freeze(statement.slug, actor=actor, now=now),
        lambda actor: actions.open_for_signing(statement.slug, actor=actor, now=now),
        lambda actor: actions.remind(statement.slug, actor=actor, now=now),
        lambda actor: actions.rework(statement.slug, actor=actor, now=now),
        lambda actor: actions.close(statement.slug, actor=actor, now=now, note="It is time."),
        lambda actor: actions.settle(statement.slug, actor=actor, now=now),
        lambda actor: actions.publish(statement.slug, actor=actor, now=now),
        lambda actor: actions.cancel(statement.slug, actor=actor, now=now),
    ]

    for act in acts:
        with pytest.raises(NotSignedIn):
            await act(PUBLIC)
        with pytest.raises(NotAllowed):
            await act(member)


async def test_statement_that_is_not_there(database: db.Engine, now: datetime) -> None:
    with pytest.raises(NotFound):
        await actions.freeze("nowhere", actor=await secretariat(), now=now)


async def test_add_version_leaves_the_earlier_one(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    draft = await make_draft(actor, now=now)

    second = await actions.add_version(draft.slug, actor=actor, now=now, text="Second", note="shorter")
    french = await actions.add_version(
        draft.slug, actor=actor, now=now, text="Texte", language="fr", role="courtesy"
    )

    assert (second.n, french.n, french.language) == (2, 1, "fr")
    assert [v.canonical for v in await queries.versions_of(draft)] == ["Texte\n", "Second\n", TEXT + "\n"]


@pytest.mark.parametrize("same", [TEXT, TEXT + "   \n\n", TEXT.replace("\n", "\r\n")])
async def test_add_version_with_the_same_bytes_is_refused(
    database: db.Engine, now: datetime, same: str
) -> None:
    actor = await secretariat()
    draft = await make_draft(actor, now=now)

    with pytest.raises(Invalid, match="This is the text of version 1, word for word"):
        await actions.add_version(draft.slug, actor=actor, now=now, text=same)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "null \x00 byte"}, "text"),
        ({"text": "x", "language": "English"}, "language"),
        ({"text": "x", "role": "best"}, "role"),
        ({"text": "x", "note": "y" * 2001}, "note"),
    ],
)
async def test_add_version_says_what_is_wrong(
    database: db.Engine, now: datetime, given: dict[str, Any], field: str
) -> None:
    actor = await secretariat()
    draft = await make_draft(actor, now=now)

    with pytest.raises(Invalid) as refused:
        await actions.add_version(draft.slug, actor=actor, now=now, **given)

    assert list(refused.value.by_field()) == [field]
    assert await TextVersion.count() == 1


async def test_consultation_is_ended_by_a_new_version(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    draft = await make_draft(actor, now=now)
    await make_member("Centre for Kindness")
    closes_at = f"{now + timedelta(days=15):%Y-%m-%dT%H:%M}"

    consulting = await actions.start_consultation(draft.slug, actor=actor, now=now, closes_at=closes_at)
    await actions.add_version(draft.slug, actor=actor, now=now, text="After the comments")
    frozen = await actions.freeze(draft.slug, actor=actor, now=now)

    assert (consulting.state, frozen.state) == ("consulting", "frozen")
    assert await kinds_of(draft) == [
        "drafting",
        "version",
        "consulting",
        "dispatched",
        "revising",
        "version",
        "frozen",
    ]


async def test_consultation_needs_a_day_and_time_enough(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    draft = await make_draft(actor, now=now)

    with pytest.raises(Invalid, match="Say until when members may comment"):
        await actions.start_consultation(draft.slug, actor=actor, now=now)
    with pytest.raises(Invalid, match="at least 14 days"):
        await actions.start_consultation(draft.slug, actor=actor, now=now, closes_at="2026-03-10T09:00")


async def test_freeze_fixes_the_text_set(database: db.Engine, now: datetime) -> None:
    frozen = await make_frozen(await secretariat(), now=now)

    text_set = await queries.text_set_of(frozen)
    assert text_set is not None
    expected = f'[{{"lang":"en","role":"authoritative","sha256":"{texts.sha256(TEXT + chr(10))}"}}]'
    assert (text_set.content, text_set.sha256) == (expected, texts.sha256(expected))
    with pytest.raises(Conflict) as refused:
        await actions.add_version(frozen.slug, actor=await secretariat(), now=now, text="More")
    assert refused.value.code == "frozen"


async def test_freeze_leaves_a_courtesy_translation_outside(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    plain = await make_frozen(actor, now=now)
    draft = await make_draft(actor, now=now)
    await actions.add_version(draft.slug, actor=actor, now=now, text="Texte", language="fr", role="courtesy")

    frozen = await actions.freeze(draft.slug, actor=actor, now=now)

    first, second = await queries.text_set_of(plain), await queries.text_set_of(frozen)
    assert first is not None
    assert second is not None
    assert first.sha256 == second.sha256


async def test_freeze_without_text_is_refused(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    empty = await actions.create_statement(actor=actor, now=now, title="Empty")

    with pytest.raises(Conflict, match="There is no text yet"):
        await actions.freeze(empty.slug, actor=actor, now=now)


async def test_rework_carries_no_signature_over(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    member = await make_member("Centre for Kindness")
    statement = await make_open(actor, now=now)
    await give_answer(await link_to(statement, member, now=now), now=now)

    await actions.rework(statement.slug, actor=actor, now=now, note="A wrong number in paragraph 2")
    await actions.add_version(statement.slug, actor=actor, now=now, text=TEXT + " Indeed.")
    await actions.freeze(statement.slug, actor=actor, now=now)
    again = await actions.open_for_signing(statement.slug, actor=actor, now=now)

    assert await queries.answers_of(again) == {}
    assert len(await queries.requests_of(again)) == 1
    assert again.text_set != statement.text_set
    assert len(await queries.answers_of(statement)) == 1


async def test_rework_without_a_new_text_cannot_be_frozen(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    await make_member("Centre for Kindness")
    statement = await make_open(actor, now=now)
    await actions.rework(statement.slug, actor=actor, now=now)

    with pytest.raises(Conflict, match="has not changed") as refused:
        await actions.freeze(statement.slug, actor=actor, now=now)

    found = await queries.statement_by_slug(statement.slug)
    told = await history.obstacles(found, "reworking", [], now=now)
    assert told == [(refused.value.sentence, f"/desk/statements/{statement.slug}/versions")]


async def test_chain_holds_from_the_draft_on(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()
    member = await make_member("Centre for Kindness")
    statement = await make_open(actor, now=now)
    await give_answer(await link_to(statement, member, now=now), now=now)
    await actions.close(statement.slug, actor=actor, now=now, note="It is time.")
    await actions.publish(statement.slug, actor=actor, now=now)

    rows = await queries.ledger_of(statement)

    entries = [evidence.Entry(row.seq, row.prev, row.content, row.entry_sha256) for row in rows]
    assert evidence.first_broken(entries) is None
    assert [row.kind for row in rows] == [
        "drafting",
        "version",
        "frozen",
        "signing",
        "dispatched",
        "response",
        "dispatched",
        "closed",
        "dispatched",
        "adopted",
        "published",
        "dispatched",
    ]
    assert {row.actor for row in rows if row.kind == "response"} == {None}


async def test_freeze_takes_two_where_the_network_asks_for_it(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_FREEZE_BY_TWO", "yes")
    settings.current.cache_clear()
    first, alone = await secretariat(name="Ana"), await make_draft(await secretariat(name="Bo"), now=now)
    second = await secretariat(name="Cleo")
    slug = alone.slug

    asked = await actions.freeze(slug, actor=first, now=now)
    with pytest.raises(Conflict, match="Another member of the secretariat confirms it") as refused:
        await actions.freeze(slug, actor=first, now=now)
    told = await history.obstacles(await queries.statement_by_slug(slug), "drafting", [], now=now)
    await actions.add_version(slug, actor=first, now=now, text="Another text.")
    again = await actions.freeze(slug, actor=second, now=now)
    frozen = await actions.freeze(slug, actor=first, now=now)

    assert (asked.state, refused.value.code, again.state, frozen.state) == (
        "drafting",
        "second_person",
        "drafting",
        "frozen",
    )
    assert told == [
        ("Ana asks for the freeze; another person confirms it.", f"/desk/statements/{slug}/freeze")
    ]
    kinds = [(row.kind, row.actor) for row in await queries.ledger_of(frozen)][2:]
    assert kinds == [
        ("freeze_proposed", first.person_id),
        ("dispatched", None),
        ("version", first.person_id),
        ("freeze_proposed", second.person_id),
        ("dispatched", None),
        ("frozen", first.person_id),
    ]
    mailed = await OutboxMessage.objects().order_by(OutboxMessage.id)
    assert [(row.kind, row.recipient_name, row.state) for row in mailed] == [
        ("freeze_asked", "Bo", "stopped"),
        ("freeze_asked", "Cleo", "stopped"),
        ("freeze_asked", "Ana", "stopped"),
        ("freeze_asked", "Bo", "stopped"),
    ]
    noted = [(row.verb, row.person) for row in await JournalNote.objects().order_by(JournalNote.id)][-2:]
    assert noted == [
        ("statement.freeze_proposed", second.person_id),
        ("statement.frozen", first.person_id),
    ]


async def test_freeze_that_was_asked_for_under_another_title_is_asked_for_anew(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_FREEZE_BY_TWO", "yes")
    settings.current.cache_clear()
    first, second = await secretariat(name="Ana"), await secretariat(name="Bo")
    slug = (await make_draft(first, now=now)).slug
    await actions.freeze(slug, actor=first, now=now)
    await actions.describe(slug, actor=first, now=now, title="Another title", edition=None)

    again = await actions.freeze(slug, actor=second, now=now)
    frozen = await actions.freeze(slug, actor=first, now=now)

    assert (again.state, frozen.state) == ("drafting", "frozen")


async def test_who_is_alone_in_the_secretariat_freezes_alone(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_FREEZE_BY_TWO", "yes")
    settings.current.cache_clear()

    assert (await make_frozen(await secretariat(), now=now)).state == "frozen"
