"""The command `summit mail`: the outbox for an operator without a browser."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from summit_service.accounts.actor import OPERATOR
from summit_service.cli.shell import answer, json_option, now, on_database
from summit_service.errors import NotFound
from summit_service.mail import actions, history, preview, queries, timeline
from summit_service.mail.render import CannotRender
from summit_service.mail.tables import OutboxMessage
from summit_service.statements.actions import resending

numbers_argument = click.argument("numbers", nargs=-1, required=True, type=int)


@click.group(name="mail")
def mail() -> None:
    """What became of each mail; send again, stop."""


@mail.command(name="list")
@click.option("--state", type=click.Choice(queries.STATES), help="Only mails in this state.")
@click.option("--kind", default="", help="Only this kind, such as signing_request.")
@click.option("--person", default="", help="Only mails to names or addresses with these words.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@on_database
async def list_mails(state: str | None, kind: str, person: str, limit: int, as_json: bool) -> None:
    """The newest mails first."""
    rows = await queries.outbox(states=(state,) if state else (), kind=kind, search=person, limit=limit)
    answer(as_json, data=[_facts(row) for row in rows], lines=[_line(row) for row in rows] or ["None."])


@mail.command()
@click.argument("number", type=int)
@json_option
@on_database
async def show(number: int, as_json: bool) -> None:
    """One mail: what happened to it, and its text with the links masked."""
    row = await queries.mail_by_id(number)
    if row is None:
        raise NotFound("There is no such mail.")
    steps = timeline.steps_of(row, await history.events_of(row.id))
    told = [{"at": _iso(step.at), "words": step.words, "note": step.note} for step in steps]
    text = _text(row)
    lines = [
        _line(row),
        *(f"{_iso(step.at) or 'then':<25}  {step.words}. {step.note}".rstrip() for step in steps),
    ]
    answer(as_json, data=_facts(row) | {"history": told, "text": text}, lines=[*lines, "", text])


@mail.command()
@numbers_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@on_database
async def retry(numbers: tuple[int, ...], yes: bool, as_json: bool) -> None:
    """Send mails again, each as a new mail with links of its own: all of them, or none."""
    count = len(set(numbers))
    told = "1 mail" if count == 1 else f"{count} mails"
    if not yes and not as_json:
        click.confirm(f"{told} will be sent again. Go on?", abort=True)
    made = await resending.resend_all(numbers, actor=OPERATOR, now=now())
    answer(as_json, data={"made": made}, lines=[f"Queued as {', '.join(map(str, made))}."])


@mail.command()
@numbers_argument
@json_option
@on_database
async def stop(numbers: tuple[int, ...], as_json: bool) -> None:
    """Stop mails that wait."""
    for number in sorted(set(numbers)):
        await actions.stop_mail(number, actor=OPERATOR, now=now())
    answer(as_json, data={"stopped": sorted(set(numbers))}, lines=["Stopped."])


def _line(row: OutboxMessage) -> str:
    state = queries.shown_state(row)
    return f"{row.id:>6}  {state:<9}  {row.kind:<24}  {row.recipient_email}  {_words(row)}".rstrip()


def _words(row: OutboxMessage) -> str:
    return str(row.returned_words or row.server_reply)


def _facts(row: OutboxMessage) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "about": row.about,
        "to": row.recipient_email,
        "name": row.recipient_name,
        "state": queries.shown_state(row),
        "attempts": row.attempts,
        "server_reply": _words(row),
        "created_at": _iso(row.created_at),
        "due_at": _iso(row.due_at),
        "settled_at": _iso(row.settled_at),
    }


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment is not None else ""


def _text(row: OutboxMessage) -> str:
    try:
        return preview.letter_of(row, now=now()).text.strip()
    except CannotRender as fault:
        return f"Its text cannot be shown: {fault}"
