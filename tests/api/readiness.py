"""What has to be so before an operation can be answered as it is meant: a state, an address, words that fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from summit_service import links
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.consortia import actions as consortia
from summit_service.contributions.tables import Call, Contribution
from summit_service.events.tables import Event
from summit_service.following.tables import FollowedCalendar
from summit_service.funding.tables import FundingCall
from summit_service.members.tables import Organisation
from summit_service.own_data import leaving, telling
from summit_service.registrations.tables import Place, Registration
from summit_service.resources.tables import Resource
from summit_service.statements import actions as statements
from summit_service.statements.tables import Statement
from summit_service.summits.tables import Edition
from tests import factories_statements
from tests.clients import BASE_URL, Clock, bearer
from tests.factories_funding import make_call
from tests.factories_resources import make_resource
from tests.rights.world import World

DURING_2028 = datetime(2028, 9, 11, 9, 0, tzinfo=UTC)
AFTER_2028 = datetime(2028, 9, 20, 9, 0, tzinfo=UTC)
IDA = "ida@delegates.example"


@dataclass(slots=True)
class Asked:
    """What is about to be asked: `address` and `body` where those of the world and of the document do not do."""

    client: httpx.AsyncClient
    world: World
    clock: Clock
    address: str = ""
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def desk(self) -> Actor:
        return self.world.actors["secretariat"]

    async def first(self, method: str, address: str, body: object = None, *, who: str = "secretariat") -> Any:
        """Something that has to be asked before."""
        headers = await bearer(self.world.actors[who], now=self.now)
        answer = await self.client.request(method, f"/api/v1{address}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


Ready = Callable[[Asked], Awaitable[None]]


def at(address: str) -> Ready:
    """Something else of the world, a week later."""

    async def ready(asked: Asked) -> None:
        asked.address = address
        asked.clock.advance(days=7)

    return ready


def while_it_is(table: Any, state: str) -> Ready:
    async def ready(_: Asked) -> None:
        await table.update({table.state: state}, force=True)

    return ready


def by_link(rest: str = "", *, place: str = "") -> Ready:
    """A delegate's link, whose place is confirmed unless something else is said."""

    async def ready(asked: Asked) -> None:
        row = await Registration.objects().get(Registration.email_key == IDA)
        assert row is not None
        token = await links.issue("registration", subject=str(row.id), now=asked.now)
        asked.address = f"/registrations/{token}{rest}"
        if place:
            until = asked.now + timedelta(days=2)
            offered: dict[Any, Any] = {
                Place.state: place,
                Place.offer_expires_at: until,
                Place.queue_number: 1,
            }
            await Place.update(offered).where(Place.registration == row.id)

    return ready


async def waiting_elsewhere(asked: Asked) -> None:
    """For a place online, which are all taken."""
    await Edition.update({Edition.online_capacity: Edition.online_taken}, force=True)
    await by_link("/attendance")(asked)
    await asked.first("PUT", asked.address, {"attendance": "online", "or_wait": True})
    asked.address = asked.address.replace("/attendance", "/waiting/end")


async def seated(asked: Asked) -> None:
    await by_link("/sessions/x")(asked)
    await asked.first("PUT", asked.address)


def by_secret(purpose: str, rest: str = "") -> Ready:
    """By a link to the first thing of its kind, which is open."""

    async def ready(asked: Asked) -> None:
        token = await links.issue(
            purpose, subject="1", now=asked.now, expires_at=asked.now + timedelta(days=1)
        )
        asked.address = f"/{purpose}s/{token}{rest}"
        await while_the_call_is_open(asked)

    return ready


def of_consortium(rest: str, *, is_in: bool = False) -> Ready:
    """Of another organisation, to which the right one is invited."""

    async def ready(asked: Asked) -> None:
        wrong = asked.world.actors["wrong"]
        made = await consortia.begin(
            "kind-hospitals", "Apart", organisation="wrong", actor=wrong, now=asked.now
        )
        await consortia.invite(made, "right", "Join us?", actor=wrong, now=asked.now)
        if is_in:
            await consortia.accept(made, actor=asked.world.actors["right"], now=asked.now)
        asked.address = f"/consortia/{made}{rest}"

    return ready


