"""Indexes that both databases take as they stand: unique, partial, and over several columns."""

from __future__ import annotations

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "0002"
VERSION = "1.38.0"
DESCRIPTION = "Indexes."

# Piccolo's own composite Unique does not work on SQLite, hence plain statements; keep them grouped by domain.
STATEMENTS: tuple[str, ...] = (
    # people and links
    "CREATE UNIQUE INDEX person_email_unique ON person (lower(email))",
    "CREATE UNIQUE INDEX login_token_unique ON login (token_hash)",
    "CREATE INDEX login_person ON login (person)",
    "CREATE UNIQUE INDEX api_token_token_unique ON api_token (token_hash)",
    "CREATE INDEX api_token_person ON api_token (person)",
    "CREATE UNIQUE INDEX link_token_unique ON link (token_hash)",
    # members
    "CREATE UNIQUE INDEX organisation_slug_unique ON organisation (slug)",
    "CREATE UNIQUE INDEX organisation_name_unique ON organisation (name_key)",
    "CREATE UNIQUE INDEX role_live_unique ON role (person, organisation, kind) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX role_network_live_unique ON role (person, kind) "
    "WHERE ended_at IS NULL AND organisation IS NULL",
    "CREATE INDEX role_organisation ON role (organisation, kind)",
    # mail
    "CREATE UNIQUE INDEX outbox_dedupe_unique ON outbox_message (dedupe_key)",
    "CREATE INDEX outbox_due ON outbox_message (state, due_at)",
    # the API
    "CREATE UNIQUE INDEX kept_answer_key ON kept_answer (key_hash)",
    "CREATE INDEX kept_answer_created_at ON kept_answer (created_at)",
    # enquiries
    "CREATE INDEX enquiry_email ON enquiry (email_key, created_at)",
    "CREATE INDEX enquiry_note_enquiry ON enquiry_note (enquiry, id)",
    # events
    "CREATE UNIQUE INDEX event_slug_unique ON event (slug)",
    "CREATE UNIQUE INDEX event_uid_unique ON event (uid)",
    "CREATE INDEX event_starts ON event (starts_instant, id)",
    "CREATE INDEX event_organisation ON event (organisation)",
    "CREATE UNIQUE INDEX event_cancellation_unique ON event_cancellation (event)",
    # summits
    "CREATE UNIQUE INDEX edition_year ON edition (year)",
    "CREATE UNIQUE INDEX programme_session_slug ON programme_session (edition, slug)",
    "CREATE UNIQUE INDEX programme_session_uid ON programme_session (uid)",
    "CREATE UNIQUE INDEX programme_release_number ON programme_release (edition, number)",
    # registrations
    "CREATE UNIQUE INDEX registration_live_unique ON registration (edition, email_key) WHERE cancelled_at IS NULL",
    "CREATE UNIQUE INDEX registration_uid_unique ON registration (uid)",
    "CREATE UNIQUE INDEX place_confirmed_unique ON registration_place (registration) WHERE state = 'confirmed'",
    "CREATE UNIQUE INDEX place_awaited_unique ON registration_place (registration) "
    "WHERE state IN ('waitlisted', 'offered')",
    "CREATE UNIQUE INDEX place_queue_unique ON registration_place (edition, queue_number) "
    "WHERE queue_number IS NOT NULL",
    "CREATE INDEX place_queue ON registration_place (edition, state, attendance, queue_number)",
    "CREATE UNIQUE INDEX question_key_unique ON registration_question (edition, key)",
    # statements
    "CREATE UNIQUE INDEX statement_slug_unique ON statement (slug)",
    "CREATE UNIQUE INDEX text_version_unique ON text_version (statement, language, n)",
    "CREATE UNIQUE INDEX text_set_unique ON text_set (statement, n)",
    "CREATE UNIQUE INDEX eligible_member_unique ON eligible_member (text_set, organisation)",
    "CREATE UNIQUE INDEX signing_request_unique ON signing_request (statement, text_set, organisation)",
    "CREATE UNIQUE INDEX form_nonce_unique ON form_nonce (nonce_hash)",
    "CREATE INDEX form_nonce_request ON form_nonce (request, expires_at)",
    "CREATE UNIQUE INDEX response_nonce_unique ON response (nonce_hash)",
    "CREATE UNIQUE INDEX response_record_unique ON response (record_id)",
    "CREATE INDEX response_request ON response (request, id)",
    "CREATE UNIQUE INDEX response_private_record_unique ON response_private (record_id)",
    "CREATE UNIQUE INDEX ledger_entry_unique ON ledger_entry (statement, seq)",
    "CREATE UNIQUE INDEX manifest_unique ON manifest (statement, n)",
)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="summit", description=DESCRIPTION)
    manager.add_raw(_run_statements)
    return manager


async def _run_statements() -> None:
    engine = engine_finder()
    if engine is None:
        raise RuntimeError("Piccolo has no database.")
    for statement in STATEMENTS:
        await engine.run_ddl(statement)
