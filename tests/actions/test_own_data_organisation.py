"""An organisation is erased whatever it has begun with others; where nothing public names it, its name goes, too."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from summit_service import db
from summit_service.consortia import actions as consortia
from summit_service.consortia import queries
from summit_service.consortia.rules import Outcome
from summit_service.consortia.tables import ConsortiumOutline
from summit_service.errors import Conflict, Gone
from summit_service.journal import actions as sealing
from summit_service.journal import queries as deeds
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.own_data import leaving
from summit_service.own_data.rules import Told
from summit_service.resources import actions as resources
from tests import factories
from tests.factories_consortia import Together, make_together
from tests.factories_resources import make_resource
from tests.factories_statements import dump_tables

NAME, MARK = "Ottilie Markstein", "markstein"


async def organisation(slug: str) -> Organisation:
    found = await members.organisation_by_slug(slug)
    assert found is not None
    return found


async def told_of(slug: str, *, now: datetime) -> Told:
    return await leaving.told(await organisation(slug), now=now)


async def erase(slug: str, *, now: datetime) -> None:
    desk = await factories.secretariat()
    seen, name = (await told_of(slug, now=now)).digest, (await organisation(slug)).name
    await leaving.erase_organisation(slug, seen=seen, name=name, actor=desk, now=now)


async def written(now: datetime) -> Together:
    together = await make_together(now=now)
    await consortia.write(together.id, "A plan.", known=0, actor=together.lead, now=now)
    return together


async def test_what_is_prepared_for_an_open_call_is_left_or_handed_on_first(
    database: db.Engine, now: datetime
) -> None:
    together = await written(now)

    led, joined = [(await told_of(slug, now=now)).forbidden for slug in ("centre", "museum")]
    with pytest.raises(Conflict, match="Leave that first"):
        await erase("museum", now=now)
    await consortia.leave(together.id, reason="MARKER", actor=together.partner, now=now)
    await erase("museum", now=now)

    assert "Let a partner lead, or record that it is given up, first." in str(led)
    assert joined == ["It prepares “One question” with others. Leave that first."]
    rows = await dump_tables()
    assert "MARKER" not in str([rows["consortium_member"], rows["consortium_change"]])


@pytest.mark.parametrize("days", [1, 800])
async def test_whoever_led_goes_once_it_is_over_and_the_others_keep_what_they_wrote(
    database: db.Engine, now: datetime, days: int
) -> None:
    together = await written(now)
    later = together.call.deadline + timedelta(days=days)
    if days > 365:
        await consortia.erase_old(later)

    stays = str((await told_of("centre", now=later)).stays)
    await erase("centre", now=later)
    kept = await ConsortiumOutline.count()
    await erase("museum", now=later)

    assert "That it applied for funding with others" in stays
    assert kept == (1 if days == 1 else 0)
    assert await ConsortiumOutline.count() == 0
    assert await queries.organisations_in([together.id], "in", "invited") == {together.id: []}
    desk = await factories.secretariat(email="other@desk.example")
    with pytest.raises(Gone):
        await consortia.write(together.id, "Again.", known=0, actor=desk, now=later)


async def test_whoever_leads_alone_gives_it_up_and_goes(database: db.Engine, now: datetime) -> None:
    together = await make_together(now=now, is_accepted=False)
    await consortia.write(together.id, "MARKER plan.", known=0, actor=together.lead, now=now)
    await consortia.record(together.id, Outcome(state="withdrawn"), actor=together.lead, now=now)

    await erase("museum", now=now)
    invited = await OutboxMessage.select(OutboxMessage.state).where(
        OutboxMessage.kind == "consortium_invited"
    )
    later = together.call.deadline + timedelta(days=1)
    await erase("centre", now=later)

    assert [row["state"] for row in invited] == ["stopped"]
    assert "MARKER" not in str(await dump_tables())


async def test_name_of_an_individual_goes_from_the_log_and_from_mails_to_others(
    database: db.Engine, now: datetime
) -> None:
    place = await factories.make_organisation(NAME, slug="ottilie", kind="individual")
    me = await factories.representative_of(place, name="Tilly", email="tilly@people.example")
    theirs = await factories.make_organisation("Other", slug="other")
    sharer = await factories.representative_of(theirs, email="ana@people.example")
    shared = await make_resource(theirs, actor=sharer, now=now)
    await resources.use(shared.slug, "On two wards.", organisation="ottilie", actor=me, now=now)
    await resources.tell_sharers(now + timedelta(hours=2))
    await sealing.seal(now)
    before = await where_found()

    stays = (await told_of("ottilie", now=now)).stays
    await erase("ottilie", now=now)
    await erase("other", now=now)

    assert before == ["journal_words", "organisation", "outbox_message"]
    assert [one.what for one in stays] == [
        "In the log of who did what: that somebody did something, and when, and that it was “ottilie”."
    ]
    assert await where_found() == []
    assert (await deeds.verified(now=now + timedelta(minutes=1))).faults == []
    said = [one.sentence for one in await deeds.deeds(deeds.Filter(kind="resource"), limit=9)]
    assert "Other" not in str(said)
    assert "shared “Listening on the ward round”." in said, "what only has the same word in it is kept"


async def where_found() -> list[str]:
    return sorted(name for name, rows in (await dump_tables()).items() if MARK in str(rows).lower())
