"""A consistent copy of the database, made while the service runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from summit_service.errors import SummitError

KEPT_AT_MOST = timedelta(days=30)
"""How long a copy may be kept: what is personal in it is erased here on its day, and there only with the copy."""


def make_backup(database_url: str, directory: Path, *, now: datetime) -> Path:
    """Write the copy into `directory` with the date (UTC) in its name; raises SummitError when it cannot be made.

    SQLite: the online backup, checked afterwards. PostgreSQL: `pg_dump` in its custom format.
    """
    directory.mkdir(parents=True, exist_ok=True)
    stamp = f"{now:%Y-%m-%dT%H%M%SZ}"
    if database_url.startswith("sqlite:"):
        return _copy_sqlite(
            Path(unquote(database_url.removeprefix("sqlite:///"))), directory / f"summit-{stamp}.sqlite"
        )
    return _dump_postgres(database_url, directory / f"summit-{stamp}.dump")


def _copy_sqlite(source: Path, target: Path) -> Path:
    if not source.is_file():
        raise SummitError(f"There is no database at {source}.")
    partial = _private(target.with_suffix(".partial"))
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(partial)) as writing:
        reading.backup(writing)
        found = writing.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        partial.unlink()
        raise SummitError(f"The copy did not pass SQLite's check: {found}.")
    return partial.replace(target)


def _private(path: Path) -> Path:
    """An empty file that nobody else on this machine may read: a copy has everybody's addresses in it."""
    path.touch(mode=0o600)
    return path


def _dump_postgres(database_url: str, target: Path) -> Path:
    tool = shutil.which("pg_dump")
    if tool is None:
        raise SummitError("`pg_dump` is not installed here. It comes with PostgreSQL's client programs.")
    partial = _private(target.with_suffix(".partial"))
    address, environment = without_password(database_url)
    command = [tool, "--format=custom", "--no-owner", f"--file={partial}", address]
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        partial.unlink(missing_ok=True)
        raise SummitError(f"pg_dump could not copy the database: {done.stderr.strip()}")
    return partial.replace(target)


def without_password(database_url: str) -> tuple[str, dict[str, str]]:
    """The address without its password, which goes by the environment: arguments are seen by everybody on a machine."""
    parts = urlsplit(database_url)
    if parts.password is None:
        return database_url, {}
    user, _, place = parts.netloc.rpartition("@")
    address = parts._replace(netloc=f"{user.partition(':')[0]}@{place}")
    return urlunsplit(address), {"PGPASSWORD": unquote(parts.password)}
