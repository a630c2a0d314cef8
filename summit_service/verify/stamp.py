"""The timestamp of the publisher's signature by an authority of its own (RFC 3161), where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from summit_service.verify.checks import Manifest, must
from summit_service.verify.later import signed_at
from summit_service.verify.reading import Incomplete, Invalid
from summit_service.verify.shapes import AUTHORITY, SIGNATURE, STAMP

SHA256 = "2.16.840.1.101.3.4.2.1"
TOLERANCE = timedelta(hours=1)
"""Between two clocks."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an authority saw the signature, and the name in its root certificate."""

    at: datetime
    by: str


def check_stamp(
    manifest: Manifest, files: Mapping[str, bytes], authorities: Sequence[bytes] = ()
) -> Stamp | None:
    """What the token tells; None where there is none. `authorities` are PEM files that the reader trusts.

    Without any, the certificate in the bundle is taken: it shows that the token is whole, not who made it.
    Raises Incomplete when the reader names an authority and there is no token.
    """
    must(
        (STAMP in files) == (AUTHORITY in files),
        "A timestamp and the certificate of its authority come together.",
    )
    if STAMP not in files:
        if authorities:
            raise Incomplete("There is no timestamp.")
        return None
    found = read_stamp(files[STAMP], files[SIGNATURE], authorities or [files[AUTHORITY]])
    claimed = datetime.fromisoformat(signed_at(manifest))
    must(found.at > claimed - TOLERANCE, "It was timestamped before it says that it was signed.")
    return found


def read_stamp(token: bytes, message: bytes, authorities: Sequence[bytes]) -> Stamp:
    """What a token tells about a message; raises Invalid unless one of the authorities gave it for that message."""
    roots, others = _certificates(authorities)
    try:
        answer: Any = decode_timestamp_response(token)
        imprint = answer.tst_info.message_imprint.hash_algorithm.dotted_string
        must(imprint == SHA256, "The timestamp is not for a SHA-256.")
        VerifierBuilder(roots=roots, intermediates=others).build().verify_message(answer, message)
        at = answer.tst_info.gen_time
    except (VerificationError, ValueError, TypeError) as fault:
        raise Invalid(f"The timestamp does not hold: {fault}.") from fault
    return Stamp(at.astimezone(UTC), roots[0].subject.rfc4514_string())


def _certificates(authorities: Sequence[bytes]) -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """Roots, which have issued themselves, and what is between them and the authority."""
    try:
        found = [one for pem in authorities for one in x509.load_pem_x509_certificates(pem)]
    except ValueError as fault:
        raise Invalid("The authority's certificate cannot be read.") from fault
    roots = [one for one in found if one.issuer == one.subject]
    must(roots, "There is no root certificate of the timestamp authority.")
    return roots, [one for one in found if one not in roots]
