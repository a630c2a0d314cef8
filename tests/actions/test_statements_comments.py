"""Comments on a draft: when, by whom, about which words; their answers, and the freeze that waits for them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import actions, comments, history, queries, texts, waiting
from summit_service.statements.comment_tables import Comment
from summit_service.zones import wall_text
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_statements import TEXT, make_draft

SLUG = "time-to-listen"


async def consulting(*, now: datetime, least_days: str = "") -> tuple[Actor, Actor]:
    """A text that is circulated for 20 days; the secretariat, and a representative of the organisation `centre`."""
    desk = await secretariat()
    await make_draft(desk, now=now)
    centre = await make_organisation("Centre", slug="centre")
    member = await representative_of(centre)
    closes = wall_text(now + timedelta(days=20))
    await actions.start_consultation(
        SLUG, actor=desk, now=now, closes_at=closes, timezone="Etc/UTC", least_days=least_days
    )
    return desk, member


async def say(actor: Actor, *, now: datetime, organisation: str = "centre", **form: Any) -> Comment:
    given = {"language": "en", "version": 1, "body": "Say why.", **form}
    return await actions.comment(
        SLUG, actions.CommentForm(**given), organisation=organisation, actor=actor, now=now
    )


async def test_comment_is_kept_with_its_place_and_words(database: db.Engine, now: datetime) -> None:
    _, member = await consulting(now=now)

    await say(member, now=now, paragraph=1, quoted="plan  time", wording="set time aside")

    (told,) = await comments.told(await queries.statement_by_slug(SLUG))
    said = told.comment
    assert (said.organisation_name, said.person_name, said.paragraph) == ("Centre", member.name, 1)
    assert (said.quoted, said.wording, said.body, said.is_late) == (
        "plan  time",
        "set time aside",
        "Say why.",
        False,
    )
    assert told.disposition is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"paragraph": 3}, "paragraph"),
        ({"paragraph": 2, "quoted": "plan time"}, "quoted"),
        ({"quoted": "plan time"}, "paragraph"),
        ({"paragraph": 1, "body": " "}, "body"),
        ({"version": 2}, "version"),
        ({"language": "fr"}, "version"),
        ({"body": "x" * 8_001}, "body"),
    ],
)
async def test_comment_that_fits_nowhere_is_refused_beside_its_field(
    database: db.Engine, now: datetime, form: dict[str, Any], field: str
) -> None:
    _, member = await consulting(now=now)

    with pytest.raises(Invalid) as refused:
        await say(member, now=now, **form)

    assert list(refused.value.by_field()) == [field]
    assert await Comment.count() == 0


async def test_same_comment_sent_twice_is_kept_once(database: db.Engine, now: datetime) -> None:
    _, member = await consulting(now=now)

    first, second = await say(member, now=now), await say(member, now=now)

    assert first.id == second.id
    assert await Comment.count() == 1


async def test_only_a_representative_speaks_for_an_organisation(database: db.Engine, now: datetime) -> None:
    desk, member = await consulting(now=now)
    await make_organisation("Other", slug="other")

    for actor, organisation in ((member, "other"), (desk, "centre")):
        with pytest.raises(NotAllowed):
            await say(actor, now=now, organisation=organisation)

    assert await Comment.count() == 0


async def test_comment_after_the_deadline_is_taken_and_marked(database: db.Engine, now: datetime) -> None:
    _, member = await consulting(now=now)
    closes = (await queries.statement_by_slug(SLUG)).closes_at

    before = await say(member, now=closes - timedelta(seconds=1))
    after = await say(member, now=closes, body="And this.")

    assert (before.is_late, after.is_late) == (False, True)


async def test_consultation_ends_by_itself_and_what_was_said_waits_for_an_answer(
    database: db.Engine, now: datetime
) -> None:
    _, member = await consulting(now=now)
    statement = await queries.statement_by_slug(SLUG)
    early = await actions.end_consultations(statement.closes_at - timedelta(milliseconds=1))
    await say(member, now=now)
    nothing = [line for line in await waiting.for_secretariat(now) if "comment" in line.sentence]

    due = await actions.end_consultations(statement.closes_at)
    again = await actions.end_consultations(statement.closes_at)
    late = await say(member, now=statement.closes_at, body="And this.")

    revised = await queries.statement_by_slug(SLUG)
    [told] = [line for line in await waiting.for_secretariat(now) if "comment" in line.sentence]
    assert (early, due, again, revised.state, late.is_late) == (0, 1, 0, "revising", True)
    assert nothing == []
    assert told.sentence == "2 comments without an answer on “Time to listen”, which is being revised."
    assert (told.url, told.count) == (f"/desk/statements/{SLUG}/comments", 2)
    assert json.loads((await queries.ledger_of(revised))[-1].content)["body"]["by"] == "deadline"


async def test_drafts_and_frozen_texts_take_no_comment(database: db.Engine, now: datetime) -> None:
    desk = await secretariat()
    await make_draft(desk, now=now)
    member = await representative_of(await make_organisation("Centre", slug="centre"))

    with pytest.raises(Invalid, match="no such version"):
        await say(member, now=now)
    await actions.freeze(SLUG, actor=desk, now=now)
    with pytest.raises(Conflict, match="fixed"):
        await say(member, now=now)


async def test_freeze_waits_for_an_answer_to_each_comment(database: db.Engine, now: datetime) -> None:
    desk, member = await consulting(now=now)
    first = await say(member, now=now)
    second = await say(member, now=now, body="Another thing.")
    await actions.dispose(SLUG, first.id, kind="accepted", reason="Yes.", actor=desk, now=now)

    with pytest.raises(Conflict, match="1 comment has no answer yet") as refused:
        await actions.freeze(SLUG, actor=desk, now=now)

    where = f"/desk/statements/{SLUG}/comments"
    found = await queries.statement_by_slug(SLUG)
    assert where in refused.value.sentence
    assert await history.obstacles(found, "consulting", [], now=now) == [
        ("1 comment has no answer yet.", where)
    ]
    assert (await queries.statement_by_slug(SLUG)).state == "consulting"
    await actions.dispose(SLUG, second.id, kind="out_of_scope", reason="Next time.", actor=desk, now=now)
    assert (await actions.freeze(SLUG, actor=desk, now=now)).state == "frozen"
    with pytest.raises(Conflict):
        await actions.dispose(SLUG, second.id, kind="accepted", reason="After all.", actor=desk, now=now)


async def test_text_is_not_frozen_before_members_had_their_days(database: db.Engine, now: datetime) -> None:
    desk, _ = await consulting(now=now)
    await actions.add_version(SLUG, actor=desk, now=now, text="Another text.")
    closes = wall_text(now + timedelta(days=20))
    for days, field in (("21", "closes_at"), ("-1", "least_days"), ("181", "least_days")):
        with pytest.raises(Invalid) as refused:
            await actions.start_consultation(
                SLUG, actor=desk, now=now, closes_at=closes, timezone="Etc/UTC", least_days=days
            )
        assert list(refused.value.by_field()) == [field]
    await actions.start_consultation(
        SLUG, actor=desk, now=now, closes_at=closes, timezone="Etc/UTC", least_days="10"
    )

    with pytest.raises(Conflict, match="Members have 10 days") as too_soon:
        await actions.freeze(SLUG, actor=desk, now=now + timedelta(days=10, seconds=-1))

    assert too_soon.value.code == "consultation_too_short"
    found = await queries.statement_by_slug(SLUG)
    assert found.state == "consulting"
    waiting = await history.obstacles(found, "consulting", [], now=now)
    assert [where for _, where in waiting] == [""]
    assert waiting[0][0].startswith("Waiting: the consultation lasts until ")
    assert "Members have 10 days" in waiting[0][0]
    assert await history.obstacles(found, "consulting", [], now=now + timedelta(days=10)) == []
    frozen = await actions.freeze(SLUG, actor=desk, now=now + timedelta(days=10))
    assert frozen.state == "frozen"


async def test_last_disposition_counts_and_needs_a_reason(database: db.Engine, now: datetime) -> None:
    desk, member = await consulting(now=now)
    said = await say(member, now=now)

    await actions.dispose(SLUG, said.id, kind="not_accepted", reason="Too long.", actor=desk, now=now)
    await actions.dispose(SLUG, said.id, kind="accepted", reason="Short enough.", actor=desk, now=now)
    for kind, reason in (("accepted", " "), ("perhaps", "Well.")):
        with pytest.raises(Invalid):
            await actions.dispose(SLUG, said.id, kind=kind, reason=reason, actor=desk, now=now)
    with pytest.raises(NotAllowed):
        await actions.dispose(SLUG, said.id, kind="accepted", reason="Mine.", actor=member, now=now)
    with pytest.raises(NotFound):
        await actions.dispose(SLUG, said.id + 1, kind="accepted", reason="No.", actor=desk, now=now)

    (told,) = await comments.told(await queries.statement_by_slug(SLUG))
    assert told.disposition is not None
    assert (told.disposition.kind, told.disposition.reason) == ("accepted", "Short enough.")


async def test_wording_is_taken_over_by_one_press(database: db.Engine, now: datetime) -> None:
    desk, member = await consulting(now=now)
    said = await say(member, now=now, paragraph=1, quoted="plan time", wording="set time aside")
    without = await say(member, now=now, body="Another thing.")

    made = await actions.take_over(SLUG, said.id, actor=desk, now=now)

    statement = await queries.statement_by_slug(SLUG)
    first, second = await comments.told(statement)
    assert (made.n, made.canonical) == (2, texts.canonical(TEXT.replace("plan time", "set time aside")))
    assert made.note == "The wording of Centre for paragraph 1 of version 1."
    assert statement.state == "revising"
    assert (first.disposition, second.disposition and second.disposition.kind) == (None, "accepted")
    for comment, why in ((said, "has this wording already"), (without, "proposes no wording")):
        with pytest.raises(Conflict, match=why):
            await actions.take_over(SLUG, comment.id, actor=desk, now=now)
    with pytest.raises(NotAllowed):
        await actions.take_over(SLUG, said.id, actor=member, now=now)
    assert len(await queries.versions_of(statement)) == 2


async def test_freeze_mails_each_organisation_what_became_of_its_own_comments_once(
    database: db.Engine, now: datetime
) -> None:
    desk, member = await consulting(now=now)
    silent, other = await make_organisation("Silent"), await make_organisation("Other", slug="other")
    await representative_of(silent)
    doubter = await representative_of(other)
    words: dict[str, Any] = {"paragraph": 1, "quoted": "plan time"}
    for actor, organisation, kind in ((member, "centre", "accepted"), (doubter, "other", "not_accepted")):
        said = await say(actor, now=now, organisation=organisation, body=f"Says {organisation}.", **words)
        await actions.dispose(SLUG, said.id, kind=kind, reason="So it is.", actor=desk, now=now)

    await actions.freeze(SLUG, actor=desk, now=now)
    await actions.rework(SLUG, actor=desk, now=now)
    await actions.add_version(SLUG, actor=desk, now=now, text="Another text.")
    await actions.freeze(SLUG, actor=desk, now=now)

    sent = await OutboxMessage.objects().where(OutboxMessage.kind == "comments_answered")
    told = {row.recipient_email: json.loads(row.context)["comments"] for row in sent}
    assert len(sent) == 2
    assert [one["body"] for one in told[member.email]] == ["Says centre."]
    (only,) = told[doubter.email]
    assert (only["quoted"], only["outcome"], only["reason"]) == ("plan time", "Not accepted", "So it is.")


@pytest.mark.parametrize("table", ["statement_comment", "comment_disposition"])
@pytest.mark.parametrize("change", ["UPDATE {t} SET id = id + 100", "DELETE FROM {t}"])
async def test_database_refuses_to_change_what_was_said(
    database: db.Engine, now: datetime, table: str, change: str
) -> None:
    desk, member = await consulting(now=now)
    said = await say(member, now=now)
    await actions.dispose(SLUG, said.id, kind="accepted", reason="Yes.", actor=desk, now=now)

    with pytest.raises(Exception, match=f"rows of {table} are never changed or deleted"):
        await db.engine().run_ddl(change.format(t=table))
