"""The morning mail: what it says to whom, once a working day, however late or often the job runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.desk import actions, queries, waiting_list
from summit_service.desk.tables import MorningMail
from summit_service.enquiries import actions as enquiries
from summit_service.errors import Invalid, NotAllowed
from summit_service.mail import streams
from summit_service.mail.tables import OutboxMessage
from summit_service.own_data import actions as own_data
from summit_service.own_data import telling
from summit_service.statements.tables import SigningRequest
from tests import factories, factories_summits
from tests.clients import Clock, sign_in
from tests.factories_enquiries import everything_stored, make_confirmed
from tests.factories_statements import make_member, make_open, request_to
from tests.postbox import Postbox, html_of, text_of

TUESDAY = datetime(2026, 3, 3, 8, tzinfo=UTC)
"""The first morning after the fixture `now`, which is Monday at nine."""
DAY = timedelta(days=1)


@pytest.fixture
async def tess(database: object, now: datetime) -> Actor:
    """The one of the secretariat, in UTC, whom the job knows since Monday at nine."""
    made = await factories.secretariat(name="Tess Ruiz", email="tess@network.example", timezone="Etc/UTC")
    await factories_summits.make_edition()
    await factories_summits.release(factories_summits.programme(factories_summits.session()), now=now)
    assert await actions.tell_secretariat(now) == 0
    return made


async def test_mail_tells_what_waits_with_its_links_and_what_goes_out(
    tess: Actor, client: httpx.AsyncClient, postbox: Postbox, clock: Clock, now: datetime
) -> None:
    await make_member("Centre", signatory="Ana Ruiz")
    await make_open(tess, now=now, days=1)
    await make_confirmed(now=now, name="Institute of Listening")
    await postbox.deliver(now)

    sent = await actions.tell_secretariat(TUESDAY)
    [message] = await postbox.deliver(TUESDAY)

    text, html = text_of(message), html_of(message)
    assert sent == 1
    assert str(message["To"]) == "Tess Ruiz <tess@network.example>"
    assert str(message["Subject"]) == "Desk: 3 tasks wait, 1 urgent"
    assert message["List-Unsubscribe"]
    assert message["Auto-Submitted"] == "auto-generated"
    told = [
        "URGENT: Centre has not answered “Time to listen”",
        "Institute of Listening enquired about joining.",
    ]
    places = [
        text.index(words) for words in [*told, "What goes out by itself until the end of Wednesday 4 March"]
    ]
    assert places == sorted(places)
    assert "Signing of “Time to listen” ends, and the answers are counted." in text
    for path in ("/desk/statements/time-to-listen", "/desk/enquiries/1", "/desk/ahead"):
        assert f"<http://127.0.0.1:8000{path}>" in text
        assert f'href="http://127.0.0.1:8000{path}"' in html
    clock.now = TUESDAY
    asked = await client.get("/desk/enquiries/1")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/desk/enquiries/1")
    query = await client.get("/desk/mails?state=failed")
    assert query.headers["location"] == "/sign-in?next=/desk/mails%3Fstate%3Dfailed"


async def test_new_is_what_was_not_in_the_last_mail(tess: Actor, postbox: Postbox, now: datetime) -> None:
    await make_confirmed(now=now, name="First Institute", email="first@a.example")
    await actions.tell_secretariat(TUESDAY)
    await make_confirmed(now=now, name="Second Institute", email="second@a.example")
    await postbox.deliver(TUESDAY)

    await actions.tell_secretariat(TUESDAY + DAY)
    message = (await postbox.deliver(TUESDAY + DAY))[-1]

    assert str(message["Subject"]) == "Desk: 2 tasks wait, 1 new"
    assert "NEW: Second Institute enquired" in text_of(message)
    assert "NEW: First Institute" not in text_of(message)


async def test_mail_leaves_once_a_morning_however_often_and_late_the_job_runs(
    tess: Actor, now: datetime
) -> None:
    await make_confirmed(now=now)

    early = await actions.tell_secretariat(TUESDAY - timedelta(minutes=1))
    at_once = await asyncio.gather(*(actions.tell_secretariat(TUESDAY) for _ in range(4)))
    again = await actions.tell_secretariat(TUESDAY + timedelta(hours=5))
    weekend = await actions.tell_secretariat(TUESDAY + 4 * DAY)
    after_downtime = await actions.tell_secretariat(TUESDAY + 16 * DAY + timedelta(hours=3))
    rows = (
        await OutboxMessage.objects().where(OutboxMessage.kind == "desk_morning").order_by(OutboxMessage.id)
    )

    assert (early, sum(at_once), again, weekend, after_downtime) == (0, 1, 0, 0, 1)
    assert [row.dedupe_key.partition(":")[2] for row in rows] == [
        f"{tess.person_id}:2026-03-03T08:00:00+00:00",
        f"{tess.person_id}:2026-03-19T08:00:00+00:00",
    ]


async def test_mailer_that_dies_before_the_commit_loses_and_doubles_nothing(
    tess: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_confirmed(now=now)

    async def die(*_: object, **__: object) -> None:
        raise ConnectionError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("summit_service.desk.actions.outbox.add", die)
        with pytest.raises(ConnectionError):
            await actions.tell_secretariat(TUESDAY)

    assert await actions.tell_secretariat(TUESDAY) == 1
    assert await OutboxMessage.count().where(OutboxMessage.kind == "desk_morning") == 1


async def test_nothing_to_tell_is_no_mail_but_on_monday(tess: Actor, postbox: Postbox, now: datetime) -> None:
    assert await waiting_list.for_secretariat(now) == []
    monday = TUESDAY + 6 * DAY

    assert [await actions.tell_secretariat(TUESDAY + n * DAY) for n in range(4)] == [0, 0, 0, 0]
    assert await actions.tell_secretariat(monday) == 1
    [message] = await postbox.deliver(monday)
    assert str(message["Subject"]) == "Desk: nothing waits"
    assert "Nothing goes out by itself until the end of Tuesday 10 March 2026." in text_of(message)


async def test_each_is_told_at_their_hour_where_they_are(tess: Actor, now: datetime) -> None:
    rio = await factories.secretariat(name="Rui", email="rui@network.example", timezone="America/Sao_Paulo")
    await actions.choose_morning(is_wanted=True, hour="7", actor=rio, now=now)
    await make_confirmed(now=now)

    sent = {hour: await actions.tell_secretariat(TUESDAY.replace(hour=hour)) for hour in (7, 8, 9, 10, 11)}

    assert sent == {7: 0, 8: 1, 9: 0, 10: 1, 11: 0}


async def test_another_hour_on_the_same_day_is_no_second_mail(tess: Actor, now: datetime) -> None:
    await make_confirmed(now=now)
    await actions.tell_secretariat(TUESDAY)

    await actions.choose_morning(is_wanted=True, hour="10", actor=tess, now=TUESDAY + timedelta(hours=1))

    assert await actions.tell_secretariat(TUESDAY + timedelta(hours=3)) == 0
    assert await actions.tell_secretariat(TUESDAY + DAY + timedelta(hours=1)) == 0
    assert await actions.tell_secretariat(TUESDAY + DAY + timedelta(hours=2)) == 1


async def test_hour_is_chosen_and_the_mail_stopped_on_ones_page(
    client: httpx.AsyncClient, tess: Actor, clock: Clock, now: datetime
) -> None:
    await make_confirmed(now=now)
    csrf = await sign_in(client, tess, now=clock.now)
    page = (await client.get("/me")).text
    form = {"csrf": csrf, "digest": "off", "digest_hour": "8"}

    chosen = await client.post("/me/mails", data=form | {"stream": "morning", "morning_hour": "9"})
    wrong = await client.post("/me/mails", data=form | {"stream": "morning", "morning_hour": "25"})

    assert "The morning mail of the desk" in page
    assert chosen.status_code == 303
    assert wrong.status_code == 422
    assert "Choose the hour at which you want the morning mail." in wrong.text
    assert await queries.morning_hour_of(tess.person_id or 0) == 9
    assert await actions.tell_secretariat(TUESDAY) == 0
    assert await actions.tell_secretariat(TUESDAY + timedelta(hours=1)) == 1
    await client.post("/me/mails", data=form | {"morning_hour": "9"})
    assert await streams.is_stopped(tess.email, streams.MORNING)
    assert await actions.tell_secretariat(TUESDAY + DAY + timedelta(hours=1)) == 0


async def test_link_in_the_mail_stops_it_and_begun_again_it_tells_the_next_morning(
    client: httpx.AsyncClient, tess: Actor, postbox: Postbox, now: datetime
) -> None:
    await make_confirmed(now=now)
    await actions.tell_secretariat(TUESDAY)
    message = (await postbox.deliver(TUESDAY))[-1]
    link = str(message["List-Unsubscribe"]).strip("<>")

    await client.post(link, data={"List-Unsubscribe": "One-Click"})
    stopped = await actions.tell_secretariat(TUESDAY + DAY)
    again = TUESDAY + DAY + timedelta(hours=2)
    await actions.choose_morning(is_wanted=True, hour="8", actor=tess, now=again)

    assert stopped == 0
    assert await actions.tell_secretariat(again) == 0
    assert await actions.tell_secretariat(TUESDAY + 2 * DAY) == 1


async def test_members_have_no_morning_mail(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    member = await factories.representative_of(await make_member("Centre", signatory="Ana Ruiz"))
    await sign_in(client, member, now=clock.now)

    assert "morning mail" not in (await client.get("/me")).text
    with pytest.raises(NotAllowed):
        await actions.choose_morning(is_wanted=True, hour="8", actor=member, now=now)
    with pytest.raises(Invalid):
        await actions.choose_morning(is_wanted=True, hour="", actor=await factories.secretariat(), now=now)
    assert await MorningMail.count() == 0
    assert not await streams.is_stopped(member.email, streams.MORNING)


async def test_what_a_mail_said_is_blanked_after_a_day_and_with_the_enquiry(
    tess: Actor, postbox: Postbox, now: datetime
) -> None:
    await make_confirmed(now=now, name="Institute of Listening", email="asks@a.example")
    await actions.tell_secretariat(TUESDAY)
    await postbox.deliver(TUESDAY)
    mine = OutboxMessage.kind == "desk_morning"
    before = await OutboxMessage.objects().get(mine)
    assert before is not None
    assert "Institute of Listening" in before.context

    await _erase_enquiry(TUESDAY + timedelta(minutes=1))
    erased = await OutboxMessage.objects().get(mine)
    young = await actions.forget_mornings(TUESDAY + timedelta(hours=23))
    old = [await actions.forget_mornings(TUESDAY + DAY) for _ in range(2)]
    row = await OutboxMessage.objects().get(mine)

    assert erased is not None
    assert row is not None
    assert "Institute of Listening" not in erased.context
    assert "(erased) enquired about joining." in erased.context
    assert (young, old) == (0, [1, 0])
    assert (row.context, row.recipient_email, row.state) == ("{}", "", "accepted")


async def _erase_enquiry(now: datetime) -> None:
    async with db.transaction():
        await enquiries.erase_of("asks@a.example", now=now)


async def test_who_left_gets_no_mail(tess: Actor, now: datetime) -> None:
    await make_confirmed(now=now)

    await Person.update({Person.ended_at: now}).where(Person.id == tess.person_id)

    assert await actions.tell_secretariat(TUESDAY) == 0


async def test_who_is_erased_is_in_no_morning_mail_with_their_words(
    tess: Actor, postbox: Postbox, now: datetime
) -> None:
    place = await make_member("Centre", signatory="Ana Ruiz")
    statement = await make_open(tess, now=now)
    request = await request_to(statement, place)
    wrong: dict[Any, Any] = {
        SigningRequest.wrong_person_at: now,
        SigningRequest.wrong_person_words: "I am ill and will be for long.",
    }
    await SigningRequest.update(wrong).where(SigningRequest.id == request.id)
    await actions.tell_secretariat(TUESDAY)
    await postbox.deliver(TUESDAY)
    before = await everything_stored()

    ana = await Person.objects().get(Person.id == request.person)
    assert ana is not None
    seen = (await telling.told(ana)).digest
    await own_data.erase_person(ana.id, seen=seen, email=ana.email, actor=tess, now=TUESDAY)

    assert before.count("I am ill and will be for long.") == 2, "in the request, and in the mail about it"
    assert "I am ill and will be for long." not in await everything_stored()
