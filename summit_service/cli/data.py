"""Commands that bring data in: files, people, tokens."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, BinaryIO

import click

from summit_service import ical_reading
from summit_service.accounts import actions as accounts
from summit_service.accounts.actor import OPERATOR
from summit_service.cli.shell import answer, json_option, now, on_database
from summit_service.enquiries import actions as enquiries
from summit_service.errors import NotFound
from summit_service.events import actions as events
from summit_service.members import actions as members
from summit_service.own_data import contribution, speaker
from summit_service.registrations import actions as registrations

file_argument = click.argument("file", type=click.File("rb"))
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")


@click.group(name="import")
def import_() -> None:
    """Take in a file: all of it, or (with the reasons) nothing."""


@import_.command()
@file_argument
@dry_run_option
@json_option
@on_database
async def organisations(file: BinaryIO, dry_run: bool, as_json: bool) -> None:
    """Organisations and their contacts from a CSV file (UTF-8, or UTF-16 with its mark; commas, semicolons, tabs)."""
    report = await members.import_organisations(file.read(), actor=OPERATOR, now=now(), dry_run=dry_run)
    if report.changed and not dry_run:
        await events.render_again(now=now())
    told = [f"read as: {report.read_as}", *(f"new: {name}" for name in report.new)]
    for change in report.changed:
        fields = "; ".join(f"{field} from “{before}” to “{after}”" for field, before, after in change.fields)
        told.append(f"changed: {change.name} ({fields})")
    counts = (len(report.new), len(report.changed), len(report.unchanged))
    _report(
        as_json, asdict(report), [*told, _summary(*counts, dry_run=dry_run)], [str(f) for f in report.faults]
    )


@import_.command(name="events")
@file_argument
@click.option(
    "--organisation",
    default="",
    help="Whose events a calendar file has: the last part of its page's address.",
)
@click.option("--skip-faulty", is_flag=True, help="Of a calendar file, take what is sound and tell the rest.")
@dry_run_option
@json_option
@on_database
async def import_events(
    file: BinaryIO, organisation: str, skip_faulty: bool, dry_run: bool, as_json: bool
) -> None:
    """Events from a JSON file, a list with the API's fields; or from a calendar file (.ics)."""
    data = file.read(ical_reading.LARGEST + 1) if _is_calendar(file) else file.read()
    if _is_calendar(file):
        if not organisation:
            raise click.UsageError("Say whose events these are with --organisation.")
        report = await events.import_calendar(
            data,
            organisation=organisation,
            actor=OPERATOR,
            now=now(),
            dry_run=dry_run,
            skip_faulty=skip_faulty,
        )
    else:
        report = await events.import_events(data, actor=OPERATOR, now=now(), dry_run=dry_run)
    summary = _summary(report.added, report.changed, report.unchanged, dry_run=dry_run)
    faults = [f"{f.field}: {f.sentence}".removeprefix(": ") for f in report.faults]
    if faults and skip_faulty and report.added + report.changed + report.unchanged:
        _report(as_json, asdict(report), [*(f"left out: {fault}" for fault in faults), summary], [])
        return
    _report(as_json, asdict(report), [summary], faults)


def _is_calendar(file: BinaryIO) -> bool:
    return str(file.name).lower().endswith((".ics", ".ical", ".icalendar"))


@import_.command()
@file_argument
@dry_run_option
@json_option
@on_database
async def programme(file: BinaryIO, dry_run: bool, as_json: bool) -> None:
    """An edition of the summit and its draft programme from a JSON file."""
    report = await registrations.import_programme(file.read(), actor=OPERATOR, now=now(), dry_run=dry_run)
    kept = "would be kept" if dry_run else "is kept"
    edition = "A new edition" if report.is_new_edition else "The edition"
    told = f"{edition}, {report.title} ({report.year}), {kept} with a draft of {report.sessions} sessions."
    _report(as_json, asdict(report), [told, *(f"look at: {sentence}" for sentence in report.warnings)], [])


def _report(as_json: bool, data: Any, lines: list[str], faults: list[str]) -> None:
    """What was or would be done; with faults nothing was, each is told, and the command ends with status 1."""
    if not faults:
        answer(as_json, data=data, lines=lines)
        return
    answer(as_json, data=data, lines=[])
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"Nothing was taken in: {len(faults)} faults.", err=True)
    sys.exit(1)


def _summary(new: int, changed: int, unchanged: int, *, dry_run: bool) -> str:
    said = "Would be" if dry_run else "Done:"
    return f"{said} {new} new, {changed} changed, {unchanged} unchanged."


@click.command()
@json_option
@on_database
async def refresh(as_json: bool) -> None:
    """After an upgrade or a new SUMMIT_BASE_URL: put all events right for new zone data, addresses and names.

    The hour on the wall stays as it was announced. Run twice, it changes nothing more.
    """
    moved = await events.recompute_instants(now=now())
    rendered = await events.render_again(now=now())
    answer(
        as_json,
        data={"moved": moved, "rendered": rendered},
        lines=[
            *(f"other instants, same hour on the wall: {slug}" for slug in moved),
            f"Done: {len(moved)} with other instants, {rendered} written anew for calendars.",
        ],
    )


@click.group()
def person() -> None:
    """People and what they may do."""


@person.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--organisation", "organisation_slug", help="The last part of its page's address.")
@click.option("--role", type=click.Choice(["representative", "signatory", "alternate", "secretariat"]))
@on_database
async def add(email: str, name: str, organisation_slug: str | None, role: str | None) -> None:
    """Add a person, or a role to one who is known."""
    await members.add_person_by_operator(
        email=email, name=name, organisation_slug=organisation_slug, role=role, now=now()
    )
    click.echo(f"{name} <{email}> is known" + (f" as {role}." if role else "."))


@click.group()
def token() -> None:
    """API tokens."""


@token.command()
@click.option("--email", required=True, help="Whom programs with this token act for.")
@on_database
async def create(email: str) -> None:
    """Print a new token, alone and this one time."""
    click.echo(await accounts.create_api_token_for(email, now=now()))


ERASING: dict[str, Callable[..., Awaitable[None]]] = {
    "registration": registrations.erase_registration,
    "invitation": registrations.erase_invitation,
    "contribution": contribution.erase_numbered,
    "enquiry": enquiries.erase,
    "speaker": speaker.erase_numbered,
}


@click.command()
@click.argument("kind", type=click.Choice(sorted(ERASING)))
@click.argument("numbers", type=int, nargs=-1, required=True)
@on_database
async def erase(kind: str, numbers: tuple[int, ...]) -> None:
    """Erase again what a restored backup has brought back, by the NUMBERS in the log; says which are not there."""
    missing = []
    for number in numbers:
        try:
            await ERASING[kind](number, actor=OPERATOR, now=now())
        except NotFound as fault:
            missing.append(f"{number}: {fault.sentence}")
    if len(numbers) > len(missing):
        click.echo(f"{len(numbers) - len(missing)} erased.")
    if missing:
        raise NotFound("\n".join(missing))
