"""The verbs of the journal, the sentences made of them, and the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from summit_service import canonical

DOMAIN = "summit-journal/1"
LONGEST_SENTENCE = 600
FACES = {
    "page": "page",
    "api": "API",
    "cli": "command line",
    "link": "mailed link",
    "service": "by itself",
}
KINDS: dict[str, tuple[str, str, str]] = {
    "announcement": ("an announcement", "Announcements", "/desk/announcements/{}"),
    "consortium": ("a consortium", "Applying together", "/consortia/{}"),
    "enquiry": ("an enquiry", "Enquiries", "/desk/enquiries/{}"),
    "funding": ("a call for funding", "Joint funding", "/funding/{}"),
    "event": ("an event", "Events", "/events/{}"),
    "mail": ("a mail", "Mails", "/desk/mails/{}"),
    "network": ("the network", "The network", "/desk"),
    "officer": ("an officer of the network", "Officers", "/desk/officers/{}"),
    "organisation": ("an organisation", "Organisations", "/desk/organisations/{}"),
    "person": ("a person", "People", ""),
    "resource": ("a resource", "Best practice", "/resources/{}"),
    "statement": ("a statement", "Statements", "/desk/statements/{}"),
    "summit": ("a summit", "Summits", "/desk/summits/{}"),
}
"""Of each kind of object: words for one that is not named, for the list of kinds, and where it is looked at."""

VERBS: dict[str, str] = {
    "announcement.written": "wrote the draft {}",
    "announcement.changed": "changed the draft {}",
    "announcement.discarded": "deleted the draft {}",
    "announcement.tried": "sent themselves a test of {}",
    "announcement.sent": "sent {}",
    "announcement.stopped": "stopped {}",
    "consortium.began": "brought organisations together as {}",
    "consortium.invited": "invited an organisation into {}",
    "consortium.taken_back": "took back an invitation into {}",
    "consortium.joined": "accepted for an organisation to apply as {}",
    "consortium.declined": "declined for an organisation to apply as {}",
    "consortium.left": "left {} for an organisation",
    "consortium.led": "handed on the lead of {}",
    "consortium.wrote": "wrote the outline of {}",
    "consortium.outcome": "recorded what became of {}",
    "enquiry.asked": "asked back about {}",
    "enquiry.read": "read an answer to {}",
    "enquiry.noted": "wrote a note to {}",
    "enquiry.decided": "decided {}",
    "enquiry.erased": "erased {}",
    "event.posted": "posted {}",
    "event.changed": "changed {}",
    "event.cancelled": "cancelled {}",
    "event.published": "published {}",
    "event.confirmed": "confirmed {}",
    "event.returned": "gave back {}",
    "event.discarded": "discarded the draft {}",
    "event.undone": "undid a change of {}",
    "event.drafted": "drafted {}",
    "event.date": "changed one date of {}",
    "funding.posted": "posted the call {}",
    "funding.changed": "changed the call {}",
    "funding.confirmed": "confirmed the call {}",
    "funding.returned": "gave back the call {}",
    "funding.withdrawn": "withdrew the call {}",
    "funding.joined": "said that their organisation wants to apply for {}",
    "funding.stepped_back": "said that their organisation does not apply for {}",
    "mail.resent": "sent mails again",
    "mail.stopped": "stopped {}",
    "mail.resumed": "let the outbox go on",
    "mail.looked_at": "looked at mails that did not arrive",
    "mail.read": "read {} that came back",
    "mail.address_cleared": "marked an address as working again",
    "mail.address_settled": "said what becomes of an address that takes no mail",
    "officer.named": "named an officer: {}",
    "officer.changed": "corrected the term of an officer: {}",
    "officer.ended": "set the last day of an officer: {}",
    "officer.erased": "erased the name of an officer: {}",
    "officer.removed": "took out an officer: {}",
    "organisation.created": "took in {}",
    "organisation.changed": "changed {}",
    "organisation.logo_set": "set the logo of {}",
    "organisation.logo_removed": "took away the logo of {}",
    "organisation.calendar_followed": "began to follow a calendar for {}",
    "organisation.calendar_ended": "ceased to follow the calendar at {}",
    "organisation.imported": "took organisations in from a file",
    "organisation.erased": "erased {}",
    "organisation.handover_asked": "named a successor in {}",
    "organisation.handed_over": "confirmed a successor in {}",
    "organisation.handover_refused": "refused a successor in {}",
    "organisation.role_given": "gave a role in {}",
    "organisation.role_confirmed": "confirmed a role in {}",
    "organisation.role_ended": "ended a role in {}",
    "network.role_given": "gave a role in the network",
    "network.setting_changed": "changed the setting {}",
    "network.task_taken": "took something that waits at the desk",
    "network.task_taken_over": "took over something that waits at the desk",
    "network.task_returned": "gave back something that waits at the desk",
    "resource.shared": "shared {}",
    "resource.changed": "changed {}",
    "resource.file_set": "put a file to {}",
    "resource.file_removed": "took away the file of {}",
    "resource.confirmed": "confirmed {}",
    "resource.returned": "gave back {}",
    "resource.withdrawn": "withdrew {}",
    "resource.used": "said that their organisation uses {}",
    "resource.unused": "said that their organisation no longer uses {}",
    "resource.commented": "commented on {}",
    "resource.comment_changed": "changed a comment on {}",
    "resource.comment_withdrawn": "took back a comment on {}",
    "resource.comment_hidden": "hid a comment on {}",
    "person.erased": "erased {}",
    "person.added": "made {} known",
    "person.calendar_checked": "looked at what a personal calendar of {} shows",
    "person.renamed": "changed their own name or time zone",
    "person.token_made": "made an API token",
    "person.token_ended": "ended an API token",
    "statement.drafting": "began {}",
    "statement.changed": "changed {}",
    "statement.version": "added a version of {}",
    "statement.described": "changed the title of {}, or the summit that it comes from",
    "statement.commented": "commented on {}",
    "statement.comment_answered": "answered a comment on {}",
    "statement.consulting": "opened the consultation of {}",
    "statement.revising": "ended the consultation of {}",
    "statement.freeze_proposed": "asked for the freeze of the text of {}",
    "statement.frozen": "froze the text of {}",
    "statement.reworking": "took back the text of {}",
    "statement.signing": "asked for signatures to {}",
    "statement.reminded": "reminded those who have not answered {}",
    "statement.response": "recorded an answer to {}",
    "statement.closed": "closed the signing of {}",
    "statement.counted_again": "counted the answers to {} again",
    "statement.adopted": "recorded that {} is adopted",
    "statement.not_adopted": "recorded that {} is not adopted",
    "statement.published": "published {}",
    "statement.cancelled": "gave up {}",
    "statement.private_shown": "showed somebody the private part of an answer to {}",
    "statement.dispute_settled": "settled a dispute about {}",
    "statement.erratum": "attached an erratum to {}",
    "statement.superseded": "said what takes the place of {}",
    "summit.created": "planned {}",
    "summit.changed": "changed {}",
    "summit.announced": "announced {}",
    "summit.draft_changed": "changed the draft programme of {}",
    "summit.released": "released the programme of {}",
    "summit.speaker_addresses": "changed the addresses of speakers at {}",
    "summit.speaker_notes": "wrote words for the mails to speakers at {}",
    "summit.speakers_told": "mailed speakers what changed in the programme of {}",
    "summit.speakers_thanked": "sent letters of thanks to speakers at {}",
    "summit.certificates_told": "mailed delegates that their certificates of {} are ready",
    "summit.agenda_checked": "looked at what a calendar of starred sessions of {} shows",
    "summit.capacity_changed": "changed the places of {}",
    "summit.questions_changed": "changed the questions of {}",
    "summit.sign_up_changed": "set the sign-up for a session of {}",
    "summit.sign_up_removed": "removed the sign-up for a session of {}",
    "summit.terms_changed": "changed the terms of registration of {}",
    "summit.group_registered": "registered people for {}",
    "summit.invited": "invited somebody to {}",
    "summit.invitation_withdrawn": "took back an invitation to {}",
    "summit.door_made": "made a door of {}",
    "summit.door_opened": "opened a door of {}",
    "summit.door_closed": "closed a door of {}",
    "summit.badges_printed": "printed badges of {}",
    "summit.arranger_named": "named who arranges access and food at {}",
    "summit.arranger_ended": "took back from somebody to arrange access and food at {}",
    "summit.letter_issued": "issued a letter of invitation to {}",
    "summit.letter_refused": "refused a letter of invitation to {}",
    "summit.checked_in": "checked people in at {}",
    "summit.call_changed": "changed the call for contributions to {}",
    "summit.call_closed": "closed the call for contributions to {}",
    "summit.reviewer_asked": "asked somebody to review for {}",
    "summit.reviewer_ended": "ended the reviewing of somebody for {}",
    "summit.contribution_decided": "decided a contribution to {}",
    "summit.decisions_told": "mailed the decisions about contributions to {}",
    "summit.decisions_stopped": "stopped the mails with decisions about contributions to {}",
    "summit.contribution_placed": "made a session of a contribution to {}",
    "summit.registration_erased": "erased a registration for {}",
    "summit.invitation_erased": "erased who was invited to {}",
    "summit.contribution_erased": "erased a contribution to {}",
    "summit.speaker_erased": "erased where a speaker at {} is reached",
    "summit.reviewed": "reviewed a contribution to {}",
}
"""What can be done, in the past tense after a name; `{}` is what it was done to."""


class Who(Protocol):
    """Who acts; `accounts.actor.Actor` is one."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def via(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Service:
    """The service itself, for what nobody pressed."""

    person_id: int | None = None
    name: str = "The service"
    via: str = "service"


