"""The command `summit`: running the service, and what an operator does without a browser."""

from __future__ import annotations

import click

from summit_service import __version__
from summit_service.cli import ahead, data, demo, evidence, log, mail, preferences, running


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="summit")
def main() -> None:
    """The network's events, summit and joint statements. Settings come from the environment (docs/operations.md)."""


for command in (
    demo.demo,
    running.serve,
    running.mailer,
    running.migrate,
    running.examine,
    running.backup,
    mail.mail,
    log.log,
    ahead.ahead,
    preferences.settings,
    data.import_,
    data.refresh,
    data.erase,
    data.person,
    data.token,
    evidence.verify,
    evidence.key,
    evidence.evidence,
):
    main.add_command(command)
