"""What an edition asks: conditions, limits, versions, and until when answers may change."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from summit_service import db
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, questions, stored
from summit_service.registrations.answers import Asked
from tests import factories
from tests.factories_registrations import ANNA, link_of, make_edition, register, registration_of, states

DINNER = Asked(
    key="dinner", label="Dinner?", kind="choice", choices=("Yes", "No"), limits={"Yes": 1}, is_required=True
)
MENU = Asked(
    key="menu", label="What will you eat?", kind="text", is_required=True, shown_if=("dinner", "Yes")
)
ARRIVAL = Asked(key="arrival", label="When do you come?", kind="date")


async def ask(*asked: Asked, now: datetime) -> None:
    await actions.set_questions(2026, asked, actor=await factories.secretariat(), now=now)


async def test_condition_is_judged_on_the_server(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=9)
    await ask(DINNER, MENU, ARRIVAL, now=now)

    await register(
        "Delegate A", now=now, answers={"dinner": "No", "menu": "left over", "arrival": "2026-09-13"}
    )
    with pytest.raises(Invalid) as refusal:
        await register("Delegate B", now=now, answers={"dinner": "Yes", "arrival": "Sunday"})

    row = await registration_of("Delegate A")
    assert stored.values(row.answers) == {"dinner": "No", "arrival": "2026-09-13"}
    assert [fault.field for fault in refusal.value.faults] == ["answers/menu", "answers/arrival"]


async def test_limit_of_a_choice_holds_for_all_at_once_and_frees_with_a_cancellation(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=9)
    await ask(DINNER, now=now)
    names = [f"Delegate {letter}" for letter in "ABCDE"]

    outcomes = await asyncio.gather(
        *(register(name, now=now, answers={"dinner": "Yes"}) for name in names), return_exceptions=True
    )

    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 4
    [(winner, _)] = (await states()).items()
    await actions.cancel(await link_of(winner, now=now), now=now)
    assert (await register("Delegate F", now=now, answers={"dinner": "Yes"})).state == "confirmed"


async def test_who_has_an_answer_keeps_it_when_it_is_full(database: db.Engine, now: datetime) -> None:
    await make_edition(in_person=9)
    await ask(DINNER, now=now)
    await register("Anna Berg", now=now, answers={"dinner": "Yes"})
    await ask(replace(DINNER, limits={"Yes": 0}), now=now)
    token = await link_of("Anna Berg", now=now)

    await actions.change_details(token, replace(ANNA, answers={"dinner": "Yes"}, dietary="Vegan"), now=now)
    await actions.change_details(token, replace(ANNA, answers={"dinner": "No"}), now=now)
    with pytest.raises(Invalid, match="is full"):
        await actions.change_details(token, replace(ANNA, answers={"dinner": "Yes"}), now=now)


async def test_answer_keeps_the_question_as_it_was_put(database: db.Engine, now: datetime) -> None:
    edition = await make_edition(in_person=9)
    actor = await factories.secretariat()
    await ask(Asked(key="guests", label="How many guests at the dinner?", kind="number"), now=now)
    await register("Anna Berg", now=now, answers={"guests": "2"})

    await actions.save_question(
        2026,
        Asked(key="guests", label="How many guests on the tour?", kind="number"),
        key="guests",
        actor=actor,
        now=now,
    )
    await actions.retire_question(2026, "guests", actor=actor, now=now)
    await actions.change_details(await link_of("Anna Berg", now=now), replace(ANNA, dietary="Vegan"), now=now)

    entry = stored.read((await registration_of("Anna Berg")).answers)["guests"]
    labels = await questions.labels_of(edition.id)
    assert (entry["value"], labels[entry["question"], entry["version"]]) == (
        2,
        "How many guests at the dinner?",
    )
    assert await questions.questions_of(edition.id) == ()


async def test_desk_cannot_put_a_condition_before_what_it_depends_on(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    actor = await factories.secretariat()
    await ask(DINNER, MENU, now=now)

    with pytest.raises(Invalid):
        await actions.move_question(2026, "menu", step=-1, actor=actor, now=now)
    with pytest.raises(Conflict):
        await actions.retire_question(2026, "dinner", actor=actor, now=now)
    with pytest.raises(Invalid):
        await ask(DINNER, replace(MENU, shown_if=("dinner", "Perhaps")), now=now)
    with pytest.raises(Invalid):
        await ask(replace(DINNER, choices=("Yes", "Yes")), now=now)


async def test_changes_end_on_their_day_and_cancelling_does_not(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await actions.set_terms(
        2026,
        changes_until=date(2026, 8, 20),
        organisation_limit=None,
        actor=await factories.secretariat(),
        now=now,
    )
    await register("Anna Berg", now=now)
    token = await link_of("Anna Berg", now=now)
    last, over = datetime(2026, 8, 20, 22, 59, tzinfo=UTC), datetime(2026, 8, 20, 23, tzinfo=UTC)

    await actions.change_details(token, replace(ANNA, dietary="Vegan"), now=last)
    with pytest.raises(Gone, match="the end of Thursday 20 August 2026 in London"):
        await actions.change_details(token, replace(ANNA, dietary="None"), now=over)
    with pytest.raises(Gone):
        await actions.change_attendance(token, attendance="online", or_wait=False, now=over)

    assert (await registration_of("Anna Berg")).dietary == "Vegan"
    assert (await actions.cancel(token, now=over)).state == "cancelled"


async def test_limit_by_organisation_tells_nothing_about_who_is_registered(
    database: db.Engine, now: datetime
) -> None:
    await make_edition(in_person=9)
    actor = await factories.secretariat()
    await actions.set_terms(2026, changes_until=None, organisation_limit=2, actor=actor, now=now)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now, organisation="Centre  for KINDNESS")

    refusals = []
    for name in ("Delegate A", "Delegate C"):
        with pytest.raises(Invalid) as refusal:
            await register(name, now=now, dietary="Vegan")
        refusals.append(refusal.value.sentence)

    assert len(set(refusals)) == 1
    assert await register("Delegate C", now=now, organisation="Another")
    kinds = [row["kind"] for row in await OutboxMessage.select(OutboxMessage.kind).order_by(OutboxMessage.id)]
    assert kinds.count("registration_link") == 1