SERVICE = Service()


def kind_of(verb: str) -> str:
    """The kind of object that this verb is about."""
    return verb.partition(".")[0]


def deed(verb: str, what: str = "", detail: str = "") -> str:
    """What was done, without who: `confirmed “Listening”`; raises KeyError for a verb that there is not."""
    told = VERBS[verb].format(f"“{what}”" if what else KINDS[kind_of(verb)][0])
    whole = canonical.nfc(f"{told}: {detail}" if detail else told)
    return whole if len(whole) <= LONGEST_SENTENCE else f"{whole[: LONGEST_SENTENCE - 1]}…"


def body_of(
    *,
    number: int,
    at: datetime,
    verb: str,
    kind: str,
    of: str,
    face: str,
    person: int | None,
    subject: int | None,
    commitment: str,
) -> dict[str, Any]:
    """What the chain binds of a note; the words are bound by the commitment."""
    return {
        "note": number,
        "at": canonical.moment(at),
        "verb": verb,
        "kind": kind,
        "object": of,
        "face": face,
        "person": person,
        "subject": subject,
        "commitment": commitment,
    }


def entry_hash(seq: int, prev: str, body: Mapping[str, Any]) -> str:
    """The hash of the entry `seq` that follows `prev`."""
    return canonical.link_hash({"domain": DOMAIN, "seq": seq, "prev": prev, "body": dict(body)})
