"""The real thing in processes of its own: `summit` commands, started on a free port and ended by their id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

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
def process(*arguments: str, settings: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`summit ARGUMENTS` in the background; ended, children too, when the block ends."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", "summit_service", *arguments],
            env=environment(settings),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        stop(started)


def stop(started: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, politely first."""
    if started.poll() is None:
        started.terminate()
        try:
            started.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, 9)
            started.wait()


def wait_until_up(base_url: str, started: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until the server answers; fails with its log when it ends or takes too long."""
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline:
        if started.poll() is not None:
            raise AssertionError(f"The server ended: {log.read_text()[-4_000:]}")
        try:
            httpx.get(f"{base_url}/healthz", timeout=1)
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
