"""Consortia: each action works, each refusal, the mails, two writers at once, reminders, erasing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from summit_service.accounts.actor import PUBLIC
from summit_service.consortia import actions, queries
from summit_service.consortia.rules import Outcome
from summit_service.consortia.tables import ConsortiumChange, ConsortiumMember, ConsortiumOutline
from summit_service.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.funding import actions as funding
from summit_service.mail.tables import OutboxMessage
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_consortia import make_together


async def mails() -> list[tuple[str, str, str]]:
    rows = await OutboxMessage.select(
        OutboxMessage.kind, OutboxMessage.recipient_email, OutboxMessage.state
    ).order_by(OutboxMessage.id)
    return [(row["kind"], row["recipient_email"], row["state"]) for row in rows]


async def test_lead_invites_partners_answer_and_nobody_else_sees_anything(
    database: object, now: datetime
) -> None:
    together = await make_together(now=now, is_accepted=False)
    lead, partner, number = together.lead, together.partner, together.id
    other = await representative_of(await make_organisation("Other", slug="other"))
    mute = await make_organisation("Mute", slug="mute")
    for call in (queries.consortium, queries.inside):
        with pytest.raises(NotFound):
            await call(number, viewer=other)
        with pytest.raises(NotSignedIn):
            await call(number, viewer=PUBLIC)
    with pytest.raises(NotFound):
        await queries.consortium(number + 1, viewer=await secretariat())
    assert not (await queries.consortium(number, viewer=partner)).is_in
    with pytest.raises(NotFound):
        await queries.inside(number, viewer=partner)
    with pytest.raises(NotFound):
        await actions.write(number, "Mine.", known=0, actor=partner, now=now)
    with pytest.raises(Conflict, match="invited already"):
        await actions.invite(number, "Museum", "", actor=lead, now=now)
    with pytest.raises(Conflict, match="Nobody represents Mute"):
        await actions.invite(number, mute.slug, "", actor=lead, now=now)
    with pytest.raises(Invalid):
        await actions.invite(number, "Nowhere", "", actor=lead, now=now)
    with pytest.raises(NotAllowed):
        await actions.accept(number, organisation="centre", actor=partner, now=now)

    await actions.accept(number, actor=partner, now=now)
    with pytest.raises(NotAllowed):
        await actions.invite(number, "other", "", actor=partner, now=now)
    await actions.invite(number, "other", "", actor=lead, now=now)
    await actions.decline(number, organisation="other", reason="No hands.", actor=other, now=now)
    with pytest.raises(NotFound):
        await queries.consortium(number, viewer=other)
    await actions.invite(number, "other", "Please", actor=lead, now=now)
    await actions.take_back(number, "other", actor=lead, now=now)
    with pytest.raises(NotFound):
        await actions.accept(number, organisation="other", actor=other, now=now)
    await actions.hand_over(number, "museum", actor=lead, now=now)
    with pytest.raises(Conflict, match="hands the lead"):
        await actions.leave(number, actor=partner, now=now)
    await actions.leave(number, reason="Another plan.", actor=lead, now=now)
    with pytest.raises(NotFound):
        await queries.consortium(number, viewer=lead)

    found = await queries.consortium(number, viewer=await secretariat())
    assert [(one.slug, one.state) for one in found.members] == [
        ("centre", "left"), ("museum", "in"), ("other", "declined"), ("other", "taken_back"),
    ]  # fmt: skip
    assert await mails() == [
        ("consortium_invited", partner.email, "stopped"),
        ("consortium_answered", lead.email, "queued"),
        ("consortium_invited", other.email, "stopped"),
        ("consortium_answered", lead.email, "queued"),
        ("consortium_invited", other.email, "stopped"),
        ("consortium_answered", partner.email, "queued"),
    ]
    kinds = [one.kind for one in await queries.history_of(number)]
    assert kinds == [
        "left",
        "led",
        "taken_back",
        "invited",
        "declined",
        "invited",
        "joined",
        "invited",
        "began",
    ]


async def test_two_writers_at_once_lose_nothing_and_versions_stay(database: object, now: datetime) -> None:
    together = await make_together(now=now)

    done = await asyncio.gather(
        *(
            actions.write(together.id, f"Text of {who.name}.", known=0, actor=who, now=now)
            for who in (together.lead, together.partner)
        ),
        return_exceptions=True,
    )
    again = await actions.write(
        together.id, "Both texts.", known=1, note="Put together", actor=together.lead, now=now
    )
    same = await actions.write(together.id, "Both texts. ", known=0, actor=together.partner, now=now)

    assert sorted(str(getattr(one, "code", one)) for one in done) == ["1", "outline_newer"]
    assert (again, same) == (2, 2)
    versions, _ = await queries.versions_of(together.id)
    assert (versions[0].n, versions[0].note, versions[0].by) == (2, "Put together", "Lea Lead")
    assert len(versions) == 2
    assert [await queries.versions_of(together.id, before=before, limit=1) for before in (0, 2)] == [
        (versions[:1], 2),
        (versions[1:], 0),
    ]


async def test_outcome_closes_the_outline_tells_the_others_and_shows_only_its_line(
    database: object, now: datetime
) -> None:
    together = await make_together(now=now)
    funded = Outcome(state="funded", amount="90000", currency="GBP", public_line="Six wards begin.")
    with pytest.raises(NotAllowed):
        await actions.record(together.id, funded, actor=together.partner, now=now)

    await actions.record(together.id, Outcome(state="submitted"), actor=together.lead, now=now)
    silent = await queries.public_lines(together.call.id)
    with pytest.raises(Conflict, match="closed: submitted"):
        await actions.write(together.id, "Late.", known=0, actor=together.partner, now=now)
    await actions.record(together.id, funded, actor=together.lead, now=now)
    await actions.record(together.id, funded, actor=together.lead, now=now)

    assert (silent, await queries.public_lines(together.call.id)) == ([], ["Six wards begin."])
    told = [one for one in await mails() if one[0] == "consortium_outcome"]
    assert told == [("consortium_outcome", together.partner.email, "queued")] * 2
    brief = (await queries.consortium(together.id, viewer=together.partner)).brief
    assert (brief.state, brief.amount, brief.currency) == ("funded", "90000", "GBP")


async def test_those_in_it_are_reminded_once_for_each_moment_and_not_when_it_is_submitted(
    database: object, now: datetime
) -> None:
    together = await make_together(now=now)
    deadline = together.call.deadline
    before = deadline - timedelta(days=14)

    early = await actions.remind(before - timedelta(minutes=1))
    both = await asyncio.gather(*(actions.remind(before) for _ in range(3)))
    again = await actions.remind(before + timedelta(days=1))
    last = await actions.remind(deadline - timedelta(days=3))
    late = await actions.remind(deadline)

    assert (early, sum(both), again, last, late) == (0, 2, 0, 2, 0)
    row = (
        await OutboxMessage.objects()
        .where(
            (OutboxMessage.kind == "consortium_deadline")
            & (OutboxMessage.recipient_email == together.lead.email)
        )
        .first()
    )
    assert row is not None
    assert "Wednesday 15 April 2026, 23:59 anywhere on Earth" in row.context
    assert "Thursday 16 April 2026, 20:59 Tokyo" in row.context
    other = await actions.begin(together.call.slug, "Own", actor=together.partner, now=now)
    await actions.record(other, Outcome(state="submitted"), actor=together.partner, now=now)
    assert await actions.remind(deadline - timedelta(days=3)) == 0


async def test_those_in_it_are_told_once_that_their_call_has_changed_or_ended(
    database: object, now: datetime
) -> None:
    together = await make_together(now=now)

    async def told() -> list[str]:
        return [email for kind, email, _ in await mails() if kind == "consortium_call"]

    quiet = await actions.tell_of_calls(now)
    await funding.change(together.call.slug, {"deadline_at": "2026-05-01"}, actor=together.lead, now=now)
    await asyncio.gather(*(actions.tell_of_calls(now) for _ in range(3)))
    moved = await told()
    await funding.withdraw(together.call.slug, reason="No money.", actor=together.lead, now=now)
    await actions.tell_of_calls(now)
    again = await actions.tell_of_calls(now)

    both = [together.lead.email, together.partner.email]
    assert (quiet, moved, again) == (0, both, 0)
    assert await told() == both * 2
    row = await OutboxMessage.objects().order_by(OutboxMessage.id, ascending=False).first()
    assert row is not None
    assert "No money." in row.context
    assert await actions.remind(together.call.deadline - timedelta(days=3)) == 0


async def test_words_and_names_go_two_years_after_the_deadline_and_nothing_is_written_after(
    database: object, now: datetime
) -> None:
    together = await make_together(now=now)
    await actions.write(together.id, "MARKER plan", note="MARKER", known=0, actor=together.lead, now=now)
    await actions.leave(together.id, reason="MARKER", actor=together.partner, now=now)
    line = Outcome(state="funded", public_line="Six wards begin.")
    await actions.record(together.id, line, actor=together.lead, now=now)
    end = together.call.deadline + timedelta(days=730)

    early = await actions.erase_old(end - timedelta(minutes=1))
    done, twice = await actions.erase_old(end), await actions.erase_old(end)

    assert (early, done, twice) == (0, 1, 0)
    assert await ConsortiumOutline.count() == 0
    left = [await table.select() for table in (ConsortiumMember, ConsortiumChange)]
    assert "MARKER" not in str(left)
    assert "Join us" not in str(left)
    assert all(row["person"] is None for row in left[1])
    kept = await OutboxMessage.select().where(OutboxMessage.kind.like("consortium%"))
    assert "Lea" not in str(kept)
    assert "MARKER" not in str(kept)
    assert await queries.public_lines(together.call.id) == ["Six wards begin."]
    with pytest.raises(Gone):
        await actions.record(together.id, Outcome(state="withdrawn"), actor=together.lead, now=end)


async def test_nobody_begins_twice_or_after_the_deadline(database: object, now: datetime) -> None:
    together = await make_together(now=now, is_accepted=False)
    with pytest.raises(Conflict, match="leads a consortium for this call already"):
        await actions.begin(together.call.slug, "Twice", actor=together.lead, now=now)
    with pytest.raises(NotSignedIn):
        await actions.begin(together.call.slug, "Public", actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await actions.begin(
            together.call.slug, "Theirs", organisation="centre", actor=together.partner, now=now
        )
    late = together.call.deadline
    with pytest.raises(Conflict, match="passed"):
        await actions.begin(together.call.slug, "Late", actor=together.partner, now=late)
    with pytest.raises(Conflict, match="passed"):
        await actions.accept(together.id, actor=together.partner, now=late)
