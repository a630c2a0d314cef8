"""Two things that happen to one statement at the same moment: one is first, and the other sees it."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from summit_service import db, settings, verify
from summit_service.errors import Conflict, Gone
from summit_service.statements import actions, bundle, comments, evidence, letters, publisher, queries
from summit_service.statements.comment_tables import Comment
from summit_service.statements.tables import Response, Statement
from summit_service.zones import wall_text
from tests.factories import give_role, make_organisation, make_person, representative_of, secretariat
from tests.factories_statements import VISITOR, give_answer, link_to, make_draft, make_member, make_open
from tests.postbox import Postbox, text_of

TEXT = "আমরা হাসপাতালকে শোনার সময় দিতে বলি"
"""No font of ours has this script, so that no reading copy is set, and a manifest is soon made."""
LATE: Any = {"preset": "sign_on", "late_days": 30}


async def test_comment_and_freeze_at_once_leave_no_comment_without_an_answer(
    database: db.Engine, now: datetime
) -> None:
    desk = await secretariat()
    member = await representative_of(await make_organisation("Centre", slug="centre"))
    closes = wall_text(now + timedelta(days=20))
    drafts = [await make_draft(desk, now=now, title=f"Statement {n}") for n in range(6)]
    for draft in drafts:
        await actions.start_consultation(
            draft.slug, actor=desk, now=now, closes_at=closes, timezone="Etc/UTC"
        )
    form = actions.CommentForm(language="en", version=1, body="Say why.")

    works = [
        work
        for draft in drafts
        for work in (
            actions.freeze(draft.slug, actor=desk, now=now),
            actions.comment(draft.slug, form, organisation="centre", actor=member, now=now),
        )
    ]
    done = await asyncio.gather(*works, return_exceptions=True)

    for draft, frozen, said in zip(drafts, done[::2], done[1::2], strict=True):
        statement = await queries.statement_by_slug(draft.slug)
        waiting = await comments.waiting(statement)
        assert (statement.state, waiting) in {("frozen", 0), ("consulting", 1)}
        assert (isinstance(frozen, Statement), isinstance(said, Comment)) in {(True, False), (False, True)}
        assert isinstance(said if isinstance(frozen, Statement) else frozen, Conflict)


async def test_writers_who_have_seen_the_same_version_add_one_between_them(
    database: db.Engine, now: datetime
) -> None:
    desk = await secretariat()
    draft = await make_draft(desk, now=now)

    done = await asyncio.gather(
        *(
            actions.add_version(draft.slug, actor=desk, now=now, text=f"Text of writer {n}.", known={"en": 1})
            for n in range(6)
        ),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in done) == [*["Conflict"] * 5, "TextVersion"], done
    assert [version.n for version in await queries.versions_of(draft)] == [2, 1]
    assert await _chain_holds(draft)


async def test_all_that_comes_at_once_after_publication_is_in_the_newest_manifest(
    database: db.Engine, now: datetime
) -> None:
    names = ("Signer", "Writer", "Late", "Later")
    members = [await make_member(name) for name in names]
    desk, later = await secretariat(), now + timedelta(days=1)
    statement = await make_open(desk, now=now, text=TEXT, policy=LATE)
    links = [await link_to(statement, member, now=now) for member in members]
    for link in links[:2]:
        await give_answer(link, now=now)
    await actions.close(statement.slug, actor=desk, now=later, note="It is time.")
    await actions.publish(statement.slug, actor=desk, now=later)

    done = await asyncio.gather(
        give_answer(links[0], "withdrawn", now=later),
        actions.record_withdrawal(
            statement.slug, actor=desk, now=later, organisation=members[1].slug, note="Their letter."
        ),
        give_answer(links[2], now=later),
        give_answer(links[3], now=later),
        actions.add_erratum(statement.slug, actor=desk, now=later, text="Read “care” for “core”."),
        return_exceptions=True,
    )

    assert [type(one) for one in done] == [Response, Response, Response, Response, Statement]
    rows = await bundle.manifests_of(statement)
    assert [row.n for row in rows] == [1, 2, 3, 4, 5, 6]
    keys = [verify.Trusted(key.public_key) for key in publisher.known_keys(settings.current())]
    for row in rows:
        assert verify.verify(await bundle.files_of(statement, n=row.n), keys).verdict == "valid"
    after = json.loads(rows[-1].json)["after"]
    assert sorted(one["organisation"] for one in after["joined"]) == ["Late", "Later"]
    assert len(after["withdrew"]) == 2
    assert len(after["errata"]) == 1
    assert await _chain_holds(statement)


async def test_two_links_of_one_member_join_once(database: db.Engine, now: datetime) -> None:
    signer, late = [await make_member(name) for name in ("Signer", "Late")]
    desk, later = await secretariat(), now + timedelta(days=1)
    statement = await make_open(desk, now=now, text=TEXT, policy=LATE)
    await give_answer(await link_to(statement, signer, now=now), now=now)
    links = [await link_to(statement, late, now=now) for _ in range(4)]
    await actions.close(statement.slug, actor=desk, now=later, note="It is time.")
    await actions.publish(statement.slug, actor=desk, now=later)

    done = await asyncio.gather(*(give_answer(link, now=later) for link in links), return_exceptions=True)

    assert sorted(type(one).__name__ for one in done) == [*["Gone"] * 3, "Response"], done
    assert all(isinstance(one, Response | Gone) for one in done)
    assert await Response.count().where(Response.is_late == True) == 1  # noqa: E712 - becomes SQL
    assert [row.n for row in await bundle.manifests_of(statement)] == [1, 2]


async def test_answer_and_asking_somebody_else_at_once_leave_one_of_the_two(
    database: db.Engine, now: datetime
) -> None:
    members = [await make_member(f"Member {n}", signatory=f"Ana {n}") for n in range(6)]
    for n, member in enumerate(members):
        bo = await make_person(f"Bo {n}", email=f"bo{n}@people.example")
        await give_role(bo, "alternate", organisation=member)
    desk = await secretariat()
    statement = await make_open(desk, now=now)
    forms = [await _second_page(await link_to(statement, member, now=now), now=now) for member in members]

    works = [
        work
        for n, (member, (link, form)) in enumerate(zip(members, forms, strict=True))
        for work in (
            actions.ask_instead(
                statement.slug,
                organisation=member.slug,
                email=f"bo{n}@people.example",
                actor=desk,
                now=now,
            ),
            actions.answer(link, form, visitor=VISITOR, agent="", now=now),
        )
    ]
    done = await asyncio.gather(*works, return_exceptions=True)

    requests = {request.organisation: request for request in await queries.requests_of(statement)}
    answers = await queries.answers_of(statement)
    for n, (asked, answered) in enumerate(zip(done[::2], done[1::2], strict=True)):
        request = requests[members[n].id]
        told = (type(asked).__name__, type(answered).__name__, request.person_name, request.id in answers)
        assert told in {
            ("SigningRequest", "Gone", f"Bo {n}", False),
            ("Conflict", "Response", f"Ana {n}", True),
        }
    assert await _chain_holds(statement)


async def test_two_at_the_desk_who_ask_somebody_else_at_once_leave_links_to_one(
    database: db.Engine, now: datetime, postbox: Postbox
) -> None:
    member = await make_member("Centre")
    for name in ("Bo", "Cy"):
        await give_role(
            await make_person(name, email=f"{name}@people.example"), "alternate", organisation=member
        )
    desk = await secretariat()
    statement = await make_open(desk, now=now)

    await asyncio.gather(
        *(
            actions.ask_instead(
                statement.slug, organisation=member.slug, email=f"{name}@people.example", actor=desk, now=now
            )
            for name in ("Bo", "Cy")
        )
    )
    mails = [mail for mail in await postbox.deliver(now) if "/sign/" in text_of(mail)]

    (request,) = await queries.requests_of(statement)
    assert [str(mail["To"]).split(" ")[0] for mail in mails] == [request.person_name]
    assert await _chain_holds(statement)


async def _second_page(link: str, *, now: datetime) -> tuple[str, actions.AnswerForm]:
    """The link, and the form of its second page, filled in."""
    letter = await letters.letter_of(link, now=now)
    assert letter is not None
    shown = letter.text_set.sha256
    reviewed = await actions.review(link, choice="signed", text_set_sha256=shown, now=now)
    form = actions.AnswerForm(
        nonce=reviewed.nonce, text_set_sha256=shown, attested=True, name="Ana", capacity="organisation"
    )
    return link, form


async def _chain_holds(statement: Statement) -> bool:
    rows = await queries.ledger_of(statement)
    entries = [evidence.Entry(row.seq, row.prev, row.content, row.entry_sha256) for row in rows]
    return evidence.first_broken(entries) is None
