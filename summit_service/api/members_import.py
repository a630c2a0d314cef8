"""JSON: a table of organisations is taken in, or what it would do is told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from msgspec import Meta, Struct

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Fault, Invalid
from summit_service.events import actions as events
from summit_service.members import actions, sheet
from summit_service.members.actions import ImportReport


class TableBody(Struct, forbid_unknown_fields=True):
    """A table as text, as the desk's page takes it. With `seen`, as told before, 409 where it does another by now."""

    table: Annotated[str, Meta(max_length=sheet.MOST_BYTES)]
    seen: str = ""


class FieldChanged(Struct):
    """One field that is given anew."""

    field: str
    before: str
    after: str


class OrganisationChanged(Struct):
    """An organisation that is there, and what the table gives anew."""

    name: str
    fields: list[FieldChanged]


class TableTaken(Struct):
    """What the table does, or would do: names of organisations. `read_as` is the form it was understood in."""

    dry_run: bool
    read_as: str
    seen: str
    new: list[str]
    changed: list[OrganisationChanged]
    unchanged: list[str]


@post(
    "/organisations/import",
    status_code=200,
    request_max_body_size=2 * sheet.MOST_BYTES,
    tags=["Organisations"],
    summary="Take a table of organisations in",
)
async def import_table(
    data: JSONBody[TableBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    dry_run: FromQuery[bool] = False,
) -> TableTaken:
    """All of it or, with every fault by its line, nothing; with `dry_run` it is only told. Secretariat."""
    check_secretariat(actor)
    report = await actions.import_organisations(
        data.table.encode("utf-8", "replace"), actor=actor, now=now, dry_run=dry_run, seen=data.seen
    )
    if report.faults:
        raise Invalid([Fault("table", str(fault)) for fault in report.faults])
    if report.changed and not dry_run:
        await events.render_again(now=now)
    return _out(report)


def _out(report: ImportReport) -> TableTaken:
    return TableTaken(
        dry_run=report.is_dry_run,
        read_as=report.read_as,
        seen=report.seen,
        new=list(report.new),
        changed=[
            OrganisationChanged(one.name, [FieldChanged(*words) for words in one.fields])
            for one in report.changed
        ],
        unchanged=list(report.unchanged),
    )


ROUTES: list[Any] = [import_table]
