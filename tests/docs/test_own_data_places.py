"""Each column that can say who somebody is has its place: erased, a number alone, kept as told, or nobody's."""

from __future__ import annotations

import re

from piccolo.columns import Column, ForeignKey, Text, Varchar

from summit_service.accounts.tables import Person
from summit_service.piccolo_app import APP_CONFIG

LIKE_A_NAME = re.compile(r"email|_name$|^name$|^who$|seen_by|settled_by|sender|contact|agent")
ERASED = """
announcement.sent_by_name announcement.stopped_by_name api_token.person api_token.name badge_print.printed_by_name
bouncing_address.email_key contribution.name contribution.email contribution.email_key contribution_reviewer.person
desk_hold.person desk_morning.person digest_choice.person door.created_by_name enquiry.name enquiry.contact_name
enquiry.email enquiry.email_key event_upload.person event_upload.name
funding_interest.contact handover.leaver_name handover.successor_name
handover.successor_email login.person login.agent mail_event.who mail_opt_out.email_key officer.name officer.person
organisation.contact_name organisation.contact_email outbox_message.recipient_name outbox_message.recipient_email
person.email person.name personal_feed.name received_mail.sender received_mail.seen_by registration.name
registration.email registration.email_key registration_arranger.person registration_arranger.created_by_name
registration_invitation.name registration_invitation.email registration_invitation.email_key
registration_invitation.created_by_name resource.created_by role.confirmed_name signature_dispute.name
signature_dispute.email signing_delegation.name signing_delegation.email signing_delegation.settled_by
signing_request.person_name
speaker_contact.name speaker_contact.email speaker_contact.email_key speaker_contact.thanked_by_name
visa_letter.passport_name
visa_letter.decided_by_name
"""
"""`own_data.actions.erase_person` takes these away; tests/actions/test_own_data.py plants a marker in most."""
NUMBER_ALONE = """
announcement.written_by announcement.sent_by comment_disposition.decided_by contribution.decided_by
contribution_review.person consortium_change.person consortium_member.answered_by consortium_member.invited_by
consortium_outline.person enquiry.decided_by enquiry_note.author event.created_by event_cancellation.person
event_change.person event_override.person followed_calendar.person followed_decision.person funding_call.created_by
funding_interest.person handover.leaver handover.decided_by journal_note.person journal_note.subject
ledger_entry.actor personal_feed.person programme_release.released_by resource_change.person resource_comment.person
resource_use.person role.confirmed_by role.person signature_dispute.settled_by signing_delegation.proposed_by
signing_request.person signing_request.delegated_by statement_comment.person text_version.author
"""
"""The row it leads to has no name any more."""
STAYS = """
programme_release.released_by_name response.signatory_name speaker.name statement_comment.person_name
"""
"""Told beforehand by `own_data.telling`."""
NOBODY = """
resource_file.name door.name eligible_member.name journal_head.name manifest_file.name organisation.name preference.name
response.organisation_name room.name signing_request.organisation_name statement_comment.organisation_name track.name
"""


def test_every_column_that_can_name_somebody_has_its_place() -> None:
    placed = f"{ERASED} {NUMBER_ALONE} {STAYS} {NOBODY}".split()

    assert sorted(placed) == sorted(columns()), "say in own_data what becomes of the column, and here"


def columns() -> list[str]:
    return [
        f"{table._meta.tablename}.{column._meta.name}"
        for table in APP_CONFIG.table_classes
        for column in table._meta.columns
        if _leads_to_a_person(column) or _reads_like_a_name(column)
    ]


def _leads_to_a_person(column: Column) -> bool:
    is_key = isinstance(column, ForeignKey) and (
        column._foreign_key_meta.resolved_references._meta.tablename == Person._meta.tablename
    )
    name = column._meta.name
    return is_key or (name in {"person", "subject"} and not isinstance(column, Varchar | Text))


def _reads_like_a_name(column: Column) -> bool:
    return isinstance(column, Varchar | Text) and bool(LIKE_A_NAME.search(column._meta.name))