async def invited(asked: Asked) -> None:
    await consortia.invite(1, "wrong", "", actor=asked.world.actors["right"], now=asked.now)


async def partnered(asked: Asked) -> None:
    await invited(asked)
    await consortia.accept(1, actor=asked.world.actors["wrong"], now=asked.now)


async def changed(asked: Asked) -> None:
    slug = "listening-on-the-ward-round"
    await asked.first("PATCH", f"/events/{slug}", {"location": "Ward 7"}, who="right")
    listed = await asked.first("GET", f"/events/{slug}/changes", who="right")
    asked.address = f"/events/{slug}/changes/{listed['items'][0]['id']}/undo"


async def of_our_own_feed(asked: Asked) -> None:
    asked.body = {"address": f"{BASE_URL}/calendar.ics"}


async def another_call(asked: Asked) -> None:
    place = await Organisation.objects().get(Organisation.slug == "wrong")
    assert place is not None
    call = await make_call(place, actor=asked.desk, now=asked.now, title="Another call")
    asked.address = f"/funding/{call.slug}/consortia"


async def another_resource(asked: Asked) -> None:
    place = await Organisation.objects().get(Organisation.slug == "wrong")
    assert place is not None
    made = await make_resource(place, "Another guide", actor=asked.desk, now=asked.now)
    asked.address = f"/resources/{made.slug}/uses"


async def told_of_oneself(asked: Asked) -> None:
    member = await Person.objects().get(Person.id == asked.world.actors["right"].person_id)
    assert member is not None
    asked.body = {"seen": (await telling.told(member)).digest, "email": member.email}


async def told_of_a_person(asked: Asked) -> None:
    await told_of_oneself(asked)
    asked.address = f"/people/{asked.world.actors['right'].person_id}/erasure"


async def told_of_an_organisation(asked: Asked) -> None:
    place = await Organisation.objects().get(Organisation.slug == "alone")
    assert place is not None
    asked.body = {"seen": (await leaving.told(place, now=asked.now)).digest, "name": "Alone"}
    asked.address = "/organisations/alone/erasure"


async def set_before(asked: Asked) -> None:
    await asked.first("PUT", "/settings/network_name", {"value": "Another name", "seen": 0})


async def taken_before(asked: Asked) -> None:
    await asked.first("POST", asked.world.address("/desk/tasks/{key:str}/holder"), {"seen": None})


def of_a_draft(rest: str = "") -> Ready:
    async def ready(asked: Asked) -> None:
        draft = await factories_statements.make_draft(asked.desk, now=asked.now, title="A draft")
        asked.address = f"/statements/{draft.slug}{rest}"

    return ready


async def of_a_frozen_text(asked: Asked) -> None:
    frozen = await factories_statements.make_frozen(asked.desk, now=asked.now, title="Frozen")
    asked.address = f"/statements/{frozen.slug}/signing"
    asked.body = {"waived": ["alone"]}


async def asked_of_somebody_else(asked: Asked) -> None:
    other = {"name": "Ana Ruiz", "email": "ana.ruiz@kindness.example"}
    await asked.first("POST", "/people", {**other, "organisation": "right", "roles": ["alternate"]})
    asked.address = "/statements/time-to-listen/requests/right"


async def closed_without_answers(asked: Asked) -> None:
    await statements.close("time-to-listen", actor=asked.desk, now=asked.now, note="It is time.")


async def a_week_later(asked: Asked) -> None:
    asked.clock.advance(days=7)


async def of_a_closed_one(asked: Asked) -> None:
    asked.address = "/statements/time-to-listen/publication"
    opened = await Statement.objects().get(Statement.slug == "time-to-listen")
    right = await Organisation.objects().get(Organisation.slug == "right")
    assert opened is not None
    assert right is not None
    token = await factories_statements.link_to(opened, right, now=asked.now)
    await factories_statements.give_answer(token, now=asked.now)
    await statements.close("time-to-listen", actor=asked.desk, now=asked.now, note="It is time.")


