"""Enquiries: each action works, each refusal, the exact outbox rows, two at once, and erasing by date."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from summit_service import background, zones
from summit_service.accounts.actor import OPERATOR, PUBLIC, Actor
from summit_service.accounts.tables import Person
from summit_service.enquiries import actions, queries
from summit_service.enquiries.actions import Decision
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.journal import queries as journal_queries
from summit_service.mail import actions as mail_actions
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.tables import Organisation, Role
from tests import factories
from tests.factories_enquiries import FORM, everything_stored, link_to, make_confirmed, make_enquiry
from tests.postbox import Postbox, link_in, text_of

WELCOME = Decision(decision="member", reason="Welcome among us.", seen=0)
"""The plain acceptance."""


async def outbox_kinds() -> list[str]:
    rows = await OutboxMessage.select(OutboxMessage.kind).order_by(OutboxMessage.id)
    return [row["kind"] for row in rows]


async def wrong_member() -> Actor:
    return await factories.representative_of(await factories.make_organisation("Somebody Else"))


async def test_enquire_keeps_what_was_typed_and_mails_one_link(database: object, now: datetime) -> None:
    await actions.enquire(FORM, now=now)

    (enquiry,) = await Enquiry.objects()
    assert (enquiry.name, enquiry.email, enquiry.body) == (FORM.name, FORM.email, "academic")
    assert enquiry.works_on_empathy is True
    assert enquiry.confirmed_at is None
    (mail,) = await OutboxMessage.objects()
    assert (mail.kind, mail.about) == ("enquiry_confirmation", f"enquiry:{enquiry.id}")
    assert (mail.recipient_email, mail.recipient_name) == (FORM.email, "Ana Ruiz")
    assert mail.dedupe_key == f"enquiry_confirmation:{enquiry.id}:1"
    assert mail.expires_at == now + timedelta(days=7)


async def test_enquire_with_faults_keeps_nothing(database: object, now: datetime) -> None:
    with pytest.raises(Invalid):
        await actions.enquire(replace(FORM, how=""), now=now)

    assert await Enquiry.count() == await OutboxMessage.count() == 0


async def test_enquire_of_a_known_address_goes_the_same_way(database: object, now: datetime) -> None:
    await factories.make_person(email=FORM.email)

    await actions.enquire(FORM, now=now)

    assert await outbox_kinds() == ["enquiry_confirmation"]


async def test_enquire_four_times_a_day_mails_thrice(database: object, now: datetime) -> None:
    for _ in range(4):
        await actions.enquire(replace(FORM, email="ANA@listening.example"), now=now)
    await actions.enquire(FORM, now=now + timedelta(days=1, seconds=1))

    assert await outbox_kinds() == ["enquiry_confirmation"] * 4
    assert await Enquiry.count() == 4


async def test_confirm_by_the_mailed_link_once(database: object, postbox: Postbox, now: datetime) -> None:
    enquiry = await make_enquiry(now=now)
    (mail,) = await postbox.deliver(now)
    token = link_in(mail, "/join/").removeprefix("/join/")

    looked = await actions.enquiry_to_confirm(token, now=now)
    confirmed = await actions.confirm(token, now=now)

    assert looked.id == enquiry.id
    assert confirmed.confirmed_at == now
    with pytest.raises(Gone, match="confirmed already"):
        await actions.confirm(token, now=now)
    with pytest.raises(Gone, match="confirmed already"):
        await actions.enquiry_to_confirm(token, now=now)


async def test_confirm_eight_at_once_confirms_once(database: object, now: datetime) -> None:
    token = await link_to(await make_enquiry(now=now), now=now)

    done = await asyncio.gather(*(actions.confirm(token, now=now) for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(one, Enquiry) for one in done) == 1
    assert sum(isinstance(one, Gone) for one in done) == 7


async def test_confirm_with_an_unknown_link_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(NotFound):
        await actions.confirm("x" * 22, now=now)


async def test_confirm_after_seven_days_is_refused_though_nothing_was_erased(
    database: object, now: datetime
) -> None:
    token = await link_to(await make_enquiry(now=now), now=now)

    with pytest.raises(Gone, match="time to confirm"):
        await actions.confirm(token, now=now + timedelta(days=7))

    assert (await actions.confirm(token, now=now + timedelta(days=7, seconds=-1))).confirmed_at is not None


@pytest.mark.parametrize("act", ["ask", "write_down", "decide"])
async def test_desk_actions_by_the_wrong_people_are_refused(
    database: object, now: datetime, act: str
) -> None:
    enquiry = await make_confirmed(now=now)

    for actor, refusal in ((PUBLIC, NotSignedIn), (await wrong_member(), NotAllowed)):
        with pytest.raises(refusal):
            await _act(act, enquiry.id, actor=actor, now=now)

    assert await outbox_kinds() == ["enquiry_confirmation"]
    assert await EnquiryNote.count() == 0


@pytest.mark.parametrize("act", ["ask", "write_down", "decide"])
async def test_desk_actions_on_what_is_not_there_are_refused(
    database: object, now: datetime, act: str
) -> None:
    desk = await factories.secretariat()
    unconfirmed = await make_enquiry(now=now)
    old = await make_confirmed(now=now - timedelta(days=365))

    for identifier, refusal in ((999, NotFound), (unconfirmed.id, NotFound), (old.id, Gone)):
        with pytest.raises(refusal):
            await _act(act, identifier, actor=desk, now=now)


async def _act(act: str, identifier: int, *, actor: Actor, now: datetime) -> None:
    if act == "ask":
        await actions.ask(identifier, "Which ward?", actor=actor, now=now)
    elif act == "write_down":
        await actions.write_down(identifier, "Ward 3", is_reply=True, actor=actor, now=now)
    else:
        await actions.decide(identifier, WELCOME, actor=actor, now=now)


async def test_ask_mails_the_question_and_keeps_the_talk(
    database: object, postbox: Postbox, now: datetime
) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(now=now)
    await postbox.deliver(now)
    later = now + timedelta(days=3)

    await actions.ask(enquiry.id, "Which ward?\nAnd since when?", actor=desk, now=later)
    await actions.write_down(enquiry.id, "Ward 3.", is_reply=True, actor=desk, now=later)
    await actions.write_down(enquiry.id, "Sounds good.", is_reply=False, actor=desk, now=later)

    (mail,) = await postbox.deliver(later)
    assert mail["To"].addresses[0].addr_spec == FORM.email
    assert "> Which ward?\n> And since when?" in text_of(mail)
    talk = await queries.talk_about(enquiry.id)
    assert [(piece.kind, piece.text, piece.author) for piece in talk] == [
        ("question", "Which ward?\nAnd since when?", "Sam Secretary"),
        ("reply", "Ward 3.", "Sam Secretary"),
        ("note", "Sounds good.", "Sam Secretary"),
    ]
    kept = await queries.enquiry_by_id(enquiry.id)
    assert kept is not None
    assert kept.active_at == later


async def test_ask_and_write_down_nothing_are_refused(database: object, now: datetime) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(now=now)

    with pytest.raises(Invalid):
        await actions.ask(enquiry.id, " \n", actor=desk, now=now)
    with pytest.raises(Invalid):
        await actions.write_down(enquiry.id, "", is_reply=True, actor=desk, now=now)

    assert await EnquiryNote.count() == 0


async def test_decide_to_accept_makes_organisation_person_roles_and_welcome(
    database: object, postbox: Postbox, now: datetime
) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(now=now)
    await postbox.deliver(now)

    await actions.decide(enquiry.id, WELCOME, actor=desk, now=now)

    made = await members.organisation_by_name(FORM.name)
    assert made is not None
    assert (made.standing, made.country, made.city, made.website) == ("member", "FR", "Lyon", FORM.website)
    person = await Person.objects().where(Person.email == FORM.email).first()
    assert person is not None
    assert await members.roles_of(person.id, made.id) == ("representative", "signatory")
    (mail,) = await postbox.deliver(now)
    assert "Welcome among us." in text_of(mail)
    assert link_in(mail, "/sign-in/")
    assert await outbox_kinds() == ["enquiry_confirmation", "enquiry_accepted"]


async def test_decide_to_accept_as_associate_under_another_name(database: object, now: datetime) -> None:
    desk = await factories.secretariat()
    await factories.make_organisation(FORM.name)
    enquiry = await make_confirmed(now=now)

    with pytest.raises(Invalid) as fault:
        await actions.decide(enquiry.id, WELCOME, actor=desk, now=now)
    await actions.decide(
        enquiry.id, replace(WELCOME, decision="associate", name="Listening Lyon"), actor=desk, now=now
    )

    assert list(fault.value.by_field()) == ["name"]
    made = await members.organisation_by_name("Listening Lyon")
    assert made is not None
    assert made.standing == "associate"
    assert await outbox_kinds() == ["enquiry_confirmation", "enquiry_accepted"]


@pytest.mark.parametrize(("decision", "kind"), [("declined", "enquiry_declined"), ("kept", "enquiry_kept")])
async def test_decide_otherwise_mails_the_reason_and_makes_nobody(
    database: object, postbox: Postbox, now: datetime, decision: str, kind: str
) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(now=now, body="commercial")
    await postbox.deliver(now)

    await actions.decide(
        enquiry.id, Decision(decision=decision, reason="For now.", seen=0), actor=desk, now=now
    )

    (mail,) = await postbox.deliver(now)
    assert "> For now." in text_of(mail)
    assert "Tuesday 2 March 2027" in text_of(mail)
    assert await outbox_kinds() == ["enquiry_confirmation", kind]
    assert await Organisation.count() == 0
    assert await Person.count() == 1


async def test_decide_a_kept_one_again_but_a_declined_one_never(database: object, now: datetime) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(now=now)

    await actions.decide(enquiry.id, Decision(decision="kept", reason="Wait.", seen=0), actor=desk, now=now)
    await actions.decide(enquiry.id, Decision(decision="kept", reason="Still.", seen=1), actor=desk, now=now)
    await actions.decide(enquiry.id, Decision(decision="declined", reason="No.", seen=2), actor=desk, now=now)

    with pytest.raises(Conflict):
        await actions.decide(enquiry.id, replace(WELCOME, seen=3), actor=desk, now=now)
    assert await outbox_kinds() == [
        "enquiry_confirmation",
        "enquiry_kept",
        "enquiry_kept",
        "enquiry_declined",
    ]


@pytest.mark.parametrize(
    "given",
    [replace(WELCOME, reason=" "), replace(WELCOME, decision="perhaps"), replace(WELCOME, decision="")],
)
async def test_decide_without_reason_or_decision_is_refused(
    database: object, now: datetime, given: Decision
) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(now=now)

    with pytest.raises(Invalid):
        await actions.decide(enquiry.id, given, actor=desk, now=now)

    kept = await queries.enquiry_by_id(enquiry.id)
    assert kept is not None
    assert (kept.decision, kept.decisions) == ("", 0)


async def test_decide_six_at_once_one_wins(database: object, now: datetime) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(now=now)
    given = [
        Decision(decision=decision, reason="Mine.", seen=0)
        for decision in ("member", "declined", "kept", "associate", "kept", "declined")
    ]

    done = await asyncio.gather(
        *(actions.decide(enquiry.id, one, actor=desk, now=now) for one in given), return_exceptions=True
    )

    assert sum(isinstance(one, Enquiry) for one in done) == 1
    assert sum(isinstance(one, Conflict) for one in done) == 5
    assert len(await outbox_kinds()) == 2
    assert await Organisation.count() <= 1


async def test_erase_old_leaves_no_marker_in_any_table(
    database: object, postbox: Postbox, now: datetime
) -> None:
    desk = await factories.secretariat()
    enquiry = await make_confirmed(
        now=now,
        name="Marker One",
        city="Markertown",
        website="https://marker.example",
        contact_name="Marker Two",
        email="marker@marker.example",
        how="marker how",
        evidence="marker evidence",
    )
    await actions.ask(enquiry.id, "A marker?", actor=desk, now=now)
    await actions.write_down(enquiry.id, "The marker.", is_reply=True, actor=desk, now=now)
    await actions.decide(
        enquiry.id, Decision(decision="declined", reason="marker reason", seen=0), actor=desk, now=now
    )
    await postbox.deliver(now)
    assert "marker" in (await everything_stored()).lower()

    early = await actions.erase_old(now + timedelta(days=365, seconds=-1))
    erased = await actions.erase_old(now + timedelta(days=365))
    again = await actions.erase_old(now + timedelta(days=365))

    assert (early, erased, again) == (0, 1, 0)
    assert "marker" not in (await everything_stored()).lower()
    row = await queries.enquiry_by_id(enquiry.id)
    assert row is not None
    assert (row.kind, row.country, row.decision) == ("centre", "FR", "declined")


async def test_erase_old_unconfirmed_after_seven_days_with_its_waiting_mail(
    database: object, postbox: Postbox, now: datetime
) -> None:
    enquiry = await make_enquiry(now=now, name="Marker One", email="marker@marker.example")
    token = await link_to(enquiry, now=now)
    desk = await factories.secretariat()

    erased = await actions.erase_old(now + timedelta(days=7))

    assert erased == 1
    assert "marker" not in (await everything_stored()).lower()
    assert await postbox.deliver(now + timedelta(days=7)) == []
    (mail,) = await OutboxMessage.objects()
    with pytest.raises(Conflict):
        await mail_actions.resend(mail.id, actor=desk, now=now + timedelta(days=7))
    with pytest.raises(Gone):
        await actions.confirm(token, now=now + timedelta(days=7))


async def test_erase_old_an_accepted_one_leaves_the_member(database: object, now: datetime) -> None:
    enquiry = await make_confirmed(now=now)
    await actions.decide(enquiry.id, WELCOME, actor=await factories.secretariat(), now=now)

    erased = await actions.erase_old(now + timedelta(days=365))

    assert erased == 1
    assert await members.organisation_by_name(FORM.name) is not None
    assert await Role.count() == 3
    assert await queries.confirmed_enquiries(now=now + timedelta(days=365)) == []


def test_erase_old_is_part_of_housekeeping() -> None:
    assert actions.erase_old in background.HOUSEKEEPING


async def test_day_that_a_mail_has_told_is_kept(database: object, now: datetime) -> None:
    enquiry = await make_confirmed(now=now)
    month = timedelta(days=30)
    await actions.write_down(enquiry.id, "Phoned.", is_reply=False, actor=OPERATOR, now=now + month / 4)
    confirmed = (await queries.readable_enquiry(enquiry.id, now=now)).active_at
    await actions.ask(enquiry.id, "Where?", actor=OPERATOR, now=now + month)
    for is_reply in (True, False):
        await actions.write_down(
            enquiry.id, "Here.", is_reply=is_reply, actor=OPERATOR, now=now + month * 1.5
        )
    undecided = await queries.readable_enquiry(enquiry.id, now=now)
    told_first = (await outbox_of(enquiry.id))[-1]
    given = Decision(decision="declined", reason="No.", seen=0)
    await actions.decide(enquiry.id, given, actor=OPERATOR, now=now + 2 * month)
    for is_reply in (True, False):
        await actions.write_down(enquiry.id, "More.", is_reply=is_reply, actor=OPERATOR, now=now + 3 * month)
    decided = await queries.readable_enquiry(enquiry.id, now=now)
    told = (await outbox_of(enquiry.id))[-1]
    await actions.ask(enquiry.id, "Since when?", actor=OPERATOR, now=now + 4 * month)
    asked = await queries.readable_enquiry(enquiry.id, now=now)
    told_anew = (await outbox_of(enquiry.id))[-1]

    assert confirmed == now
    assert undecided.active_at == now + month
    assert zones.long_day(queries.ends_at(undecided).date()) in told_first
    assert decided.active_at == now + 2 * month
    assert zones.long_day(queries.ends_at(decided).date()) in told
    assert asked.active_at == now + 4 * month
    assert zones.long_day(queries.ends_at(asked).date()) in told_anew
    assert "is_decided" in told_anew


async def outbox_of(enquiry_id: int) -> list[str]:
    """What each of its mails says, the oldest first."""
    rows = (
        await OutboxMessage.objects()
        .where(OutboxMessage.about == f"enquiry:{enquiry_id}")
        .order_by(OutboxMessage.id)
    )
    return [row.context for row in rows]


async def test_erase_at_once_by_wish_and_again_after_a_restore(database: object, now: datetime) -> None:
    enquiry = await make_confirmed(now=now)
    member = await factories.representative_of(await factories.make_organisation("Other"))

    with pytest.raises(NotAllowed):
        await actions.erase(enquiry.id, actor=member, now=now)
    with pytest.raises(NotFound):
        await actions.erase(enquiry.id + 1, actor=OPERATOR, now=now)
    before = await everything_stored()
    await actions.erase(enquiry.id, actor=OPERATOR, now=now)
    await actions.erase(enquiry.id, actor=OPERATOR, now=now)

    assert "ana@listening.example" in before
    stored = await everything_stored()
    assert not [word for word in ("ana@listening.example", "Ana Ruiz", "teach nurses") if word in stored]
    with pytest.raises(Gone):
        await queries.readable_enquiry(enquiry.id, now=now)
    deeds = [one.sentence for one in await journal_queries.deeds(journal_queries.Filter(), limit=10)]
    assert deeds == ["erased an enquiry: number 1."]


@pytest.mark.parametrize(("decision", "signs"), [("member", True), ("associate", False)])
async def test_welcome_says_who_signs(
    database: object, postbox: Postbox, now: datetime, decision: str, signs: bool
) -> None:
    enquiry = await make_confirmed(now=now)
    await postbox.deliver(now)
    await actions.decide(
        enquiry.id, Decision(decision=decision, reason="Welcome.", seen=0), actor=OPERATOR, now=now
    )

    text = text_of((await postbox.deliver(now))[-1])

    assert ("and sign for it" in text) == signs
    assert ("Joint statements are signed by members." in text) != signs
