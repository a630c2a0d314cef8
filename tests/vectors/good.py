"""A published statement with its bundle: two signatures, one name corrected, one refusal, one waived member."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service.statements import actions, bundle
from summit_service.statements.tables import Response, Statement
from summit_service.zones import wall_text
from tests.factories import secretariat
from tests.factories_statements import VISITOR, give_answer, link_to, make_frozen, make_member

TEXT = "# Zeit für Gespräche\n\nWe ask hospitals to plan time to listen.\n"


async def publish_one(now: datetime) -> tuple[Statement, list[Response]]:
    """The statement and the answers that were given."""
    names = ("Centre for Kindness", "Emp@thies", "The Doubters", "Musée de l’Empathie", "Quiet House")
    members = [await make_member(name, country="FR") for name in names]
    actor = await secretariat()
    slug = (await make_frozen(actor, now=now, text=TEXT, title="Time to “listen”")).slug
    statement = await actions.open_for_signing(
        slug,
        actor=actor,
        now=now,
        closes_at=wall_text(now + timedelta(days=20)),
        timezone="Etc/UTC",
        waived=[members[3].slug],
        policy_given={
            "preset": "sign_on",
            "basis": "responding",
            "least_signed": {"num": 1, "den": 3},
            "early_end_days": 1,
        },
    )
    answers = []
    for number, choice in enumerate(("declined", "signed", "declined")):
        token = await link_to(statement, members[number], now=now)
        capacity = "personal" if number == 1 else "organisation"
        answers.append(await give_answer(token, choice, now=now, capacity=capacity))
    again = await link_to(statement, members[0], now=now)
    answers.append(await give_answer(again, "signed", now=now + timedelta(hours=1)))
    await actions.close(slug, actor=actor, now=now + timedelta(days=2), note="Nobody else will answer.")
    await actions.correct_line(
        again,
        printed="Dr Sóley Ösp",
        text_set_sha256=answers[-1].text_set_sha256,
        confirmed=True,
        visitor=VISITOR,
        agent="Test",
        now=now + timedelta(days=2),
    )
    return await actions.publish(slug, actor=actor, now=now + timedelta(days=2)), answers


async def good_files(now: datetime) -> dict[str, bytes]:
    """Its bundle, file by file."""
    statement, _ = await publish_one(now)
    return await bundle.files_of(statement)
