"""Contributions: each action works, each refusal, the exact outbox rows, two at once, and erasing by date."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import OPERATOR, PUBLIC, Actor
from summit_service.contributions import actions, conflicts, queries, rules
from summit_service.contributions.tables import Contribution, Review
from summit_service.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.journal.tables import JournalWords
from summit_service.mail.tables import OutboxMessage
from summit_service.members.queries import actor_of
from summit_service.own_data import contribution as own_data
from summit_service.speakers import actions as speakers
from summit_service.speakers.queries import contacts_of
from summit_service.summits import queries as summits
from summit_service.summits.actions import replacing
from tests.factories import give_role, make_organisation, representative_of, secretariat
from tests.factories_contributions import CALL, CLOSED, FORM, link_to, make_call, propose
from tests.factories_enquiries import everything_stored
from tests.factories_summits import make_edition
from tests.postbox import Postbox, html_of, link_in, text_of


async def kinds() -> list[tuple[str, str]]:
    rows = await OutboxMessage.select(OutboxMessage.kind, OutboxMessage.state).order_by(OutboxMessage.id)
    return [(row["kind"], row["state"]) for row in rows]


async def reviewer(name: str = "Rea Viewer", place: str = "Far Away") -> Actor:
    actor = await representative_of(
        await make_organisation(place), name=name, email=f"{name[:3].lower()}@r.example"
    )
    await actions.appoint_reviewer(2026, actor.email, actor=OPERATOR, now=CLOSED)
    return actor


async def judge(actor: Actor, score: int, number: int = 1, *, now: datetime = CLOSED) -> Review:
    return await actions.review(
        2026, number, score=str(score), comment="Good.", has_conflict=False, actor=actor, now=now
    )


async def accept(number: int = 1, *, note: str = "Well done.", now: datetime = CLOSED) -> Contribution:
    return await actions.decide(
        2026, number, decision=rules.ACCEPTED, note=note, seen="", actor=OPERATOR, now=now
    )


async def test_call_is_the_secretariats(database: object, now: datetime) -> None:
    await make_edition()

    for actor, refusal in (
        (PUBLIC, NotSignedIn),
        (await representative_of(await make_organisation()), NotAllowed),
    ):
        with pytest.raises(refusal):
            await actions.put_call(2026, CALL, actor=actor, now=now)

    changed = replace(CALL, themes="")
    await make_call(now=now)
    call = await actions.put_call(2026, changed, actor=OPERATOR, now=now)
    assert (call.themes, call.minutes_of("Talk")) == ((), 20)


async def test_submit_keeps_it_and_mails_the_link(database: object, postbox: Postbox, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)

    first = await propose(now=now)
    second = await propose("Another", now=now)

    assert (first.number, second.number, first.email) == (1, 2, "anna@people.example")
    mail, _ = await postbox.deliver(now)
    assert str(mail["Subject"]) == "We have your contribution: Listening at night"
    row, _ = await queries.behind(link_in(mail, "/contributions/").rpartition("/")[2])
    assert row.id == first.id


async def test_submit_is_refused_over_the_limit_out_of_time_and_without_a_call(
    database: object, now: datetime
) -> None:
    await make_edition()
    with pytest.raises(NotFound):
        await propose(now=now)
    await make_call(now=now)
    with pytest.raises(Invalid):
        await propose("", now=now)
    first = await propose(now=now)
    await propose(now=now, email="ANNA@people.example")

    with pytest.raises(Conflict):
        await propose(now=now)
    with pytest.raises(Gone):
        await propose(now=CLOSED, email="late@people.example")

    await actions.withdraw(await link_to(first, now=now), now=now)
    await propose(now=now)
    assert await Contribution.count() == 3


async def test_submit_by_many_at_once_never_passes_the_limit(database: object, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)

    found = await asyncio.gather(*(propose(now=now) for _ in range(6)), return_exceptions=True)

    assert sum(isinstance(one, Conflict) for one in found) == 4
    numbers = [row["number"] for row in await Contribution.select(Contribution.number)]
    assert sorted(numbers) == [1, 2]


async def test_change_is_possible_until_the_close(database: object, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)
    token = await link_to(await propose(now=now), now=now)

    await actions.change(token, replace(FORM, title="Better", email=FORM.email), now=now)
    with pytest.raises(Gone):
        await actions.change(token, FORM, now=CLOSED)
    with pytest.raises(NotFound):
        await actions.change("wrong", FORM, now=now)

    row, _ = await queries.behind(token)
    assert (row.title, row.email) == ("Better", FORM.email)


async def test_withdraw_twice_is_once_and_stops_what_waits(
    database: object, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    row = await propose(now=now)
    token = await link_to(row, now=now)

    await actions.withdraw(token, now=now)
    await actions.withdraw(token, now=now)

    assert await kinds() == [("contribution_received", "stopped"), ("contribution_withdrawn", "queued")]
    with pytest.raises(Gone):
        await actions.change(token, FORM, now=now)
    with pytest.raises(Gone):
        await accept()


async def test_contribution_that_was_decided_and_told_is_changed_no_more_in_an_open_call(
    database: object, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    token = await link_to(await propose(now=now), now=now)
    await accept(now=now)
    await actions.change(token, FORM, now=now)
    await actions.tell(2026, expected=1, actor=OPERATOR, now=now)

    with pytest.raises(Gone, match="has been decided"):
        await actions.change(token, FORM, now=now)


async def test_review_counts_the_last_word_and_begins_after_the_close(
    database: object, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    one = await reviewer()
    stranger = await representative_of(await make_organisation("Elsewhere"), email="s@r.example")

    with pytest.raises(Conflict):
        await judge(one, 5, now=now)
    with pytest.raises(NotAllowed):
        await judge(stranger, 5)
    await judge(one, 5)
    await judge(one, 2)
    await judge(await reviewer("Tea Two", "Far Too"), 5)

    edition = await summits.found_edition(2026)
    (found,) = await queries.judged(edition.id)
    assert (found.judgement.number, found.judgement.mean, found.judgement.spread) == (2, 3.5, 3)


async def test_review_of_a_colleague_is_refused_and_a_conflict_takes_the_score_back(
    database: object, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    near = await reviewer("Nea Near", "Night Hospital")
    far = await reviewer()

    with pytest.raises(NotAllowed):
        await judge(near, 5)
    await judge(far, 5)
    await actions.review(2026, 1, score="5", comment="x", has_conflict=True, actor=far, now=CLOSED)

    (kept,) = await Review.objects()
    assert kept.score is None
    assert (kept.comment, kept.has_conflict) == ("", True)


async def test_secretary_near_an_author_decides_only_where_all_of_the_secretariat_is(
    database: object, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    night = await make_organisation("Night Hospital")
    near = await representative_of(night, email="near@network.example")
    noor = await accounts.person_by_email(near.email)
    assert noor is not None
    await give_role(noor, "secretariat")
    near = await actor_of(noor, via="page")

    await decide_as(near)
    far = await secretariat(name="Fay Far", email="far@network.example")
    with pytest.raises(NotAllowed, match="somebody else of the secretariat"):
        await decide_as(near, seen="accepted")
    assert await conflicts.kept_from(near, await Contribution.objects()) == {1}
    assert await conflicts.kept_from(far, await Contribution.objects()) == set()
    await decide_as(far, seen="accepted")
    await actions.appoint_reviewer(2026, far.email, actor=OPERATOR, now=now)
    await actions.review(2026, 1, score="", comment="", has_conflict=True, actor=far, now=CLOSED)
    await decide_as(near, seen="accepted")

    decided = JournalWords.private.like("%number 1, accepted%")
    rows = await JournalWords.select(JournalWords.private).where(decided).order_by(JournalWords.id)
    alone = "with a conflict of interest as all of the secretariat"
    assert [alone in row["private"] for row in rows] == [True, False, True]


async def decide_as(actor: Actor, *, seen: str = "") -> None:
    await actions.decide(2026, 1, decision=rules.ACCEPTED, note="", seen=seen, actor=actor, now=CLOSED)


async def test_ended_reviewer_is_asked_no_more(database: object, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    one = await reviewer()
    assert one.person_id is not None

    await actions.appoint_reviewer(2026, one.email, actor=OPERATOR, now=CLOSED)
    await actions.end_reviewer(2026, one.person_id, actor=OPERATOR, now=CLOSED)

    with pytest.raises(NotAllowed):
        await judge(one, 5)
    with pytest.raises(Invalid):
        await actions.appoint_reviewer(2026, "nobody@r.example", actor=OPERATOR, now=CLOSED)
    assert await kinds() == [("contribution_received", "queued"), ("review_request", "stopped")]


async def test_decisions_are_told_after_ten_minutes_and_once(
    database: object, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    await propose("Second", now=now)
    await postbox.deliver(now)
    await accept(note="Well *done*.")
    await actions.decide(2026, 2, decision=rules.DECLINED, note="", seen="", actor=OPERATOR, now=CLOSED)

    with pytest.raises(Conflict):
        await actions.tell(2026, expected=1, actor=OPERATOR, now=CLOSED)
    told = await actions.tell(2026, expected=2, actor=OPERATOR, now=CLOSED)
    at_once = await postbox.deliver(CLOSED + timedelta(minutes=9))
    later = await postbox.deliver(CLOSED + timedelta(minutes=10))

    assert (told, at_once) == (2, [])
    assert [str(mail["Subject"]) for mail in later] == [
        "Accepted: Listening at night",
        "Your contribution: Second",
    ]
    assert "<em>done</em>" in html_of(later[0])
    assert "We cannot take it for Summit 2026." in text_of(later[1])
    with pytest.raises(Conflict):
        await actions.tell(2026, expected=0, actor=OPERATOR, now=CLOSED)
    with pytest.raises(Conflict):
        await actions.decide(2026, 1, decision="", note="", seen="accepted", actor=OPERATOR, now=CLOSED)


async def test_decisions_that_are_stopped_can_be_made_anew(
    database: object, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    await postbox.deliver(now)
    await accept()
    await actions.tell(2026, expected=1, actor=OPERATOR, now=CLOSED)

    stopped = await actions.stop_telling(2026, actor=OPERATOR, now=CLOSED + timedelta(minutes=5))
    again = await actions.stop_telling(2026, actor=OPERATOR, now=CLOSED + timedelta(minutes=5))
    await actions.tell(2026, expected=1, actor=OPERATOR, now=CLOSED + timedelta(minutes=6))
    mails = await postbox.deliver(CLOSED + timedelta(hours=1))

    assert (stopped, again) == (1, 0)
    assert [str(mail["Subject"]) for mail in mails] == ["Accepted: Listening at night"]


async def test_acceptance_and_refusal_never_both_go_out(
    database: object, postbox: Postbox, now: datetime
) -> None:
    """Complaint 21: a decision that was stopped and turned round is told once, as it is now."""
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    await postbox.deliver(now)
    await accept()
    await actions.tell(2026, expected=1, actor=OPERATOR, now=CLOSED)
    await actions.stop_telling(2026, actor=OPERATOR, now=CLOSED + timedelta(minutes=5))

    await actions.decide(
        2026,
        1,
        decision="declined",
        note="",
        seen="accepted",
        actor=OPERATOR,
        now=CLOSED + timedelta(minutes=6),
    )
    await actions.tell(2026, expected=1, actor=OPERATOR, now=CLOSED + timedelta(minutes=7))
    mails = await postbox.deliver(CLOSED + timedelta(hours=1))

    assert [str(mail["Subject"]) for mail in mails] == ["Your contribution: Listening at night"]


async def test_decision_by_two_at_once_is_taken_once(database: object, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)

    results = await asyncio.gather(*(accept() for _ in range(2)), return_exceptions=True)

    assert sum(isinstance(one, Conflict) for one in results) == 1


async def test_accepted_contribution_becomes_a_session_once(database: object, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    await replacing.replace_programme(2026, {"rooms": ["Hall"], "sessions": []}, actor=OPERATOR, now=now)
    with pytest.raises(Conflict):
        await actions.place(2026, 1, starts_at="2026-09-14T09:00", room="", actor=OPERATOR, now=CLOSED)
    await accept()

    with pytest.raises(Invalid):
        await actions.place(2026, 1, starts_at="2026-09-14T09:00", room="Attic", actor=OPERATOR, now=CLOSED)
    row = await actions.place(2026, 1, starts_at="2026-09-14T09:00", room="Hall", actor=OPERATOR, now=CLOSED)
    with pytest.raises(Conflict):
        await actions.place(2026, 1, starts_at="2026-09-14T10:00", room="Hall", actor=OPERATOR, now=CLOSED)

    draft = await summits.draft_of(await summits.found_edition(2026))
    (made,) = draft.programme.sessions
    assert (made.id, made.title, made.kind) == (row.session, FORM.title, "talk")
    assert (made.starts_at, made.ends_at, made.room) == ("2026-09-14T09:00", "2026-09-14T09:20", "Hall")
    assert made.speakers == ("Anna Berg", "Bo Li", "Cy Dee")


async def test_author_has_a_copy_and_erases_everything_at_once_by_the_link(
    database: object, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    row = await propose(
        "Marker title",
        now=now,
        name="Marker Person",
        email="marker@people.example",
        affiliation="Marker House",
        co_authors="Marker Friend",
        abstract="A marker.",
    )
    link = await link_to(row, now=now)
    await postbox.deliver(now)
    await judge(await reviewer(), 4)
    await speakers.put_addresses(2026, "M. Person; marker@people.example", actor=OPERATOR, now=CLOSED)
    await accept(note="Marker note.")
    await actions.tell(2026, expected=1, actor=OPERATOR, now=CLOSED)

    early, later = [await own_data.held(link, now=CLOSED + timedelta(minutes=wait)) for wait in (9, 10)]
    await own_data.erase_contribution(link, now=CLOSED)

    assert (early["told"]["name"], early["told"]["co_authors"]) == ("Marker Person", "Marker Friend")
    assert [mail["kind"] for mail in early["mails"]] == ["contribution_received", "contribution_accepted"]
    assert [(copy["decision"], copy["decision_note"]) for copy in (early, later)] == [
        ("", ""),
        ("accepted", "Marker note."),
    ]
    assert early["as_speaker"][0]["email"] == "marker@people.example"
    assert "marker" not in (await everything_stored()).lower()
    left = await postbox.deliver(CLOSED + timedelta(hours=1))
    assert [mail["To"].addresses[0].addr_spec for mail in left] == ["rea@r.example"]
    assert await queries.reviewable(row.edition) == []
    with pytest.raises(NotFound):
        await own_data.erase_contribution(link, now=CLOSED)


async def test_speaker_with_another_contribution_is_still_reached(database: object, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)
    row, _ = await propose("One", now=now), await propose("Two", now=now)
    await speakers.put_addresses(2026, f"{FORM.name}; {FORM.email}", actor=OPERATOR, now=now)

    await own_data.erase_contribution(await link_to(row, now=now), now=now)

    assert [one.email for one in await contacts_of(row.edition)] == [FORM.email]
