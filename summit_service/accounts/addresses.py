"""E-mail addresses as they are taken from people, checked by their form and compared without their case."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from summit_service.errors import Invalid

LONGEST = 254


def email_address(value: str, *, field: str = "email") -> str:
    """The address in its normal form (domain in lower case); raises Invalid for `field`.

    An address that only servers with SMTPUTF8 take (RFC 6531) is refused: most hospitals could not answer it.
    """
    text = value.strip()
    if not text:
        raise Invalid.one(field, "The e-mail address is missing.")
    if len(text) > LONGEST:
        raise Invalid.one(
            field, f"The e-mail address has {len(text):,} characters; at most {LONGEST} are possible."
        )
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        sentence = f"“{_shown(text)}” is not an e-mail address; one looks like name@example.org."
        raise Invalid.one(field, sentence) from None
    return found.normalized


def email_key(email: str) -> str:
    """What two spellings of one address have in common."""
    return email.strip().lower()


def _shown(text: str) -> str:
    return "".join(character for character in text[:80] if character.isprintable())
