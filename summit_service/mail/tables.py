"""The outbox: one row for each mail to one person, with what became of it."""

from __future__ import annotations

from piccolo.columns import Boolean, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class OutboxMessage(Table, tablename="outbox_message"):
    """A mail that is due, under way or done. It holds no secret: links are minted when it is sent.

    `state` is queued, sending, deferred, accepted, uncertain, failed or stopped; `settled_at` is set once it
    stays as it is. `tried_at` is when the first attempt began; `phase` is how far the last came: connect,
    auth, mail, rcpt, data, or dot once the final dot may have been written. `repeats` counts attempts made
    because nobody knew if an earlier one arrived. `stop_reason` is set when it became pointless while it was
    being sent: nobody tries again. `refused_at` is when its refusal paused the whole queue. `stream` is empty,
    or which of the mails that a person can stop this is: news, digests, reminders. `returned_at` is when a
    server told us, after it was accepted, that it did not arrive, and `returned_words` what it said. `looked_at` is
    when somebody of the desk had seen that it did not arrive, or sent it again.
    """

    id: Serial
    dedupe_key = Varchar(length=200)
    kind = Varchar(length=60)
    about = Varchar(length=80, index=True)
    recipient_name = Varchar(length=200, default="")
    recipient_email = Varchar(length=254)
    language = Varchar(length=12, default="en")
    context = Text()
    links = Text(default="{}")
    calendar = Text(null=True, default=None)
    calendar_method = Varchar(length=10, default="")
    in_reply_to = Varchar(length=120, default="")
    message_id = Varchar(length=120)
    is_repeatable = Boolean(default=True)
    expires_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    state = Varchar(length=12, default="queued")
    priority = Integer(default=1)
    attempts = Integer(default=0)
    tried_at = Timestamptz(null=True, default=None)
    repeats = Integer(default=0)
    due_at = Timestamptz()
    lease_until = Timestamptz(null=True, default=None)
    lease_owner = Varchar(length=60, default="")
    phase = Varchar(length=12, default="")
    server_reply = Text(default="")
    stop_reason = Varchar(length=200, default="")
    refused_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    stream = Varchar(length=20, default="")
    returned_at = Timestamptz(null=True, default=None)
    returned_words = Text(default="")
    looked_at = Timestamptz(null=True, default=None)


class MailEvent(Table, tablename="mail_event"):
    """One thing that happened to a mail, for its history; what the row itself says at the end is not repeated here.

    `kind` is attempt, resent, copy, stopped, returned, delayed, absent or unknown. `words` never have a secret.
    """

    id: Serial
    message = Integer(index=True)
    at = Timestamptz()
    kind = Varchar(length=20)
    phase = Varchar(length=12, default="")
    words = Text(default="")
    who = Varchar(length=200, default="")


class OptOut(Table, tablename="mail_opt_out"):
    """An address that wants no more of one stream; `email_key` is the address in lower case, `key` both together."""

    id: Serial
    key = Varchar(length=300, unique=True)
    email_key = Varchar(length=254, index=True)
    stream = Varchar(length=20)
    created_at = Timestamptz()


class ReceivedMail(Table, tablename="received_mail"):
    """One mail that came to the return path: what kind of notice it is, and what a person reads of it.

    `digest` is of its bytes, so that the same one twice is one row. `message` is the mail that it is about, None
    where that is not known. `text` has no copy of our own mail and no secret. `seen_at` is None while a person has
    to look at it.
    """

    id: Serial
    digest = Varchar(length=64, unique=True)
    message = Integer(null=True, default=None, index=True)
    kind = Varchar(length=20)
    received_at = Timestamptz()
    sender = Varchar(length=300, default="")
    subject = Varchar(length=300, default="")
    words = Text(default="")
    text = Text(default="")
    seen_at = Timestamptz(null=True, default=None)
    seen_by = Varchar(length=200, default="")


class BouncingAddress(Table, tablename="bouncing_address"):
    """An address that a server says is not there, by the last word that we have; a person may say it works again.

    Or what else they know of it, `settled_as`: one of `actions.KNOWN`, empty before.
    """

    id: Serial
    email_key = Varchar(length=254, unique=True)
    since = Timestamptz()
    words = Text(default="")
    message = Integer()
    settled_as = Varchar(length=12, default="")
    settled_at = Timestamptz(null=True, default=None)


class MailerStatus(Table, tablename="mailer_status"):
    """One row (id 1): whether the whole queue is paused and why, and when a mailer last looked."""

    id: Serial
    seen_at = Timestamptz(null=True, default=None)
    paused_at = Timestamptz(null=True, default=None)
    pause_reason = Text(default="")
    probed_at = Timestamptz(null=True, default=None)
