"""What every test of the mailer has: its own kinds of mail."""

from __future__ import annotations

import pytest

from tests.mail.letters import know_letters


@pytest.fixture(autouse=True)
def letters() -> None:
    know_letters()
