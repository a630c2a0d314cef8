"""Each mail of a registration as its reader gets it: its words, its link, and what it never holds."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import db, links
from summit_service.registrations import actions, queries
from tests.factories_registrations import link_of, make_edition, register, registration_of
from tests.postbox import Postbox, calendar_of, html_of, link_in, text_of


async def test_every_step_has_its_mail_with_a_link_that_opens_it(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await make_edition(in_person=1)
    for letter in "ABC":
        await register(f"Delegate {letter}", now=now)
    mails = await postbox.deliver(now)
    await register("Delegate A", organisation="Another", now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    mails += await postbox.deliver(now)
    late = now + timedelta(hours=49)
    await actions.expire_offers(late)
    mails += await postbox.deliver(late)

    subjects = [str(mail["Subject"]).split(":")[0].split(" until")[0] for mail in mails]

    assert sorted(subjects) == sorted(
        [
            "Your place is confirmed",
            "You are on the waiting list",
            "You are on the waiting list",
            "Your registration is cancelled",
            "A place is free for you",
            "The offer of a place has ended",
            "A place is free for you",
        ]
    )
    for mail in mails:
        token = link_in(mail, "/registrations/").rsplit("/", 1)[1]
        registration = await registration_of(str(mail["To"].addresses[0].display_name))
        assert await queries.registration_id_of(token, now=late) == registration.id
        assert token in html_of(mail)
        assert token not in calendar_of(mail)
        assert "Why you got this mail" in text_of(mail)


async def test_no_table_holds_a_token(database: db.Engine, postbox: Postbox, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    mail = (await postbox.deliver(now))[0]
    token = link_in(mail, "/registrations/").rsplit("/", 1)[1]

    rows = await links.Link.select()

    assert token not in str(rows)
