"""Statements, their texts, who is asked, what was answered, and the ledger; most of these rows never change.

Times are UTC. Rows of TextVersion, TextSet, EligibleMember, Response, LedgerEntry and Manifest are only ever
added:
triggers of the database refuse everything else (piccolo_migrations/m0003_append_only.py).
"""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.members.tables import Organisation


class Statement(Table, tablename="statement"):
    """One joint statement and the state it is in; `state` is one of `rules.STATES`.

    `closes_wall` and `closes_timezone` are the deadline as it was typed, `closes_at` its instant. `text_set`
    is the set that is frozen now. `policy` and `tally` are JSON. `ends_early_at` is when signing ends because
    everybody has answered.
    """

    id: Serial
    slug = Varchar(length=80)
    title = Varchar(length=200)
    edition = Integer(null=True, default=None)
    state = Varchar(length=20, default="drafting")
    policy = Text()
    closes_wall = Varchar(length=16, default="")
    closes_timezone = Varchar(length=64, default="")
    closes_at = Timestamptz(null=True, default=None)
    text_set = Integer(null=True, default=None)
    tally = Text(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    frozen_at = Timestamptz(null=True, default=None)
    opened_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    published_at = Timestamptz(null=True, default=None)
    ends_early_at = Timestamptz(null=True, default=None)


class TextVersion(Table, tablename="text_version"):
    """One version of the text in one language, for ever; `canonical` is what is hashed, in UTF-8."""

    id: Serial
    statement = ForeignKey(Statement, null=False, on_delete=OnDelete.restrict)
    n = Integer()
    language = Varchar(length=12)
    role = Varchar(length=20)
    markdown = Text()
    canonical = Text()
    sha256 = Varchar(length=64)
    note = Text(default="")
    author = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()


class TextSet(Table, tablename="text_set"):
    """The versions that are signed together; `content` is the RFC 8785 form whose SHA-256 is `sha256`."""

    id: Serial
    statement = ForeignKey(Statement, null=False, on_delete=OnDelete.restrict)
    n = Integer()
    content = Text()
    sha256 = Varchar(length=64)
    version_ids = Text()
    created_at = Timestamptz()


class EligibleMember(Table, tablename="eligible_member"):
    """An organisation that was entitled to answer when signing opened, called as it was called then."""

    id: Serial
    text_set = ForeignKey(TextSet, null=False, on_delete=OnDelete.restrict)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=200)
    country = Varchar(length=2, default="")
    is_waived = Boolean(default=False)


class SigningRequest(Table, tablename="signing_request"):
    """What an organisation was asked and whom; the answer is the last Response to it.

    `remind_from` is the day on which this person wants to be reminded, and no sooner. `wrong_person_at` is when
    somebody said by the link that we ask the wrong person. `delegated_by` handed it on to `person`, once.
    """

    id: Serial
    statement = ForeignKey(Statement, null=False, on_delete=OnDelete.restrict)
    text_set = ForeignKey(TextSet, null=False, on_delete=OnDelete.restrict, index=True)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    organisation_name = Varchar(length=200)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    person_name = Varchar(length=200)
    mails = Integer(default=0)
    last_mailed_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    remind_from = Timestamptz(null=True, default=None)
    wrong_person_at = Timestamptz(null=True, default=None)
    wrong_person_words = Text(default="")
    delegated_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)


class FormNonce(Table, tablename="form_nonce"):
    """A second page that was shown, with the answer it repeats; opens one answer, known by its hash."""

    id: Serial
    request = ForeignKey(SigningRequest, null=False, on_delete=OnDelete.restrict)
    link = Integer()
    choice = Varchar(length=20)
    text_set_sha256 = Varchar(length=64)
    nonce_hash = Varchar(length=64)
    created_at = Timestamptz()
    expires_at = Timestamptz()


