"""Registrations, the places they hold or wait for, and the questions that an edition asks."""

from __future__ import annotations

from piccolo.columns import (
    Boolean,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.summits.tables import Edition


class Registration(Table, tablename="registration"):
    """One person at one edition: what they told us. One live row for each address and edition.

    `email_key` is the address as it is compared. `answers` is a JSON object by question key, each with
    the question's id and version as it was put. `needs_changed_at` is when a need was told or put in
    other words last. `uid` and `sequence` are those of the calendar entry. `cancelled_reason` is
    cancelled, declined or expired.
    What is personal is blanked in two steps, by `retention`: the needs and answers, later the rest.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=200)
    email = Varchar(length=254)
    email_key = Varchar(length=254)
    organisation = Varchar(length=200, default="")
    dietary = Text(default="")
    access_needs = Text(default="")
    is_listed = Boolean(default=False)
    timezone = Varchar(length=64, null=True, default=None)
    answers = Text(default="{}")
    uid = Varchar(length=120)
    sequence = Integer(default=0)
    created_at = Timestamptz()
    changed_at = Timestamptz()
    cancelled_at = Timestamptz(null=True, default=None)
    cancelled_reason = Varchar(length=20, default="")
    needs_changed_at = Timestamptz(null=True, default=None)
    needs_erased_at = Timestamptz(null=True, default=None)
    erased_at = Timestamptz(null=True, default=None)


class Place(Table, tablename="registration_place"):
    """A place that a registration holds (confirmed, offered) or waits for (waitlisted), or did once (ended).

    A registration has at most one confirmed place, and beside it at most one that it waits for or is offered.
    `queue_number` only ever grows within an edition: the lower it is, the sooner it is their turn.
    """

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.restrict, index=True)
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    attendance = Varchar(length=10)
    state = Varchar(length=10)
    queue_number = Integer(null=True, default=None)
    offered_at = Timestamptz(null=True, default=None)
    offer_expires_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    ended_reason = Varchar(length=20, default="")


class Question(Table, tablename="registration_question"):
    """Something that one edition asks besides the usual, as it is put now; what it was before are its versions.

    `kind` is text, choice, tick, number or date. `limits` is a JSON object: how many may choose an answer.
    With a condition it is put only to those who gave `condition_value` to the question `condition_key`.
    A question that is retired is asked no more; its answers stay.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    key = Varchar(length=60)
    label = Varchar(length=200)
    hint = Varchar(length=300, default="")
    kind = Varchar(length=10)
    choices = Text(default="[]")
    is_required = Boolean(default=False)
    position = Integer(default=0)
    version = Integer(default=1)
    limits = Text(default="{}")
    condition_key = Varchar(length=60, default="")
    condition_value = Varchar(length=200, default="")
    retired_at = Timestamptz(null=True, default=None)


class QuestionVersion(Table, tablename="registration_question_version"):
    """A question in the words in which it was once put; never changed, so that an answer keeps its meaning."""

    id: Serial
    question = ForeignKey(Question, null=False, on_delete=OnDelete.restrict)
    version = Integer()
    label = Varchar(length=200)
    hint = Varchar(length=300, default="")
    kind = Varchar(length=10)
    choices = Text(default="[]")
    created_at = Timestamptz()


class Terms(Table, tablename="registration_terms"):
    """What else an edition says about its registrations; one row for each, none where nothing is said.

    `changes_until` is the last day, in the edition's zone, on which delegates change what they told us.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    changes_until = Date(null=True, default=None)
    organisation_limit = Integer(null=True, default=None)


class Invitation(Table, tablename="registration_invitation"):
    """Somebody whom the secretariat invites past the queue; while it is open it holds a place of its kind.

    `ended_reason` is accepted, declined, withdrawn, expired, or switched where they took such a place by their
    registration. One open invitation for each address and edition.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=200)
    email = Varchar(length=254)
    email_key = Varchar(length=254)
    attendance = Varchar(length=10)
    created_at = Timestamptz()
    created_by_name = Varchar(length=200, default="")
    expires_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    ended_reason = Varchar(length=20, default="")


class SignUp(Table, tablename="session_sign_up"):
    """A session of the programme, by its UID, that takes so many people; `taken` counts confirmed seats.

    `attendance` is who may sign up: in_person, online, or empty for both. Where it is not open nobody new comes in;
    who waits still moves up.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    session_uid = Varchar(length=120)
    places = Integer(default=0)
    taken = Integer(default=0)
    attendance = Varchar(length=10, default="")
    is_open = Boolean(default=True)
    created_at = Timestamptz()
    changed_at = Timestamptz()


class Seat(Table, tablename="session_seat"):
    """A registration's seat in a session (confirmed), its turn for one (waitlisted), or what it had once (ended).

    One live row for each registration and session. `queue_number` only ever grows within a session.
    """

    id: Serial
    sign_up = ForeignKey(SignUp, null=False, on_delete=OnDelete.restrict)
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.restrict, index=True)
    state = Varchar(length=10)
    queue_number = Integer(null=True, default=None)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class Arranger(Table, tablename="registration_arranger"):
    """Somebody whom the secretariat has named to arrange access and food at an edition, and who sees who needs what.

    `told_at` is up to when they know of it: from their naming on, then with each mail about something new.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    created_at = Timestamptz()
    created_by_name = Varchar(length=200, default="")
    told_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class Letter(Table, tablename="visa_letter"):
    """An invitation letter that a delegate asks for: asked, then issued or refused with a reason, or ended by them.

    What is personal is told for the letter alone. It is blanked with the needs of its registration, when the letter
    is refused or taken back, and when the registration ends; the line stays, so that its number can be checked.
    """

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.restrict, index=True)
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    state = Varchar(length=10)
    passport_name = Varchar(length=200, default="")
    passport_number = Varchar(length=20, default="")
    nationality = Varchar(length=2, default="")
    birth_date = Date(null=True, default=None)
    arrives_on = Date(null=True, default=None)
    leaves_on = Date(null=True, default=None)
    asked_at = Timestamptz()
    decided_at = Timestamptz(null=True, default=None)
    decided_by_name = Varchar(length=200, default="")
    reason = Text(default="")
