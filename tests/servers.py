"""The real thing in processes of its own: `summit` commands, started on a free port and ended by their id."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from tests import warm

STARTED_WITHIN = 100.0


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The machine's environment without any setting of ours but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUMMIT_")}
    return {**kept, "PYTHONUTF8": "1", **settings}


@contextmanager
def process(*arguments: str, settings: Mapping[str, str], log: Path) -> Iterator[ForkServerProcess]:
    """`summit ARGUMENTS` in the background; ended, children too, when the block ends."""
    started = warm.start(arguments, environ=environment(settings), output=log, errors=log)
    try:
        yield started
    finally:
        stop(started)


def stop(started: ForkServerProcess) -> None:
    """End a process that was started here, politely first."""
    if started.is_alive() and started.pid is not None:
        started.terminate()
        started.join(timeout=15)
        if started.is_alive():
            os.killpg(started.pid, 9)
            started.join()


def run(*arguments: str, settings: Mapping[str, str], folder: Path) -> str:
    """`summit ARGUMENTS` to its end, which must be a good one; what it prints. Its words are kept in the folder."""
    output, errors = folder / "command.out", folder / "command.err"
    for path in (output, errors):
        path.unlink(missing_ok=True)
    started = warm.start(arguments, environ=environment(settings), output=output, errors=errors)
    started.join()
    assert started.exitcode == 0, errors.read_text()
    return output.read_text().strip()


def wait_until_up(base_url: str, started: ForkServerProcess, log: Path) -> None:
    """Ask until the server answers; fails with its log when it ends or takes too long."""
    deadline = time.monotonic() + STARTED_WITHIN
    with httpx.Client(
        base_url=base_url, timeout=1, verify=False
    ) as client:  # certificates take longer to read
        while time.monotonic() < deadline:
            if not started.is_alive():
                raise AssertionError(f"The server ended: {log.read_text()[-4_000:]}")
            try:
                client.get("/healthz")
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError(f"The server did not answer in {STARTED_WITHIN:.0f} s: {log.read_text()[-4_000:]}")


@contextmanager
def serving(folder: Path, *, settings: Mapping[str, str], workers: int = 1) -> Iterator[str]:
    """`summit serve`; yields its address. Its log is `server.log` in the folder."""
    port, log = free_port(), folder / "server.log"
    base_url = f"http://127.0.0.1:{port}"
    own = {"SUMMIT_BASE_URL": base_url, "SUMMIT_VAR_DIR": str(folder / "var"), **settings}
    with process("serve", "--port", str(port), "--workers", str(workers), settings=own, log=log) as started:
        wait_until_up(base_url, started, log)
        yield base_url
