"""What every test of the mailer has: its own kinds of mail, and a certificate that vouches for itself."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.mail.letters import know_letters

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def letters() -> None:
    know_letters()


@pytest.fixture
def tls() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's side and that of a client who trusts it; the key is for tests alone."""
    there = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    there.load_cert_chain(HERE / "server_certificate.pem", HERE / "server_key.pem")
    return there, ssl.create_default_context(cafile=str(HERE / "server_certificate.pem"))
