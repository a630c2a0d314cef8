"""Commands about evidence: checking a bundle, without a database, and the key that signs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from summit_service import db, settings
from summit_service import verify as verifier
from summit_service.accounts.actor import OPERATOR
from summit_service.cli.shell import answer, checked_settings, json_option, now, on_database, tell
from summit_service.errors import SummitError
from summit_service.statements import actions, publisher

a_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--key", "keys", type=a_file, multiple=True, help="A publisher.pem or keys.json that you trust."
)
@click.option("--receipt", "receipts", type=a_file, multiple=True, help="A receipt as it was mailed (.eml).")
@click.option(
    "--tsa",
    "authorities",
    type=a_file,
    multiple=True,
    help="The certificate (PEM) of a timestamp authority that you trust; it must have stamped the bundle.",
)
@json_option
def verify(
    bundle: Path,
    keys: tuple[Path, ...],
    receipts: tuple[Path, ...],
    authorities: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Check a published statement: a bundle as a zip file or a directory.

    Ends with 0 when it is valid, 1 when it is not, 2 when something is missing, 3 when it was signed by a key
    that is not trusted. Trusted are the keys given with --key; without any, those this service has signed with.
    """
    try:
        trusted = [found for key in keys for found in verifier.keys_of(key.read_bytes())]
    except verifier.Invalid as fault:
        raise click.BadParameter(str(fault), param_hint="--key") from fault
    found = verifier.verify_path(
        bundle,
        trusted if keys else _own_keys(),
        receipts=[receipt.read_bytes() for receipt in receipts],
        authorities=[certificate.read_bytes() for certificate in authorities],
    )
    lines = [f"{found.verdict.upper()}: {found.sentence}"]
    lines += [f"Key: {found.key_id}"] if found.key_id else []
    lines += [f"{name}: {value}" for name, value in found.facts.items() if isinstance(value, str)]
    data = {"verdict": found.verdict, "sentence": found.sentence, "key_id": found.key_id, **found.facts}
    answer(as_json, data=data, lines=lines)
    sys.exit(found.exit_code)


def _own_keys() -> list[verifier.Trusted]:
    """The keys of the service on this machine, where there is one: settings that are wrong are no obstacle."""
    try:
        path = publisher.list_path(settings.current())
        return verifier.keys_of(path.read_bytes())
    except (settings.SettingsError, OSError, verifier.Invalid):
        return []


@click.group()
def key() -> None:
    """The key that signs published statements."""


@key.command()
@json_option
def show(as_json: bool) -> None:
    """Every key there has been, with its fingerprint, the newest last."""
    keys = publisher.known_keys(checked_settings())
    told = [
        f"{one.key_id}  from {one.valid_from}  {f'until {one.valid_until}' if one.valid_until else 'signs now'}"
        for one in keys
    ]
    data = [
        {"key_id": one.key_id, "valid_from": one.valid_from, "valid_until": one.valid_until} for one in keys
    ]
    answer(as_json, data=data, lines=told or ["There is no key yet: it is made at the first publication."])


@key.command()
@click.argument("key_id")
@click.option(
    "--since", help="From when it is not to be believed: 2027-05-01T12:00Z. Without it, from now on."
)
def revoke(key_id: str, since: str | None) -> None:
    """Believe nothing that a key has signed since a day; what it signed before stays valid.

    Tell everybody who has the old keys.json: a bundle is judged by the list that its reader has.
    """
    try:
        moment = datetime.fromisoformat(since) if since else now()
        if moment.tzinfo is None:
            raise ValueError
    except ValueError as fault:
        raise click.BadParameter(
            "Give a time with its zone: 2027-05-01T12:00Z.", param_hint="--since"
        ) from fault
    try:
        ended = publisher.revoke(checked_settings(), key_id, since=moment.astimezone(UTC), now=now())
    except SummitError as fault:
        tell(fault)
        sys.exit(1)
    click.echo(f"Nothing that the key {ended.key_id} signed after {ended.valid_until} is believed.")


@click.group()
def evidence() -> None:
    """What is kept about each answer."""


@evidence.command()
@click.argument("record")
@click.option("--note", required=True, help="Who has asked for it, and when.")
@on_database
async def erase(record: str, note: str) -> None:
    """Erase the private part of an answer for good: address, typed name, network address, reason.

    The public record, its commitment and the chain stay, and every bundle stays valid.
    """
    await actions.erase_private(record, actor=OPERATOR, now=await db.database_now(), note=note)
    click.echo(f"The private part of record {record} is erased. The record itself stays.")


@evidence.command("show")
@click.argument("record")
@click.option("--note", required=True, help="To whom it is shown, and why.")
@on_database
async def show_private(record: str, note: str) -> None:
    """Print what opens the commitment of an answer: its private part with the salt, and nothing around it.

    The SHA-256 of these bytes is the commitment of the record: `summit evidence show ... | sha256sum`.
    """
    text = await actions.show_private(record, actor=OPERATOR, now=await db.database_now(), note=note)
    click.echo(text, nl=False)


@key.command()
def rotate() -> None:
    """Sign with a new key from now on. What the old one has signed stays valid."""
    try:
        made = publisher.rotate(checked_settings(), now=now())
    except SummitError as fault:
        tell(fault)
        sys.exit(1)
    click.echo(f"New statements are signed with the key {made.key_id}.")
