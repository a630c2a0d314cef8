"""Each column that can hold words or a day, or leads to a person: what becomes of it when that person is erased.

A new column fails tests/actions/test_own_data_markers.py until it stands in one of these lists.
"""

from __future__ import annotations

from piccolo.columns import Column, ForeignKey, Integer

from summit_service.accounts.tables import Person
from summit_service.piccolo_app import APP_CONFIG

ERASED = """
announcement.sent_by_name announcement.stopped_by_name api_token.name badge_print.printed_by_name
bouncing_address.email_key bouncing_address.words contribution.abstract contribution.affiliation
contribution.co_authors contribution.decision_note contribution.email contribution.email_key contribution.name
contribution.title contribution_review.comment desk_morning.told_keys door.created_by_name enquiry.city
enquiry.contact_name enquiry.email enquiry.email_key enquiry.evidence enquiry.how enquiry.name enquiry.reason
enquiry.website enquiry_note.sender enquiry_note.text event_upload.body event_upload.name funding_interest.contact
handover.leaver_name handover.successor_email handover.successor_name journal_words.private kept_answer.body
login.agent mail_event.who mail_event.words mail_opt_out.email_key mail_opt_out.key sent_file.body
sent_file.name officer.name organisation.contact_email organisation.contact_name outbox_message.calendar
outbox_message.context outbox_message.dedupe_key outbox_message.recipient_email outbox_message.recipient_name
outbox_message.returned_words outbox_message.server_reply outbox_message.stop_reason person.email person.name
personal_feed.fetched_by personal_feed.name received_mail.seen_by received_mail.sender received_mail.subject
received_mail.text received_mail.words registration.access_needs registration.answers registration.dietary
registration.email registration.email_key registration.name registration.organisation
registration_arranger.created_by_name registration_invitation.created_by_name registration_invitation.email
registration_invitation.email_key registration_invitation.name resource_comment.body resource_comment.hidden_reason
response_private.private role.confirmed_name signature_dispute.email signature_dispute.name signature_dispute.reason
signing_delegation.email signing_delegation.name signing_delegation.settled_by signing_request.person_name
signing_request.wrong_person_words speaker_contact.email speaker_contact.email_key speaker_contact.name
speaker_contact.note speaker_contact.thanked_by_name visa_letter.decided_by_name visa_letter.passport_name
visa_letter.passport_number visa_letter.reason
"""
"""Each has a marker planted, and none after the person is erased."""
WITHOUT_ROOM = {
    "digest_choice.rhythm": "weekly",
    "person.language": "mi",
    "person.timezone": "Pacific/Marquesas",
    "registration.timezone": "Pacific/Marquesas",
    "visa_letter.nationality": "BV",
    "visa_letter.birth_date": "1971-02-03",
    "visa_letter.arrives_on": "2026-09-02",
    "visa_letter.leaves_on": "2026-10-06",
}
"""Erased, too, but a marker does not fit: these values stand for it."""
STAYS = """
ledger_entry.content manifest.json programme_release.released_by_name programme_release.snapshot
response.signatory_name speaker.affiliation speaker.name statement_comment.body statement_comment.person_name
statement_comment.wording
"""
"""Each has a marker that stays, as `own_data.telling` says beforehand; rows of most are never changed."""
OF_ORGANISATIONS = """
consortium.currency consortium.public_line consortium.title consortium_change.text consortium_member.reason
consortium_member.words consortium_outline.canonical consortium_outline.markdown consortium_outline.note
eligible_member.country eligible_member.name event.categories event.description event.ends_at event.excluded
event.hosts event.language event.location event.mode event.online_url event.recurrence event.repeated_hour event.search
event.slug event.starts_at event.summary event.timezone event.uid event.url event.vevent event_cancellation.reason
event_change.after event_change.before event_change.note event_override.day event_override.description
event_override.ends_at event_override.location event_override.reason event_override.starts_at event_override.summary
event_source.taken followed_calendar.address_hash followed_calendar.body followed_calendar.detail
followed_calendar.etag followed_calendar.host followed_calendar.last_modified followed_calendar.result
followed_calendar.sealed followed_decision.key followed_decision.mark followed_event.key funding_call.countries
funding_call.currency funding_call.deadline_at funding_call.funder funding_call.reason funding_call.search
funding_call.slug funding_call.summary funding_call.timezone funding_call.title funding_call.url
funding_interest.brings organisation.city organisation.country organisation.kind organisation.name
organisation.name_key organisation.parent organisation.slug organisation.summary organisation.timezone
organisation.website organisation_logo.alt organisation_logo.body organisation_logo.digest organisation_logo.media_type
resource.language resource.licence resource.reason resource.search resource.slug resource.summary resource.title
resource.title_key resource.topics resource.url resource_change.before resource_change.note resource_file.body
resource_file.digest resource_file.media_type resource_file.name resource_link_check.fault resource_link_check.url
resource_use.words response.organisation_name signing_request.organisation_name statement_comment.organisation_name
"""
"""What organisations say of themselves and share, in their own words: theirs, as `own_data.rules` says beforehand."""
OF_THE_NETWORK = """
announcement.body announcement.subject comment_disposition.reason mailer_status.pause_reason manifest.keys_json
manifest.publisher_pem manifest.verify_txt manifest_file.data officer.ends_on officer.office officer.starts_on
preference.name preference.value signature_dispute.note stamping.fault statement.closes_timezone statement.closes_wall
statement.policy statement.slug statement.tally statement.title statement_comment.quoted text_set.content
text_version.canonical text_version.language text_version.markdown text_version.note
"""
"""Statements with their reading copies (packed, as public as what is signed), settings, and what the secretariat writes
to all or decides; an office keeps its days."""
OURS = """
announcement.audience announcement.audience_of bouncing_address.settled_as comment_disposition.kind
consortium.state consortium_change.kind desk_hold.source
consortium_member.state enquiry.body enquiry.country enquiry.decision enquiry.kind enquiry_note.kind event.state
event.status event.visibility event_change.kind form_nonce.choice funding_call.state funding_interest.role
handover.outcome journal_note.face journal_note.kind journal_note.object journal_note.verb kept_answer.content_type
ledger_entry.kind link.ended_reason link.purpose link.subject mail_event.kind mail_event.phase mail_opt_out.stream
manifest_file.name organisation.standing outbox_message.about outbox_message.calendar_method outbox_message.kind
outbox_message.language outbox_message.links outbox_message.phase outbox_message.state outbox_message.stream
received_mail.kind resource.kind resource.state resource.visibility resource_change.kind response.capacity
response.kind response.method role.confirmed_as role.confirmed_via role.kind sent_file.about signature_dispute.outcome
signature_dispute.raised_by signing_delegation.outcome statement.state statement_comment.via text_version.role
"""
"""One of few words of ours, the number of a row, or the address of a page."""
BY_CHANCE = """
api_token.token_hash desk_hold.key form_nonce.nonce_hash form_nonce.text_set_sha256 journal_head.entry_sha256
journal_head.name journal_note.commitment journal_seal.entry_sha256 journal_seal.prev journal_words.salt
kept_answer.key_hash kept_answer.request_hash ledger_entry.entry_sha256 ledger_entry.prev link.token_hash
login.token_hash manifest.key_id manifest.sha256 manifest.sig outbox_message.in_reply_to outbox_message.lease_owner
outbox_message.message_id personal_feed.digest personal_feed.token_hash received_mail.digest
response.attestation_sha256 response.commitment response.entry_sha256 response.nonce_hash response.record_id
response.text_set_sha256 response_private.record_id response_private.salt text_set.sha256 text_set.version_ids
text_version.sha256
"""
"""Chance and digests."""
NUMBER_ALONE = """
announcement.sent_by announcement.written_by comment_disposition.decided_by consortium_change.person
consortium_member.answered_by consortium_member.invited_by consortium_outline.person contribution.decided_by
contribution_review.person enquiry.decided_by enquiry_note.author event.created_by event_cancellation.person
event_change.person event_override.person followed_calendar.person followed_decision.person funding_call.created_by
funding_interest.person handover.decided_by handover.leaver journal_note.person journal_note.subject ledger_entry.actor
personal_feed.person programme_release.released_by resource_change.person resource_comment.person resource_use.person
role.confirmed_by role.person signature_dispute.settled_by signing_delegation.proposed_by signing_request.delegated_by
signing_request.person statement_comment.person text_version.author
"""
"""The row it leads to has no name any more."""
ROW_GOES = """
api_token.person contribution_reviewer.person desk_hold.person desk_morning.person digest_choice.person
event_upload.person login.person sent_file.person officer.person registration_arranger.person resource.created_by
"""
"""The row goes, or the number in it."""
NOT_COPIED = """
desk_morning.told_keys event_upload.body sent_file.body outbox_message.calendar
"""
"""The marks by which a mail is not sent twice; files of an hour ago; the entry that says what its mail says."""


def columns() -> list[Column]:
    return [column for table in APP_CONFIG.table_classes for column in table._meta.columns]


def place_of(column: Column) -> str:
    return f"{column._meta.table._meta.tablename}.{column._meta.name}"


def leads_to_a_person(column: Column) -> bool:
    is_key = isinstance(column, ForeignKey) and column._foreign_key_meta.resolved_references is Person
    return is_key or (column._meta.name in {"person", "subject"} and isinstance(column, Integer))
