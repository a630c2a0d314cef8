"""The text that is signed, to the byte, and the fixed words with which an answer is given. Pure functions."""

from __future__ import annotations

import hashlib
import unicodedata

ATTESTATION_VERSION = "2026-3"
ATTESTATIONS = {
    "signed": (
        "I am {name}. I have read the text with the code {code} to its end, and I sign it. If I sign for "
        "{organisation}, I am entitled to do so. I agree that my name, the organisation and the capacity in "
        "which I sign are published with the text."
    ),
    "changes_requested": (
        "I am {name}. I have read the text with the code {code} to its end. {organisation} does not sign it "
        "as it stands and asks for the changes that I have written down; I am entitled to say so."
    ),
    "declined": (
        "I am {name}. I have read the text with the code {code} to its end. {organisation} does not sign it; "
        "I am entitled to say so."
    ),
    "reaffirmed": (
        "I am {name}. {organisation} had signed an earlier text. I have read the text with the code {code} to its "
        "end, and I sign it. If I sign for {organisation}, I am entitled to do so. I agree that my name, the "
        "organisation and the capacity in which I sign are published with the text."
    ),
    "withdrawn": (
        "I am {name}. I take back the answer of {organisation} to the text with the code {code}; "
        "I am entitled to do so."
    ),
}


def canonical(text: str) -> str:
    """What is hashed and signed: NFC, LF, no blanks at the end of a line, exactly one LF at the end."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip(" \t") for line in lines).rstrip("\n") + "\n"


def sha256(text: str) -> str:
    """The hex SHA-256 of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def code_word(text_set_sha256: str) -> str:
    """The first eight digits of the hash: in the mail and on the page, so that both can be compared."""
    return text_set_sha256[:8]


def attestation(choice: str, *, name: str, organisation: str, text_set_sha256: str) -> str:
    """The sentence that is ticked; its hash goes into the record."""
    return ATTESTATIONS[choice].format(name=name, organisation=organisation, code=code_word(text_set_sha256))
