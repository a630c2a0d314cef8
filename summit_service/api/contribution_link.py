"""JSON: what its author does with a contribution, by the link of the mail."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.contributions import actions, queries, rules
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.rules import Form
from summit_service.contributions.tables import Contribution
from summit_service.own_data import contribution as own_data

TAGS = ["One’s own contribution"]


class ContributionDetails(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is proposed, whole: what is left out is empty; `co_authors` has a line each, `Name; Affiliation`."""

    title: str
    kind: str
    abstract: str
    name: str
    theme: str = ""
    affiliation: str = ""
    co_authors: str = ""


class OwnContributionOut(msgspec.Struct, kw_only=True):
    """How it stands: `state` is empty, `withdrawn`, or the decision once you were told; `note` goes with that.

    It can be changed while `is_open`: until the call closes, or something was decided and told. The address is
    that of the mail.
    """

    year: int
    number: int
    state: str
    note: str
    is_open: bool
    told: ContributionDetails


@get("/contributions/{token:str}", tags=TAGS, summary="Your contribution")
async def show_contribution(token: FromPath[str], now: NamedDependency[datetime]) -> OwnContributionOut:
    """How it stands and what you told us. `token` is the last part of the link."""
    return _out(*await queries.behind(token), now=now)


@put("/contributions/{token:str}", tags=TAGS, summary="Change your contribution")
async def change_contribution(
    token: FromPath[str], data: JSONBody[ContributionDetails], now: NamedDependency[datetime]
) -> OwnContributionOut:
    """While the call is open; 410 after that, once it was withdrawn, or decided and told."""
    row, _ = await queries.behind(token)
    await actions.change(token, Form(**msgspec.structs.asdict(data), email=row.email), now=now)
    return _out(*await queries.behind(token), now=now)


@post("/contributions/{token:str}/withdrawal", status_code=200, tags=TAGS, summary="Withdraw it")
async def withdraw_contribution(token: FromPath[str], now: NamedDependency[datetime]) -> OwnContributionOut:
    """Take it back, at any time; a second time changes nothing."""
    await actions.withdraw(token, now=now)
    return _out(*await queries.behind(token), now=now)


@delete("/contributions/{token:str}", tags=TAGS, summary="Erase it")
async def erase_contribution(token: FromPath[str], now: NamedDependency[datetime]) -> None:
    """Withdraw it and erase everything at once; no mail is sent, and from then on the link opens nothing (404)."""
    await own_data.erase_contribution(token, now=now)


def _out(row: Contribution, call: OpenCall, *, now: datetime) -> OwnContributionOut:
    is_told = rules.knows_decision(row.told_at, now=now)
    told = {name: getattr(row, name) for name in ContributionDetails.__struct_fields__}
    return OwnContributionOut(
        year=call.edition.year,
        number=row.number,
        state=queries.state_of(row) if row.withdrawn_at or is_told else "",
        note=row.decision_note if is_told else "",
        is_open=call.is_open(now) and row.withdrawn_at is None and row.told_at is None,
        told=ContributionDetails(**told),
    )


ROUTES = [show_contribution, change_contribution, withdraw_contribution, erase_contribution]