class Response(Table, tablename="response"):
    """One answer for ever: the public part. What is personal lies in ResponsePrivate, behind `commitment`.

    `method` is mailed_link, or recorded_by_secretariat for what a dispute has ended.
    """

    id: Serial
    request = ForeignKey(SigningRequest, null=False, on_delete=OnDelete.restrict)
    record_id = Varchar(length=32)
    seq = Integer()
    kind = Varchar(length=20)
    text_set_sha256 = Varchar(length=64)
    organisation_name = Varchar(length=200)
    signatory_name = Varchar(length=200)
    capacity = Varchar(length=12)
    attestation_sha256 = Varchar(length=64)
    nonce_hash = Varchar(length=64)
    signed_at = Timestamptz()
    is_late = Boolean(default=False)
    commitment = Varchar(length=64)
    entry_sha256 = Varchar(length=64)
    method = Varchar(length=30, default="mailed_link")


class ResponsePrivate(Table, tablename="response_private"):
    """The opening of a commitment: salt and RFC 8785 JSON. Erasing it leaves the chain whole."""

    id: Serial
    record_id = Varchar(length=32)
    salt = Varchar(length=64)
    private = Text()


class Dispute(Table, tablename="signature_dispute"):
    """Somebody who was told of an answer says that it was not theirs; `outcome` is upheld or rejected."""

    id: Serial
    response = ForeignKey(Response, null=False, on_delete=OnDelete.restrict)
    raised_by = Varchar(length=12)
    name = Varchar(length=200)
    email = Varchar(length=254)
    reason = Text(default="")
    raised_at = Timestamptz()
    outcome = Varchar(length=12, default="")
    note = Text(default="")
    settled_at = Timestamptz(null=True, default=None)
    settled_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)


class Delegation(Table, tablename="signing_delegation"):
    """Somebody new is to answer; the main contact confirms. `outcome` is confirmed, refused or superseded."""

    id: Serial
    request = ForeignKey(SigningRequest, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=200)
    email = Varchar(length=254)
    proposed_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    proposed_at = Timestamptz()
    outcome = Varchar(length=12, default="")
    settled_at = Timestamptz(null=True, default=None)
    settled_by = Varchar(length=200, default="")


class LedgerEntry(Table, tablename="ledger_entry"):
    """One fact in the chain of a statement; `content` is RFC 8785, `entry_sha256` is `evidence.link_hash` of it.

    `actor` is who caused it; a name is no part of what is hashed.
    """

    id: Serial
    statement = ForeignKey(Statement, null=False, on_delete=OnDelete.restrict)
    seq = Integer()
    kind = Varchar(length=30)
    prev = Varchar(length=64)
    content = Text()
    entry_sha256 = Varchar(length=64)
    actor = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()


class Manifest(Table, tablename="manifest"):
    """What was signed by the publisher at publication, and the files that go with it, to the byte.

    `json` is RFC 8785, `sha256` its hash, `sig` the hex Ed25519 signature by the key `key_id`.
    """

    id: Serial
    statement = ForeignKey(Statement, null=False, on_delete=OnDelete.restrict)
    n = Integer()
    json = Text()
    sha256 = Varchar(length=64)
    sig = Varchar(length=128)
    key_id = Varchar(length=64)
    publisher_pem = Text()
    keys_json = Text()
    verify_txt = Text()
    created_at = Timestamptz()


class ManifestFile(Table, tablename="manifest_file"):
    """A file of a bundle that cannot be made again to the byte: a reading copy, a timestamp. `data` is Base64."""

    id: Serial
    manifest = ForeignKey(Manifest, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=60)
    data = Text()
    created_at = Timestamptz()


class Stamping(Table, tablename="stamping"):
    """How asking the timestamp authority goes for a manifest that has no token yet; `fault` is what went wrong last."""

    id: Serial
    manifest = ForeignKey(Manifest, null=False, on_delete=OnDelete.restrict)
    attempts = Integer(default=0)
    next_at = Timestamptz()
    fault = Text(default="")
