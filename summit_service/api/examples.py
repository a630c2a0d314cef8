"""One example of a body for each operation that takes one: shown in the documents, asked for by a test.

All of them speak of one small network: the Centre for Kindness, its people, its summit of 2028.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import Operation

CENTRE, HALL = "centre-for-kindness", "hall-of-listening"
BECAUSE = "The funder has changed its rules."
PERSON = {"name": "Ana Ruiz", "email": "ana.ruiz@kindness.example"}
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAQMAAAAlPW0iAAAAA1BMVEUAAACnej3aAAAAD0lEQVR42mP8z8DEQAICADIBAR/gNlhX"
    "AAAAAElFTkSuQmCC"
)
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kindness//Events//EN\r\nBEGIN:VEVENT\r\nUID:1@kindness.example\r\n"
    "DTSTAMP:20260301T090000Z\r\nDTSTART:20270304T090000Z\r\nDTEND:20270304T103000Z\r\n"
    "SUMMARY:A morning of listening\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
EVENT = {
    "organisation": CENTRE,
    "summary": "Listening on the ward round",
    "description": "How to *sit down* first. For juniors.",
    "starts_at": "2027-03-04T09:00",
    "ends_at": "2027-03-04T10:30",
    "timezone": "Europe/London",
    "location": "Lecture Hall 2, Leicester",
    "mode": "hybrid",
    "online_url": "https://meet.kindness.example/ward",
    "categories": ["teaching"],
    "language": "en",
    "visibility": "public",
}
CALL = {
    "organisation": CENTRE,
    "title": "Kind wards",
    "funder": "Fund for Care",
    "deadline_at": "2027-04-15T17:00",
    "timezone": "Europe/Berlin",
    "summary": "For ward teams in two countries.",
    "url": "https://fund.example/kind-wards",
    "amount": "250000",
    "currency": "EUR",
    "countries": ["DE", "GB"],
}
ARRIVALS = {
    "sent_at": "2028-09-11T08:31:09Z",
    "scans": [{"id": "b7c1d9e2f0", "at": "2028-09-11T08:31:07Z", "number": 1}],
}
DETAILS = {
    "name": "Ana Ruiz",
    "organisation": "Centre for Kindness",
    "dietary": "Vegetarian",
    "access_needs": "A seat near the door",
    "is_listed": True,
    "timezone": "Europe/Madrid",
}
TALK = {
    "name": "Ana Ruiz",
    "title": "Listening at night",
    "kind": "Talk",
    "theme": "Practice",
    "abstract": "What nurses said when somebody asked.",
    "affiliation": "Centre for Kindness",
    "co_authors": "Bo Li; Day Clinic",
}
BODIES: Mapping[str, Any] = {
    # what organisations do together
    "POST /consortia/{consortium_id}/acceptance": {"organisation": CENTRE},
    "POST /consortia/{consortium_id}/departure": {
        "organisation": CENTRE,
        "reason": "We have no time in spring.",
    },
    "POST /consortia/{consortium_id}/invitations": {
        "organisation": HALL,
        "words": "You know the wards. Join us?",
    },
    "POST /consortia/{consortium_id}/invitations/withdrawal": {"organisation": HALL},
    "POST /consortia/{consortium_id}/lead": {"organisation": HALL},
    "POST /consortia/{consortium_id}/outcome": {
        "state": "funded",
        "amount": "180000",
        "currency": "EUR",
        "public_line": "Two wards, three years.",
    },
    "POST /consortia/{consortium_id}/refusal": {
        "organisation": CENTRE,
        "reason": "We apply with another call.",
    },
    "POST /consortia/{consortium_id}/versions": {
        "text": "Two wards, one method.",
        "known": 1,
        "note": "Shorter",
    },
    "POST /funding": CALL,
    "PATCH /funding/{slug}": {"deadline_at": "2027-04-30T17:00", "amount": "300000"},
    "POST /funding/{slug}/consortia": {"title": "Wards that listen", "organisation": CENTRE},
    "POST /funding/{slug}/interests": {
        "organisation": CENTRE,
        "role": "partners",
        "brings": "Two wards and a trainer.",
        "contact": "Ana Ruiz, ana.ruiz@kindness.example",
    },
    "POST /funding/{slug}/interests/withdrawal": {"organisation": CENTRE},
    "POST /funding/{slug}/return": {"reason": "Say who may apply."},
    "POST /funding/{slug}/withdrawal": {"reason": BECAUSE},
    # enquiries and the desk
    "POST /desk/tasks/{key}/holder": {"seen": None},
    "POST /mails/addresses/{identifier}/answer": {"answer": "moved"},
    "PATCH /me/mails": {"digest": "weekly", "digest_hour": 7},
    "POST /enquiries": {
        "name": "Institute of Listening",
        "kind": "centre",
        "country": "FR",
        "city": "Lyon",
        "website": "https://listening.example",
        "contact_name": "Inès Martin",
        "email": "ines@listening.example",
        "works": "yes",
        "how": "We teach nurses to listen.",
        "body": "academic",
        "evidence": "University of Lyon",
    },
    "POST /enquiries/{identifier}/decision": {
        "decision": "member",
        "reason": "An institute of a university that works on empathy.",
        "seen": 0,
        "name": "Institute of Listening",
    },
    "POST /enquiries/{identifier}/notes": {"note": "Met them in Lyon.", "is_reply": False},
    "POST /enquiries/{identifier}/questions": {"question": "Which university are you part of?"},
    "POST /feed-checks": {"address": "https://network.example/calendar.ics"},
    "PUT /settings/{name}": {"value": "Empathy Network", "seen": 0},
    "POST /settings/{name}/default": {"seen": 1},
    # events
    "POST /events": EVENT,
    "POST /events/import": {"organisation": CENTRE, "calendar": CALENDAR, "take": None},
    "POST /events/neighbours": EVENT,
    "PATCH /events/{slug}": {"location": "Lecture Hall 3, Leicester", "description": "In another hall."},
    "POST /events/{slug}/cancellation": {"reason": "The trainer is ill."},
    "PUT /events/{slug}/occurrences/{when}": {
        "starts_at": "2026-06-05T14:00",
        "ends_at": "2026-06-05T15:00",
        "reason": "The hall is taken in the morning.",
    },
    "POST /events/{slug}/occurrences/{when}/cancellation": {"reason": "A public holiday."},
    "POST /events/{slug}/return": {"reason": "Say in which language it is."},
    # people and organisations
    "POST /me/erasure": {"seen": "8c1f0e4b7d2a96c35e1f7a20", "email": PERSON["email"]},
    "POST /people/{person_id}/erasure": {"seen": "8c1f0e4b7d2a96c35e1f7a20", "email": PERSON["email"]},
    "POST /people": {**PERSON, "organisation": CENTRE, "roles": ["representative", "signatory"]},
    "POST /officers": {
        "office": "Chair",
        "name": "Ana Ruiz",
        "starts_on": "2026-09-16",
        "organisation": CENTRE,
    },
    "PATCH /officers/{officer_id}": {"office": "Vice chair"},
    "POST /officers/{officer_id}/end": {"ends_on": "2026-02-28"},
    "POST /organisations": {
        "name": "Museum of Comfort",
        "kind": "museum",
        "city": "Ghent",
        "country": "BE",
        "website": "https://comfort.example",
        "summary": "What comforted patients in four centuries.",
        "timezone": "Europe/Brussels",
        "standing": "member",
        "contact_name": "Mieke Claes",
        "contact_email": "mieke@comfort.example",
    },
    "PATCH /organisations/{slug}": {"city": "Leicester", "summary": "Research on kindness in hospitals."},
    "POST /organisations/import": {
        "table": "name;kind;parent;city;country;website;timezone;standing;contact_name;contact_email\n"
        "Institute of Listening;centre;;Lyon;FR;;Europe/Paris;member;Ana Ruiz;ana.ruiz@listening.example\n",
        "seen": "",
    },
    "POST /organisations/{slug}/calendars": {
        "address": "https://kindness.example/events.ics",
        "takes_new": False,
    },
    "PATCH /organisations/{slug}/calendars/{calendar_id}": {"takes_new": True},
    "POST /organisations/{slug}/calendars/{calendar_id}/decisions": {
        "take": [{"key": "1@kindness.example", "fingerprint": "0f3a9c"}]
    },
    "POST /organisations/{slug}/erasure": {"seen": "8c1f0e4b7d2a96c35e1f7a20", "name": "Centre for Kindness"},
    "POST /organisations/{slug}/handovers": {**PERSON, "leaver": None},
    "POST /organisations/{slug}/logo": {"file": PICTURE, "alt": "Two hands"},
    "POST /organisations/{slug}/registrations/{year}": {"attendance": "online", "people": [PERSON]},
    # best practice
    "POST /resources": {
        "organisation": CENTRE,
        "title": "Ten questions before a round",
        "kind": "guide",
        "summary": "What to ask before you speak.",
        "licence": "cc-by",
        "url": "https://kindness.example/ten-questions",
        "topics": ["teaching"],
        "language": "en",
        "visibility": "public",
    },
    "PATCH /resources/{slug}": {"summary": "What to ask before you speak, on one page."},
    "POST /resources/{slug}/comments": {"body": "We use it on two wards."},
    "PATCH /resources/{slug}/comments/{comment_id}": {"body": "We use it on three wards."},
    "POST /resources/{slug}/comments/{comment_id}/hiding": {"reason": "It names a patient."},
    "POST /resources/{slug}/file": {"file": PICTURE, "name": "questions.png"},
    "POST /resources/{slug}/return": {"reason": "Say under which licence it is."},
    "POST /resources/{slug}/uses": {"organisation": CENTRE, "words": "In the first week of new nurses."},
    "POST /resources/{slug}/uses/withdrawal": {"organisation": CENTRE},
    "POST /resources/{slug}/withdrawal": {"reason": "A better guide is out."},
    # statements
    "POST /statements": {
        "title": "Time to listen",
        "text": "We ask hospitals to plan time to listen.\n\nPatients who are heard get better care.",
        "note": "First draft of the summit",
        "policy": "sign_on",
        "language": "en",
    },
    "PATCH /statements/{slug}": {"title": "Time to listen, together", "edition": 2026},
    "POST /statements/{slug}/cancellation": {"note": "The summit took another course."},
    "POST /statements/{slug}/closure": {"note": "Everybody has answered."},
    "POST /statements/{slug}/comments": {
        "organisation": CENTRE,
        "version": 1,
        "language": "en",
        "paragraph": 1,
        "quoted": "plan time",
        "body": "Say how much time.",
        "wording": "plan an hour a week",
    },
    "POST /statements/{slug}/comments/{comment_id}/disposition": {
        "kind": "accepted_in_part",
        "reason": "Hours differ; the text says “enough time” now.",
    },
    "POST /statements/{slug}/consultation": {"closes_at": "2027-03-22T18:00", "timezone": "Europe/London"},
    "POST /statements/{slug}/disputes/{dispute_id}/settlement": {
        "outcome": "rejected",
        "note": "She has told us by telephone that she signed.",
    },
    "POST /statements/{slug}/errata": {"text": "In the second paragraph, “care” was written “car”."},
    "POST /statements/{slug}/requests/{organisation}": {"email": PERSON["email"]},
    "POST /statements/{slug}/rework": {"note": "Two members asked for changes."},
    "POST /statements/{slug}/signing": {
        "closes_at": "2027-04-30T18:00",
        "timezone": "Europe/London",
        "policy": "sign_on",
        "waived": [HALL],
    },
    "POST /statements/{slug}/supersession": {"by": "time-to-listen"},
    "POST /statements/{slug}/versions": {
        "text": "We ask hospitals to plan an hour to listen.\n\nPatients who are heard get better care.",
        "note": "An hour is named",
        "language": "en",
    },
    "POST /statements/{slug}/withdrawals": {"organisation": CENTRE, "note": "By letter of 3 May."},
    # summits
    "PUT /summits/{year}/call": {
        "intro": "Tell us what you have tried.",
        "kinds": [{"name": "Talk", "minutes": 20}, {"name": "Poster", "minutes": 5}],
        "themes": ["Practice", "Research"],
        "closes_at": "2028-05-01T23:00",
        "limit_per_person": 2,
        "most_words": 300,
        "is_blind": True,
    },
    "POST /summits/{year}/certificates": {"words": "Thank you for coming."},
    "POST /summits/{year}/contributions": {**TALK, "email": PERSON["email"]},
    "PUT /contributions/{token}": TALK,
    "PUT /summits/{year}/contributions/{number}/decision": {
        "decision": "accepted",
        "note": "Well said.",
        "seen": "",
    },
    "PUT /summits/{year}/contributions/{number}/review": {"score": 4, "comment": "Clear and new."},
    "POST /summits/{year}/contributions/{number}/session": {
        "starts_at": "2028-09-11T14:00",
        "room": "Library",
    },
    "POST /summits/{year}/decisions": {"expected": 1},
    "POST /summits/{year}/doors": {"name": "Main entrance"},
    "POST /summits/{year}/doors/{door_id}/arrivals": ARRIVALS,
    "POST /doors/{token}/arrivals": ARRIVALS,
    "POST /summits/{year}/invitations": {**PERSON, "attendance": "in_person"},
    "POST /summits/{year}/letters/{letter_id}/refusal": {"reason": "The registration is for online."},
    "POST /summits/{year}/needs/people": {"email": PERSON["email"]},
    "PUT /summits/{year}/programme": {
        "rooms": [{"name": "Great Hall", "capacity": 150}],
        "tracks": ["Education"],
        "speakers": [{"name": "Ana Ruiz", "affiliation": "Hospital San Juan"}],
        "sessions": [
            {
                "title": "Opening",
                "kind": "plenary",
                "starts_at": "2026-09-14T09:15",
                "ends_at": "2026-09-14T10:15",
                "room": "Great Hall",
                "track": "Education",
                "speakers": ["Ana Ruiz"],
                "chairs": [],
                "abstract": "",
            }
        ],
        "seen": "8c1f0e4b7d2a96c3",
    },
    "POST /summits/{year}/programme/moves": {
        "session": "opening",
        "seen": {"starts_at": "2028-09-11T09:00", "ends_at": "2028-09-11T10:00", "room": "Great Hall"},
        "to": {"starts_at": "2028-09-11T11:00", "ends_at": "2028-09-11T12:00", "room": "Library"},
    },
    "PUT /summits/{year}/questions": {
        "items": [{"label": "What do you eat?", "kind": "choice", "choices": ["All", "Vegetarian"]}]
    },
    "POST /summits/{year}/registrations": {
        **DETAILS,
        "email": PERSON["email"],
        "attendance": "in_person",
        "answers": {"diet": "All"},
    },
    "PUT /registrations/{token}/attendance": {"attendance": "online", "or_wait": False},
    "PUT /registrations/{token}/details": {**DETAILS, "answers": {"diet": "All"}},
    "POST /invitations/{token}/acceptance": {**DETAILS, "answers": {"diet": "All"}},
    "POST /summits/{year}/reviewers": {"email": PERSON["email"]},
    "PUT /summits/{year}/sign-ups/{session}": {"places": 20, "attendance": "in_person", "is_open": True},
    "PUT /summits/{year}/speaker-addresses": {
        "items": [{"name": "Ana Ruiz", "email": PERSON["email"]}],
        "seen": "8c1f0e4b7d2a96c3",
    },
    "PUT /summits/{year}/speaker-mails/notes": {"notes": {PERSON["email"]: "Your room has changed."}},
    "POST /summits/{year}/speaker-mails/sending": {
        "release": 1,
        "notes": {PERSON["email"]: "Your room has changed."},
    },
    "PUT /summits/{year}/terms": {"changes_until": "2028-09-01", "organisation_limit": 5},
    "POST /summits/{year}/thanks": {"to": [PERSON["email"]], "words": "You made it a warm day."},
}
"""By method and address, without what is in front of all addresses."""


def with_example(key: str) -> type[Operation]:
    """The kind of operation that shows the example of `key` beside its body."""

    @dataclass
    class Exemplified(Operation):
        def __post_init__(self) -> None:
            for content in getattr(self.request_body, "content", {}).values():
                content.example = BODIES[key]

    return Exemplified