async def by_another_one(asked: Asked) -> None:
    await of_a_closed_one(asked)
    await statements.publish("time-to-listen", actor=asked.desk, now=asked.now)
    await at("/statements/heard-and-signed/supersession")(asked)


async def thanks_after_it(asked: Asked) -> None:
    asked.address, asked.body = "/summits/2028/thanks", {"to": ["ada@voice.example"]}
    asked.clock.now = AFTER_2028


async def certificates_after_it(asked: Asked) -> None:
    """For somebody who was let in."""
    asked.clock.now = DURING_2028
    row = await Registration.objects().get(Registration.email_key == IDA)
    assert row is not None
    door = await asked.first("POST", "/summits/2028/doors", {"name": "Main"})
    scan = {"id": "a1b2c3d4", "at": DURING_2028.isoformat(), "number": row.id}
    scans = {"sent_at": DURING_2028.isoformat(), "scans": [scan]}
    await asked.first("POST", f"/summits/2028/doors/{door['id']}/arrivals", scans)
    asked.address = "/summits/2028/certificates"
    asked.clock.now = AFTER_2028


async def while_the_call_is_open(asked: Asked) -> None:
    await Call.update({Call.closes_instant: asked.now + timedelta(days=9)}, force=True)


async def of_a_stranger(_: Asked) -> None:
    await Contribution.update({Contribution.name: "Eve Far", Contribution.affiliation: ""}, force=True)


async def decided(asked: Asked) -> None:
    body = {"decision": "accepted", "note": "", "seen": ""}
    await asked.first("PUT", "/summits/2026/contributions/1/decision", body)


async def with_the_right_address(asked: Asked) -> None:
    asked.body = {"email": asked.world.actors["right"].email}


async def seen_before(asked: Asked) -> None:
    asked.body = {"seen": (await asked.first("GET", "/summits/2026/speaker-addresses"))["seen"]}


async def seen_draft(asked: Asked) -> None:
    asked.body = {"seen": (await asked.first("GET", "/summits/2026/programme/draft"))["seen"]}


async def to_the_speaker(asked: Asked) -> None:
    asked.address = "/summits/2028/speaker-mails/sending"
    asked.body = {"notes": {"ada@voice.example": "Your room has changed."}}


async def none_is_followed(asked: Asked) -> None:
    """Whoever follows as many calendars as one may stops first."""
    await FollowedCalendar.update({FollowedCalendar.ended_at: asked.now}, force=True)


