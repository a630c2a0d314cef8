"""Proof that the search for tokens, which ends every test with a database, can find one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from summit_service import tokens
from summit_service.mail.tables import OutboxMessage
from tests import no_secrets
from tests.mail.letters import letter, post
from tests.no_secrets import SecretFound


async def test_token_in_any_table_is_found(
    database: object, now: datetime, tmp_path: Path, issued_tokens: list[str]
) -> None:
    identifier, token = await post(letter(), now=now), tokens.mint()
    await no_secrets.check_database(tmp_path)
    said = f"550 we do not like https://network.example/sign/{token}"
    await OutboxMessage.update({OutboxMessage.server_reply: said}).where(OutboxMessage.id == identifier)

    with pytest.raises(SecretFound):
        await no_secrets.check_database(tmp_path)
    issued_tokens.clear()  # it stands there now


@pytest.mark.parametrize("others", [0, no_secrets.MANY])
def test_token_in_a_file_is_found_but_not_in_the_mails(
    tmp_path: Path, issued_tokens: list[str], others: int
) -> None:
    for _ in range(others):
        tokens.mint()
    token = tokens.mint()
    (tmp_path / "var" / "mailbox").mkdir(parents=True)
    (tmp_path / "var" / "mailbox" / "1.eml").write_text(token)
    no_secrets.check_files(tmp_path, issued_tokens)
    (tmp_path / "var" / "server.log").write_text(f"GET /sign/{token}")
    with pytest.raises(SecretFound, match=r"server\.log"):
        no_secrets.check_files(tmp_path, issued_tokens)
    (tmp_path / "var" / "server.log").write_text(f"signed={token}-at-noon")
    with pytest.raises(SecretFound, match=r"server\.log"):
        no_secrets.check_files(tmp_path, issued_tokens)


def test_token_in_the_output_is_found(issued_tokens: list[str]) -> None:
    token = tokens.mint()

    assert no_secrets.check_output([("Captured stdout call", token[1:])]) == ""
    assert no_secrets.check_output([("Captured stderr call", f"token={token}")]) == "Captured stderr call"


def test_every_token_is_noted(issued_tokens: list[str]) -> None:
    assert [tokens.mint(), tokens.mint()] == issued_tokens
