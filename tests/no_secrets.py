"""Every token that a test issues is looked for in every table, file and line of output afterwards: none may be there.

Only the mails themselves have tokens: what lies in a folder `mailbox` is left out. With a server in a process of its
own, the tokens are those in its mails.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Set
from email.message import EmailMessage
from pathlib import Path
from string import ascii_letters, digits

import asyncpg
import pytest

from summit_service import db, tokens
from summit_service.sqlite_engine import SummitSQLiteEngine
from tests.postbox import parsed, text_of

MAILS = "mailbox"
IN_A_LINK = re.compile(r"/([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
LENGTH, MANY = 43, 50
ONLY_OF_TOKENS = bytes(byte if chr(byte) in f"{ascii_letters}{digits}-_" else ord(" ") for byte in range(256))
"""A table for `translate`: what no token has becomes a blank."""
TABLES = """
SELECT format('SELECT string_agg(rows, E''\\n'') AS everything FROM (%s) AS found', string_agg(
    format('SELECT string_agg(one::text, E''\\n'') AS rows FROM public.%I AS one', relname), ' UNION ALL '
)) AS all_rows FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
"""A query for a query, which is answered three times as fast as `schema_to_xml` on a connection that is new."""
_issued: list[str] = []


class SecretFound(AssertionError):
    """A token stands where only its hash may be."""


@pytest.fixture(autouse=True)
def issued_tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens of this test, in the order in which they were minted."""
    real = tokens.mint
    _issued.clear()

    def mint() -> str:
        token = real()
        _issued.append(token)
        return token

    monkeypatch.setattr(tokens, "mint", mint)
    return _issued


async def check_database(folder: Path) -> None:
    """Every column of every table that is bound, and every file of the test; raises SecretFound."""
    if not _issued:
        return
    engine = db.engine()
    if not isinstance(engine, SummitSQLiteEngine):
        [tables] = await engine.run_ddl(TABLES)
        [rows] = await engine.run_ddl(tables["all_rows"])
        _check("PostgreSQL", (rows["everything"] or "").encode(), _issued)
    check_files(folder, _issued)


def check_files(folder: Path, secrets: Collection[str]) -> None:
    """Every file below the folder, SQLite's among them, but the mails; raises SecretFound."""
    for path in folder.rglob("*"):
        if path.is_file() and MAILS not in path.relative_to(folder).parts:
            _check(path.name, path.read_bytes(), secrets)


def check_output(sections: Iterable[tuple[str, str]]) -> str:
    """The name of the section of captured output that has a token; empty when there is none."""
    for name, text in sections:
        if any(token in text for token in _issued):
            return name
    return ""


async def check_world(database_url: str, folder: Path, mails: Iterable[EmailMessage]) -> None:
    """The same for a service in a process of its own: every token in the mails that it has sent; raises SecretFound."""
    secrets = {token for mail in mails for token in IN_A_LINK.findall(text_of(mail))}
    if database_url.startswith("postgres"):
        connection = await asyncpg.connect(database_url)
        everything = await connection.fetchval(await connection.fetchval(TABLES)) or ""
        await connection.close()
        _check("PostgreSQL", everything.encode(), secrets)
    check_files(folder, secrets)


def tokens_in_mails(folder: Path) -> set[str]:
    """Those that were mailed into a folder by another process."""
    mails = [parsed(path.read_bytes()) for path in folder.rglob(f"{MAILS}/new/*.eml")]
    return {token for mail in mails for token in IN_A_LINK.findall(text_of(mail))}


def _check(where: str, content: bytes, secrets: Collection[str]) -> None:
    wanted = {token.encode() for token in secrets}
    found = any(token in content for token in wanted) if len(wanted) < MANY else _is_in_a_run(wanted, content)
    if found:
        raise SecretFound(f"A token that was issued here stands in {where}.")


def _is_in_a_run(wanted: Set[bytes], content: bytes) -> bool:
    """The same for thousands of tokens at once: every piece of a token's length in what could have a token in it."""
    return any(
        run[start : start + LENGTH] in wanted
        for run in content.translate(ONLY_OF_TOKENS).split()
        for start in range(len(run) - LENGTH + 1)
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """After the last phase: what was printed and logged."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if call.when != "teardown" or not report.passed:
        return
    found = check_output((name, text) for _when, name, text in item._report_sections)
    if found:
        report.outcome = "failed"
        report.longrepr = f"A token that was issued here stands in the captured {found}."
