"""Commands of `summit` in processes of their own that need not import everything: forks of one that has done so.

To import the service and to make its routes takes seconds of a processor, to fork a few milliseconds; a run of the
tests starts hundreds of commands. The first command of a test process starts the one that the others are forked from;
it ends with the test process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from summit_service import settings
from summit_service.cli import main


def start(
    arguments: Sequence[str], *, environ: Mapping[str, str], output: Path, errors: Path
) -> ForkServerProcess:
    """`summit ARGUMENTS` with this environment and no other; what it says is added to the two files."""
    started = _context().Process(target=_run, args=(list(arguments), dict(environ), output, errors))
    started.start()
    return started


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.warm_application"])
    return context


def _run(arguments: list[str], environ: dict[str, str], output: Path, errors: Path) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    settings.forget()
    for path, number in ((output, 1), (errors, 2)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), number)
    multiprocessing.set_start_method("fork", force=True)  # as it is in a command that is started by itself
    main(arguments, prog_name="summit")
