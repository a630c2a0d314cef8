"""Mails that come back, in the shapes that servers write; every address and text is made up."""

from __future__ import annotations

OURS = """Subject: Please answer by 1 April
From: Network <secretariat@network.example>
To: Ana Ruiz <ana@hospital.example>

Your link: <http://127.0.0.1:8000/sign/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA>
"""


def report(action: str, status: str, diagnosis: str, *, words: str = "Delivery failed.") -> bytes:
    """RFC 3464, as Postfix and Exchange write it."""
    return f"""From: MAILER-DAEMON@mx.hospital.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@network.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=utf-8

{words}

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.hospital.example
Arrival-Date: Mon, 2 Mar 2026 09:00:01 +0000

Final-Recipient: rfc822; ana@hospital.example
Original-Recipient: rfc822;ana@hospital.example
Action: {action}
Status: {status}
Remote-MTA: dns; inner.hospital.example
Diagnostic-Code: smtp; {diagnosis}

--B1
Content-Type: message/rfc822

{OURS}
--B1--
""".encode()


def plain(headers: str, body: str) -> bytes:
    """A mail of one part."""
    return f"{headers.strip()}\nTo: bounces@network.example\nContent-Type: text/plain\n\n{body}".encode()


QMAIL = plain(
    "From: MAILER-DAEMON@old.example\nSubject: failure notice",
    f"""Hi. This is the qmail-send program at old.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@hospital.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{OURS}""",
)
EXIM = plain(
    "From: Mail Delivery System <Mailer-Daemon@exim.example>\nX-Failed-Recipients: ana@hospital.example\n"
    "Auto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender",
    f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ana@hospital.example
    host mx.hospital.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<ana@hospital.example>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

{OURS}""",
)
AWAY = plain(
    "From: Ana Ruiz <ana@hospital.example>\nAuto-Submitted: auto-replied\nSubject: Out of office: Please answer",
    "I am on leave until 10 March.\n\n> Your link: http://127.0.0.1:8000/sign/AAAAAAAAAA\n",
)
AWAY_IN_FRENCH = plain(
    "From: Ana Ruiz <ana@hospital.example>\n"
    "Subject: =?utf-8?q?R=C3=A9ponse_automatique=3A_Please_answer?=\nX-Auto-Response-Suppress: All",
    "Je suis absente.",
)
AWAY_BY_RFC_3834 = plain(
    "From: Ana Ruiz <ana@hospital.example>\nAuto-Submitted: auto-replied (vacation)\nSubject: Re: Please answer",
    "I read mail on Mondays only.",
)
BY_HAND = plain(
    "From: Ana Ruiz <ana@hospital.example>\nSubject: Re: Please answer",
    "I have left the hospital. Please write to Ben.\n> http://127.0.0.1:8000/sign/" + "A" * 43,
)

SORTED: list[tuple[str, bytes, str, bool]] = [
    ("no such person", report("failed", "5.1.1", "550 5.1.1 User unknown"), "permanent", True),
    ("mailbox disabled", report("failed", "5.2.1", "550 5.2.1 Disabled"), "permanent", True),
    ("no code but failed", report("failed", "5.0.0", "550 No"), "permanent", True),
    ("a policy refused it", report("failed", "5.7.1", "550 5.7.1 Looks like spam"), "permanent", False),
    ("mailbox full", report("failed", "5.2.2", "552 5.2.2 Over quota"), "transient", False),
    ("given up after days", report("failed", "4.4.7", "Delivery time expired"), "transient", False),
    ("late", report("delayed", "4.4.1", "Connection timed out"), "delayed", False),
    ("arrived, as asked for", report("delivered", "2.0.0", "250 ok"), "delivered", False),
    ("qmail", QMAIL, "permanent", True),
    ("exim", EXIM, "permanent", True),
    ("away", AWAY, "absent", False),
    ("away in French", AWAY_IN_FRENCH, "absent", False),
    ("away by RFC 3834", AWAY_BY_RFC_3834, "absent", False),
    ("an answer by hand", BY_HAND, "unknown", False),
    ("nothing", b"", "unknown", False),
    ("a report without recipients", report("", "", ""), "unknown", False),
]

_NESTED = b"Content-Type: message/rfc822\n\n"
HOSTILE: dict[str, bytes] = {
    "ten megabytes of one letter": b"From: a@b.example\n\n" + b"x" * 10_000_000,
    "nothing but line ends": b"From: a@b.example\nSubject: returned mail\n\n" + b"\n" * 1_000_000,
    "nothing but spaces": b"From: a@b.example\nSubject: returned mail\n\n" + b" " * 1_000_000,
    "lines of blanks": b"From: a@b.example\nSubject: returned mail\n\n" + b" \t \n" * 200_000,
    "a header without end": b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\n\nx",
    "mails in mails": _NESTED * 5_000 + b"x",
    "parts in parts": b"".join(
        b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)
    ),
    "many recipients": b"From: a@b.example\nContent-Type: message/delivery-status\n\n"
    + b"Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; a@b.example\n\n" * 3_000,
    "addresses in brackets": b"From: a@b.example\nSubject: failure\n\n" + b"<a@b.example>: failed " * 50_000,
    "null characters": b"From: a\x00@b.example\nSubject: \x00\n\n\x00 550 \x00",
    "an unknown coding": b"From: a@b.example\nSubject: =?no-such?q?x?=\nContent-Type: text/plain; charset=no-such\n"
    b"Content-Transfer-Encoding: base64\n\n!!!",
    "no From": b"Subject: x\n\nDelivery to the following recipients failed.\n<a@b.example>\n",
}