READY: dict[str, Ready] = {
    "DELETE /contributions/{token}": by_secret("contribution"),
    "DELETE /desk/tasks/{key}/holder": taken_before,
    "DELETE /events/{slug}": while_it_is(Event, "draft"),
    "DELETE /invitations/{token}": by_secret("invitation"),
    "DELETE /registrations/{token}": by_link(),
    "DELETE /registrations/{token}/sessions/{session}": seated,
    "DELETE /speakers/{token}": by_secret("speaker"),
    "GET /contributions/{token}": by_secret("contribution"),
    "GET /doors/{token}/list": by_secret("door", "/list"),
    "GET /invitations/{token}": by_secret("invitation"),
    "GET /registrations/{token}": by_link(),
    "GET /registrations/{token}/delegates": by_link("/delegates"),
    "GET /registrations/{token}/sessions": by_link("/sessions"),
    "GET /speakers/{token}": by_secret("speaker"),
    "POST /consortia/{consortium_id}/acceptance": of_consortium("/acceptance"),
    "POST /consortia/{consortium_id}/departure": of_consortium("/departure", is_in=True),
    "POST /consortia/{consortium_id}/invitations/withdrawal": invited,
    "POST /consortia/{consortium_id}/lead": partnered,
    "POST /consortia/{consortium_id}/refusal": of_consortium("/refusal"),
    "POST /contributions/{token}/withdrawal": by_secret("contribution", "/withdrawal"),
    "POST /doors/{token}/arrivals": by_secret("door", "/arrivals"),
    "POST /events/{slug}/changes/{change_id}/undo": changed,
    "POST /events/{slug}/confirmation": while_it_is(Event, "waiting"),
    "POST /events/{slug}/publication": while_it_is(Event, "draft"),
    "POST /events/{slug}/return": while_it_is(Event, "waiting"),
    "POST /feed-checks": of_our_own_feed,
    "POST /funding/{slug}/confirmation": while_it_is(FundingCall, "waiting"),
    "POST /funding/{slug}/consortia": another_call,
    "POST /funding/{slug}/return": while_it_is(FundingCall, "waiting"),
    "POST /invitations/{token}/acceptance": by_secret("invitation", "/acceptance"),
    "POST /invitations/{token}/refusal": by_secret("invitation", "/refusal"),
    "POST /me/erasure": told_of_oneself,
    "POST /organisations/{slug}/calendars": none_is_followed,
    "POST /organisations/{slug}/erasure": told_of_an_organisation,
    "POST /people/{person_id}/erasure": told_of_a_person,
    "POST /registrations/{token}/acceptance": by_link("/acceptance", place="offered"),
    "POST /registrations/{token}/cancellation": by_link("/cancellation"),
    "POST /registrations/{token}/refusal": by_link("/refusal", place="offered"),
    "POST /registrations/{token}/waiting/end": waiting_elsewhere,
    "POST /resources/{slug}/confirmation": while_it_is(Resource, "waiting"),
    "POST /resources/{slug}/return": while_it_is(Resource, "waiting"),
    "POST /resources/{slug}/uses": another_resource,
    "POST /settings/{name}/default": set_before,
    "PATCH /statements/{slug}": of_a_draft(),
    "POST /statements/{slug}/consultation": of_a_draft("/consultation"),
    "POST /statements/{slug}/disputes/{dispute_id}/settlement": a_week_later,
    "POST /statements/{slug}/errata": at("/statements/heard-and-signed/errata"),
    "POST /statements/{slug}/freeze": of_a_draft("/freeze"),
    "POST /statements/{slug}/publication": of_a_closed_one,
    "POST /statements/{slug}/requests/{organisation}": asked_of_somebody_else,
    "POST /statements/{slug}/settlement": closed_without_answers,
    "POST /statements/{slug}/signing": of_a_frozen_text,
    "POST /statements/{slug}/supersession": by_another_one,
    "POST /statements/{slug}/versions": of_a_draft("/versions"),
    "POST /statements/{slug}/withdrawals": at("/statements/heard-and-signed/withdrawals"),
    "POST /summits/{year}/badges": at("/summits/2028/badges"),
    "POST /summits/{year}/certificates": certificates_after_it,
    "POST /summits/{year}/contributions": while_the_call_is_open,
    "POST /summits/{year}/contributions/{number}/session": decided,
    "POST /summits/{year}/decisions": decided,
    "POST /summits/{year}/needs/people": with_the_right_address,
    "POST /summits/{year}/next": at("/summits/2028/next"),
    "POST /summits/{year}/programme/moves": at("/summits/2026/programme/moves"),
    "POST /summits/{year}/reviewers": with_the_right_address,
    "POST /summits/{year}/speaker-mails/sending": to_the_speaker,
    "POST /summits/{year}/thanks": thanks_after_it,
    "PUT /contributions/{token}": by_secret("contribution"),
    "PUT /registrations/{token}/attendance": by_link("/attendance"),
    "PUT /registrations/{token}/details": by_link("/details"),
    "PUT /registrations/{token}/sessions/{session}": by_link("/sessions/x"),
    "PUT /summits/{year}/contributions/{number}/review": of_a_stranger,
    "PUT /summits/{year}/speaker-addresses": seen_before,
    "PUT /summits/{year}/programme": seen_draft,
}
"""By method and address, as the examples of the document are found."""
