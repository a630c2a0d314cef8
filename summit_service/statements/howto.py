"""VERIFY.txt: how to check a bundle with nothing but openssl and sha256sum, in plain English."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = """\
How to check "{title}"
{address}

You need openssl (3.0 or newer), sha256sum, grep and cut; no account, no network, and no trust in the web site that
gave you these files. Run the commands in the directory in which this file lies.

1. The publisher signed the manifest.

    openssl pkeyutl -verify -pubin -inkey publisher.pem -rawin -in manifest.json -sigfile manifest.json.sig

   It must say: Signature Verified Successfully

2. The key is the publisher's. This prints the key's fingerprint:

    openssl pkey -pubin -in publisher.pem -outform DER | sha256sum

   It must print

    {key_id}

   and be the fingerprint that you have from elsewhere: an earlier statement, a printed programme, a person whom
   you ask. A fingerprint that you have only from here proves nothing.

3. The texts and the other files are those that the manifest names. A PDF is a copy to read; what was signed
   are the files that end in .txt.

{commands}

   Each command must print 1.

4. Who signed, what was counted, and the chain of records. manifest.json is one line of JSON (RFC 8785). "signatures"
   says who signed, in which capacity and when; "tally" and "policy" say why it was adopted. Each record in
   "chain" has as entry_sha256 the SHA-256 over the RFC 8785 form of {{"body_sha256", "domain", "prev", "seq"}}:
   prev is the entry_sha256 before it (at first 64 zeros), body_sha256 is the SHA-256 over the RFC 8785 form
   of its body. Records that are nobody else's business (drafts, reminders, answers that are not signatures)
   are there with the hash of their body alone. A program that checks all of it:

    summit verify --key publisher.pem .

   A second, independent program runs in the browser at {address}/verify

5. Have you signed it yourself? Your receipt names the SHA-256 of your record. This must print 1:

    grep -c THE-HASH-IN-YOUR-RECEIPT manifest.json

6. When was it signed? Where manifest.json.sig.tsr and timestamp-authority.pem lie beside this file, a timestamp
   authority (RFC 3161) has seen the publisher's signature, and nobody could have made it later:

    openssl ts -verify -data manifest.json.sig -in manifest.json.sig.tsr -CAfile timestamp-authority.pem

   It must say: Verification: OK

    openssl ts -reply -in manifest.json.sig.tsr -text

   tells the time ("Time stamp"). Compare timestamp-authority.pem with what you have from that authority itself.
   Where the two files are not there, no authority was asked, or it had not answered when you saved the bundle.

What this shows: the text and the list are what the publisher signed, and no record was changed afterwards.
The signatures were given by personal links in mails, which show who controls a mailbox. They are simple
electronic signatures, not advanced or qualified ones.
"""


def words(title: str, address: str, others: Sequence[str], *, key_id: str) -> str:
    """The whole file; ASCII but for the title. `others` are the names of texts and reading copies."""
    names = ["publisher.pem", "keys.json", "VERIFY.txt", *others]
    commands = "\n".join(f'    grep -c "$(sha256sum {name} | cut -c 1-64)" manifest.json' for name in names)
    return WORDS.format(title=title, address=address, commands=commands, key_id=key_id)
